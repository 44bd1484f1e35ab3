#include "aiex/persistence/codec/encoded.hpp"
#include "aiex/persistence/codec/form_fingerprint.hpp"
#include "aiex/persistence/codec/json_check.hpp"
#include "aiex/persistence/codec/json_reader.hpp"
#include "aiex/persistence/codec/json_writer.hpp"
#include "aiex/persistence/codec/utf8.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>

namespace aiex {
namespace {

enum class colour : std::uint8_t { red, green };
constexpr auto names(colour) {
  return enum_names(colour::red, "red", colour::green, "green");
}

struct inner {
  std::string text{};
  std::optional<std::int32_t> maybe{};

  bool operator==(const inner&) const = default;
  static constexpr auto fields =
    aiex::fields("inner", &inner::text, "text", &inner::maybe, "maybe");
};

struct everything {
  bool yes = false;
  std::int64_t whole = 0;
  std::uint64_t natural = 0;
  std::uint8_t small = 0;
  double real = 0;
  std::string text{};
  colour paint = colour::red;
  inner one{};
  std::vector<inner> many{};
  std::optional<std::vector<std::int16_t>> numbers{};

  bool operator==(const everything&) const = default;
  static constexpr auto fields = aiex::fields("everything", &everything::yes, "yes",
    &everything::whole, "whole", &everything::natural, "natural", &everything::small, "small",
    &everything::real, "real", &everything::text, "text", &everything::paint, "paint",
    &everything::one, "one", &everything::many, "many", &everything::numbers, "numbers");
};

TEST_CASE("json_writer: what is written") {
  CHECK(encode(everything{})->data ==
        R"({"yes":false,"whole":0,"natural":0,"small":0,"real":0,"text":"","paint":"red",)"
        R"("one":{"text":""},"many":[]})");
  const everything full{true, -5, 7, 255, 0.1, "a \"\\\n\x01 \xc3\xa4", colour::green, {"x", 3},
    {{"y", {}}, {"z", -1}}, std::vector<std::int16_t>{1, -2}};
  CHECK(encode(full)->data ==
        "{\"yes\":true,\"whole\":-5,\"natural\":7,\"small\":255,\"real\":0.1,"
        "\"text\":\"a \\\"\\\\\\u000a\\u0001 \xc3\xa4\",\"paint\":\"green\","
        "\"one\":{\"text\":\"x\",\"maybe\":3},"
        "\"many\":[{\"text\":\"y\"},{\"text\":\"z\",\"maybe\":-1}],\"numbers\":[1,-2]}");
  CHECK(state_text(full, everything::fields) == encode(full)->data);
  CHECK(encode(full)->type == "everything");
  CHECK(encode(full)->schema == 1);
}

TEST_CASE("json_writer: what could never be read again is refused, by the field's name") {
  const auto refused = [](const everything& given) {
    const auto stored = encode(given);
    REQUIRE_FALSE(stored);
    CHECK(stored.error().code == errc::invalid_data);
    return stored.error().message;
  };
  everything given;
  given.real = std::numeric_limits<double>::infinity();
  CHECK(refused(given).find("'real'") != std::string::npos);
  given.real = std::nan("");
  CHECK(refused(given).find("'real'") != std::string::npos);
  given = {};
  given.one.text = "\xff";
  CHECK(refused(given).find("'text'") != std::string::npos);
  given = {};
  given.paint = static_cast<colour>(9);
  CHECK(refused(given).find("'paint'") != std::string::npos);
}

/// Text of any characters: every length of UTF-8, control characters, what JSON escapes.
std::string any_text() {
  const auto parts = *rc::gen::container<std::vector<std::string>>(
    rc::gen::oneOf(rc::gen::map(rc::gen::inRange(0, 128),
                     [](int byte) { return std::string(1, static_cast<char>(byte)); }),
      rc::gen::element<std::string>("\"", "\\", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80")));
  std::string text;
  for (const std::string& part : parts)
    text += part;
  return text;
}

inner any_inner() {
  inner made{any_text(), std::nullopt};
  if (*rc::gen::arbitrary<bool>())
    made.maybe = *rc::gen::arbitrary<std::int32_t>();
  return made;
}

TEST_CASE("json_writer: whatever is written is JSON and comes back") {
  CHECK(rc::check([] {
    everything given;
    given.yes = *rc::gen::arbitrary<bool>();
    given.whole = *rc::gen::arbitrary<std::int64_t>();
    given.natural = *rc::gen::arbitrary<std::uint64_t>();
    given.small = *rc::gen::arbitrary<std::uint8_t>();
    given.real = *rc::gen::arbitrary<double>();
    given.text = any_text();
    given.paint = *rc::gen::element(colour::red, colour::green);
    given.one = any_inner();
    for (auto count = *rc::gen::inRange(0, 4); count > 0; --count)
      given.many.push_back(any_inner());
    if (*rc::gen::arbitrary<bool>())
      given.numbers = *rc::gen::arbitrary<std::vector<std::int16_t>>();
    const auto stored = encode(given);
    RC_ASSERT(stored.has_value());
    RC_ASSERT(check_json_object(stored->data).has_value());
    everything back;
    RC_ASSERT(json_reader{}.read(stored->data, back).has_value());
    RC_ASSERT(back == given);
  }));
}

TEST_CASE("json_writer: text is written exactly if it is UTF-8") {
  CHECK(rc::check([] {
    const inner given{*rc::gen::string<std::string>(), {}};
    RC_ASSERT(encode(given).has_value() == is_utf8(given.text));
  }));
}

TEST_CASE("json_writer: the ends of the numbers come back") {
  using real = std::numeric_limits<double>;
  for (const double number : {real::max(), real::lowest(), real::min(), real::denorm_min(), -0.0}) {
    everything given;
    given.real = number;
    given.whole = std::numeric_limits<std::int64_t>::min();
    given.natural = std::numeric_limits<std::uint64_t>::max();
    everything back;
    REQUIRE(json_reader{}.read(encode(given)->data, back));
    CHECK(back == given);
    CHECK(std::signbit(back.real) == std::signbit(number));
  }
}

struct renamed {
  std::string title{};
  std::optional<std::int32_t> maybe{};

  static constexpr auto fields =
    aiex::fields("inner", &renamed::title, "text", &renamed::maybe, "maybe");
};

struct reordered {
  std::optional<std::int32_t> maybe{};
  std::string text{};

  static constexpr auto fields =
    aiex::fields("inner", &reordered::maybe, "maybe", &reordered::text, "text");
};

struct newer {
  std::string text{};
  std::optional<std::int32_t> maybe{};

  static constexpr auto fields =
    aiex::fields("inner", aiex::schema{2}, &newer::text, "text", &newer::maybe, "maybe");
};

struct wider {
  std::string text{};
  std::optional<std::int64_t> maybe{};

  static constexpr auto fields =
    aiex::fields("inner", &wider::text, "text", &wider::maybe, "maybe");
};

TEST_CASE("form_fingerprint: follows the stored form and nothing else") {
  static_assert(form_fingerprint<inner>() == form_fingerprint<renamed>());
  static_assert(form_fingerprint<inner>() != form_fingerprint<reordered>());
  static_assert(form_fingerprint<inner>() != form_fingerprint<newer>());
  static_assert(form_fingerprint<inner>() != form_fingerprint<wider>());
  // stored beside snapshots and read models: it must never change by itself
  CHECK(form_fingerprint<inner>() == 10'919'617'245'505'738'544U);
  CHECK(form_fingerprint<everything>() == 1'500'061'505'355'212'993U);
}

} // namespace
} // namespace aiex
