#include "aiex/persistence/state/names.hpp"

#include "aiex/persistence/state/keys.hpp"

namespace aiex {

namespace {

namespace t = state_tables;

std::vector<std::string> find_streams(
  const table_reader& tables, std::string_view prefix, std::size_t most) {
  std::vector<std::string> found;
  tables.scan(
    t::streams, prefix, direction::ascending, [&](std::string_view key, std::string_view) {
      if (!key.starts_with(prefix) || found.size() == most)
        return false;
      found.emplace_back(key);
      return true;
    });
  return found;
}

/// From each name to behind all rows of it: their keys go on with a zero byte.
std::vector<std::string> find_indexed(
  const table_reader& tables, t::index_kind kind, std::string_view prefix, std::size_t most) {
  std::vector<std::string> found;
  const std::string all = static_cast<char>(kind) + std::string{prefix};
  std::string from = all;
  for (bool is_there = true; is_there && found.size() < most;) {
    is_there = false;
    tables.scan(t::index, from, direction::ascending, [&](std::string_view key, std::string_view) {
      if (key.starts_with(all)) {
        is_there = true;
        found.emplace_back(key.substr(1, key.find('\0') - 1));
      }
      return false;
    });
    if (is_there)
      from = static_cast<char>(kind) + found.back() + '\x01';
  }
  return found;
}

} // namespace

std::vector<std::string> find_names(
  const table_reader& tables, name_kind kind, std::string_view prefix, std::size_t most) {
  switch (kind) {
  case name_kind::stream: return find_streams(tables, prefix, most);
  case name_kind::category: return find_indexed(tables, t::index_kind::category, prefix, most);
  case name_kind::type: return find_indexed(tables, t::index_kind::type, prefix, most);
  }
  return {};
}

std::uint64_t count_streams(const table_reader& tables) {
  return tables.count(t::streams);
}

} // namespace aiex
