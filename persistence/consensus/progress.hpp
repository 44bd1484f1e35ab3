#pragma once

#include "aiex/persistence/consensus/limits.hpp"
#include "aiex/persistence/consensus/log_place.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>

namespace aiex::consensus {

/// What is under way to a peer, by message and by bytes (etcd tracker/inflights.go).
class sending_window {
public:
  bool is_full() const noexcept {
    return sent_.size() >= limits::requests_in_flight || bytes_ >= limits::bytes_in_flight;
  }
  /// Precondition: not full, and `last_index` is greater than the one before.
  void add(std::uint64_t last_index, std::size_t bytes);
  void free_up_to(std::uint64_t index);
  void reset();
  std::size_t size() const noexcept { return sent_.size(); }

private:
  struct one {
    std::uint64_t last_index = 0;
    std::size_t bytes = 0;
  };
  std::deque<one> sent_;
  std::size_t bytes_ = 0;
};

enum class progress_mode : std::uint8_t {
  probe,     ///< Where the logs agree is not known: one request at a time.
  replicate, ///< They agree up to `match`: as many as the window holds.
};

/// How far a peer is (etcd tracker/progress.go).
struct progress {
  progress_mode mode = progress_mode::probe;
  std::uint64_t match = 0;        ///< Acknowledged in this term and in this life of the peer.
  std::uint64_t next = 1;         ///< To be sent; greater than `match`.
  std::uint64_t acknowledged = 0; ///< The greatest match in this term, over all lives of the peer.
  std::uint64_t run = 0;
  std::uint64_t commit_sent = 0;
  std::uint64_t read_round = 0;
  std::uint64_t added_at = 0; ///< Gets nothing before this entry is durable here.
  bool is_paused = false;     ///< A probe is under way.
  bool heard = false;         ///< Since the quorum was last checked.
  bool is_reading = false;    ///< A read_job is under way.
  sending_window window{};

  /// The peer has everything up to `matched`. False: that is old news.
  bool acknowledge(std::uint64_t matched);
  /// The peer does not agree at `asked`, and it makes no sense to ask again behind `hint`. False:
  /// the answer is stale.
  bool refuse(std::uint64_t asked, std::uint64_t hint);
  void probe_again();
  /// The peer began anew: what it acknowledged before may be lost.
  void restart(std::uint64_t its_run, std::uint64_t last);
};

} // namespace aiex::consensus
