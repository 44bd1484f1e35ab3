// Projections and their rows as JSON. Pure but for the reading of rows.
#pragma once

#include "aiex/actors/flow/projection_messages.hpp"
#include "aiex/persistence/models/read_models.hpp"

#include <string>

namespace aiex {

/// A larger state is not shown in the list of all projections.
inline constexpr std::size_t state_listed_bytes_max = 4 << 10;

/// Of the list of all projections, ended by \n.
std::string to_line(const projection_info& info);

/// One projection. `rows`: what `rows_text` made, or nothing.
std::string to_object(const projection_info& info, const std::string& rows = {});

/// Rows that are shown unless told otherwise, and at most.
inline constexpr std::uint64_t rows_shown_default = 100;
inline constexpr std::uint64_t rows_shown_max = 1'000;
/// Then no further row is shown.
inline constexpr std::size_t rows_shown_bytes_max = 4 << 20;

struct wanted_rows {
  bool any = false;
  std::string prefix{};
  std::uint64_t limit = rows_shown_default;
};

/// `,"rows":[{"key":…,"value":…},…],"has_more_rows":false`. A value that is JSON stands there as it
/// is, another one as text. Errors: corrupt, io.
result<std::string> rows_text(
  const read_models& models, const projection_info& info, const wanted_rows& wanted);

} // namespace aiex
