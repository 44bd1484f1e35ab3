#include "aiex/persistence/codec/encoded.hpp"
#include "aiex/persistence/codec/form_fingerprint.hpp"
#include "aiex/persistence/codec/json_check.hpp"
#include "aiex/persistence/codec/json_reader.hpp"
#include "aiex/persistence/codec/json_writer.hpp"

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

TEST_CASE("json_writer: whatever is written is JSON and comes back") {
  rc::check([] {
    everything given;
    given.yes = *rc::gen::arbitrary<bool>();
    given.whole = *rc::gen::arbitrary<std::int64_t>();
    given.natural = *rc::gen::arbitrary<std::uint64_t>();
    given.small = *rc::gen::arbitrary<std::uint8_t>();
    given.real = *rc::gen::arbitrary<double>();
    given.text = *rc::gen::string<std::string>();
    given.paint = *rc::gen::element(colour::red, colour::green);
    given.one.maybe =
      *rc::gen::maybe(rc::gen::arbitrary<std::int32_t>()) ? std::optional{1} : std::nullopt;
    given.numbers = *rc::gen::arbitrary<std::vector<std::int16_t>>();
    given.many.resize(*rc::gen::inRange<std::size_t>(0, 4));
    const auto stored = encode(given);
    if (!stored) { // not UTF-8
      RC_ASSERT(stored.error().message.find("'text'") != std::string::npos);
      return;
    }
    RC_ASSERT(check_json_object(stored->data).has_value());
    everything back;
    RC_ASSERT(json_reader{}.read(stored->data, back).has_value());
    RC_ASSERT(back == given);
  });
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
  CHECK(form_fingerprint<inner>() == form_fingerprint<inner>());
  CHECK(form_fingerprint<everything>() != 0);
}

} // namespace
} // namespace aiex
