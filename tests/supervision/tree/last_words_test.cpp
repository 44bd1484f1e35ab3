#include "aiex/supervision/tree/last_words.hpp"

#include <caf/exit_reason.hpp>
#include <doctest/doctest.h>

namespace aiex {
namespace {

TEST_CASE("last_words: stand in the next report of whoever said them, once") {
  last_words said;
  said.note(7, to_error({"no row", "aiex::order", "{}"}));
  said.note(8, caf::exit_reason::kill);
  const auto told_of = [&](child_key key) {
    supervision_event event;
    said.move_into(event, key);
    return event.last_message + event.site;
  };
  CHECK(told_of(8).empty());
  CHECK(told_of(7) == "aiex::order{}");
  CHECK(told_of(7).empty());
}

} // namespace
} // namespace aiex
