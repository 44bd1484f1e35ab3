// Tested by tests/persistence/store/local_store_test.cpp
#include "aiex/persistence/store/durable_file.hpp"

#include "aiex/persistence/base/file_descriptor.hpp"
#include "aiex/persistence/base/file_write.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace aiex {

result<void> sync_folder(const std::filesystem::path& folder) {
  const file_descriptor open{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!open.is_open() || ::fsync(open.number()) != 0)
    return file_refused("cannot sync the folder", folder);
  return {};
}

result<void> write_durably(const std::filesystem::path& file, std::string_view content) {
  const std::filesystem::path beside = file.string() + ".new";
  {
    const file_descriptor open{
      ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR)};
    if (!open.is_open() || !write_all(open.number(), content) || ::fsync(open.number()) != 0)
      return file_refused("cannot write", beside);
  }
  if (::rename(beside.c_str(), file.c_str()) != 0)
    return file_refused("cannot replace", file);
  return sync_folder(file.parent_path());
}

result<std::string> read_small_file(const std::filesystem::path& file, std::size_t bytes_max) {
  const file_descriptor open{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!open.is_open() && errno == ENOENT)
    return fail(errc::not_found, fmt::format("there is no {}", file.string()));
  if (!open.is_open())
    return file_refused("cannot open", file);
  std::string content;
  std::array<char, 4096> part{};
  for (;;) {
    const ssize_t count = ::read(open.number(), part.data(), part.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return file_refused("cannot read", file);
    if (count == 0)
      return content;
    content.append(part.data(), static_cast<std::size_t>(count));
    if (content.size() > bytes_max)
      return fail(
        errc::data_too_large, fmt::format("{} has more than {} bytes", file.string(), bytes_max));
  }
}

} // namespace aiex
