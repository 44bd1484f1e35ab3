#include "aiex/supervision/process/state_view.hpp"

#include <doctest/doctest.h>

#include <string>

namespace aiex {

struct known_fields {};
template <class State>
std::string state_text(const State& state, const known_fields&) {
  return "by its fields: " + std::to_string(state.number);
}

} // namespace aiex

namespace elsewhere {

struct silent {
  int number = 0;
};
struct spoken {
  int number = 0;
};
std::string state_text(const spoken& state) {
  return "number " + std::to_string(state.number);
}
struct described_state {
  int number = 0;
  static constexpr auto fields = aiex::known_fields{};
};

} // namespace elsewhere

namespace aiex {
namespace {

TEST_CASE("state_view: a state says what it is beside its type, or by its fields") {
  elsewhere::silent silent;
  const state_view nothing = view_of(silent);
  CHECK_FALSE(static_cast<bool>(nothing.text));
  CHECK(nothing.value == &silent);
  CHECK(*nothing.type == typeid(elsewhere::silent));

  elsewhere::spoken spoken{3};
  REQUIRE(static_cast<bool>(view_of(spoken).text));
  CHECK(view_of(spoken).text(&spoken) == "number 3");

  elsewhere::described_state described{4};
  REQUIRE(static_cast<bool>(view_of(described).text));
  CHECK(view_of(described).text(&described) == "by its fields: 4");
}

TEST_CASE("state_view: what is too long is cut, and says so") {
  CHECK(cut_to("short", 5) == "short");
  const std::string long_one(200, 'x');
  CHECK(cut_to(long_one, 100).size() == 100);
  CHECK(cut_to(long_one, 100).ends_with("x… (cut: 200 bytes in all)"));
  std::string letters;
  for (int i = 0; i < 100; ++i)
    letters += "ä";
  CHECK(cut_to(letters, 99) == cut_to(letters, 100)); // between two letters
  CHECK(cut_to(letters, 100).find("ä… (cut: 200") != std::string::npos);
}

TEST_CASE("state_view: quoted as JSON") {
  CHECK(quoted("a \"b\"\\\n") == R"("a \"b\"\\\u000a")");
}

} // namespace
} // namespace aiex
