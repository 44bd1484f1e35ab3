// The actor around application_core: starts, stops and watches the trees of a program's
// applications as the core says.
//
// It is a supervisor to what draws a tree or walks down one, and restarts nothing itself: a tree
// that has ended has given up.
#pragma once

#include "aiex/supervision/application/application_core.hpp"
#include "aiex/supervision/process/living_children.hpp"
#include "aiex/supervision/tree/supervision_event.hpp"
#include "aiex/supervision/tree/supervisor_messages.hpp"

#include <caf/actor_addr.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/behavior.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace aiex {

/// An application as it is handed over to be run. Callbacks run in the controller, which does
/// nothing else meanwhile; what they throw is told to the observer and stops nothing.
struct managed_application {
  child_spec tree; ///< Its id is the application's name; its `restart` says nothing here.
  std::vector<std::string> dependencies{};
  application_type type = application_type::permanent;
  std::function<void()> prep_stop{}; ///< Before its tree is stopped, or if that has ended.
  std::function<void()> stop{};      ///< When its tree has ended.
};

/// Starts an application. Answered with `application_answer`: the names of those that were started.
/// Errors: those of `application_core::start`.
struct start_application_call {
  std::string name;
  bool together = false; ///< With what it depends on.
};
/// Stops one, whoever depends on it. Answered with `application_answer`: the names of those that
/// depend on it and go on. Errors: those of `application_core::stop`.
struct stop_application_call {
  std::string name;
};
struct application_answer {
  tl::expected<std::vector<std::string>, application_error> outcome;
};

/// Answered with `std::vector<application_info>`, in the order of their start.
struct which_applications_call {};
struct application_info {
  std::string name;
  application_status status{};
  application_type type{};
  std::vector<std::string> dependencies{};
  caf::actor actor{}; ///< The top of its tree, while it runs.
};

struct applications_spec {
  std::vector<managed_application> applications;
  /// Called once, when all others have been stopped because one ended that the node needs.
  std::function<void(const std::string& why)> on_failure{};
};

/// The controller as a child of a supervisor. It starts all applications, dependencies first,
/// before its own start is over; those behind one whose start has failed and which the node does
/// not need, when that has ended. If one fails that the node needs, those before it are stopped
/// again, and that is the start's failure; later `on_failure` is called, and it shuts down. Errors
/// of the start: those of `start_order_of`, missing_start, bad_tree.
child_spec applications_child(
  std::string id, applications_spec spec, supervision_context parent, worker_options options = {});

struct application_controller_state {
  static inline const char* name = "application_controller";

  using application_promise = caf::typed_response_promise<application_answer>;
  using start_promise = caf::typed_response_promise<start_child_answer>;
  using plain_promise = caf::typed_response_promise<supervision_answer>;
  struct failing_start {
    child_key key = 0;
    caf::error reason{};
    std::string name{};
  };

  std::optional<application_core> core;
  applications_spec spec;
  supervision_context context;
  caf::actor_addr parent;
  std::shared_ptr<living_children> living = std::make_shared<living_children>();
  std::map<std::string, child_key, std::less<>> tops; ///< By application.
  std::optional<failing_start> failing; ///< A start has failed and its tree has still to end.
  std::map<request_token, std::variant<application_promise, start_promise, plain_promise>> asked;
  request_token last_token = 0;
  bool has_begun = false; ///< And that did not fail.
};

// What the controller knows of its applications. Thread: its own.

/// The one of that name, which is there.
const managed_application& application_of(
  const application_controller_state& state, const std::string& name);
/// The top of its tree, while that lives.
caf::actor top_of(const application_controller_state& state, const std::string& name);
std::vector<application_info> applications_of(const application_controller_state& state);
std::vector<child_info> children_of(const application_controller_state& state);
caf::typed_response_promise<supervision_tree> draw_tree(
  caf::stateful_actor<application_controller_state>* self, supervision_tree_call call);

/// The controller actor. Started as an `applications_child`; spawned by CAF alone it ends at once:
/// it is no process then.
///
///   start_application_call, stop_application_call -> application_answer
///   which_applications_call -> std::vector<application_info>
///   which_children_call -> std::vector<child_info>
///   restart_child_call -> start_child_answer           starts an application
///   terminate_child_call -> supervision_answer         stops one
///   supervision_tree_call -> supervision_tree
///   exit_msg of its parent       stops all, the last started first, then ends; a stranger's is not
///                                heeded, unless it kills
///
/// `failure`: why it could not begin, if it could not.
caf::behavior application_controller(caf::stateful_actor<application_controller_state>* self,
  applications_spec spec, supervision_context context, caf::actor_addr parent,
  std::shared_ptr<std::string> failure);

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::start_application_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::stop_application_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::application_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::which_applications_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<aiex::application_info>)
