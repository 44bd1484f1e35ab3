#include "aiex/persistence/codec/json_reader.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

enum class colour : std::uint8_t { red, green };
constexpr auto names(colour) {
  return enum_names(colour::red, "red", colour::green, "green");
}

struct narrow {
  std::uint8_t small = 0;
  std::optional<std::vector<std::int32_t>> numbers{};
  std::optional<colour> paint{};

  static constexpr auto fields = aiex::fields(
    "narrow", &narrow::small, "small", &narrow::numbers, "numbers", &narrow::paint, "paint");
};

struct nested {
  narrow inside{};

  static constexpr auto fields = aiex::fields("nested", &nested::inside, "inside");
};

TEST_CASE("json_reader: reads what is there, skips what it does not know") {
  json_reader reader;
  narrow value{};
  REQUIRE(reader.read(R"( {"numbers":[1,2], "newer":{"a":[1,{}]}, "small":255 } )", value));
  CHECK(value.small == 255);
  CHECK(value.numbers == std::vector<std::int32_t>{1, 2});
  REQUIRE(reader.read(R"({"sm\u0061ll":7,"numbers":null,"paint":"green"})", value));
  CHECK(value.small == 7);
  CHECK_FALSE(value.numbers);
  CHECK(value.paint == colour::green);
  nested outer{};
  REQUIRE(reader.read(R"({"inside":{"small":3}})", outer));
  CHECK(outer.inside.small == 3);
}

TEST_CASE("json_reader: damage is an error, never a guess") {
  struct example {
    std::string json;
    std::string says;
  };
  const example table[] = {
    {R"({"small":256})", "field 'small' of 'narrow' is a number out of range"},
    {R"({"small":-1})", "field 'small' of 'narrow' has another type"},
    {R"({"small":"7"})", "field 'small' of 'narrow' has another type"},
    {R"({"small":7.5})", "field 'small' of 'narrow' has another type"},
    {R"({"small":null})", "field 'small' of 'narrow' has another type"},
    {R"({"numbers":[1]})", "field 'small' of 'narrow' is missing"},
    {R"({"small":7,"numbers":[1,"2"]})", "field 'numbers' of 'narrow' has another type"},
    {R"({"small":7,"numbers":[1,4294967296]})", "field 'numbers' of 'narrow' is a number out"},
    {R"({"small":7,"newer":[1,})", "is not JSON"},
    {"{\"small\":7,\"newer\":\"\xff\"}", "is not JSON"},
    {R"({"small":7,"small":8})", "field 'small' of 'narrow' stands twice"},
    {R"({"small":7,"numbers":[1,])", "is not JSON"},
    {R"({"small":7,"numbers":[1 2]})", "is not JSON"},
    {R"({"small":7,"paint":"blue"})", "field 'paint' of 'narrow' holds a name"},
    {R"({"small":7} {})", "is not JSON"},
    {R"({"small":7}x)", "is not JSON"},
    {R"({"small":7)", "is not JSON"},
    {"", "is not JSON"},
    {"[]", "has another type"},
    {"7", "has another type"},
    {"{\"small\":7,\"\xff\":1}", "is not JSON"},
  };
  json_reader reader;
  for (const auto& row : table) {
    CAPTURE(row.json);
    narrow value{};
    const auto read = reader.read(row.json, value);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == errc::invalid_data);
    CAPTURE(read.error().message);
    CHECK(read.error().message.find(row.says) != std::string::npos);
  }
}

TEST_CASE("json_reader: what is wrong inside is told by the field that holds it") {
  nested value{};
  const auto read = json_reader{}.read(R"({"inside":{"paint":"red"}})", value);
  REQUIRE_FALSE(read);
  CHECK(read.error().message == "field 'inside' of 'nested' lacks a field that is not optional");
}

TEST_CASE("json_reader: a reader is of use after an error") {
  json_reader reader;
  narrow value{};
  CHECK_FALSE(reader.read("{", value));
  CHECK(reader.read(R"({"small":7})", value));
  CHECK(value.small == 7);
}

TEST_CASE("json_reader: a text beyond the limit is not looked at") {
  const std::string json = "{\"small\":7}" + std::string(json_reader::json_bytes_max, ' ');
  narrow value{};
  const auto read = json_reader{}.read(json, value);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == errc::data_too_large);
}

} // namespace
} // namespace aiex
