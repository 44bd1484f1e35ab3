#include "aiex/persistence/base/digest.hpp"
#include "aiex/persistence/base/hex.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace aiex {
namespace {

TEST_CASE("sha256: the examples of FIPS 180 and others that are known") {
  struct example {
    std::string text;
    const char* digest;
  };
  const example table[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {std::string(1'000'000, 'a'),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  };
  sha256 kept; // one for all: what was before leaves no trace
  for (const auto& row : table) {
    kept.update(row.text);
    CHECK(to_hex(kept.finish()) == row.digest);
  }
}

TEST_CASE("sha256: how the bytes are cut makes no difference") {
  CHECK(rc::check([](const std::string& first, const std::string& second) {
    sha256 pieces;
    pieces.update(first);
    pieces.update(second);
    sha256 whole;
    whole.update(first + second);
    RC_ASSERT(pieces.finish() == whole.finish());
  }));
}

TEST_CASE("sha256: a number counts as eight bytes, little endian") {
  using namespace std::string_view_literals;
  sha256 hash;
  hash.update_u64(0x0102030405060708);
  const auto number = hash.finish();
  hash.update("\x08\x07\x06\x05\x04\x03\x02\x01"sv);
  CHECK(number == hash.finish());
}

TEST_CASE("digest: what is printed is read back, nothing else is") {
  sha256 hash;
  hash.update("abc");
  const auto known = hash.finish();
  const auto text = to_hex(known);
  CHECK(digest_from_hex(text) == known);
  CHECK(digest_from_bytes(view(known)) == known);
  CHECK_FALSE(digest_from_hex(""));
  CHECK_FALSE(digest_from_hex(text.substr(1)));
  CHECK_FALSE(digest_from_hex(text + "0"));
  CHECK_FALSE(digest_from_hex("g" + text.substr(1)));
}

} // namespace
} // namespace aiex
