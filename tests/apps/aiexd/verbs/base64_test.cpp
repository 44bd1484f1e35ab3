#include "aiexd/verbs/base64.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

TEST_CASE("base64: the examples of RFC 4648") {
  const std::pair<const char*, const char*> examples[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="},
    {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : examples) {
    CHECK(to_base64(bytes) == text);
    CHECK(from_base64(text) == bytes);
  }
}

TEST_CASE("base64: every byte comes back") {
  std::string all;
  for (int value = 0; value < 256; ++value)
    all += static_cast<char>(value);
  CHECK(from_base64(to_base64(all)) == all);
}

TEST_CASE("base64: what is not base64 is nothing") {
  for (const char* text : {"Z", "Zg", "Zg=", "Z===", "====", "Zh==", "Zm 9", "Zg==Zg==", "Zm9-"})
    CHECK_FALSE(from_base64(text));
}

} // namespace
} // namespace aiex
