// crash test: the last crash of a child as a test that does it once more.
#pragma once

#include "aiexd/verbs/verb_call.hpp"

namespace aiex {

/// Answers {"text": the C++ source}. Errors: not_found (no such child, or no crash of it that says
/// where it was), invalid_data (the stream is longer than a test should be, has events that are no
/// JSON, or the command was not kept), corrupt, io.
void run_crash_test(verb_call call);

} // namespace aiex
