// 2026-11-26T08:00:00.000000Z: withdraw at version 2 threw: no such row
// It belonged to order-1.
// This test fails as long as the bug is there. Include the header of struct account, the
// aggregate of category "account".
#include "aiex/actors/typed/given.hpp"

#include "support/exported_account.hpp"

#include <doctest/doctest.h>

TEST_CASE("account-ann at version 2: withdraw") {
  const auto replay = [] {
    return aiex::stored_scenario<account>{
      {"opened", 2, R"aiex({"owner":"ann","currency":"eur","contacts":[]})aiex"},
      {"deposited", 1, R"aiex1({"cents":500,"note":")aiex","cash":false})aiex1"},
    };
  };
  CHECK_NOTHROW(replay().when("withdraw", R"aiex({"cents":200})aiex"));
}
