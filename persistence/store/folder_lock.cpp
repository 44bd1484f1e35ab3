// Tested by tests/persistence/store/local_store_test.cpp
#include "aiex/persistence/store/folder_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>

namespace aiex {

result<folder_lock> folder_lock::take(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "lock";
  file_descriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (!file.is_open())
    return fail(errno == ENOENT ? errc::not_found : errc::io,
      fmt::format("cannot open {}: {}", path.string(), std::strerror(errno)));
  if (::flock(file.number(), LOCK_EX | LOCK_NB) == 0)
    return folder_lock{std::move(file)};
  if (errno == EWOULDBLOCK)
    return fail(errc::in_use,
      fmt::format(
        "{} is open in another process. Stop that one, or name another folder with --data",
        folder.string()));
  return fail(errc::io, fmt::format("cannot lock {}: {}", path.string(), std::strerror(errno)));
}

} // namespace aiex
