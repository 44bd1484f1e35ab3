#include "aiex/supervision/child_spec.hpp"

#include <algorithm>

namespace aiex {

namespace {

tl::unexpected<supervision_error> refuse(supervision_errc code, std::string message) {
  return tl::unexpected(supervision_error{code, std::move(message)});
}

} // namespace

tl::expected<void, supervision_error> check(const child_spec& child, auto_shutdown ends) {
  if (child.id.empty())
    return refuse(supervision_errc::missing_id, "a child has no id: give it one");
  const std::string who = "child '" + child.id + "' ";
  if (!child.start)
    return refuse(supervision_errc::missing_start, who + "has no start function");
  if (child.shutdown && child.shutdown->time().count() == 0)
    return refuse(supervision_errc::bad_shutdown,
      who + "has no time to shut down: give it some, or say brutal_kill");
  if (child.significant && child.restart == restart::permanent)
    return refuse(supervision_errc::bad_significant,
      who + "is significant and permanent: one that is always restarted never ends anything");
  if (child.significant && ends == auto_shutdown::never)
    return refuse(supervision_errc::bad_significant,
      who + "is significant, but its supervisor's auto_shutdown is never");
  return {};
}

tl::expected<void, supervision_error> check(const supervisor_spec& spec) {
  if (spec.limit.period.count() < 1)
    return refuse(supervision_errc::bad_period, "the period must be at least 1 second");
  std::vector<std::string> ids;
  for (const child_spec& child : spec.children) {
    if (auto sound = check(child, spec.ends); !sound)
      return sound;
    ids.push_back(child.id);
  }
  std::sort(ids.begin(), ids.end());
  if (const auto twice = std::adjacent_find(ids.begin(), ids.end()); twice != ids.end())
    return refuse(supervision_errc::duplicate_id, "two children have the id '" + *twice + "'");
  return {};
}

} // namespace aiex
