// Which file of a tree an #include means, without knowing the compiler's -I.
//
// "…" is looked for beside the including file first. Then, and for <…>, the file counts whose path
// ends like the included name in the most components; it must be one alone, or be the one that
// agrees from its first component on ("persistence/x.hpp" of the tree for
// "aiex/persistence/x.hpp"). Anything else is external: a name of the C library in <…>, what nobody
// has, what two have.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace aiex::code_assistant {

inline constexpr std::size_t suffix_components_max = 16; ///< Of a path, compared from its end.

/// Thread: `resolve` any. Building takes the time of reading all paths, resolving that of one name.
class include_resolver {
public:
  /// The paths of the tree, with '/', each once.
  explicit include_resolver(std::vector<std::string> paths);
  include_resolver(include_resolver&&) = default;
  include_resolver& operator=(include_resolver&&) = default;
  include_resolver(const include_resolver&) = delete; // the index looks into `paths_`
  include_resolver& operator=(const include_resolver&) = delete;
  ~include_resolver() = default;

  const std::vector<std::string>& paths() const noexcept { return paths_; }

  /// The index in `paths` of what `paths[from]` includes as `name`; nothing if it is external.
  std::optional<std::size_t> resolve(std::size_t from, std::string_view name, bool angled) const;

private:
  struct owners {
    std::size_t first = 0; ///< Some path that ends so.
    std::size_t count = 0;
    std::optional<std::size_t> whole{}; ///< The path that is nothing but this.
  };

  std::optional<std::size_t> resolve_beside(std::size_t from, std::string_view name) const;
  std::optional<std::size_t> resolve_by_end(std::string_view name, bool angled) const;

  std::vector<std::string> paths_;
  std::unordered_map<std::string_view, owners> by_end_;
  std::unordered_map<std::string_view, std::size_t> by_path_;
};

} // namespace aiex::code_assistant
