#pragma once

#include "aiex/persistence/models/read_models.hpp"

#include "simulate/cluster/agreed_log.hpp"
#include "simulate/cluster/projection_sum.hpp"
#include "simulate/cluster/rules/broken_rule.hpp"
#include "simulate/cluster/simulated_node.hpp"

#include <fmt/format.h>

#include <map>

namespace aiex::test {

/// A projection's saved state is that of the events up to its saved position, each counted once, in
/// each generation from the first event on; of one generation it never goes back.
class projection_exactly_once {
public:
  static constexpr std::string_view name = "projection_exactly_once";

  void look(const simulated_node& node, const projection_record& saved, const agreed_log& agreed) {
    const std::uint64_t at = saved.at.value;
    if (at > agreed.events().size())
      throw broken_rule{name, fmt::format("position {} is counted and not committed", at)};
    if (saved.state != fmt::format("{{\"sum\":{}}}", agreed.projected(at)))
      throw broken_rule{name,
        fmt::format("the state saved with position {} is not that of the events up to there", at)};
    newest& known = known_[node.id()];
    if (saved.generation < known.generation ||
        (saved.generation == known.generation && at < known.at))
      throw broken_rule{
        name, fmt::format("position {} of generation {} is saved after {} of generation {}", at,
                saved.generation, known.at, known.generation)};
    known = {saved.generation, at};
  }

  /// In the end: a row for each stream, of the newest generation, and nothing else of it.
  static void look(const read_models& models, const agreed_log& agreed) {
    const auto record = models.load(projection_name);
    if (record && !*record && agreed.events().empty())
      return; // nothing to save
    if (!record || !*record)
      throw broken_rule{name, "there is no projection in the end"};
    std::map<std::string, std::uint64_t> rows;
    const auto read = models.rows(projection_name, (*record)->generation, "", "",
      [&](std::string_view stream, std::string_view version) {
        rows.emplace(stream, std::stoull(std::string{version}));
        return true;
      });
    if (!read || rows != agreed.versions())
      throw broken_rule{
        name, fmt::format(
                "the {} rows of generation {} at position {} are not those of the {} streams and "
                "{} events of the log in the end",
                rows.size(), (*record)->generation, (*record)->at.value, agreed.versions().size(),
                agreed.events().size())};
  }

private:
  struct newest {
    std::uint64_t generation = 0;
    std::uint64_t at = 0;
  };
  std::map<consensus::member_id, newest> known_;
};

} // namespace aiex::test
