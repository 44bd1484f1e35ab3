#pragma once

#include "aiex/actors/flow/aggregate_calls.hpp"
#include "aiex/actors/flow/command_identity.hpp"

#include "simulate/cluster/agreed_log.hpp"
#include "simulate/cluster/rules/broken_rule.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>

namespace aiex::test {

/// What was agreed on when a host began with a command.
struct command_moment {
  std::string stream{};
  std::uint64_t version = 0;
  std::uint64_t epoch = 0; ///< Of the stream's owner.
};

/// A command that was answered is in the log exactly once, and a repeat is answered with what came
/// of it the first time, by whatever host. A refusal rests on a state that is not older than the
/// command, and what was refused is not there.
class session_commands {
public:
  static constexpr std::string_view name = "session_commands";

  command_moment begins(const dispatch_call& call, const agreed_log& agreed) {
    refused_.erase(*call.command_id);
    const std::string stream = fmt::format("$session-{}", call.id);
    return {stream, agreed.version_of(stream), agreed.version_of(owner_stream(stream))};
  }

  void answered(const dispatch_call& call, const command_moment& began,
    const result<dispatched>& outcome, const agreed_log& agreed) {
    if (outcome)
      return done(call, began, *outcome, agreed);
    const error& why = outcome.error();
    if (why.code == errc::stale_epoch) {
      require(why.actual >= began.epoch, call,
        fmt::format("is refused for want of ownership as of epoch {}, and epoch {} had begun",
          why.actual, began.epoch));
    } else if (why.code == errc::refused) {
      require(why.actual >= began.version, call,
        fmt::format(
          "is refused as of version {}, and version {} was there", why.actual, began.version));
    } else {
      return; // it says nothing of what became of it
    }
    require(!done_.contains(*call.command_id), call, "is refused, and was done");
    refused_.insert(*call.command_id);
  }

  /// In the end.
  void look(const agreed_log& agreed) const {
    std::map<uuid, std::uint64_t> times;
    for (const logged_event& each : agreed.events())
      if (each.command)
        ++times[each.command->id];
    for (const auto& [id, what] : done_)
      if (times[id] != 1)
        throw broken_rule{
          name, fmt::format("command {} was done {} times", to_string(id), times[id])};
    for (const uuid& id : refused_)
      if (times[id] != 0)
        throw broken_rule{name, fmt::format("command {} was refused and done", to_string(id))};
  }

private:
  struct outcome_of_command {
    std::uint64_t version = 0;
    encoded event{};

    bool operator==(const outcome_of_command&) const = default;
  };

  void done(const dispatch_call& call, const command_moment& began, const dispatched& outcome,
    const agreed_log& agreed) {
    require(outcome.events.size() == 1, call,
      fmt::format("is answered with {} events", outcome.events.size()));
    const std::uint64_t at = outcome.last.value;
    require(at > 0 && at <= agreed.events().size(), call, "is answered and not agreed on");
    const logged_event& there = agreed.events()[at - 1];
    require(there.stream == began.stream && there.version == outcome.version &&
              there.id == event_id_of(hash_, *call.command_id, began.stream, 0),
      call, fmt::format("is answered with position {}, where something else is", at));
    const auto [first, is_new] =
      done_.try_emplace(*call.command_id, outcome_of_command{outcome.version, outcome.events[0]});
    require(is_new || first->second == outcome_of_command{outcome.version, outcome.events[0]}, call,
      "is answered with something else than the first time");
  }

  static void require(bool holds, const dispatch_call& call, const std::string& what) {
    if (!holds)
      throw broken_rule{name, fmt::format("command {} ({}) of session {} {}",
                                to_string(*call.command_id), call.command, call.id, what)};
  }

  sha256 hash_{};
  std::map<uuid, outcome_of_command> done_{};
  std::set<uuid> refused_{}; // and not asked for again since
};

} // namespace aiex::test
