#include "code_assistant/read_source.hpp"

#include "aiex/persistence/base/file_descriptor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace aiex::code_assistant {
namespace {

constexpr std::size_t first_bytes = 64 << 10;

tl::unexpected<error> refused(int number) {
  const auto words = std::generic_category().message(number);
  if (number == ENOENT || number == ENOTDIR || number == ELOOP)
    return fail(errc::not_found, words);
  return fail(number == EACCES || number == EPERM ? errc::denied : errc::io, words);
}

} // namespace

result<std::string> read_source(const std::filesystem::path& file, std::uint64_t bytes_max) {
  const file_descriptor source{
    ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  struct stat facts = {};
  if (!source.is_open() || ::fstat(source.number(), &facts) != 0)
    return refused(errno);
  if (!S_ISREG(facts.st_mode))
    return fail(errc::not_found, "not a regular file");
  std::string bytes(std::min<std::uint64_t>(first_bytes, bytes_max + 1), '\0');
  for (std::size_t filled = 0;;) {
    const auto count = ::read(source.number(), bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return refused(errno);
    filled += static_cast<std::size_t>(count);
    if (filled > bytes_max)
      return fail(errc::data_too_large, fmt::format("more than {} bytes", bytes_max));
    if (count == 0) {
      bytes.resize(filled);
      return bytes;
    }
    if (filled == bytes.size())
      bytes.resize(std::min<std::uint64_t>(2 * filled, bytes_max + 1));
  }
}

} // namespace aiex::code_assistant
