// A node that hosts sessions: it drives the library's aggregate cores, one command after the other.
// It claims sessions of other hosts, goes on for a while with those it has lost, ends in the middle
// of a command, and repeats what it was not told the outcome of, or what somebody was.
#pragma once

#include "aiex/actors/flow/aggregate_core.hpp"

#include "simulate/cluster/chance.hpp"
#include "simulate/cluster/history.hpp"
#include "simulate/cluster/rules/session_commands.hpp"
#include "simulate/cluster/virtual_time.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aiex::test {

enum class planted_fault : std::uint8_t;

/// What a host needs of its world, and whom it tells.
struct session_surroundings {
  using append_answer = std::function<void(client_answer)>;
  using page_answer = std::function<void(result<event_page>)>;

  virtual_time& time;
  chance& dice;
  history& seen;
  std::vector<dispatch_call>& done; ///< Commands that some host was answered, to be repeated.
  std::shared_ptr<const aggregate_type> type;
  /// To some node; the answer may never come.
  std::function<void(const client_call&, append_answer)> append;
  /// From some node's store as it is, however old that may be; the answer may never come.
  std::function<void(const query&, page_answer)> read;
  std::function<void(std::uint64_t client, const append_request&, const append_result&)> appended;
  std::function<command_moment(const dispatch_call&)> begins;
  std::function<void(const dispatch_call&, const command_moment&, const result<dispatched>&)>
    answered;
  std::optional<planted_fault> planted{};
};

class session_host {
public:
  /// `number`: among the clients.
  session_host(std::uint64_t number, session_surroundings around);

  void start() { plan_next(); }
  /// Nothing new any more; what is open is repeated until its outcome is known.
  void finish() { is_finishing_ = true; }
  bool is_idle() const noexcept { return is_finishing_ && waits_for_ == 0 && !again_; }

  /// The sessions that it knows, brought up to what `read` answers. Precondition: idle.
  using reader = std::function<result<event_page>(const query&)>;
  std::map<std::string, result<aggregate_view>> views(const reader& read);

private:
  void plan_next();
  void act();
  dispatch_call some_call();
  encoded some_wish();
  aggregate_core& core_of(const std::string& id);
  void advance(aggregate_core::step step);
  void append(append_request request);
  void finish(const result<dispatched>& outcome);
  void claim(const std::string& id);
  void learn_claim(const std::string& id, const result<append_result>& outcome);
  void send(append_request request, std::function<void(result<append_result>)> then);
  /// Whether it still waits for this answer; then it does no more.
  bool hears(std::uint64_t ticket);
  void give_up_later(std::uint64_t ticket, std::function<void()> what);
  void restart();

  std::uint64_t number_;
  std::string name_;
  session_surroundings around_;
  bool is_finishing_ = false;
  std::uint64_t waits_for_ = 0; ///< Number of the answer that it waits for; 0: none.
  std::uint64_t tickets_ = 0;
  std::uint64_t made_ = 0;
  command_moment began_{};
  std::optional<dispatch_call> call_{};  ///< That is being carried out.
  std::optional<dispatch_call> again_{}; ///< To be repeated.
  std::string lost_{};                   ///< A session that it wants to claim.
  std::string missing_{};                ///< One that does not exist yet.
  std::map<std::string, aggregate_core> cores_{};
  std::map<std::string, snapshot> snapshots_{};
  std::map<std::string, std::uint64_t> epochs_{}; ///< That it knows.
};

} // namespace aiex::test
