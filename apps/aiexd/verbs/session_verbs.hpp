// The verbs about sessions.
#pragma once

#include "aiexd/verbs/verb_call.hpp"

namespace aiex {

extern const std::vector<std::string_view> session_create_keys;
extern const std::vector<std::string_view> session_change_keys;
extern const std::vector<std::string_view> session_list_keys;

// Errors: those of the calls in session_messages.hpp, and what is malformed.

void run_session_create(verb_call call);
void run_session_show(verb_call call);
void run_session_close(verb_call call);
void run_session_archive(verb_call call);
void run_session_list(verb_call call);
void run_session_stats(verb_call call);

} // namespace aiex
