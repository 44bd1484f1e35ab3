#pragma once

#include "aiex/actors/flow/node_part.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include <stdexcept>
#include <string>

namespace aiex::test {

inline caf::behavior fragile(caf::event_based_actor*) {
  return {[](const std::string& why) { throw std::runtime_error{why}; }};
}

/// A child, registered under its id as the newest of that name, that fails with whatever text it is
/// sent.
inline node_part fragile_part(std::string id) {
  return {id, [id](const node_services& services, const supervision_context&) {
            return worker(id,
              [id, names = services.names, start = spawns(fragile)](caf::event_based_actor& above) {
                start_outcome made = start(above);
                names.bind(id, std::get<started>(made).actor);
                return made;
              });
          }};
}

} // namespace aiex::test
