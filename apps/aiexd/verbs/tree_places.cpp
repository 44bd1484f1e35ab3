#include "aiexd/verbs/tree_places.hpp"

#include <fmt/format.h>

namespace aiex {

std::vector<tree_place> places_of(const supervision_tree& tree) {
  std::vector<tree_place> places{{tree.id, &tree, 0}};
  for (std::size_t i = 0; i < places.size(); ++i) // grows meanwhile
    for (const supervision_tree& child : places[i].node->children)
      places.push_back({places[i].path + "/" + child.id, &child, i});
  return places;
}

bool is_meant(std::string_view path, std::string_view name) {
  if (path == name)
    return true;
  return !name.empty() && path.size() > name.size() && path.ends_with(name) &&
         path[path.size() - name.size() - 1] == '/';
}

namespace {

/// Whom the tree does not tell, and why.
std::string text_of_untold(const std::vector<tree_place>& places) {
  std::uint64_t untold = 0;
  std::string suspended;
  for (const tree_place& each : places) {
    untold += each.node->untold;
    if (suspended.empty() && each.node->is_suspended && each.node->kind == child_kind::supervisor)
      suspended = each.path;
  }
  std::string text;
  if (untold > 0)
    text += fmt::format(", but for {} for which it has no room", untold);
  if (!suspended.empty())
    text += fmt::format(", but for those below {}, which is suspended", suspended);
  return text;
}

} // namespace

result<std::size_t> find_place(const std::vector<tree_place>& places, std::string_view name) {
  std::vector<std::size_t> meant;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i].path == name)
      return i;
    if (is_meant(places[i].path, name))
      meant.push_back(i);
  }
  if (meant.empty())
    return fail(errc::not_found,
      fmt::format("there is no child \"{}\"; the verb tree shows those there are{}", name,
        text_of_untold(places)));
  if (meant.size() == 1)
    return meant.front();
  std::string paths;
  for (std::size_t i = 0; i < meant.size() && i < paths_named_max; ++i)
    (paths += i == 0 ? "" : ", ") += places[meant[i]].path;
  if (meant.size() > paths_named_max)
    paths += fmt::format(" and {} more", meant.size() - paths_named_max);
  return fail(
    errc::invalid_argument, fmt::format("\"{}\" may mean {}: name one by its path", name, paths));
}

} // namespace aiex
