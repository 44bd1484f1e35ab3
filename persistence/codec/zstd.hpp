#pragma once

#include "aiex/persistence/base/error.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace aiex {

/// Compresses one content after another with zstd (RFC 8878); keeps its context, which costs more
/// than a small content and is made with the first one. Thread: one at a time.
class zstd_compressor {
public:
  explicit zstd_compressor(int level = 1);
  ~zstd_compressor();
  zstd_compressor(zstd_compressor&&) noexcept;
  zstd_compressor& operator=(zstd_compressor&&) noexcept;

  /// Whether `into` now holds a form of `plain` that is smaller than it.
  bool compress(std::string_view plain, std::string& into);

private:
  struct context;
  int level_;
  std::unique_ptr<context> context_; ///< Nothing before the first use.
};

/// The reverse, alike. Thread: one at a time.
class zstd_decompressor {
public:
  /// What `decompress` may ever be told to expect.
  static constexpr std::size_t plain_bytes_max = 64 << 20;

  zstd_decompressor();
  ~zstd_decompressor();
  zstd_decompressor(zstd_decompressor&&) noexcept;
  zstd_decompressor& operator=(zstd_decompressor&&) noexcept;

  /// Expands exactly one frame of exactly `expected_bytes`; nothing is reserved before the frame
  /// itself claims that size. After an error `into` is empty.
  /// Errors: corrupt (not one whole frame, damaged, or of another size), data_too_large.
  result<void> decompress(
    std::string_view compressed, std::size_t expected_bytes, std::string& into);

private:
  struct context;
  std::unique_ptr<context> context_; ///< Nothing before the first use.
};

} // namespace aiex
