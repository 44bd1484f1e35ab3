#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/zstd.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <zstd.h>

#include <cstdint>

namespace aiex {
namespace {

std::string repetitive(std::size_t size) {
  std::string text;
  while (text.size() < size)
    text += R"({"path":"lib/example.ex","line":)" + std::to_string(text.size()) + "}";
  text.resize(size);
  return text;
}

/// Looks like noise, the same each time.
std::string incompressible(std::size_t size) {
  std::string text(size, '\0');
  std::uint64_t state = 1;
  for (char& c : text) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    c = static_cast<char>(state >> 56);
  }
  return text;
}

/// A frame made past our own compressor.
std::string frame_of(std::string_view content) {
  std::string frame(ZSTD_compressBound(content.size()), '\0');
  frame.resize(ZSTD_compress(frame.data(), frame.size(), content.data(), content.size(), 1));
  return frame;
}

TEST_CASE("zstd: content comes back, with a kept pair of contexts") {
  zstd_compressor compressor;
  zstd_decompressor decompressor;
  std::string frame;
  std::string content;
  for (const std::size_t size : {512UL, 4'096UL, 100'000UL, std::size_t{1} << 20}) {
    const auto text = repetitive(size);
    REQUIRE(compressor.compress(text, frame));
    CHECK(frame.size() < size / 2);
    REQUIRE(decompressor.decompress(frame, size, content));
    CHECK(content == text);
  }
}

TEST_CASE("zstd: any content comes back, or is refused because it would not shrink") {
  zstd_compressor compressor;
  zstd_decompressor decompressor;
  CHECK(rc::check([&](const std::string& piece) {
    std::string text;
    for (int i = *rc::gen::inRange(0, 20); i > 0; --i)
      text += piece;
    std::string frame;
    std::string content;
    if (!compressor.compress(text, frame))
      return;
    RC_ASSERT(frame.size() < text.size());
    RC_ASSERT(decompressor.decompress(frame, text.size(), content).has_value());
    RC_ASSERT(content == text);
  }));
}

TEST_CASE("zstd: what does not shrink is left alone") {
  zstd_compressor compressor;
  std::string frame;
  for (const auto& text : {std::string{}, std::string{"a"}, incompressible(10'000)})
    CHECK_FALSE(compressor.compress(text, frame));
}

TEST_CASE("zstd: a higher level is smaller") {
  std::string fast;
  std::string small;
  const auto text = repetitive(100'000);
  REQUIRE(zstd_compressor{1}.compress(text, fast));
  REQUIRE(zstd_compressor{19}.compress(text, small));
  CHECK(small.size() < fast.size());
}

TEST_CASE("zstd: everything but one whole frame of the expected size is corrupt") {
  const auto text = repetitive(1'000);
  const auto frame = frame_of(text);
  struct example {
    const char* name;
    std::string in;
    std::size_t expected_size;
  };
  const example table[] = {
    {"nothing", "", 1'000},
    {"not a frame", std::string(100, 'x'), 1'000},
    {"shortened", frame.substr(0, frame.size() - 1), 1'000},
    {"only its header", frame.substr(0, 9), 1'000},
    {"something behind it", frame + "x", 1'000},
    {"two frames", frame + frame, 2'000},
    {"smaller than expected", frame, 1'001},
    {"larger than expected", frame, 999},
    {"expected to be empty", frame, 0},
    {"a skippable frame", std::string{"\x50\x2a\x4d\x18\x00\x00\x00\x00", 8}, 0},
    {"a skippable frame first", std::string{"\x50\x2a\x4d\x18\x00\x00\x00\x00", 8} + frame, 1'000},
  };
  zstd_decompressor decompressor;
  for (const auto& row : table) {
    CAPTURE(row.name);
    std::string out = "left over";
    const auto refused = decompressor.decompress(row.in, row.expected_size, out);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::corrupt);
    CHECK(out.empty());
  }
  std::string out;
  CHECK(decompressor.decompress(frame, 1'000, out)); // and the context still works
}

TEST_CASE("zstd: a content over the limit is not expanded") {
  constexpr auto max = zstd_decompressor::plain_bytes_max;
  zstd_decompressor decompressor;
  std::string out;
  CHECK(decompressor.decompress(frame_of(std::string(max, 'x')), max, out));
  for (const auto size : {max + 1, ~std::size_t{0}}) {
    const auto refused = decompressor.decompress(frame_of(std::string(max + 1, 'x')), size, out);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::data_too_large);
    CHECK(out.empty());
  }
}

TEST_CASE("zstd: a damaged frame never yields more than was expected") {
  zstd_decompressor decompressor;
  const auto text = repetitive(2'000);
  const auto frame = frame_of(text);
  CHECK(rc::check([&] {
    auto damaged = frame;
    for (int i = *rc::gen::inRange(1, 8); i > 0; --i)
      damaged[*rc::gen::inRange<std::size_t>(0, frame.size())] = *rc::gen::arbitrary<char>();
    std::string out;
    const auto read = decompressor.decompress(damaged, text.size(), out);
    RC_ASSERT(out.size() == (read ? text.size() : 0));
    RC_ASSERT(out.capacity() <= 2 * text.size());
  }));
}

} // namespace
} // namespace aiex
