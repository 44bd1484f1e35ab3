// One node asks another which of its actors has a name.
#pragma once

#include <caf/actor.hpp>

#include <string>

namespace aiex {

/// To the mesh of another node: who is registered there under this name?
struct actor_question {
  std::string name{};
};

struct actor_answer {
  caf::actor who{}; ///< Null: nobody.
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, actor_question& x) {
  return f(x.name);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, actor_answer& x) {
  return f(x.who);
}

} // namespace aiex
