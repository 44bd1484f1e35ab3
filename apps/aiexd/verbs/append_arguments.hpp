// What append, append_batch and publish are given, as requests to the store. Pure.
#pragma once

#include "aiex/persistence/log/append.hpp"

#include "aiexd/verbs/verb_arguments.hpp"

#include <functional>

namespace aiex {

/// Makes the ids that a caller did not give.
using id_source = std::function<uuid()>;

extern const std::vector<std::string_view> append_keys;
extern const std::vector<std::string_view> append_batch_keys;
extern const std::vector<std::string_view> publish_keys;

/// "any" | "exists" | "none" | a whole number; absent: any. Errors: invalid_argument.
result<expected_version> expected_version_of(const verb_arguments& given);

// Errors: missing_required_fields, invalid_id, invalid_stream, invalid_type, invalid_data,
// invalid_metadata, batch_too_large, and invalid_argument for what is of another type.

result<append_request> append_request_of(const verb_arguments& given, const id_source& make_id);
result<append_request> append_batch_request_of(
  const verb_arguments& given, const id_source& make_id);

/// An event map: `type`, `aggregate_id` (or `stream`) and `data`, an object, must be there; an id
/// is made if there is none, and a correlation id too: the event's own.
result<append_request> publish_request_of(const verb_arguments& given, const id_source& make_id);

/// The answer of append and publish, and of append_batch.
json_value to_append_json(const append_request& request, const append_result& answer);
json_value to_batch_json(const append_request& request, const append_result& answer);

} // namespace aiex
