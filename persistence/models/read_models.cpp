#include "aiex/persistence/models/read_models.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/sealed.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aiex {

namespace {

constexpr table_id projections{0};
constexpr table_id row_table{1};

std::string record_bytes(const projection_record& record) {
  std::string bytes;
  bytes_writer write{bytes};
  write.u64(record.at.value);
  write.u64(record.fingerprint);
  write.u64(record.generation);
  write.u8(static_cast<std::uint8_t>(record.status));
  write.u64(record.skipped);
  write.u64(record.errors);
  write.text(record.last_error);
  write.text(record.state);
  return bytes;
}

std::optional<projection_record> read_record(std::string_view bytes) {
  bytes_reader read{bytes};
  projection_record record;
  record.at.value = read.u64();
  record.fingerprint = read.u64();
  record.generation = read.u64();
  record.status = static_cast<projection_status>(read.u8());
  record.skipped = read.u64();
  record.errors = read.u64();
  record.last_error = read.text();
  record.state = read.text();
  return read.ok() && read.remaining() == 0 ? std::optional{record} : std::nullopt;
}

/// Length and bytes of the name, generation, then the row's own key: 1 + 200 + 8 + 255 at most.
std::string row_prefix(std::string_view projection, std::uint64_t generation) {
  std::string key{static_cast<char>(projection.size())};
  key.append(projection);
  for (int shift = 56; shift >= 0; shift -= 8)
    key += static_cast<char>((generation >> shift) & 0xff);
  return key;
}

result<void> check_row(std::string_view projection, const row_change& row) {
  if (row.key.empty() || row.key.size() > limits::row_key_bytes_max)
    return fail(errc::invalid_argument,
      fmt::format("a row's key in projection {} has {} bytes; 1 to {} are possible", projection,
        row.key.size(), limits::row_key_bytes_max));
  if (row.value && row.value->size() > limits::row_value_bytes_max)
    return fail(errc::state_too_large,
      fmt::format("a row of projection {} has {} bytes, up to {} are possible", projection,
        row.value->size(), limits::row_value_bytes_max));
  return {};
}

result<void> check(const projection_save& save) {
  if (save.name.empty() || save.name.size() > limits::projection_name_bytes_max)
    return fail(errc::invalid_argument,
      fmt::format("a projection's name has 1 to {} bytes", limits::projection_name_bytes_max));
  if (save.record.state.size() > limits::projection_state_bytes_max)
    return fail(errc::state_too_large,
      fmt::format("the state of projection {} has {} bytes, up to {} are possible: keep rows "
                  "instead of a state",
        save.name, save.record.state.size(), limits::projection_state_bytes_max));
  for (const row_change& row : save.rows)
    if (auto checked = check_row(save.name, row); !checked)
      return checked;
  return {};
}

tl::unexpected<error> damaged(std::string_view projection) {
  return fail(errc::corrupt,
    fmt::format("the read model of {} is damaged; rebuild it: aiex projection rebuild {}",
      projection, projection));
}

void put(table_writer& tables, const projection_save& save) {
  tables.put(projections, save.name, sealed(record_bytes(save.record)));
  const std::string prefix = row_prefix(save.name, save.record.generation);
  for (const row_change& row : save.rows) {
    if (row.value)
      tables.put(row_table, prefix + row.key, sealed(*row.value));
    else
      tables.erase(row_table, prefix + row.key);
  }
}

} // namespace

result<std::optional<projection_record>> read_models::load(std::string_view projection) const {
  result<std::optional<projection_record>> found;
  auto read = tables_.read([&](const table_reader& tables) {
    const auto bytes = tables.get(projections, projection);
    if (!bytes)
      return;
    const auto open = unsealed(*bytes);
    auto record = open ? read_record(*open) : std::nullopt;
    if (record)
      found = std::move(record);
    else
      found = damaged(projection);
  });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return found;
}

result<std::vector<std::string>> read_models::names() const {
  std::vector<std::string> all;
  auto read = tables_.read([&](const table_reader& tables) {
    tables.scan(
      projections, "", direction::ascending, [&](std::string_view name, std::string_view) {
        all.emplace_back(name);
        return true;
      });
  });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return all;
}

result<void> read_models::save(std::span<const projection_save> saves) {
  for (const projection_save& each : saves)
    if (auto checked = check(each); !checked)
      return checked;
  return tables_.write(durability::synced, [&](table_writer& tables) -> result<void> {
    for (const projection_save& each : saves)
      put(tables, each);
    return {};
  });
}

result<std::uint64_t> read_models::clean(
  std::string_view projection, std::uint64_t generation, std::size_t rows_max) {
  const std::string begin = row_prefix(projection, 0);
  const std::string keep = row_prefix(projection, generation);
  const std::string_view name_part = std::string_view{begin}.substr(0, 1 + projection.size());
  std::uint64_t dropped = 0;
  auto written = tables_.write(durability::synced, [&](table_writer& tables) -> result<void> {
    std::vector<std::string> dead;
    tables.scan(
      row_table, begin, direction::ascending, [&](std::string_view key, std::string_view) {
        const bool is_dead = key.starts_with(name_part) && (generation == 0 || key < keep);
        if (is_dead)
          dead.emplace_back(key);
        return is_dead && dead.size() < rows_max;
      });
    for (const std::string& key : dead)
      tables.erase(row_table, key);
    dropped = dead.size();
    return {};
  });
  if (!written)
    return tl::unexpected(std::move(written.error()));
  return dropped;
}

result<void> read_models::forget(std::string_view projection) {
  return tables_.write(durability::synced, [&](table_writer& tables) -> result<void> {
    tables.erase(projections, projection);
    return {};
  });
}

result<std::string> read_models::row(
  std::string_view projection, std::uint64_t generation, std::string_view key) const {
  result<std::string> found = fail(errc::not_found, fmt::format("{} has no such row", projection));
  auto read = tables_.read([&](const table_reader& tables) {
    const auto bytes = tables.get(row_table, row_prefix(projection, generation).append(key));
    if (!bytes)
      return;
    if (const auto value = unsealed(*bytes))
      found = std::string{*value};
    else
      found = damaged(projection);
  });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return found;
}

result<void> read_models::rows(std::string_view projection, std::uint64_t generation,
  std::string_view prefix, std::string_view from, visit_row each) const {
  const std::string own = row_prefix(projection, generation);
  const std::string wanted = own + std::string{prefix};
  const std::string start = own + std::string{std::max(prefix, from)};
  result<void> found;
  auto read = tables_.read([&](const table_reader& tables) {
    tables.scan(
      row_table, start, direction::ascending, [&](std::string_view key, std::string_view bytes) {
        if (!key.starts_with(wanted))
          return false;
        const auto value = unsealed(bytes);
        if (!value) {
          found = damaged(projection);
          return false;
        }
        return each(key.substr(own.size()), *value);
      });
  });
  return read ? found : read;
}

} // namespace aiex
