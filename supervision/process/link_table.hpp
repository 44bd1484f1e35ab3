// What two linked processes know of each other, and the signals between them.
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/error.hpp>
#include <caf/system_messages.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace aiex {

/// As many an actor may have, unless it says fewer.
inline constexpr std::size_t links_max = 100'000;

/// Tokens by which a life lets go of what watches for a link: of that link, or of all that are
/// down.
inline constexpr std::size_t link_watch_of_one = 1'000; // beside CAF's own kinds
inline constexpr std::size_t link_watch_of_those_down = 1'001;

/// One link, known to both. It goes down when it is taken away, or when the end of the one has been
/// heard by the other.
struct bond {
  std::atomic<bool> is_up{true};
};

/// The links of one process. Its own lock; two tables are locked together.
struct link_table {
  std::mutex lock; // guards all below
  std::map<caf::actor_addr, std::shared_ptr<bond>> bonds;
  std::size_t most = links_max;
  std::size_t down =
    0; ///< Links that went down since the life last let go of what watched for them.
};

class process_life;

/// A life lets go of what watches for links that are down when these are half of all that watch:
/// one by one it would search for each of them through all.
void let_go_of_those_down(link_table& links, process_life& life);

/// What an actor that traps exits hears: the end of a linked one, or what somebody sent it.
struct exit_signal {
  caf::actor_addr source;
  caf::error reason;
};
using exit_trap = std::function<void(const exit_signal&)>;

/// Whether it is for the process and not for its handlers. They travel as CAF's exits, so that who
/// is no process of ours ends, too.
bool is_process_signal(const caf::error& reason);

/// What a process is to do for one: `hear` the exit, if it traps them, or end for the reason.
struct signal_effect {
  enum class what : std::uint8_t { nothing, hear, end } act = what::nothing;
  exit_signal signal{};
};
signal_effect effect_of(const caf::exit_msg& told, link_table& links, bool traps);

} // namespace aiex
