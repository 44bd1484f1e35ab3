// Supervisors with actors that do as they are told, and what the supervisors told meanwhile.
#pragma once

#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/actor_world.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

using crash_atom = caf::atom_constant<caf::atom("crash")>;
using leave_atom = caf::atom_constant<caf::atom("leave")>;
using hello_atom = caf::atom_constant<caf::atom("hello")>;

/// Throws, ends, ends for a given reason or answers as told.
inline caf::behavior obedient(caf::event_based_actor* self) {
  return {
    [](crash_atom) { throw std::runtime_error{"told to crash"}; },
    [self](leave_atom) { self->quit(); },
    [self](leave_atom, const caf::error& reason) { self->quit(reason); },
    [](hello_atom) { return 7; },
  };
}

/// Hears what it is told and ends of nothing but a kill.
inline caf::behavior stubborn(caf::event_based_actor* self) {
  self->set_exit_handler([](const caf::exit_msg&) {});
  return {[](hello_atom) { return 7; }};
}

inline caf::behavior broken(caf::event_based_actor*) {
  throw std::runtime_error{"cannot begin"};
}

inline start_outcome ignoring(caf::event_based_actor&) {
  return ignored{};
}

class supervised_world : public actor_world {
public:
  registry names;
  std::vector<std::string> seen;       ///< What supervisors told: "started root/a".
  std::vector<supervision_event> told; ///< The same, whole.

  supervision_context context(std::string path = "root") {
    return {[this](const supervision_event& event) {
              seen.push_back(std::string{name(event.what)} + ' ' + event.path);
              told.push_back(event);
            },
      std::move(path)};
  }

  child_spec named(std::string id, restart how = restart::permanent, bool is_significant = false) {
    return worker(
      id, via(names, id, spawns(obedient)), {.restart = how, .significant = is_significant});
  }

  caf::actor start(supervisor_spec spec) {
    const auto outcome = start_supervisor(system, std::move(spec), context());
    settle();
    REQUIRE(std::holds_alternative<started>(outcome));
    return std::get<started>(outcome).actor;
  }

  caf::actor at(const std::string& name) {
    const auto found = names.find(name);
    REQUIRE(found);
    return *found;
  }

  template <class... Words>
  void tell(const std::string& name, const Words&... words) {
    caf::anon_send(at(name), words...);
    settle();
  }

  void shut_down(const caf::actor& top) {
    caf::anon_send_exit(top, caf::exit_reason::user_shutdown);
    settle();
  }

  std::vector<std::string> take_seen() { return std::exchange(seen, {}); }

  /// "a b- c!" for running, stopped, restarting; the oldest first.
  std::string children(const caf::actor& of) {
    const auto known = ask<std::vector<child_info>>(of, which_children_call{});
    std::string all;
    for (auto each = known.rbegin(); each != known.rend(); ++each)
      all += (all.empty() ? "" : " ") + each->id +
             (each->status == child_status::running    ? ""
               : each->status == child_status::stopped ? "-"
                                                       : "!");
    return all;
  }

  supervision_errc refusal(const caf::actor& by, const auto& request) {
    return ask<supervision_answer>(by, request).outcome.error().code;
  }
};

/// Why it has ended, or nothing.
class last_words {
public:
  explicit last_words(const caf::actor& of) {
    of->attach_functor([heard = heard_](const caf::error& reason) { *heard = reason; });
  }
  const std::optional<caf::error>& operator*() const { return *heard_; }
  std::string text() const { return *heard_ ? exit_text(**heard_) : "lives"; }

private:
  std::shared_ptr<std::optional<caf::error>> heard_ = std::make_shared<std::optional<caf::error>>();
};

} // namespace aiex::test
