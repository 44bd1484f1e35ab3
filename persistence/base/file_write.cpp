// Tested by tests/persistence/store/durable_writer_test.cpp
#include "aiex/persistence/base/file_write.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace aiex {

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

tl::unexpected<error> file_refused(const char* what, const std::filesystem::path& file) {
  const int number = errno;
  errc code = errc::io;
  if (number == ENOSPC || number == EDQUOT)
    code = errc::store_full;
  else if (number == EEXIST)
    code = errc::already_exists;
  else if (number == EWOULDBLOCK)
    code = errc::in_use;
  return fail(code, fmt::format("{} {}: {}", what, file.string(), std::strerror(number)));
}

} // namespace aiex
