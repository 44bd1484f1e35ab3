#include "aiex/actors/flow/append_way.hpp"

namespace aiex {

append_way way_of(const leadership& now, const append_try& tried) {
  if (now.leads && !now.sees_majority)
    return append_way::refuse;
  if (now.decides)
    return append_way::decide;
  if (now.is_leader_linked)
    return tried.ticks < leader_awaited_ticks ? append_way::forward : append_way::refuse;
  const bool is_hopeless = !now.sees_majority || tried.ticks >= leader_awaited_ticks;
  return is_hopeless ? append_way::refuse : append_way::keep;
}

error why_refused(const leadership& now, const append_try& tried) {
  const char* const why = now.sees_majority
                            ? "no node of the cluster has come to lead it for a while"
                            : "this node is not linked with a majority of the cluster";
  if (tried.may_be_written)
    return {errc::unknown_outcome,
      std::string{"the append was under way when the cluster lost its leader, and "} + why +
        ". Repeat it with the same ids: it is then done once",
      0};
  return {errc::no_quorum,
    std::string{"append refused: "} + why +
      ". Nothing was written; repeat it when a majority of the nodes see each other",
    0};
}

bool is_undecided(errc answer) noexcept {
  return answer == errc::not_leader || answer == errc::no_quorum || answer == errc::unknown_outcome;
}

} // namespace aiex
