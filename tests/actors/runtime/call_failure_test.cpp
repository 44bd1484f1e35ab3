#include "aiex/actors/runtime/call_failure.hpp"

#include <caf/error.hpp>
#include <caf/exit_reason.hpp>
#include <doctest/doctest.h>

#include <string>

namespace aiex {
namespace {

TEST_CASE("call_failure: whether something may have been done depends on what is known") {
  struct example {
    call_errc what;
    errc code;
    errc of_change;
  };
  const example table[] = {
    {call_errc::time_out, errc::time_out, errc::unknown_outcome},
    {call_errc::no_process, errc::stopped, errc::stopped},
    {call_errc::ended, errc::stopped, errc::unknown_outcome},
    {call_errc::node_down, errc::stopped, errc::unknown_outcome},
    {call_errc::calling_self, errc::refused, errc::refused},
    {call_errc::overloaded, errc::overloaded, errc::overloaded},
    {call_errc::refused, errc::refused, errc::refused},
  };
  for (const example& row : table) {
    CAPTURE(static_cast<int>(row.what));
    const call_error why{row.what, caf::exit_reason::user_shutdown};
    const error plain = as_error(why, "the bank");
    CHECK(plain.code == row.code);
    CHECK(plain.message.starts_with("the bank"));
    const error change = as_error_of_change(why, "the bank", "look at the account");
    CHECK(change.code == row.of_change);
    CHECK(change.message.starts_with("the bank"));
    const bool is_in_doubt = row.of_change == errc::unknown_outcome;
    CHECK(change.message.ends_with(is_in_doubt ? "look at the account" : "Nothing was done"));
  }
}

TEST_CASE("call_failure: says what became of who was asked") {
  CHECK(as_error({call_errc::time_out, {}}, "the bank").message ==
        "the bank did not answer in time: it is busy, or does not come back from a handler");
  CHECK(
    as_error_of_change({call_errc::ended, caf::exit_reason::kill}, "the bank", "look").message ==
    "the bank ended before it answered (killed), and it may be done all the same: look");
}

} // namespace
} // namespace aiex
