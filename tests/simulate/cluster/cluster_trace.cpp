#include "simulate/cluster/cluster_trace.hpp"

#include "simulate/cluster/simulated_machine.hpp"

#include <fmt/format.h>

namespace aiex::test {

using namespace consensus;

namespace {

std::string text(log_place place) {
  return fmt::format("{}@{}", place.index, place.term);
}
std::string text(bool granted) {
  return granted ? "granted" : "refused";
}

const char* name_of(role now) {
  constexpr const char* names[] = {"follower", "pre-candidate", "candidate", "leader"};
  return names[static_cast<std::size_t>(now)];
}

std::string words(const pre_vote_request& what) {
  return fmt::format("pre_vote_request for term {}: last {}", what.for_term, text(what.last));
}
std::string words(const pre_vote_answer& what) {
  return fmt::format("pre_vote_answer for term {}: {}", what.for_term, text(what.granted));
}
std::string words(const vote_request& what) {
  return fmt::format(
    "vote_request: last {}{}", text(what.last), what.is_transfer ? ", a transfer" : "");
}
std::string words(const vote_answer& what) {
  return "vote_answer: " + text(what.granted);
}
std::string words(const replicate_request& what) {
  std::string entries;
  for (const entry& each : what.entries)
    entries += " " + text(each.place);
  return fmt::format("replicate_request: behind {}{}{}, committed {}", text(what.previous),
    entries.empty() ? "" : ":", entries, what.committed);
}
std::string words(const replicate_answer& what) {
  return what.matches
           ? fmt::format("replicate_answer: matches up to {}", what.matched)
           : fmt::format("replicate_answer: no match at {}, hint {}", what.asked, text(what.hint));
}
std::string words(const heartbeat& what) {
  return fmt::format("heartbeat: committed {}, round {}", what.committed, what.read_round);
}
std::string words(const heartbeat_answer& what) {
  return fmt::format("heartbeat_answer: round {}", what.read_round);
}
std::string words(const timeout_now&) {
  return "timeout_now";
}
std::string words(const read_request& what) {
  return fmt::format("read_request: ticket {}", what.ticket);
}
std::string words(const read_answer& what) {
  return fmt::format("read_answer: ticket {}, {}", what.ticket,
    what.index ? fmt::format("index {}", *what.index) : "nothing");
}
std::string words(const fetch_request& what) {
  return fmt::format("fetch_request: {} to {}", what.from, what.to);
}
std::string words(const fetch_answer& what) {
  return fmt::format("fetch_answer: {} entries", what.entries.size());
}

} // namespace

std::string describe(const message& what) {
  return fmt::format("{} > {}  term {} run {}  {}", simulated_machine::name_of(what.from),
    simulated_machine::name_of(what.to), what.term, what.run,
    std::visit([](const auto& each) { return words(each); }, what.what));
}

std::string describe(const simulated_machine& machine) {
  const simulated_node& node = *machine.node;
  const std::string id = simulated_machine::name_of(machine.id());
  if (!node.is_up())
    return id + " is down";
  const core_state& core = node.core();
  std::string told = fmt::format("{} is {} in term {}: last {}, durable {}, checked {}, committed "
                                 "{}, applied {}, proven {}; members",
    id, name_of(core.role), core.term(), text(core.last()), core.durable, core.checked,
    core.committed, node.applied().index, text(core.standing.proven()));
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
    trace.add(now, who, "proposes " + text(what->what.place));
  if (const auto* what = std::get_if<damaged>(&given))
    trace.add(now, who, fmt::format("finds damage at {}", what->index));
  if (const auto* what = std::get_if<repaired>(&given))
    trace.add(now, who, fmt::format("has repaired {}", what->place.index));
  if (out.role)
    trace.add(now, who, fmt::format("is {} in term {}", name_of(out.role->now), out.role->term));
  if (out.write) {
    const write_job& job = *out.write;
    trace.add(now, who,
      fmt::format("writes job {}:{}{}{}", job.number,
        job.term ? fmt::format(" term {}, vote {}", job.term->term,
                     job.term->vote.is_nil() ? "none" : simulated_machine::name_of(job.term->vote))
                 : "",
        job.cut_from ? fmt::format(" cut from {}", *job.cut_from) : "",
        job.entries.empty() ? ""
                            : fmt::format(" entries {} to {}", text(job.entries.front().place),
                                text(job.entries.back().place))));
  }
  for (const message& each : out.messages)
    trace.add(now, who, "sends " + describe(each));
  if (out.committed)
    trace.add(now, who, fmt::format("commits up to {}", *out.committed));
  for (const change_outcome& each : out.changes_done)
    trace.add(now, who, each.index ? "has changed members" : each.index.error().message);
}

} // namespace aiex::test
