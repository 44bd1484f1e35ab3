// What follows the log at a node: a projection that counts the events of each stream. Position, sum
// and rows are saved in one transaction.
#include "aiex/persistence/state/with_entry.hpp"

#include "simulate/cluster/planted_faults.hpp"
#include "simulate/cluster/projection_sum.hpp"
#include "simulate/cluster/simulated_node.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace aiex::test {

namespace {

constexpr std::uint64_t events_per_save = 16;

} // namespace

void simulated_node::load_projection() {
  const auto record = read_models{disk_.models.storage()}.load(projection_name);
  invariant(record.has_value(), "the record of the projection cannot be read");
  projected_ = *record ? (*record)->at.value : 0;
  projection_sum_ = 0;
  if (*record)
    std::from_chars(
      (*record)->state.data(), (*record)->state.data() + (*record)->state.size(), projection_sum_);
}

void simulated_node::plan_projection() {
  if (is_projecting_ || projected_ >= applied().position.value)
    return;
  is_projecting_ = true;
  plan(around_.dice.between(1 * millisecond, 20 * millisecond), [this] {
    is_projecting_ = false;
    project();
    plan_projection();
  });
}

void simulated_node::project() {
  const std::uint64_t until = std::min(applied().position.value, projected_ + events_per_save);
  std::map<std::string, std::string> rows;
  std::uint64_t sum = projection_sum_;
  std::uint64_t at = projected_;
  (void)disk_.state.storage().read([&](const table_reader& tables) {
    while (at < until) {
      const auto place = find_place(tables, {at + 1});
      const auto read =
        with_entry(disk_.log.storage(), place->index, [&](const entry_view& entry) -> result<void> {
          for (; at < until && entry.header().holds({at + 1}); ++at) {
            const auto header = entry.header_of(
              static_cast<std::uint32_t>(at + 1 - entry.header().first_position.value));
            if (!header)
              return tl::unexpected(header.error());
            sum = added_to_projection(sum, header->event.id);
            rows[std::string{header->event.stream}] = std::to_string(header->event.version);
          }
          return {};
        });
      if (!read)
        return; // damaged; tried again when more is applied
    }
  });
  if (at == projected_)
    return;
  projection_save save{std::string{projection_name}, {}, {}};
  const bool is_apart = planted == planted_fault::position_apart;
  save.record.at = {is_apart ? projected_ : at};
  save.record.state = std::to_string(sum);
  for (const auto& [stream, version] : rows)
    save.rows.push_back({stream, version});
  const auto saved = read_models{disk_.models.storage()}.save({&save, 1});
  invariant(saved.has_value(), "the projection cannot be saved");
  projected_ = at;
  projection_sum_ = sum;
  around_.projected(save);
}

} // namespace aiex::test
