// Which names there are in the log: for whoever completes what somebody types.
#pragma once

#include "aiex/persistence/storage/ordered_tables.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aiex {

enum class name_kind : std::uint8_t { stream, category, type };

/// Up to `most` that begin with `prefix`, sorted. Each costs one look-up, however many events it
/// has. Throws what the tables throw.
std::vector<std::string> find_names(
  const table_reader& tables, name_kind kind, std::string_view prefix, std::size_t most);

std::uint64_t count_streams(const table_reader& tables);

} // namespace aiex
