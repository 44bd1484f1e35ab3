#include "aiex/persistence/codec/zstd.hpp"

#include <fmt/format.h>
#include <zstd.h>

namespace aiex {
namespace {

/// Today's frame format. Debian's zstd reads skippable frames and formats from before 1.0 as well;
/// no writer of ours makes them.
constexpr std::string_view magic{"\x28\xb5\x2f\xfd", 4};

bool is_one_whole_frame(std::string_view bytes) {
  return bytes.starts_with(magic) &&
         ZSTD_findFrameCompressedSize(bytes.data(), bytes.size()) == bytes.size();
}

} // namespace

struct zstd_compressor::context {
  explicit context(int level) {
    invariant(zstd != nullptr && ZSTD_isError(ZSTD_CCtx_setParameter(
                                   zstd.get(), ZSTD_c_compressionLevel, level)) == 0,
      "zstd could not be set up");
  }
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> zstd{ZSTD_createCCtx(), ZSTD_freeCCtx};
};

zstd_compressor::zstd_compressor(int level) : level_(level) {}
zstd_compressor::~zstd_compressor() = default;
zstd_compressor::zstd_compressor(zstd_compressor&&) noexcept = default;
zstd_compressor& zstd_compressor::operator=(zstd_compressor&&) noexcept = default;

bool zstd_compressor::compress(std::string_view plain, std::string& into) {
  if (!context_)
    context_ = std::make_unique<context>(level_);
  into.resize(ZSTD_compressBound(plain.size()));
  const std::size_t made =
    ZSTD_compress2(context_->zstd.get(), into.data(), into.size(), plain.data(), plain.size());
  invariant(ZSTD_isError(made) == 0, "zstd could not compress");
  into.resize(made);
  return made < plain.size();
}

struct zstd_decompressor::context {
  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> zstd{ZSTD_createDCtx(), ZSTD_freeDCtx};
};

zstd_decompressor::zstd_decompressor() = default;
zstd_decompressor::~zstd_decompressor() = default;
zstd_decompressor::zstd_decompressor(zstd_decompressor&&) noexcept = default;
zstd_decompressor& zstd_decompressor::operator=(zstd_decompressor&&) noexcept = default;

result<void> zstd_decompressor::decompress(
  std::string_view compressed, std::size_t expected_bytes, std::string& into) {
  into.clear();
  if (expected_bytes > plain_bytes_max)
    return fail(
      errc::data_too_large, fmt::format("{} bytes are to be expanded, up to {} are possible",
                              expected_bytes, plain_bytes_max));
  if (!is_one_whole_frame(compressed))
    return fail(errc::corrupt, "zstd: not one whole frame");
  if (ZSTD_getFrameContentSize(compressed.data(), compressed.size()) != expected_bytes)
    return fail(errc::corrupt, fmt::format("zstd: not a frame of {} bytes", expected_bytes));

  if (!context_)
    context_ = std::make_unique<context>();
  invariant(context_->zstd != nullptr, "zstd could not be set up");
  into.resize(expected_bytes);
  const std::size_t made = ZSTD_decompressDCtx(
    context_->zstd.get(), into.data(), into.size(), compressed.data(), compressed.size());
  if (made == expected_bytes)
    return {};
  into.clear();
  return fail(errc::corrupt,
    fmt::format("zstd: {}", ZSTD_isError(made) != 0 ? ZSTD_getErrorName(made) : "cut short"));
}

} // namespace aiex
