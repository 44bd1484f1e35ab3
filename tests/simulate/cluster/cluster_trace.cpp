#include "simulate/cluster/cluster_trace.hpp"

#include "simulate/cluster/simulated_machine.hpp"
#include "support/consensus_words.hpp"

#include <fmt/format.h>

namespace aiex::test {

using namespace consensus;

namespace {

consensus_words in_words() {
  return consensus_words{simulated_machine::name_of};
}

const char* name_of(role now) {
  constexpr const char* names[] = {"follower", "pre-candidate", "candidate", "leader"};
  return names[static_cast<std::size_t>(now)];
}

} // namespace

std::string describe(const message& what) {
  return fmt::format("{} -> {}  {}, run {}", simulated_machine::name_of(what.from),
    simulated_machine::name_of(what.to), in_words().of(what), what.run);
}

std::string describe(const simulated_machine& machine) {
  const simulated_node& node = *machine.node;
  const std::string id = simulated_machine::name_of(machine.id());
  if (!node.is_up())
    return id + " is down";
  const core_state& core = node.core();
  std::string told = fmt::format("{} is {} in term {}: last {}, durable {}, checked {}, committed "
                                 "{}, applied {}, proven {}; members",
    id, name_of(core.role), core.term(), in_words().of(core.last()), core.durable, core.checked,
    core.committed, node.applied().index, in_words().of(core.standing.proven()));
  for (const member& each : core.members.current().members)
    told += fmt::format(" {}{}", simulated_machine::name_of(each.id),
      each.role == member_role::voter ? "" : " (learner)");
  for (const std::uint64_t index : core.standing.damaged())
    told += fmt::format("; {} is damaged", index);
  return told + (core.standing.is_void() ? "; void" : "");
}

void cluster_trace::add(virtual_us now, const std::string& who, const std::string& what) {
  if (!is_on)
    return;
  while (lines_.size() >= lines_max)
    lines_.pop_front();
  lines_.push_back(fmt::format("{:>10.3f} ms  {:<4} {}",
    static_cast<double>(now) / static_cast<double>(millisecond), who, what));
}

void tell(cluster_trace& trace, virtual_us now, const std::string& who, const input& given,
  const outputs& out) {
  if (const auto* heard = std::get_if<received>(&given))
    trace.add(now, who, "hears " + describe(heard->what));
  if (const auto* done = std::get_if<written>(&given))
    trace.add(now, who, fmt::format("has written job {}", done->number));
  if (const auto* done = std::get_if<write_refused>(&given))
    trace.add(now, who, fmt::format("has no room for job {}", done->number));
  if (const auto* what = std::get_if<proposal>(&given))
    trace.add(now, who, "proposes " + in_words().of(what->what.place));
  if (const auto* what = std::get_if<damaged>(&given))
    trace.add(now, who, fmt::format("finds damage at {}", what->index));
  if (const auto* what = std::get_if<repaired>(&given))
    trace.add(now, who, fmt::format("has repaired {}", what->place.index));
  if (out.role)
    trace.add(now, who, in_words().of(*out.role));
  if (out.write)
    trace.add(
      now, who, fmt::format("writes job {}: {}", out.write->number, in_words().of(*out.write)));
  for (const message& each : out.messages)
    trace.add(now, who, "sends " + describe(each));
  in_words().tell(out, [&](const std::string& fact) { trace.add(now, who, fact); });
}

} // namespace aiex::test
