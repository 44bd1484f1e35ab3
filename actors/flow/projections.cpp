#include "aiex/actors/flow/projections.hpp"

#include "aiex/actors/flow/models_writer.hpp"
#include "aiex/actors/flow/projection.hpp"
#include "aiex/actors/runtime/call_failure.hpp"
#include "aiex/supervision/call/call.hpp"
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include <utility>

namespace aiex {

namespace {

constexpr const char* supervisor_name = "projections";
constexpr std::string_view prefix = "projection/";

errc code_of(supervision_errc code) {
  switch (code) {
  case supervision_errc::already_started:
  case supervision_errc::already_present: return errc::already_exists;
  case supervision_errc::not_found: return errc::not_found;
  default: return errc::stopped;
  }
}

tl::unexpected<error> refusal(const std::string& name, const supervision_error& why) {
  return fail(code_of(why.code), "projection " + name + ": " + why.message);
}

tl::unexpected<error> no_answer(const std::string& whom, const call_error& why) {
  error made = as_error(why, whom);
  made.message += "; look whether it is there";
  return tl::unexpected(std::move(made));
}

std::string supervisor_of(const std::string& name) {
  return "projection " + name + ": its supervisor";
}

tl::unexpected<error> no_supervisor() {
  return fail(
    errc::not_found, "the node's tree has no part projections(), or it is being started again");
}

} // namespace

node_part projections(std::vector<projection_type> from_the_start, restart_limit limit) {
  std::vector<node_part> children;
  for (projection_type& each : from_the_start)
    children.push_back(projection(std::move(each)));
  node_part made = supervisor(supervisor_name, strategy::one_for_one, limit, std::move(children));
  made.make = [make = std::move(made.make)](
                const node_services& services, const supervision_context& parent) {
    child_spec child = make(services, parent);
    child.start = via(services.names, supervisor_name, std::move(child.start));
    return child;
  };
  return made;
}

void register_projection(caf::event_based_actor* self, const node_services& services,
  const projection_type& type, std::function<void(result<caf::actor>)> then) {
  const std::string name{type.name};
  const auto supervisor = services.names.find(supervisor_name);
  if (!supervisor)
    return then(no_supervisor());
  if (services.names.find(std::string{prefix} + name)) // perhaps elsewhere in the tree
    return then(fail(errc::already_exists, "projection " + name + " runs already"));
  services.events.calls().call<start_child_answer>(self, *supervisor, projection_registration_max,
    start_child_call{projection_child(type, services)},
    [name, then](tl::expected<start_child_answer, call_error> answer) {
      if (!answer)
        return then(no_answer(supervisor_of(name), answer.error()));
      if (!answer->outcome)
        return then(refusal(name, answer->outcome.error()));
      then(std::move(answer->outcome->actor));
    });
}

namespace {

/// One registration that ends, step by step.
struct departure {
  caf::event_based_actor* self;
  calls asking;
  caf::actor supervisor;
  caf::actor models;
  std::string name;
  saved_model what;
  std::function<void(result<void>)> then;

  void stop() const {
    step(terminate_child_call{name}, [*this] { take_out(); });
  }

  void take_out() const {
    step(delete_child_call{name}, [*this] {
      if (what == saved_model::kept)
        then({});
      else
        forget();
    });
  }

  void forget() const {
    asking.call<saved>(self, models, projection_registration_max, forget_projection_call{name},
      [*this](const tl::expected<saved, call_error>& done) {
        then(done ? done->outcome
                  : no_answer("projection " + name + ": the writer of read models", done.error()));
      });
  }

  template <class Message, class Next>
  void step(Message message, Next next) const {
    asking.call<supervision_answer>(self, supervisor, projection_registration_max,
      std::move(message),
      [*this, next](const tl::expected<supervision_answer, call_error>& answer) {
        if (!answer)
          return then(no_answer(supervisor_of(name), answer.error()));
        if (!answer->outcome)
          return then(refusal(name, answer->outcome.error()));
        next();
      });
  }
};

} // namespace

void unregister_projection(caf::event_based_actor* self, const node_services& services,
  const std::string& name, saved_model what, std::function<void(result<void>)> then) {
  const auto supervisor = services.names.find(supervisor_name);
  if (!supervisor)
    return then(no_supervisor());
  const departure leaving{self, services.events.calls(), *supervisor, services.models_writer(),
    name, what, std::move(then)};
  leaving.stop();
}

std::vector<std::string> registered_projections(const registry& names) {
  std::vector<std::string> found = names.names(prefix);
  for (std::string& each : found)
    each.erase(0, prefix.size());
  return found;
}

} // namespace aiex
