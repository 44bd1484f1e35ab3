#include "aiex/persistence/store/models_check.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/sealed.hpp"
#include "aiex/persistence/models/read_models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace aiex {

namespace {

constexpr std::size_t projections = 0;
constexpr std::size_t rows = 1;

/// A row's key begins with the projection's name behind its length.
std::string_view projection_of_row(std::string_view key) {
  return key.substr(1, static_cast<unsigned char>(key.front()));
}

std::string damage_of(std::size_t table, std::string_view key) {
  if (table == projections)
    return fmt::format("the record of projection {} fails its checksum", key);
  if (table == rows)
    return fmt::format("a row of projection {} fails its checksum", projection_of_row(key));
  return fmt::format(
    "the snapshot of {} fails its checksum: it is not used, and the next one replaces it", key);
}

/// Looks at rows behind `last`, which moves on. Whether there are more.
bool look_on(
  const table_reader& tables, std::size_t table, std::string& last, verify_report& report) {
  bool is_more = false;
  std::size_t looked_at = 0;
  const std::string from = last;
  tables.scan(static_cast<table_id>(table), from, direction::ascending,
    [&](std::string_view key, std::string_view value) {
      if (key == from)
        return true;
      if (looked_at++ == limits::rows_per_check_step) {
        is_more = true;
        return false;
      }
      last = key;
      const auto open = unsealed(value);
      if (!open)
        report.add({{}, 0, damage_of(table, key), finding_part::models});
      else if (table == projections)
        report.head.value = std::max(report.head.value, bytes_reader{*open}.u64());
      return true;
    });
  return is_more;
}

} // namespace

result<verify_report> check_models(const ordered_tables& models, function_ref<void()> step) {
  verify_report report;
  for (std::size_t table = 0; table < model_table_names.size(); ++table) {
    std::string last;
    for (bool is_more = true; is_more;) {
      auto read = models.read(
        [&](const table_reader& tables) { is_more = look_on(tables, table, last, report); });
      if (!read)
        return tl::unexpected(std::move(read.error()));
      step();
    }
  }
  return report;
}

} // namespace aiex
