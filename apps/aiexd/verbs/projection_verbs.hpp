// The verbs about projections but for rebuild. Each answers how the projection then is.
#pragma once

#include "aiexd/verbs/verb_call.hpp"

namespace aiex {

extern const std::vector<std::string_view> projection_show_keys;

/// So long the list waits for a projection; then it calls it silent.
inline constexpr std::chrono::milliseconds projection_list_patience{5'000};

void run_projections(verb_call call);

// Errors: not_found (no such projection here), and those of `projection_core::control`.

void run_projection_show(verb_call call);
void run_projection_pause(verb_call call);
void run_projection_resume(verb_call call);
void run_projection_skip(verb_call call);

} // namespace aiex
