// What the golden files of format 1 hold, made from fixed ids and times. Never change what stands
// here: the files were written from it. A new format gets a folder and a file of its own.
#pragma once

#include "aiex/persistence/archive/archive_manifest.hpp"
#include "aiex/persistence/base/hex.hpp"
#include "aiex/persistence/codec/bytes.hpp"
#include "aiex/persistence/models/read_models.hpp"
#include "aiex/persistence/models/snapshots.hpp"
#include "aiex/persistence/state/keys.hpp"
#include "aiex/persistence/state/stored_facts.hpp"
#include "aiex/persistence/store/data_folder.hpp"
#include "aiex/persistence/store/recovery.hpp"
#include "aiex/persistence/store/store_origin.hpp"

#include "support/sample_events.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <span>
#include <string>
#include <vector>

namespace aiex::test::golden_v1 {

inline constexpr std::int64_t first_us = 1'767'225'600'000'000; // 2026-01-01T00:00:00Z

inline void append_group(event_store& store, std::vector<append_request> group, int second) {
  std::vector<const append_request*> all;
  for (append_request& each : group) {
    each.node = "node1";
    each.system = true;
    all.push_back(&each);
  }
  for (const auto& answer : store.append(all, at_us(first_us + second * 1'000'000)))
    REQUIRE(answer);
}

/// A leader's entry without events, behind the last one.
inline void append_no_op(const memory_media& media, const state_head& head) {
  entry_builder builder{{.kind = entry_kind::no_op,
    .index = head.index + 1,
    .term = 2,
    .recorded_at = {},
    .first_position = head.position.next(),
    .event_count = 0,
    .previous = head.chain}};
  const std::string bytes = builder.finish(head.recorded_at);
  const log_record record{head.index + 1, bytes};
  REQUIRE(media.log.storage().append({&record, 1}));
  REQUIRE(media.log.storage().sync());
}

/// Everything that an entry can hold, but nothing large enough to be compressed.
inline std::vector<append_request> first_group() {
  append_request several;
  several.parts = {{"account-ann", expected_version::none(),
                     {{.id = id_of(1), .type = "opened", .data = R"({"owner":"ann"})"},
                       {.id = id_of(2), .type = "deposited", .data = R"({"cents":500})"}}},
    {"account-bob", expected_version::none(), {{.id = id_of(3), .type = "opened"}}}};
  several.command = command_reference{id_of(100), 0x0123456789abcdef};
  append_request owned = one("$owner-session-7", {.id = id_of(4), .type = "$owned"});
  return {several, owned};
}

inline std::vector<append_request> second_group() {
  append_request full = one("session-7", {.id = id_of(5),
                                           .type = "notiz",
                                           .data = "\"gr\xc3\xbc\xc3\x9f dich\"",
                                           .metadata = R"({"by":"ann"})",
                                           .correlation_id = "request-1",
                                           .causation_id = "command-100",
                                           .tags = {"red", "blau"},
                                           .schema = 3});
  full.owner = owner_epoch{"session-7", 1};
  append_request raw = one("blob", {.id = id_of(6),
                                     .type = "bytes",
                                     .data = std::string{"\x00\x01\xfe\xff", 4},
                                     .content = content_type::bytes});
  return {full, raw};
}

/// An entry of term 1, behind whatever term: the files are older than the rule that terms never go
/// back, and no store would write it now.
inline void append_in_first_term(
  const memory_media& media, const std::vector<append_request>& requests, int second) {
  const log_storage log = media.log.storage();
  std::string bytes;
  REQUIRE(media.state.storage().read([&](const table_reader& tables) {
    aiex::append_group group{head_of(tables), 1};
    found_streams streams;
    const stored_facts facts{tables, log, streams};
    for (append_request each : requests) {
      each.node = "node1";
      each.system = true;
      REQUIRE(group.add(each, {[&](std::string_view stream) { return facts.version_of(stream); },
                                [&](const uuid& id) { return facts.event_by_id(id); },
                                [&](position where) { return facts.event_at(where); },
                                [&](const uuid& id) { return facts.command_by_id(id); }}));
    }
    bytes = group.finish(at_us(first_us + second * 1'000'000));
  }));
  const log_record record{3, bytes};
  REQUIRE(log.append({&record, 1}));
  REQUIRE(log.sync());
}

/// Three entries: events, no events, events.
inline void fill(memory_media& media) {
  auto store = event_store::open(media.media());
  REQUIRE(store);
  append_group(*store, first_group(), 1);
  append_no_op(media, *store->head());
  REQUIRE(catch_up(media.log.storage(), media.state.storage()));
  append_in_first_term(media, second_group(), 2);
  REQUIRE(catch_up(media.log.storage(), media.state.storage()));
}

/// One entry with a content that is compressed: how, is up to the version of zstd.
inline void fill_compressed(memory_media& media) {
  auto store = event_store::open(media.media());
  REQUIRE(store);
  append_group(*store,
    {one("note-1", {.id = id_of(7), .type = "noted", .data = '"' + std::string(2'000, 'x') + '"'})},
    3);
}

/// The entries, each behind its length (32 bits, little endian).
inline std::string entries_of(const memory_media& media) {
  std::string all;
  bytes_writer write{all};
  REQUIRE(media.log.storage().read(1, direction::ascending, [&](const log_record& record) {
    write.u32(static_cast<std::uint32_t>(record.bytes.size()));
    write.raw(record.bytes);
    return true;
  }));
  return all;
}

/// The reverse: a log with those entries.
inline void load_entries(const memory_media& media, std::string_view all) {
  bytes_reader read{all};
  for (std::uint64_t index = 1; read.remaining() > 0; ++index) {
    const log_record record{index, read.raw(read.u32())};
    REQUIRE(read.ok());
    REQUIRE(media.log.storage().append({&record, 1}));
  }
  REQUIRE(media.log.storage().sync());
}

inline std::string hex(std::string_view bytes) {
  return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

/// A row a line: table, key, value.
inline std::string dump(const ordered_tables& tables, std::span<const std::string_view> names) {
  std::string all;
  REQUIRE(tables.read([&](const table_reader& reader) {
    for (std::size_t i = 0; i < names.size(); ++i)
      reader.scan(static_cast<table_id>(i), "", direction::ascending,
        [&](std::string_view key, std::string_view value) {
          all += fmt::format("{} {} {}\n", names[i], hex(key), hex(value));
          return true;
        });
  }));
  return all;
}

/// An event a line, all that a reader sees of it.
inline std::string events_of(const event_store& store) {
  std::string all;
  const auto page = store.read({.system = true});
  REQUIRE(page);
  for (const recorded_event& e : page->events) {
    std::string tags;
    for (const std::string_view tag : e.tags)
      tags += fmt::format("[{}]", tag);
    all += fmt::format("{} {} {} {} {} {} schema={} content={} correlation={} causation={} node={} "
                       "tags={} owner={}/{} data={} metadata={}\n",
      e.position.value, to_string(e.recorded_at), to_string(e.id), e.stream, e.version, e.type,
      e.schema, static_cast<int>(e.content), e.correlation_id, e.causation_id, e.node, tags,
      e.owner, e.epoch, hex(e.data), e.metadata);
  }
  return all;
}

inline projection_record record() {
  return {.at = {6},
    .fingerprint = 0x1111,
    .generation = 2,
    .status = projection_status::stopped,
    .skipped = 3,
    .errors = 4,
    .last_error = "no such account",
    .state = R"({"cents":500})"};
}

inline snapshot taken() {
  return {.version = 2, .fingerprint = 0x2222, .history = id_of(1002), .state = R"({"open":true})"};
}

inline void fill_models(const ordered_tables& tables) {
  const projection_save save{"totals", record(), {{"ann", "500"}, {"bob", ""}}};
  REQUIRE(read_models{tables}.save({&save, 1}));
  const snapshot_save all[] = {{"account-ann", taken()}};
  REQUIRE(snapshots{tables}.save(all));
}

inline store_identity identity() {
  return {.store = id_of(1001), .history = id_of(1002), .node = "node1"};
}

inline store_origin origin(const chain_end& at) {
  return {.store = id_of(1001),
    .history = id_of(1000),
    .at = at,
    .archived_at = at_us(first_us + 4'000'000),
    .restored_at = at_us(first_us + 5'000'000)};
}

} // namespace aiex::test::golden_v1
