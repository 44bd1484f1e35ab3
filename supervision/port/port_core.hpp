// How a port and its program talk, without either: frames, each a length of 4 bytes, the highest
// first, and so many bytes. It is what Erlang calls {packet, 4}.
#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace aiex {

struct port_limits {
  std::size_t frame_bytes_max = 1 << 20;
  std::size_t unsent_frames_max = 64;  ///< Taken by the port and not by the program.
  std::size_t unheard_frames_max = 64; ///< Handed to the owner and not handled yet.
};

/// What became of something to be sent.
enum class port_outcome : std::uint8_t {
  ok,         ///< The program gets it, if it reads.
  overloaded, ///< `unsent_frames_max` wait already: send it later.
  too_large,  ///< More than `frame_bytes_max`.
  closed,     ///< The program is told to end, or has.
};

/// Frames on their way to the program. Thread: one at a time.
class port_outbox {
public:
  explicit port_outbox(port_limits limits) : limits_(limits) {}

  port_outcome add(std::string_view bytes);
  /// Nothing is taken any more; what was is still sent.
  void close() noexcept { is_closed_ = true; }

  bool is_empty() const noexcept { return waiting_.empty(); }
  /// Everything is sent, and nothing more will come: the program may be told.
  bool is_done() const noexcept { return is_closed_ && waiting_.empty(); }
  /// The next bytes to be written; empty: none.
  std::string_view next() const noexcept;
  /// So many of them were.
  void written(std::size_t bytes);

private:
  port_limits limits_;
  std::deque<std::string> waiting_; ///< Whole frames; of the first `sent_` bytes are gone.
  std::size_t sent_ = 0;
  bool is_closed_ = false;
};

/// Makes frames of the bytes that a program writes. Thread: one at a time.
class port_inbox {
public:
  explicit port_inbox(port_limits limits) : limits_(limits) {}

  void add(std::string_view bytes) { bytes_ += bytes; }

  /// The next whole frame, if there is one. An error: it announces more than `frame_bytes_max`, and
  /// what follows cannot be understood any more; the text says so.
  tl::expected<std::optional<std::string>, std::string> next();

  /// Whether a frame has begun and is not whole.
  bool is_amid() const noexcept { return bytes_.size() > taken_; }

private:
  port_limits limits_;
  std::string bytes_; ///< The first `taken_` are done with.
  std::size_t taken_ = 0;
};

} // namespace aiex
