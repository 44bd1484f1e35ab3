#include "simulate/cluster/simulated_disk.hpp"

#include "aiex/persistence/store/recovery.hpp"

#include <utility>
#include <vector>

namespace aiex::test {

namespace {

void flip(std::string& bytes, std::uint64_t bit) {
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
}

} // namespace

void simulated_disk::crash() {
  log.crash();
  state.crash();
  models.crash();
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

result<void> simulated_disk::cut(std::uint64_t from) {
  rotten_.erase(rotten_.lower_bound(from), rotten_.end());
  return log.storage().cut(from);
}

void simulated_disk::lose_from(std::uint64_t from) {
  (void)cut(from);
}

void simulated_disk::put_in_place(std::uint64_t index, std::string_view bytes) {
  std::vector<std::string> all{std::string{bytes}};
  for (std::uint64_t later = index + 1; later <= last_index(); ++later)
    all.push_back(*readable(later)); // as it is
  auto still_rotten = rotten_;
  still_rotten.erase(index);
  (void)cut(index);
  rotten_ = std::move(still_rotten);
  std::vector<log_record> records;
  for (const std::string& each : all)
    records.push_back({index + records.size(), each});
  (void)log.storage().append(records);
  (void)log.storage().sync();
}

} // namespace aiex::test
