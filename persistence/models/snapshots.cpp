// Tested by tests/persistence/models/read_models_test.cpp
#include "aiex/persistence/models/snapshots.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/sealed.hpp"

#include <fmt/format.h>

namespace aiex {

namespace {

constexpr table_id snapshot_table{2};

std::optional<snapshot> read_snapshot(std::string_view bytes) {
  bytes_reader read{bytes};
  snapshot found;
  found.version = read.u64();
  found.fingerprint = read.u64();
  const std::string_view history = read.raw(16);
  found.state = read.text();
  if (!read.ok() || read.remaining() != 0)
    return std::nullopt;
  found.history = uuid_from_bytes(history);
  return found;
}

std::string snapshot_bytes(const snapshot& taken) {
  std::string bytes;
  bytes_writer write{bytes};
  write.u64(taken.version);
  write.u64(taken.fingerprint);
  write.raw(taken.history.view());
  write.text(taken.state);
  return bytes;
}

} // namespace

result<void> snapshots::save(std::span<const snapshot_save> saves) {
  for (const auto& [stream, taken] : saves)
    if (taken.state.size() > limits::snapshot_bytes_max)
      return fail(
        errc::state_too_large, fmt::format("a snapshot of {} has {} bytes, up to {} are possible",
                                 stream, taken.state.size(), limits::snapshot_bytes_max));
  return tables_.write(durability::synced, [&](table_writer& tables) -> result<void> {
    for (const auto& [stream, taken] : saves)
      tables.put(snapshot_table, stream, sealed(snapshot_bytes(taken)));
    return {};
  });
}

result<std::optional<snapshot>> snapshots::load(std::string_view stream) const {
  std::optional<snapshot> found;
  auto read = tables_.read([&](const table_reader& tables) {
    const auto bytes = tables.get(snapshot_table, stream);
    const auto open = bytes ? unsealed(*bytes) : std::nullopt;
    if (open)
      found = read_snapshot(*open);
  });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return found;
}

} // namespace aiex
