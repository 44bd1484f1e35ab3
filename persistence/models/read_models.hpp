// Read models at rest: each projection's state or rows, together with the position they stand for.
// Saved in one synced transaction, so that each event counts exactly once through any crash.
#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/log/position.hpp"
#include "aiex/persistence/storage/ordered_tables.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiex {

/// Stored. Add at the end, never renumber.
enum class projection_status : std::uint8_t {
  running = 1,
  paused = 2,  ///< By an operator.
  stopped = 3, ///< By an error; `projection_record::last_error` says which.
};

/// All that is kept of a projection but its rows.
struct projection_record {
  position at{};                 ///< Up to here every event has counted.
  std::uint64_t fingerprint = 0; ///< Of the form of its state; another one begins anew.
  std::uint64_t generation = 1;  ///< Counts rebuilds; rows of older ones are dead.
  projection_status status = projection_status::running;
  std::uint64_t skipped = 0; ///< Events that an operator or the policy skipped.
  std::uint64_t errors = 0;
  std::string last_error{};
  std::string state{}; ///< Up to `limits::projection_state_bytes_max`.

  bool operator==(const projection_record&) const = default;
};

/// A row put, or, without a value, erased. Keys of 1 to 255 bytes, values up to 1 MiB.
struct row_change {
  std::string key;
  std::optional<std::string> value;
};

struct projection_save {
  std::string name;
  projection_record record;
  std::vector<row_change> rows; ///< Of the record's generation; the last change of a key counts.
};

/// The tables that `read_models` and `snapshots` need, in the order of their ids.
inline constexpr std::array<std::string_view, 3> model_table_names{
  "projections", "rows", "snapshots"};

/// Thread: `save`, `clean` and `forget` from one writer; the rest from any.
class read_models {
public:
  explicit read_models(ordered_tables tables) : tables_(std::move(tables)) {}

  /// Nothing if it was never saved. Errors: corrupt, io.
  result<std::optional<projection_record>> load(std::string_view projection) const;
  result<std::vector<std::string>> names() const;

  /// Saves many projections in one synced transaction. Errors: state_too_large, invalid_argument (a
  /// row's key or value); corrupt, io. Of a failed save nothing is kept.
  result<void> save(std::span<const projection_save> saves);

  /// Drops rows of generations before `generation`, or, if it is 0, of all; at most `rows_max` of
  /// them. How many were dropped; 0: none is left.
  result<std::uint64_t> clean(
    std::string_view projection, std::uint64_t generation, std::size_t rows_max);

  /// Drops the record; its rows are dropped by `clean`.
  result<void> forget(std::string_view projection);

  /// Errors: not_found, corrupt, io.
  result<std::string> row(
    std::string_view projection, std::uint64_t generation, std::string_view key) const;

  /// Answers whether to go on.
  using visit_row = function_ref<bool(std::string_view key, std::string_view value)>;

  /// Rows whose key is at or behind `from` and begins with `prefix`, in order.
  result<void> rows(std::string_view projection, std::uint64_t generation, std::string_view prefix,
    std::string_view from, visit_row each) const;

private:
  ordered_tables tables_;
};

} // namespace aiex
