#include "aiex/persistence/store/durable_writer.hpp"

#include "aiex/persistence/base/file_write.hpp"
#include "aiex/persistence/store/durable_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

namespace aiex {

namespace {

/// Whether the open file still stands at its path: another one may have finished in between.
bool is_still_at(int descriptor, const std::filesystem::path& file) {
  struct stat open {};
  struct stat there {};
  return ::fstat(descriptor, &open) == 0 && ::stat(file.c_str(), &there) == 0 &&
         open.st_ino == there.st_ino && open.st_dev == there.st_dev;
}

} // namespace

result<durable_writer> durable_writer::create(const std::filesystem::path& file) {
  std::error_code failed;
  if (std::filesystem::exists(std::filesystem::symlink_status(file, failed)))
    return fail(errc::already_exists,
      fmt::format("{} is there already. Remove it, or name another file", file.string()));
  durable_writer made{file};
  const std::filesystem::path beside = made.beside();
  file_descriptor opened{::open(beside.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (!opened.is_open())
    return file_refused("cannot open", beside);
  if (::flock(opened.number(), LOCK_EX | LOCK_NB) != 0)
    return file_refused("another one is writing", beside);
  if (!is_still_at(opened.number(), beside))
    return fail(errc::in_use, fmt::format("another one has just written {}", file.string()));
  made.descriptor_ = std::move(opened); // from here on it is ours to remove
  if (::ftruncate(made.descriptor_.number(), 0) != 0)
    return file_refused("cannot empty", beside);
  return made;
}

durable_writer::~durable_writer() {
  if (descriptor_.is_open()) // not finished
    ::unlink(beside().c_str());
}

result<void> durable_writer::write(std::string_view bytes) {
  if (!write_all(descriptor_.number(), bytes))
    return file_refused("cannot write", beside());
  return {};
}

result<void> durable_writer::finish() {
  if (::fsync(descriptor_.number()) != 0)
    return file_refused("cannot sync", beside());
  if (::renameat2(AT_FDCWD, beside().c_str(), AT_FDCWD, file_.c_str(), RENAME_NOREPLACE) != 0)
    return file_refused("cannot rename to", file_);
  descriptor_.close();
  const std::filesystem::path folder = file_.parent_path();
  return sync_folder(folder.empty() ? "." : folder);
}

} // namespace aiex
