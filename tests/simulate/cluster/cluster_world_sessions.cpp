// Sessions of a world: what their hosts are given, and what there must be of them in the end.
#include "aiex/actors/cluster/session_type.hpp"

#include "simulate/cluster/cluster_world.hpp"

namespace aiex::test {

namespace {

/// All that has happened to a session.
stream_fold fold_of(const std::shared_ptr<const aggregate_type>& type, const std::string& id,
  const session_host::reader& read) {
  stream_fold fold{type};
  json_reader reader;
  query first;
  first.stream = std::string{session_category} + "-" + id;
  for (std::optional<query> asked = first; asked;) {
    const auto page = read(*asked);
    invariant(page.has_value(), "a healed store cannot be read");
    for (const recorded_event& each : page->events)
      invariant(fold.apply(each, reader).has_value(), "an event of a session cannot be applied");
    asked = page->rest;
  }
  return fold;
}

std::string in_words(const dispatch_call& call, const result<dispatched>& outcome) {
  const std::string which = call.command + " " + to_string(*call.command_id) + ": ";
  if (!outcome)
    return which + outcome.error().message;
  return which + (outcome->repeated ? "was " : "is ") + "version " +
         std::to_string(outcome->version);
}

} // namespace

session_surroundings cluster_world::surroundings_of_hosts() {
  return {time, dice, seen_, done_commands_,
    std::make_shared<const aggregate_type>(aggregate_type_of<session>()),
    [this](const client_call& call, session_surroundings::append_answer answer) {
      ask(call, std::move(answer));
    },
    [this](const query& asked, session_surroundings::page_answer answer) {
      read_page(asked, std::move(answer));
    },
    [this](std::uint64_t client, const append_request& request, const append_result& answer) {
      ++counted_.appends;
      rules_.answered(client, request, answer);
    },
    [this](const dispatch_call& call) { return rules_.begins(call); },
    [this](
      const dispatch_call& call, const command_moment& began, const result<dispatched>& outcome) {
      counted_.commands += outcome ? 1 : 0;
      if (trace.is_on)
        trace.add(time.now(), began.stream, in_words(call, outcome));
      rules_.answered(call, began, outcome);
    },
    planted_};
}

/// From a node that may lag far behind, or be down.
void cluster_world::read_page(const query& asked, session_surroundings::page_answer answer) {
  const node_number from = dice.below(machines.size());
  const network_quality& net = network.quality;
  if (dice.per_mille(net.lost_per_mille))
    return;
  time.in(dice.between(net.delay_min, net.delay_max), [this, from, asked, answer] {
    const simulated_node& node = *machines[from].node;
    const network_quality& then = network.quality;
    if (!node.is_up() || dice.per_mille(then.lost_per_mille))
      return;
    auto page = std::make_shared<result<event_page>>(node.page(asked));
    time.in(
      dice.between(then.delay_min, then.delay_max), [answer, page] { answer(std::move(*page)); });
  });
}

/// What the hosts know then, with what they had missed, is what the log says.
void cluster_world::compare_sessions() {
  const auto type = std::make_shared<const aggregate_type>(aggregate_type_of<session>());
  const session_host::reader read = [this](const query& asked) {
    return machines.front().node->page(asked);
  };
  for (const auto& host : hosts_)
    for (const auto& [id, seen] : host->views(read)) {
      const stream_fold there = fold_of(type, id, read);
      const auto state = there.save();
      const bool is_same = seen ? seen->version == there.version() && seen->state_json == *state
                                : there.version() == 0 && seen.error().code == errc::not_found;
      if (!is_same)
        throw broken_rule{"session_state",
          "a host has another state of session " + id + " than " + "its events make: " + *state};
    }
}

} // namespace aiex::test
