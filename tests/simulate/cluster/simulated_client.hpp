#pragma once

#include "simulate/cluster/chance.hpp"
#include "simulate/cluster/history.hpp"
#include "simulate/cluster/virtual_time.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace aiex::test {

/// Who asks nodes, one thing after the other, and writes down what it was answered. It repeats with
/// the same ids what it does not know the outcome of, and what was refused for want of a leader.
class simulated_client {
public:
  using answer_to = std::function<void(client_answer)>;
  /// Sends to some node; the answer may never come.
  using sender = std::function<void(const client_call&, answer_to)>;

  simulated_client(
    std::uint64_t number, virtual_time& time, chance& dice, history& seen, sender send)
      : number_(number), time_(time), dice_(dice), seen_(seen), send_(std::move(send)) {}

  void start() { plan_next(); }
  /// Nothing new any more; what is open is repeated until its outcome is known.
  void finish() { is_finishing_ = true; }
  bool is_idle() const noexcept { return is_finishing_ && !open_ && !again_; }
  /// Told of each append that was answered ok.
  std::function<void(std::uint64_t, const append_request&, const append_result&)> appended;

private:
  void plan_next();
  void ask();
  void hear(op_number number, client_answer answer);
  void give_up(op_number number);
  void learn(const append_request& request, const result<append_result>& answer);
  client_call some_call();
  append_request some_append();
  append_part some_part(const std::string& stream, std::size_t events);
  append_request repeat_of(append_request request);
  event some_event();

  std::uint64_t number_;
  virtual_time& time_;
  chance& dice_;
  history& seen_;
  sender send_;
  bool is_finishing_ = false;
  std::optional<op_number> open_{};
  std::optional<append_request> again_{};
  std::optional<append_request> done_{};            // one that was answered ok
  std::map<std::string, std::uint64_t> versions_{}; // that it knows
  std::uint64_t made_ = 0;
};

} // namespace aiex::test
