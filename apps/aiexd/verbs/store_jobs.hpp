// The verbs of the store that take long: store_verify and store_backup.
#pragma once

#include "aiexd/verbs/verb_call.hpp"

namespace aiex {

void run_store_verify(verb_call call);
void run_store_backup(verb_call call);

} // namespace aiex
