// A port, as Erlang's: a program in a process of its own that is an actor to all others. Whatever
// may crash, hang or eat memory is put there: it cannot hurt the node, and can really be killed.
//
//   worker("checker", starts_port({.command = {"/usr/bin/checker", "-"}}, names, "owner"))
//
// The program reads frames from its standard input and writes frames to its standard output, each
// behind its length of 4 bytes, the highest first (Erlang's {packet, 4}). Its stderr is the node's.
// It should end when its input does. However the port's actor ends, its program does with all that
// it has started; if the node is killed, the kernel kills the program.
#pragma once

#include "aiex/supervision/port/port_pump.hpp"
#include "aiex/supervision/process/registry.hpp"
#include "aiex/supervision/tree/child_spec.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/behavior.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace aiex {

struct port_options {
  std::vector<std::string> command; ///< A program, found as a shell finds one, and its arguments.
  port_limits limits{};
  /// How long it may take to end when it is told to; then it is killed. Less than its supervisor
  /// waits, 5 s, or it is killed with its actor.
  std::chrono::milliseconds patience{3'000};
  port_rlimits rlimits{}; ///< Of the program; none are set.
};

/// A frame for the program. Answered with `port_outcome`.
struct port_send {
  std::string bytes;
};

/// A frame of the program, to the port's owner, as a request: when its handler has returned, or its
/// promise is delivered, the port knows that it may send more.
struct port_data {
  std::string bytes;
};

/// Answered with the number of its process, std::int64_t: OTP's erlang:port_info(Port, os_pid).
struct port_process_call {};

struct port_state {
  static inline const char* name = "port";

  std::unique_ptr<port_pump> pump;
  bool is_told_to_end = false;
  bool is_killed = false; ///< Because it took too long then.
};

/// The port actor.
///
///   port_send -> port_outcome          ok, overloaded, too_large, closed
///   port_process_call -> std::int64_t
///   exit_msg of a shutdown    the end of the program's input, then `patience`, then SIGKILL
///   exit_msg of an error      the actor ends, the program is killed
///
/// It ends with its program, behind all data: normally if that ends with 0, with the reason
/// shutdown if it was told to, else with an error that names status or signal, or what could not be
/// understood. It shuts down when `owner` ends. Throws in its beginning if the program cannot be
/// started.
caf::behavior port(caf::stateful_actor<port_state>* self, port_options options, caf::actor owner);

/// A port as a child; its owner is found by name at each start, so it stands behind it under
/// rest_for_one. Errors of the start: there is no owner of that name, the program cannot be
/// started.
start_function starts_port(port_options options, registry names, std::string owner);

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::port_send)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::port_data)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::port_process_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::port_outcome)
