#include "code_assistant/include_resolver.hpp"

#include <algorithm>
#include <iterator>

namespace aiex::code_assistant {
namespace {

/// Trees often have a file of one of these names, which <…> does not mean.
constexpr std::string_view c_library[] = {"assert.h", "complex.h", "ctype.h", "dirent.h", "errno.h",
  "fcntl.h", "fenv.h", "float.h", "inttypes.h", "iso646.h", "limits.h", "locale.h", "malloc.h",
  "math.h", "memory.h", "poll.h", "pthread.h", "sched.h", "semaphore.h", "setjmp.h", "signal.h",
  "stdalign.h", "stdarg.h", "stdatomic.h", "stdbool.h", "stddef.h", "stdint.h", "stdio.h",
  "stdlib.h", "stdnoreturn.h", "string.h", "strings.h", "syslog.h", "tgmath.h", "threads.h",
  "time.h", "uchar.h", "unistd.h", "wchar.h", "wctype.h", "windows.h"};

/// Of `text`, longest first: "a/b/c", "b/c", "c". At most `suffix_components_max`.
std::vector<std::string_view> ends_of(std::string_view text) {
  std::vector<std::string_view> ends;
  auto slash = text.size();
  while (ends.size() < suffix_components_max && slash != std::string_view::npos && slash > 0) {
    slash = text.rfind('/', slash - 1);
    ends.push_back(slash == std::string_view::npos ? text : text.substr(slash + 1));
  }
  std::reverse(ends.begin(), ends.end());
  return ends;
}

std::string_view folder_of(std::string_view path) noexcept {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

/// `folder`/`name` without "." and ".."; false if it leads out of the tree, which it is then cut
/// to.
bool join(std::string& path, std::string_view name) {
  bool inside = true;
  while (!name.empty()) {
    const auto end = std::min(name.find('/'), name.size());
    const auto part = name.substr(0, end);
    name.remove_prefix(std::min(end + 1, name.size()));
    if (part == "..") {
      inside = inside && !path.empty();
      path.resize(folder_of(path).size());
    } else if (!part.empty() && part != ".") {
      path += path.empty() ? "" : "/";
      path += part;
    }
  }
  return inside;
}

} // namespace

include_resolver::include_resolver(std::vector<std::string> paths) : paths_(std::move(paths)) {
  for (std::size_t index = 0; index < paths_.size(); ++index) {
    const std::string_view path = paths_[index];
    by_path_.emplace(path, index);
    for (const auto end : ends_of(path)) {
      auto& owner = by_end_[end];
      owner.first = owner.count++ == 0 ? index : owner.first;
      if (end.size() == path.size())
        owner.whole = index;
    }
  }
}

std::optional<std::size_t> include_resolver::resolve(
  std::size_t from, std::string_view name, bool angled) const {
  std::string written{name};
  std::replace(written.begin(), written.end(), '\\', '/');
  if (written.starts_with('/') || from >= paths_.size())
    return std::nullopt;
  if (!angled)
    if (const auto beside = resolve_beside(from, written))
      return beside;
  const auto found = resolve_by_end(written, angled);
  return found == from ? std::nullopt : found; // <string.h> in compat/string.h
}

std::optional<std::size_t> include_resolver::resolve_beside(
  std::size_t from, std::string_view name) const {
  std::string path{folder_of(paths_[from])};
  if (!join(path, name))
    return std::nullopt;
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? std::nullopt : std::optional{found->second};
}

std::optional<std::size_t> include_resolver::resolve_by_end(
  std::string_view written, bool angled) const {
  std::string name;
  join(name, written);
  const bool of_library =
    std::find(std::begin(c_library), std::end(c_library), name) != std::end(c_library);
  if (angled && of_library)
    return std::nullopt;
  for (const auto end : ends_of(name)) {
    const auto found = by_end_.find(end);
    if (found == by_end_.end())
      continue;
    const auto& owner = found->second;
    const bool several = end.find('/') != std::string_view::npos;
    if (end.size() == name.size())
      return owner.whole || owner.count > 1 ? owner.whole : std::optional{owner.first};
    if (!several)
      return std::nullopt; // the file's name alone says too little
    if (owner.whole)
      return owner.whole;
    return owner.count > 1 || angled ? std::nullopt : std::optional{owner.first};
  }
  return std::nullopt;
}

} // namespace aiex::code_assistant
