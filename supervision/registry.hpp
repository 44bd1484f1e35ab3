#pragma once

#include <caf/actor.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiex {

/// Names of actors. A name follows its child through restarts, because each start binds it again,
/// and it never leads to an actor that has ended. A value that is passed; copies share what they
/// know. Any thread.
class registry {
public:
  registry() : names_(std::make_shared<table>()) {}

  /// From now on `name` means `actor`, whoever had it before; until that ends.
  void bind(const std::string& name, const caf::actor& actor) const;

  /// Nothing if nobody of that name lives.
  std::optional<caf::actor> find(std::string_view name) const;

  void unbind(std::string_view name) const;

  /// All that begin so, sorted.
  std::vector<std::string> names(std::string_view prefix = {}) const;

private:
  struct table {
    std::mutex lock; // guards all below
    std::map<std::string, caf::actor, std::less<>> actors;
  };
  std::shared_ptr<table> names_;
};

} // namespace aiex
