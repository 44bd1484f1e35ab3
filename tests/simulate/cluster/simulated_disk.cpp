#include "simulate/cluster/simulated_disk.hpp"

#include "aiex/persistence/store/recovery.hpp"

#include "simulate/cluster/rules/broken_rule.hpp"

#include <limits>
#include <utility>

namespace aiex::test {

namespace {

void flip(std::string& bytes, std::uint64_t bit) {
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
}

tl::unexpected<error> no_power() {
  return fail(errc::io, "power is lost");
}

} // namespace

store_media simulated_disk::media() {
  log_storage on_log = log.storage();
  on_log.append = [this](std::span<const log_record> records) { return append(records); };
  on_log.sync = [this] { return sync(); };
  on_log.cut = [this](std::uint64_t from) { return carry_out([&] { return cut(from); }); };
  on_log.replace = [this](const log_record& repaired) {
    return carry_out([&] { return replace(repaired); });
  };
  const term_storage term{[this]() -> result<std::optional<consensus::term_record>> {
                            if (must_have_record && !record)
                              return fail(errc::corrupt, "the term record is gone");
                            return record;
                          },
    [this](
      const consensus::term_record& newest) { return carry_out([&] { return write(newest); }); }};
  const auto bytes_free = [this] {
    return quality.is_full ? 0 : std::numeric_limits<std::uint64_t>::max();
  };
  return {std::move(on_log), state.storage(), bytes_free, one_after_the_other(), term};
}

void simulated_disk::tear(std::uint64_t operation, std::uint64_t part) {
  torn_after_ = operation;
  torn_part_ = part;
}

simulated_disk::fate simulated_disk::next_operation() {
  if (is_off_)
    return fate::lost;
  if (!torn_after_ || (*torn_after_)-- > 0)
    return fate::done;
  is_off_ = true;
  return fate::torn;
}

/// Of what is one step on the disk there is all or nothing.
result<void> simulated_disk::carry_out(const std::function<result<void>()>& what) {
  const fate its = next_operation();
  if (its == fate::done)
    return what();
  if (its == fate::torn && torn_part_ % 2 == 0)
    (void)what();
  return no_power();
}

result<void> simulated_disk::append(std::span<const log_record> records) {
  if (!records.empty() && records.front().index != last_index() + unsynced_.size() + 1)
    throw broken_rule{"log_without_gap", "an entry is written that does not follow the last one"};
  for (const log_record& each : records)
    unsynced_.emplace_back(each.bytes);
  return {};
}

/// Of what is torn some entries are there, from the first on.
result<void> simulated_disk::sync() {
  std::vector<std::string> all = std::exchange(unsynced_, {});
  const fate its = next_operation();
  if (its == fate::lost)
    return no_power();
  if (its == fate::torn)
    all.resize(torn_part_ % (all.size() + 1));
  const log_storage beneath = log.storage();
  for (const std::string& each : all) {
    const log_record next{last_index() + static_cast<std::uint64_t>(&each - all.data()) + 1, each};
    if (auto appended = beneath.append({&next, 1}); !appended)
      return appended;
  }
  if (std::exchange(fails_next_sync, false))
    log.fail_next_sync(keeps_failed);
  if (auto synced = beneath.sync(); !synced)
    return synced;
  return its == fate::torn ? no_power() : result<void>{};
}

result<void> simulated_disk::cut(std::uint64_t from) {
  rotten_.erase(rotten_.lower_bound(from), rotten_.end());
  return log.storage().cut(from);
}

result<void> simulated_disk::replace(const log_record& repaired) {
  rotten_.erase(repaired.index);
  return log.storage().replace(repaired);
}

result<void> simulated_disk::write(const consensus::term_record& newest) {
  put(newest);
  return {};
}

void simulated_disk::crash() {
  log.crash();
  state.crash();
  models.crash();
  unsynced_.clear();
  torn_after_.reset();
  is_off_ = false;
}

std::uint64_t simulated_disk::last_index() const {
  const auto last = aiex::last_index(log.storage());
  return last ? *last : 0;
}

std::optional<std::string> simulated_disk::readable(std::uint64_t index) const {
  std::optional<std::string> found;
  (void)log.storage().read(index, direction::ascending, [&](const log_record& each) {
    if (each.index == index)
      found = std::string{each.bytes};
    return false;
  });
  return found;
}

std::optional<std::string> simulated_disk::written(std::uint64_t index) const {
  auto found = readable(index);
  const auto rotten = rotten_.find(index);
  if (found && rotten != rotten_.end())
    for (const std::uint64_t bit : rotten->second)
      flip(*found, bit);
  return found;
}

void simulated_disk::rot(std::uint64_t index, std::uint64_t bit) {
  log.flip_bit(index, bit);
  std::set<std::uint64_t>& bits = rotten_[index];
  if (!bits.insert(bit).second)
    bits.erase(bit);
  if (bits.empty())
    rotten_.erase(index);
}

} // namespace aiex::test
