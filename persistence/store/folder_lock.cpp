// Tested by tests/persistence/store/local_store_test.cpp
#include "aiex/persistence/store/folder_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

namespace aiex {

namespace {

/// Who holds it is for people only: what counts is the lock.
void write_holder(int file) {
  const std::string holder = fmt::format("{}\n", ::getpid());
  if (::ftruncate(file, 0) == 0) // else it is not told, and nothing else is lost
    (void)!::pwrite(file, holder.data(), holder.size(), 0);
}

/// "process 4711", or "another process" if that has not said so yet.
std::string holder_of(int file) {
  constexpr std::size_t digits_max = 20;
  char text[digits_max];
  const auto bytes = ::pread(file, text, sizeof text, 0);
  const std::string_view read{text, bytes < 0 ? 0 : static_cast<std::size_t>(bytes)};
  const auto digits = read.substr(0, read.find_first_not_of("0123456789"));
  return digits.empty() ? "another process" : fmt::format("process {}", digits);
}

} // namespace

result<folder_lock> folder_lock::take(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "lock";
  file_descriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (!file.is_open())
    return fail(errno == ENOENT ? errc::not_found : errc::io,
      fmt::format("cannot open {}: {}", path.string(), std::strerror(errno)));
  if (::flock(file.number(), LOCK_EX | LOCK_NB) == 0) {
    write_holder(file.number());
    return folder_lock{std::move(file)};
  }
  if (errno == EWOULDBLOCK)
    return fail(errc::in_use,
      fmt::format("{} is open in {}. Stop that one, or name another folder with --data",
        folder.string(), holder_of(file.number())));
  return fail(errc::io, fmt::format("cannot lock {}: {}", path.string(), std::strerror(errno)));
}

} // namespace aiex
