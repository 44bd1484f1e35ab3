#include "code_assistant/source_scan.hpp"

#include "aiex/persistence/codec/utf8.hpp"

#include "code_assistant/plain_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

namespace aiex::code_assistant {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view endings[] = {
  ".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".hxx", ".ipp", ".inl"};

bool is_passed_over(std::string_view folder) noexcept {
  return folder.starts_with('.') || folder == "build" || folder.starts_with("cmake-build-") ||
         folder == "node_modules";
}

/// One walk. Folders wait in a list of their own, so their depth costs no stack.
class walk {
public:
  walk(const fs::path& root, const scan_limits& limits) : root_(root), limits_(limits) {}

  result<source_scan> run() {
    std::error_code failure;
    if (!fs::is_directory(root_, failure) || !visit(""))
      return fail(errc::not_found, fmt::format("'{}' is not a folder that can be read",
                                     plain_text(root_.native(), path_bytes_max)));
    while (!waiting_.empty() && !beyond_) {
      const auto folder = std::move(waiting_.back());
      waiting_.pop_back();
      if (!visit(folder))
        skip_unreadable(folder);
    }
    if (beyond_)
      return tl::unexpected(*std::move(beyond_));
    std::sort(found_.files.begin(), found_.files.end(),
      [](const auto& left, const auto& right) { return left.path < right.path; });
    std::sort(found_.skipped.begin(), found_.skipped.end(),
      [](const auto& left, const auto& right) { return left.path < right.path; });
    return std::move(found_);
  }

private:
  /// False if the folder cannot be read to its end.
  bool visit(const std::string& folder) {
    std::error_code failure;
    fs::directory_iterator entries{root_ / folder, failure};
    for (; !failure && entries != fs::directory_iterator{} && !beyond_;
         entries.increment(failure)) {
      if (++entries_ > limits_.entries_max)
        beyond_ = too_many(limits_.entries_max, "entries");
      else
        add(*entries, folder);
    }
    return !failure;
  }

  void add(const fs::directory_entry& entry, const std::string& folder) {
    const auto name = entry.path().filename().native();
    const auto path = folder.empty() ? name : folder + "/" + name;
    std::error_code failure;
    const auto kind = entry.symlink_status(failure).type();
    if (failure)
      skip_unreadable(path);
    else if (kind == fs::file_type::directory && !is_passed_over(name))
      waiting_.push_back(path);
    else if (kind == fs::file_type::regular && is_source(name) && !name.starts_with('.'))
      add_file(entry, path);
  }

  void add_file(const fs::directory_entry& entry, const std::string& path) {
    if (found_.files.size() + found_.skipped.size() >= limits_.files_max) {
      beyond_ = too_many(limits_.files_max, "C and C++ files");
      return;
    }
    std::error_code failure;
    const auto bytes = entry.file_size(failure);
    if (failure)
      skip_unreadable(path);
    else if (!is_utf8(path))
      skip(path, "its name is not UTF-8");
    else if (bytes > limits_.file_bytes_max)
      skip(path, fmt::format("{} bytes; at most {} are read", bytes, limits_.file_bytes_max));
    else
      found_.files.push_back({path, bytes});
  }

  void skip(const std::string& path, std::string why) {
    found_.skipped.push_back({plain_text(path, path_bytes_max), std::move(why)});
  }

  void skip_unreadable(const std::string& path) {
    ++found_.unreadable;
    skip(path, "it cannot be read");
  }

  static error too_many(std::uint64_t count, std::string_view what) {
    return {errc::batch_too_large,
      fmt::format("more than {} {}; choose a folder inside this one", count, what)};
  }

  const fs::path& root_;
  const scan_limits& limits_;
  source_scan found_;
  std::vector<std::string> waiting_;
  std::uint64_t entries_ = 0;
  std::optional<error> beyond_;
};

} // namespace

bool is_source(std::string_view name) noexcept {
  return std::any_of(std::begin(endings), std::end(endings),
    [&](std::string_view ending) { return name.size() > ending.size() && name.ends_with(ending); });
}

result<source_scan> scan_sources(const fs::path& folder, const scan_limits& limits) {
  return walk{folder, limits}.run();
}

} // namespace aiex::code_assistant
