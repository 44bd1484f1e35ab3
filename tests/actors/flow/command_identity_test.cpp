#include "aiex/actors/flow/command_identity.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace aiex {
namespace {

const uuid first = *parse_uuid("01932c4e-0000-7000-8000-000000000001");
const uuid second = *parse_uuid("01932c4e-0000-7000-8000-000000000002");

TEST_CASE("command_identity: another id of anything commanded is another digest") {
  sha256 hash;
  const commanded base{"account", "42", "withdraw", R"({"cents":1})"};
  const auto reference = reference_of(hash, first, base);
  CHECK(reference == reference_of(hash, first, base));
  CHECK(reference.id == first);
  CHECK(reference.digest == reference_of(hash, second, base).digest); // the id stands beside it

  const commanded others[] = {
    {"accounts", "42", "withdraw", R"({"cents":1})"},
    {"account", "43", "withdraw", R"({"cents":1})"}, {"account", "42", "deposit", R"({"cents":1})"},
    {"account", "42", "withdraw", R"({"cents":2})"},
    {"account", "42", "withdraw", R"({"cents": 1})"},
    {"account4", "2", "withdraw", R"({"cents":1})"}, // the same bytes, parted elsewhere
  };
  for (const commanded& other : others) {
    CAPTURE(std::string{other.category} + "-" + std::string{other.aggregate_id});
    CHECK(reference_of(hash, first, other).digest != reference.digest);
  }
}

TEST_CASE("command_identity: events have ids of their own, the same in each attempt") {
  sha256 hash;
  std::set<uuid> ids;
  for (const uuid& command : {first, second})
    for (const char* stream : {"account-42", "$owner-account-42"})
      for (std::uint64_t ordinal = 0; ordinal < 3; ++ordinal) {
        const uuid id = event_id_of(hash, command, stream, ordinal);
        CHECK(id == event_id_of(hash, command, stream, ordinal));
        CHECK((id.bytes[6] >> 4) == 8);
        CHECK((id.bytes[8] >> 6) == 2);
        ids.insert(id);
      }
  CHECK(ids.size() == 2 * 2 * 3);
}

// Stored in logs: must never change.
TEST_CASE("command_identity: known answers") {
  sha256 hash;
  CHECK(
    to_string(event_id_of(hash, first, "account-42", 0)) == "90624b00-0c58-8f8d-9aab-970dcd5d685f");
  CHECK(reference_of(hash, first, {"account", "42", "withdraw", "{}"}).digest == 0x1f56bdad43d0bc1);
}

} // namespace
} // namespace aiex
