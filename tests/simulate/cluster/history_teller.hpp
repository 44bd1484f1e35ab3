// Tells a history of clients that work at the same time with a store that makes no mistake, and the
// log that it leads to. All by a seed: how calls overlap, what gets lost, what is tried again, who
// is refused. Each takes effect at one moment within its call.
#pragma once

#include "simulate/cluster/history_store.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <queue>
#include <random>
#include <string>
#include <vector>

namespace aiex::test {

struct told_history {
  history seen;
  final_log log;
};

class history_teller {
public:
  explicit history_teller(std::uint64_t seed, std::size_t operations = 60)
      : random_(seed), operations_(operations), clients_(2 + below(4)) {}

  told_history tell();

private:
  /// What happens next to an operation, or to a client.
  enum class happening : std::uint8_t {
    asks,
    takes_effect,
    answers,
    gives_up, ///< With or without an answer.
  };
  struct event_to_come {
    std::uint64_t at = 0;
    std::uint64_t number = 0;
    happening what = happening::asks;
    std::size_t who = 0; // client or operation
  };
  struct is_later {
    bool operator()(const event_to_come& a, const event_to_come& b) const noexcept {
      return std::pair{a.at, a.number} > std::pair{b.at, b.number};
    }
  };
  struct client {
    std::optional<append_request> again{};           // its outcome is unknown
    std::map<std::string, std::uint64_t> versions{}; // that it knows
    std::vector<append_request> done{};
  };

  std::uint64_t below(std::uint64_t end) { return random_() % end; }
  bool one_in(std::uint64_t many) { return below(many) == 0; }
  std::uint64_t later(std::uint64_t most) { return now_ + 1 + below(most); }
  void plan(std::uint64_t at, happening what, std::size_t who) {
    to_come_.push({at, ++planned_, what, who});
  }

  void ask(std::size_t who);
  client_call some_call(client& by);
  append_request some_append(client& by);
  append_request repeat_of(const append_request& request);
  append_part some_part(client& by, const std::string& stream, std::size_t events);
  event some_event();
  std::uint64_t known_version(client& by, const std::string& stream);

  void take_effect(op_number number);
  void learn(op_number number);

  std::mt19937_64 random_;
  std::size_t operations_;
  std::vector<client> clients_;
  std::priority_queue<event_to_come, std::vector<event_to_come>, is_later> to_come_;
  std::uint64_t planned_ = 0;
  std::uint64_t now_ = 0;
  std::uint64_t made_ = 0;                     // ids and contents
  std::map<op_number, client_answer> effects_; // not answered yet
  history told_;
  history_store store_;
};

} // namespace aiex::test
