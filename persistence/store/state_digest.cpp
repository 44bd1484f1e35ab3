// Tested by tests/persistence/archive/restore_test.cpp
#include "aiex/persistence/store/state_digest.hpp"

#include "aiex/persistence/state/keys.hpp"

#include <limits>

namespace aiex {

result<digest> state_digest(const ordered_tables& state) {
  sha256 hash;
  const auto add = [&](std::string_view bytes) {
    hash.update_u64(bytes.size());
    hash.update(bytes);
  };
  auto read = state.read([&](const table_reader& tables) {
    for (std::size_t table = 0; table < state_tables::names.size(); ++table) {
      hash.update_u64(table);
      tables.scan(static_cast<table_id>(table), "", direction::ascending,
        [&](std::string_view key, std::string_view value) {
          add(key);
          add(value);
          return true;
        });
      hash.update_u64(std::numeric_limits<std::uint64_t>::max());
    }
  });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return hash.finish();
}

} // namespace aiex
