// doctor: asks around, then says what is wrong and what to do.
#pragma once

#include "aiexd/verbs/diagnosis.hpp"
#include "aiexd/verbs/verb_call.hpp"

namespace aiex {

/// So long it waits for each that it asks; who is silent is not well.
inline constexpr std::chrono::milliseconds doctor_patience{2'000};

void run_doctor(verb_call call);

} // namespace aiex
