#include "aiexd/verbs/groups_verb.hpp"

#include "aiex/actors/cluster/groups.hpp"

#include "aiexd/verbs/tree_places.hpp"
#include "aiexd/verbs/tree_verbs.hpp"

#include <charconv>

namespace aiex {

namespace {

constexpr std::size_t scopes_named_max = 10;
constexpr std::size_t name_shown_bytes_max = 80;

struct groups_wish {
  std::string scope;
  std::string group; ///< Empty: all of them.
  std::string after; ///< Where the page before ended.
};

result<groups_wish> wish_of(const verb_arguments& given) {
  groups_wish wish;
  const std::pair<std::string_view, std::string*> texts[] = {
    {"scope", &wish.scope}, {"name", &wish.group}, {"cursor", &wish.after}};
  for (const auto& [key, into] : texts) {
    auto text = given.text(key);
    if (!text)
      return tl::unexpected(std::move(text.error()));
    *into = std::move(*text).value_or("");
  }
  if (!given.has("scope"))
    wish.scope = default_group_scope;
  if (given.has("name"))
    if (auto right = check_group_name(wish.group); !right)
      return tl::unexpected(std::move(right.error()));
  return wish;
}

error no_such_scope(const registry& names, std::string_view scope) {
  std::string known;
  std::size_t named = 0;
  const std::string prefix = group_scope_name("");
  for (const std::string& each : names.names(prefix))
    if (++named <= scopes_named_max)
      known += (known.empty() ? "" : ", ") + each.substr(prefix.size());
  if (named > scopes_named_max)
    known += ", …";
  return {errc::not_found, "there is no scope \"" +
                             std::string{scope.substr(0, name_shown_bytes_max)} + "\"; " +
                             (known.empty() ? "none is running" : "there are: " + known)};
}

void answer_groups(verb_call& call, const group_view& seen, const groups_wish& wish) {
  std::string lines;
  const auto page = seen.sizes(wish.after, groups_per_page_max);
  for (const group_size& each : page)
    lines += to_text({{"scope", wish.scope}, {"group", each.name}, {"members", each.members},
               {"local", each.own}}) +
             "\n";
  call.answer(lines_reply(
    std::move(lines), page.size() == groups_per_page_max ? page.back().name : std::string{}));
}

/// Where a page of members ended: "node:actor".
std::string cursor_of(const group_member& last) {
  return std::to_string(last.node) + ":" + std::to_string(last.actor);
}

result<std::optional<group_member>> member_of(const std::string& cursor) {
  if (cursor.empty())
    return std::nullopt;
  group_member last;
  const char* end = cursor.data() + cursor.size();
  const auto node = std::from_chars(cursor.data(), end, last.node);
  if (node.ec == std::errc{} && node.ptr != end && *node.ptr == ':') {
    const auto actor = std::from_chars(node.ptr + 1, end, last.actor);
    if (actor.ec == std::errc{} && actor.ptr == end)
      return last;
  }
  return fail(errc::invalid_history, "\"cursor\" is not one that a list has answered");
}

void answer_members(verb_call& call, const groups_wish& wish, const std::vector<group_share>& page,
  const supervision_tree& tree) {
  std::map<std::uint64_t, std::string> paths;
  for (tree_place& each : places_of(tree))
    paths.emplace(each.node->actor_id, std::move(each.path));
  std::string lines;
  for (const auto& [who, joined] : page) {
    json_value line{{"scope", wish.scope}, {"group", wish.group}, {"node", call.services().node},
      {"actor", who.actor}};
    const auto path = paths.find(who.actor);
    line["path"] = path == paths.end() ? "" : path->second;
    line["joined"] = joined;
    lines += to_text(line) + "\n";
  }
  call.answer(lines_reply(std::move(lines),
    page.size() == groups_per_page_max ? cursor_of(page.back().who) : std::string{}));
}

} // namespace

void run_groups(verb_call call) {
  const auto wish = wish_of(call.given);
  if (!wish)
    return call.refuse(wish.error());
  const auto seen = groups{call.services().names, wish->scope}.view();
  if (!seen)
    return call.refuse(no_such_scope(call.services().names, wish->scope));
  if (wish->group.empty())
    return answer_groups(call, *seen, *wish);
  const auto after = member_of(wish->after);
  if (!after)
    return call.refuse(after.error());
  with_tree(std::move(call),
    [wish = *wish, page = seen->shares(wish->group, *after, groups_per_page_max)](
      verb_call& asked, const supervision_tree& tree) { answer_members(asked, wish, page, tree); });
}

} // namespace aiex
