// Verbs that are about one projection: it is found by its name, asked, told.
#pragma once

#include "aiex/actors/flow/projection_messages.hpp"

#include "aiexd/verbs/ask.hpp"

#include <string>
#include <utility>
#include <vector>

namespace aiex {

/// Errors: not_found; the message names those there are.
result<caf::actor> projection_named(const registry& names, const std::string& name);

/// Calls `then(call, name, projection)` of the projection that "name" names, or refuses.
template <class Then>
void with_projection(verb_call call, Then then) {
  auto name = call.given.required_text("name");
  if (!name)
    return call.refuse(name.error());
  auto found = projection_named(call.services().names, *name);
  if (!found)
    return call.refuse(found.error());
  then(std::move(call), *name, *found);
}

/// Calls `then(call, info)`.
template <class Then>
void with_info(verb_call call, const std::string& name, const caf::actor& projection, Then then) {
  ask<projection_info>(
    std::move(call), projection, projection_info_call{}, "projection " + name, std::move(then));
}

/// Says so to the projection; `then(call, name, projection)` if it has done so.
template <class Then>
void with_control(verb_call call, projection_control what, Then then) {
  with_projection(std::move(call),
    [what, then](verb_call found, const std::string& name, const caf::actor& projection) {
      ask<projection_control_answer>(std::move(found), projection, projection_control_call{what},
        "projection " + name,
        [name, projection, then](verb_call& asked, const projection_control_answer& answer) {
          if (answer.outcome)
            then(asked, name, projection);
          else
            asked.refuse({answer.outcome.error().code,
              "projection " + name + ": " + answer.outcome.error().message});
        });
    });
}

} // namespace aiex
