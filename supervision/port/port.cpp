#include "aiex/supervision/port/port.hpp"

#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include <caf/send.hpp>
#include <signal.h>
#include <sys/wait.h>

#include <cstring>
#include <stdexcept>
#include <utility>

namespace aiex {

namespace {

/// The port's words to itself.
struct port_frame {
  std::string bytes;
};
struct port_over {
  port_end end;
};
struct port_timeout {};

} // namespace
} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::port_frame)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::port_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::port_timeout)

namespace aiex {

namespace {

using port_actor = caf::stateful_actor<port_state>;

/// What its end says; empty: nothing is wrong.
std::string fault_of(const port_end& end) {
  if (!end.failure.empty())
    return end.failure;
  if (WIFSIGNALED(end.status)) {
    const char* name = ::sigabbrev_np(WTERMSIG(end.status));
    return "the port's program was killed by signal " + std::to_string(WTERMSIG(end.status)) +
           (name == nullptr ? std::string{} : " (" + std::string{name} + ")") +
           (WTERMSIG(end.status) == SIGXCPU ? ": it has used up its CPU time" : "");
  }
  return WEXITSTATUS(end.status) == 0
           ? std::string{}
           : "the port's program ended with status " + std::to_string(WEXITSTATUS(end.status));
}

caf::error reason_of(const port_state& state, const port_end& end) {
  const std::string fault = fault_of(end);
  if (state.is_told_to_end && (fault.empty() || state.is_killed))
    return shutdown_reason();
  return fault.empty() ? caf::error{} : caf::make_error(caf::sec::runtime_error, fault);
}

void on_exit(port_actor* self, const caf::exit_msg& told, std::chrono::milliseconds patience) {
  const exit_kind kind = kind_of(told.reason);
  if (kind == exit_kind::abnormal)
    return self->quit(told.reason);
  if (kind == exit_kind::normal || std::exchange(self->state.is_told_to_end, true))
    return;
  self->state.pump->close_input();
  self->delayed_send(self, patience, port_timeout{});
}

void tell_owner(port_actor* self, const caf::actor& owner, std::string bytes) {
  // Without a time: an owner that is slow slows the program down, and if it ends, so do we.
  const auto is_heard = [self] { self->state.pump->heard(1); };
  self->request(owner, caf::infinite, port_data{std::move(bytes)})
    .then(is_heard, [is_heard](const caf::error&) { is_heard(); });
}

} // namespace

caf::behavior port(port_actor* self, port_options options, caf::actor owner) {
  if (!owner)
    throw std::invalid_argument{"a port has no owner: give it the actor that hears its program"};
  const auto me = caf::actor_cast<caf::actor>(self);
  auto pump = port_pump::start(options.command, options.rlimits, options.limits,
    {[me](std::string frame) { caf::anon_send(me, port_frame{std::move(frame)}); },
      [me](const port_end& end) { caf::anon_send(me, port_over{end}); }});
  if (!pump)
    throw std::runtime_error{pump.error()};
  self->state.pump = std::move(*pump);
  self->monitor(owner);
  self->set_down_handler([self](const caf::down_msg&) { self->quit(shutdown_reason()); });
  self->set_exit_handler([self, patience = options.patience](
                           const caf::exit_msg& told) { on_exit(self, told, patience); });
  return {
    [self](const port_send& send) { return self->state.pump->send(send.bytes); },
    [self](port_process_call) { return static_cast<std::int64_t>(self->state.pump->id()); },
    [self, owner](port_frame& frame) { tell_owner(self, owner, std::move(frame.bytes)); },
    [self](const port_over& over) { self->quit(reason_of(self->state, over.end)); },
    [self](port_timeout) {
      self->state.is_killed = true;
      self->state.pump->kill();
    },
  };
}

start_function starts_port(port_options options, registry names, std::string owner) {
  return [options = std::move(options), names = std::move(names), owner = std::move(owner)](
           caf::event_based_actor& supervisor) -> start_outcome {
    const auto found = names.find(owner);
    if (!found)
      return caf::make_error(caf::sec::runtime_error,
        "the port's owner '" + owner + "' is not there: let it stand before the port");
    return spawn_eager(supervisor.system(), port, options, *found);
  };
}

} // namespace aiex
