// A machine's node: an event store of the library on a simulated disk, a projection that follows
// it, and whoever waits for an answer. What it does by itself is to let time pass: a job on the
// disk takes some, appends gather for some, and a crash comes in between.
#pragma once

#include "aiex/persistence/store/event_store.hpp"

#include "simulate/cluster/chance.hpp"
#include "simulate/cluster/history.hpp"
#include "simulate/cluster/node_projection.hpp"
#include "simulate/cluster/simulated_disk.hpp"
#include "simulate/cluster/simulated_network.hpp"
#include "simulate/cluster/virtual_time.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace aiex::test {

class simulated_node;

/// What a node needs of its world, and whom it tells.
struct node_surroundings {
  virtual_time& time;
  chance& dice;
  std::function<void(const consensus::message&)> send;
  std::function<void(const simulated_node&)> started;
  std::function<void(simulated_node&, const consensus::input&)> before_step;
  std::function<void(
    simulated_node&, consensus::core_state&, const consensus::input&, consensus::outputs&)>
    stepped;
  std::function<void(const chain_end&)> applied;
  std::function<void(const simulated_node&, const projection_save&)> projected;
  std::function<void()> failed; ///< It has ended, since its disk failed or since it had to.
};

/// How the clock of a machine goes.
struct node_clock {
  virtual_us tick = 50 * millisecond; ///< Its own idea of 50 ms.
  std::int64_t ahead = 0;             ///< Of the wall clock, in microseconds.
};

/// Named errors that a test plants into nodes; see `planted_faults.hpp`.
enum class planted_fault : std::uint8_t;

class simulated_node {
public:
  using append_answer = std::function<void(result<append_result>)>;
  using read_answer = std::function<void(result<seen_until>)>;
  using change_answer = std::function<void(const consensus::change_outcome&)>;

  simulated_node(node_number number, consensus::core_options options, simulated_disk& disk,
    node_surroundings around);

  node_number number() const noexcept { return number_; }
  consensus::member_id id() const noexcept { return options_.self; }
  /// Of a node that is down: a core that has seen nothing.
  const consensus::core_state& core() const noexcept;
  const simulated_disk& disk() const noexcept { return disk_; }
  bool is_up() const noexcept { return store_.has_value(); }
  bool leads() const noexcept { return is_up() && core().is_leader(); }
  chain_end applied() const { return is_up() ? store_->member().applied() : chain_end{}; }
  /// Up to here everything counts in the saved projection.
  std::uint64_t projected() const { return projection_ ? projection_->saved_at().value : 0; }
  /// It could not start, and will never: its store has lost what it may not.
  bool is_lost() const noexcept { return is_lost_; }

  node_clock clock{};
  std::optional<planted_fault> planted{};

  // life
  void start();
  /// It is killed; with the machine, if power is lost.
  void crash(bool is_power_lost);
  /// Its store was replaced. Precondition: down.
  void become(consensus::member_id id);
  void pause_until(virtual_us moment) { paused_until_ = moment; }
  /// From now on nobody pauses or rebuilds its projection, and nothing goes wrong with it.
  void be_calm();

  // what comes
  void receive(const simulated_network::bytes& message);
  void append(append_request request, append_answer answer);
  void read(client_call asked, read_answer answer);
  /// What its state shows now. Precondition: it is up.
  result<event_page> page(const query& asked) const;
  void change(const consensus::member_change& what, change_answer answer);
  void input(const consensus::input& given);

  /// Reads the whole log, as an operator's check does, and tells the core what is damaged.
  void check_log();

  /// The newest configuration of the log, undamaged, whether it is up or not.
  consensus::configuration members_on_disk() const;

  /// The entry as the core has it, from memory or disk, undamaged; nothing if there is none.
  std::optional<std::string> entry_at(std::uint64_t index) const;

private:
  struct waiting_read {
    client_call asked;
    read_answer to;
  };

  /// Happens later, unless this life has ended by then.
  void plan(virtual_us delay, virtual_time::action what);
  void plan_tick();
  void plan_work();
  void start_projection();
  timestamp wall_clock() const;
  result<event_store> open();
  consensus::stepper watched_step();
  void serve();
  void answer(store_words& words);
  void sync_state();
  void close_group();
  result<seen_until> look(const client_call& asked);

  node_number number_;
  consensus::core_options options_;
  simulated_disk& disk_;
  node_surroundings around_;
  std::uint64_t life_ = 0;
  virtual_us paused_until_ = 0;
  bool is_lost_ = false;
  bool is_calm_ = false;

  // of one life
  std::optional<event_store> store_{};
  bool is_working_ = false;
  std::uint64_t told_applied_ = 0;
  std::uint64_t synced_applied_ = 0;
  std::optional<node_projection> projection_{};
  std::vector<append_answer> open_{};                             // of the open group
  std::map<std::uint64_t, std::vector<append_answer>> appends_{}; // by group
  std::map<std::uint64_t, waiting_read> reads_{};                 // by ticket
  std::map<std::uint64_t, change_answer> changes_{};              // by ticket
  std::uint64_t tickets_ = 0;
  sha256 hash_{};
};

} // namespace aiex::test
