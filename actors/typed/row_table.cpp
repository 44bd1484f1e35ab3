#include "aiex/actors/typed/row_table.hpp"

namespace aiex {

std::optional<std::string> row_table::get(std::string_view key) {
  if (const auto changed = changes_.find(key); changed != changes_.end())
    return changed->second;
  auto saved = saved_(key);
  if (saved)
    return std::move(*saved);
  fail_with(std::move(saved.error()));
  return std::nullopt;
}

void row_table::put(std::string_view key, std::string value) {
  if (value.size() > limits::row_value_bytes_max)
    return fail_with({errc::state_too_large,
      "a row's value has " + std::to_string(value.size()) + " bytes, the limit is " +
        std::to_string(limits::row_value_bytes_max) + ": divide it among several rows"});
  change(key, std::move(value));
}

void row_table::erase(std::string_view key) {
  change(key, std::nullopt);
}

void row_table::change(std::string_view key, std::optional<std::string> value) {
  if (key.empty() || key.size() > limits::row_key_bytes_max)
    return fail_with(
      {errc::invalid_argument, "a row's key has 1 to " + std::to_string(limits::row_key_bytes_max) +
                                 " bytes, not " + std::to_string(key.size())});
  const auto bytes_of = [](const std::optional<std::string>& of) { return of ? of->size() : 0; };
  const auto [place, is_new] = changes_.try_emplace(std::string{key});
  changed_bytes_ += (is_new ? key.size() : 0) + bytes_of(value);
  changed_bytes_ -= bytes_of(place->second);
  place->second = std::move(value);
}

std::vector<row_change> row_table::take_changes() {
  std::vector<row_change> taken;
  taken.reserve(changes_.size());
  for (auto& [key, value] : changes_)
    taken.push_back({key, std::move(value)});
  drop_changes();
  return taken;
}

void row_table::drop_changes() {
  changes_.clear();
  changed_bytes_ = 0;
  failure_.reset();
}

} // namespace aiex
