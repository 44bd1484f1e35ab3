// What events and tail are asked, where a page ended, and events as lines of JSON. Pure.
#pragma once

#include "aiex/persistence/state/query.hpp"

#include "aiexd/verbs/verb_arguments.hpp"

namespace aiex {

extern const std::vector<std::string_view> events_keys;
extern const std::vector<std::string_view> tail_keys;

/// `now` is what relative times mean, `history` the store's. With a cursor: what follows it.
/// Errors: invalid_argument, invalid_history (the cursor is not one of ours), history_changed (the
/// cursor, or what "history" says the positions are of, is older than a restore).
result<query> events_query_of(const verb_arguments& given, timestamp now, const uuid& history);

/// `head` is where a tail begins that names no position: with what comes from now on.
result<query> tail_query_of(
  const verb_arguments& given, timestamp now, const uuid& history, position head);

/// Where to go on: the history, and the bounds of what is left; times among them, since "-1h"
/// means another time with each page. The other conditions come again with the request.
std::string to_cursor(const query& rest, const uuid& history);
result<void> apply_cursor(std::string_view cursor, const uuid& history, query& into);

/// One line, ended by \n. Data that is JSON stands in it as it is, other data as base64.
std::string to_line(const recorded_event& event);

} // namespace aiex
