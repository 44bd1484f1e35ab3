// Tested by tests/persistence/archive/restore_test.cpp
#include "aiex/persistence/archive/folder_switch.hpp"

#include "aiex/persistence/store/durable_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

namespace aiex {

namespace {

result<void> rename_with(
  const std::filesystem::path& from, const std::filesystem::path& to, unsigned how) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), how) != 0) {
    const int why = errno;
    const bool is_unable = how == RENAME_EXCHANGE && (why == EINVAL || why == ENOSYS);
    return fail(why == EEXIST ? errc::already_exists : errc::io,
      fmt::format("cannot rename {} to {}: {}{}", from.string(), to.string(), std::strerror(why),
        is_unable ? ". This file system cannot exchange folders: restore into a new folder" : ""));
  }
  const std::filesystem::path parent = to.parent_path();
  return sync_folder(parent.empty() ? "." : parent);
}

} // namespace

result<void> exchange_folders(
  const std::filesystem::path& one, const std::filesystem::path& other) {
  return rename_with(one, other, RENAME_EXCHANGE);
}

result<void> rename_folder(const std::filesystem::path& from, const std::filesystem::path& to) {
  return rename_with(from, to, RENAME_NOREPLACE);
}

std::filesystem::path beside(const std::filesystem::path& folder, const std::string& suffix) {
  std::filesystem::path plain = folder;
  if (!plain.has_filename()) // "data/"
    plain = plain.parent_path();
  return plain += suffix;
}

} // namespace aiex
