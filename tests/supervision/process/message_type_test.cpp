#include "aiex/supervision/process/message_type.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/atom.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>
#include <doctest/doctest.h>

#include <string>

namespace aiex {

struct deposit_for_type {};
struct withdrawal_for_type {};

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::deposit_for_type)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::withdrawal_for_type)

namespace aiex {
namespace {

TEST_CASE("message_type: two words that are text when somebody reads them") {
  struct example {
    const char* name;
    caf::message message;
    std::string text;
  };
  const std::string word = "word";
  const example table[] = {
    {"one of a program", caf::make_message(deposit_for_type{}), "aiex::deposit_for_type"},
    {"one of CAF's", caf::make_message(word), "str"},
    {"several", caf::make_message(caf::atom("a"), word, 1), "atom, str, i32"},
    {"both kinds", caf::make_message(word, deposit_for_type{}, 1),
      "str, aiex::deposit_for_type, i32"},
    {"two of a program", caf::make_message(deposit_for_type{}, withdrawal_for_type{}),
      "aiex::deposit_for_type, ?"},
    {"five", caf::make_message(word, word, word, word, deposit_for_type{}),
      "str, str, str, str, aiex::deposit_for_type"},
    {"six", caf::make_message(1, word, word, word, word, deposit_for_type{}),
      "str, str, str, str, aiex::deposit_for_type"},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    CHECK(text_of(type_of(row.message.content())) == row.text);
  }
  CHECK(text_of(message_type{}) == "start");
  CHECK_FALSE(message_type{}.is_message());
}

// CAF's token has room for five types, and is 0 if none of the last ones is CAF's.
TEST_CASE("message_type: six types of a program are a message, too") {
  const deposit_for_type one;
  const caf::message six = caf::make_message(one, one, one, one, one, one);
  const message_type type = type_of(six.content());
  CHECK(type.token == 0);
  CHECK(type.is_message());
  CHECK(text_of(type) == "aiex::deposit_for_type, ?, ?, ?, ?");
}

} // namespace
} // namespace aiex
