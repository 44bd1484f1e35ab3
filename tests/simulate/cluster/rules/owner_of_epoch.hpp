#pragma once

#include "aiex/persistence/log/event.hpp"

#include "simulate/cluster/rules/broken_rule.hpp"

#include <cstdint>
#include <map>
#include <utility>

namespace aiex::test {

/// Who writes as an owner is the owner of the newest epoch, and of each epoch there is one.
class owner_of_epoch {
public:
  static constexpr std::string_view name = "owner_of_epoch";

  static void look(const recorded_event& event, std::uint64_t epoch) {
    if (event.epoch != epoch)
      throw broken_rule{name, "an event of " + std::string{event.owner} + " in epoch " +
                                std::to_string(event.epoch) + " is agreed on in epoch " +
                                std::to_string(epoch)};
  }

  /// A client was told that it owns the epoch.
  void owns(const std::string& owner, std::uint64_t epoch, std::uint64_t client) {
    const auto [known, is_new] = owners_.try_emplace({owner, epoch}, client);
    if (!is_new && known->second != client)
      throw broken_rule{name, "epoch " + std::to_string(epoch) + " of " + owner +
                                " belongs to clients " + std::to_string(known->second) + " and " +
                                std::to_string(client)};
  }

private:
  std::map<std::pair<std::string, std::uint64_t>, std::uint64_t> owners_;
};

} // namespace aiex::test
