// Entries and ids for tests of consensus.
#pragma once

#include "aiex/persistence/base/checksum.hpp"
#include "aiex/persistence/codec/bytes.hpp"
#include "aiex/persistence/consensus/entry.hpp"
#include "aiex/persistence/log/entry_layout.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

namespace aiex::test {

inline consensus::member_id member_of(std::uint8_t number) {
  consensus::member_id made;
  made.bytes[0] = 0xa0;
  made.bytes[15] = number;
  return made;
}

inline const uuid history_of_test = member_of(0xff);

/// Voters 1 … `voters`, then so many learners.
inline consensus::configuration members_of(std::uint8_t voters, std::uint8_t learners = 0) {
  consensus::configuration made{history_of_test, {}};
  for (std::uint8_t i = 1; i <= voters + learners; ++i)
    made.members.push_back(
      {member_of(i), i <= voters ? consensus::member_role::voter : consensus::member_role::learner,
        "n" + std::to_string(i), "host" + std::to_string(i) + ":7"});
  return made;
}

/// An entry without bytes, as cores of tests exchange them.
inline consensus::entry bare(std::uint64_t index, std::uint64_t term) {
  return {{index, term}, entry_kind::events, {}, {}};
}

/// As the log has it: of one event, or a configuration.
inline std::shared_ptr<const std::string> entry_bytes(
  std::uint64_t index, std::uint64_t term, std::string_view data = "{}") {
  sha256 hash;
  entry_builder builder{
    {.index = index, .term = term, .recorded_at = {}, .first_position = {index}, .previous = {}}};
  const event given{.id = member_of(9), .type = "t", .data = std::string{data}};
  const digest content = content_digest(hash, "s", given.type, given.data, given.metadata);
  builder.add(given,
    {.stream = "s", .version = index, .content = content, .correlation_id = "c", .node = "n"});
  return std::make_shared<const std::string>(builder.finish({}));
}

inline std::shared_ptr<const std::string> entry_bytes(
  std::uint64_t index, std::uint64_t term, const std::string& event_headers, entry_kind kind) {
  constexpr std::size_t headers_bytes_at = 44;
  entry_builder builder{{.kind = kind,
    .index = index,
    .term = term,
    .recorded_at = {},
    .first_position = {1},
    .previous = {}}};
  std::string bytes = builder.finish({}).substr(0, headers_bytes_at);
  bytes_writer write{bytes};
  write.u32(static_cast<std::uint32_t>(event_headers.size()));
  write.raw(std::string(32, '\0'));
  REQUIRE(bytes.size() == entry_layout::chained_prefix_bytes);
  write.u64(checksum64(bytes, 0));
  write.raw(event_headers);
  return std::make_shared<const std::string>(std::move(bytes));
}

inline consensus::entry whole(std::shared_ptr<const std::string> bytes) {
  sha256 hash;
  auto made = consensus::entry_of(std::move(bytes), hash);
  REQUIRE(made);
  return std::move(*made);
}

inline consensus::entry configuration_entry(
  std::uint64_t index, std::uint64_t term, const consensus::configuration& members) {
  return whole(entry_bytes(index, term, to_bytes(members), entry_kind::configuration));
}

} // namespace aiex::test
