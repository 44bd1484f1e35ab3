// What the program's own thread asks of the actors of its node.
#pragma once

#include "aiex/actors/flow/node_services.hpp"
#include "aiex/actors/flow/projection_messages.hpp"
#include "aiex/persistence/codec/encoded.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace aiex::code_assistant {

/// One session: the node knows it as one of its sessions, `aiex session list` shows it; what is
/// done in it goes to an aggregate of the same id, and read models count that. Each call waits for
/// its answer. One thread.
class session_client {
public:
  /// Of a new session.
  session_client(caf::actor_system& system, const node_services& services);

  const std::string& id() const noexcept { return id_; }

  /// Makes it a session of the node. Errors: those of `create_session_call`.
  result<void> open(const std::string& user, const std::string& project);

  /// It takes no more. Errors: those of `change_session_call`.
  result<void> close() { return close(session_); }

  /// Ends the sessions of this program on `project` that were left open: by one that was killed. No
  /// other process can be at work in them, for it would have the folder.
  result<void> end_left_open(const std::string& project);

  /// Answered when what was decided is durable. Errors: refused (by the aggregate), invalid_data,
  /// those of the store; unknown_outcome if nobody answers, also when it is asked again.
  template <class Command>
  result<void> send(const Command& wish) {
    auto stored = encode(wish);
    if (!stored)
      return tl::unexpected(std::move(stored.error()));
    return dispatch(id_, std::move(*stored));
  }

  /// A projection that has counted all that the log holds now. Errors: stopped (it does not run, or
  /// it has stopped at an event), time_out (it does not get on).
  result<projection_info> caught_up(std::string_view projection);

private:
  result<void> dispatch(const std::string& id, encoded command);
  result<void> close(uuid id);
  result<void> end(uuid id);
  result<std::vector<uuid>> left_open(const std::string& project);
  template <class Answer, class Message>
  result<void> repeat(const std::string& name, const Message& message);
  template <class Answer, class Message>
  result<Answer> ask(const std::string& name, Message message);

  node_services services_;
  caf::scoped_actor self_;
  uuid session_;
  std::string id_; ///< The same, as text.
};

} // namespace aiex::code_assistant
