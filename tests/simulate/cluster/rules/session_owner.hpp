#pragma once

#include "aiex/persistence/log/append.hpp"

#include "simulate/cluster/rules/broken_rule.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

namespace aiex::test {

/// All that is written for a session in one epoch is written by one host: the one that has claimed
/// it.
class session_owner_writes {
public:
  static constexpr std::string_view name = "session_owner";

  /// What is agreed on, in its order; `epoch`: of the session's owner before it.
  void look(const recorded_event& event, std::uint64_t epoch) {
    constexpr std::string_view claims = "$owner-$session-";
    const std::string stream{event.stream};
    if (stream.starts_with(claims))
      owners_[{stream, event.version}] = event.node;
    else if (stream.starts_with("$session-") && event.version > 1 && // the first one claims it
             of(stream, epoch) != event.node)
      throw broken_rule{name, fmt::format("version {} of {} is written by {}, and {} owns epoch {}",
                                event.version, stream, event.node, of(stream, epoch), epoch)};
  }

private:
  /// Empty: nobody.
  std::string of(const std::string& session, std::uint64_t epoch) const {
    const auto found = owners_.find({owner_stream(session), epoch});
    return found == owners_.end() ? std::string{} : found->second;
  }

  std::map<std::pair<std::string, std::uint64_t>, std::string> owners_;
};

} // namespace aiex::test
