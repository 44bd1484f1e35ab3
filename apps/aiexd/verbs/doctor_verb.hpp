#pragma once

#include "aiexd/verbs/verb_call.hpp"

namespace aiex {

/// Asks around, then says what is wrong and what to do.
void run_doctor(verb_call call);

} // namespace aiex
