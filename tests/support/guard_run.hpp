// Feeds streams to a frame guard.
#pragma once

#include "aiex/actors/cluster/frame_guard.hpp"

#include "support/basp_bytes.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace aiex::test {

/// What CAF would have got to see of a stream, and how the guard ended it.
struct outcome {
  std::string passed;
  link_breach breach = link_breach::none;
  std::size_t announced_bytes_max = 0; // the largest payload CAF would have made room for

  bool operator==(const outcome&) const = default;
};

/// Feeds a stream as a socket would: in pieces of at most `piece` bytes, never over a boundary.
inline outcome run(frame_guard guard, std::string_view stream, std::size_t piece) {
  outcome seen;
  while (!stream.empty()) {
    const auto bytes = stream.substr(0, std::min(piece, guard.wanted()));
    stream.remove_prefix(bytes.size());
    const bool passing = guard.passing();
    const auto verdict = guard.feed(bytes);
    if (verdict == guard_verdict::close)
      break;
    if (passing)
      seen.passed += bytes;
    if (verdict == guard_verdict::pass_header) {
      seen.passed += guard.header();
      seen.announced_bytes_max = std::max<std::size_t>(
        seen.announced_bytes_max, basp::read_header(guard.header()).payload_bytes);
    }
  }
  seen.breach = guard.breach();
  return seen;
}

/// A change to a frame: `with(request(), [](auto& f) { f.receiver = 8; })`.
template <class Change>
std::string with(basp_frame frame, Change change) {
  change(frame);
  return frame.bytes();
}

} // namespace aiex::test
