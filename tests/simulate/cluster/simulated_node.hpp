// A node as thin as it can be: it drives one consensus core over a simulated disk. It decides
// appends, writes what the core wants written, applies what is committed, serves reads, follows
// with a projection, and answers whoever asked. It shares decision, formats, state and read models
// with production; what it does by itself is waiting and bookkeeping.
#pragma once

#include "aiex/persistence/consensus/begin.hpp"
#include "aiex/persistence/consensus/step.hpp"
#include "aiex/persistence/log/entry_chain.hpp"
#include "aiex/persistence/models/read_models.hpp"
#include "aiex/persistence/state/append_group.hpp"

#include "simulate/cluster/appends_in_flight.hpp"
#include "simulate/cluster/chance.hpp"
#include "simulate/cluster/history.hpp"
#include "simulate/cluster/simulated_disk.hpp"
#include "simulate/cluster/simulated_network.hpp"
#include "simulate/cluster/virtual_time.hpp"

#include <deque>
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
  std::function<void(simulated_node&, const consensus::input&, consensus::outputs&)> stepped;
  std::function<void(const simulated_node&, const entry_view&, const chain_end&)> applied;
  std::function<void(const simulated_node&, const projection_save&)> projected;
  std::function<void(simulated_node&)> failed; ///< Its disk did: it has ended.
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
  const consensus::core_state& core() const noexcept { return core_; }
  consensus::core_state& core_to_spoil() noexcept { return core_; } ///< For planted faults.
  const simulated_disk& disk() const noexcept { return disk_; }
  bool is_up() const noexcept { return is_up_; }
  bool leads() const noexcept { return is_up_ && core_.is_leader(); }
  const chain_end& applied() const noexcept { return applied_; }
  std::uint64_t projected() const noexcept { return projected_; }

  node_clock clock{};
  std::optional<planted_fault> planted{};

  // life
  void start();
  /// It is killed; with the machine, if power is lost.
  void crash(bool is_power_lost);
  /// Its store was replaced. Precondition: down.
  void become(consensus::member_id id) { options_.self = id; }
  void pause_until(virtual_us moment) { paused_until_ = moment; }

  // what comes
  void receive(const simulated_network::bytes& message);
  void append(append_request request, append_answer answer);
  void read(client_call asked, read_answer answer);
  void change(const consensus::member_change& what, change_answer answer);
  void input(const consensus::input& given);

  /// Reads the whole log, as an operator's check does, and tells the core what is damaged.
  void check_log();

  /// The newest configuration of the log, undamaged, whether it is up or not.
  consensus::configuration members_on_disk() const;

  /// The entry as the core has it, from memory or disk, undamaged; nothing if there is none.
  std::optional<std::string> entry_at(std::uint64_t index) const;

private:
  friend class node_sabotage;
  using inputs = std::deque<consensus::input>;

  struct waiting_append {
    std::uint64_t index = 0; ///< It rests on the log up to there,
    std::uint64_t term = 0;  ///< as the leader of this term has it.
    bool is_written = false;
    std::uint64_t ticket = 0; ///< Of the read that has to show that it still leads; 0: none.
    result<append_result> answer{};
    append_answer to;
  };
  struct gathered_append {
    append_request request;
    append_answer to;
  };
  struct waiting_read {
    std::uint64_t index = 0;
    client_call asked;
    read_answer to;
  };

  /// Happens later, unless this life has ended by then.
  void plan(virtual_us delay, virtual_time::action what);
  void plan_tick();
  timestamp wall_clock() const;

  // node_recovery.cpp
  consensus::core_start found_on_disk();
  void scan_log(consensus::core_start& found);
  bool is_sound(const log_record& record);

  // simulated_node.cpp
  void take(consensus::outputs& out, inputs& more);
  void compose(const consensus::wanted& what, inputs& more);
  const chain_end& log_end();

  // node_writes.cpp
  void enqueue(const consensus::write_job& job);
  void enqueue(const consensus::repair_job& job);
  bool fits(const consensus::repair_job& job);
  void begin_next_work();
  void finish_work();
  bool write_entries(const std::vector<consensus::entry>& entries);
  void read_entries(const consensus::read_job& job);
  void tear_work();

  // node_appends.cpp
  void decide_gathered();
  bool may_decide();
  void answer_applied();
  void answer_refused(const consensus::refusal& refused);
  void answer_confirmed(const consensus::read_state& confirmed);
  void answer_all(errc written, errc not_written);
  void answer_given_up(std::uint64_t from);
  void answer_reads();
  result<seen_until> look(const client_call& asked);

  // node_models.cpp
  void apply_up_to(std::uint64_t index, inputs& more);
  void go_on_applying();
  void load_projection();
  void plan_projection();
  void project();

  struct disk_work {
    enum class kind : std::uint8_t { record, cut, entries, repair, done };
    kind what = kind::done;
    consensus::write_job job{};
    consensus::repair_job repair{};
  };

  node_number number_;
  consensus::core_options options_;
  simulated_disk& disk_;
  node_surroundings around_;
  bool is_up_ = false;
  std::uint64_t life_ = 0;
  virtual_us paused_until_ = 0;

  // of one life
  consensus::core_state core_{};
  chain_end applied_{};
  std::uint64_t projected_ = 0;
  std::uint64_t projection_sum_ = 0;
  bool is_projecting_ = false;
  std::uint64_t unsynced_applied_ = 0;
  std::optional<std::pair<consensus::log_place, chain_end>> log_end_{};
  appends_in_flight in_flight_{};
  std::deque<disk_work> works_{};
  bool is_working_ = false;
  std::vector<gathered_append> gathered_{};
  std::vector<waiting_append> appends_{};
  std::map<std::uint64_t, waiting_read> reads_{};    // by ticket, not confirmed yet
  std::vector<waiting_read> confirmed_reads_{};      // wait to be applied
  std::map<std::uint64_t, change_answer> changes_{}; // by ticket
  std::uint64_t tickets_ = 0;
  sha256 hash_{};
};

} // namespace aiex::test
