// Tested by tests/persistence/state/reader_test.cpp
#include "aiex/persistence/state/query.hpp"

#include <algorithm>

namespace aiex {

namespace {

bool is_wanted_type(const query& asked, std::string_view type) {
  if (asked.types.empty() && asked.type_prefixes.empty())
    return true;
  return std::find(asked.types.begin(), asked.types.end(), type) != asked.types.end() ||
         std::any_of(asked.type_prefixes.begin(), asked.type_prefixes.end(),
           [&](const std::string& prefix) { return type.starts_with(prefix); });
}

bool is_wanted_stream(const query& asked, const recorded_event& event) {
  if (asked.stream && (event.stream != *asked.stream || event.version < asked.from_version ||
                        event.version > asked.to_version))
    return false;
  if (!asked.categories.empty() && std::find(asked.categories.begin(), asked.categories.end(),
                                     category_of(event.stream)) == asked.categories.end())
    return false;
  const bool named = asked.stream || !asked.categories.empty();
  return named || asked.system || !is_system_name(event.stream);
}

} // namespace

bool matches(const query& asked, const recorded_event& event) {
  return event.position > asked.after && event.position <= asked.up_to &&
         (!asked.since || event.recorded_at >= *asked.since) &&
         (!asked.until || event.recorded_at <= *asked.until) && is_wanted_type(asked, event.type) &&
         is_wanted_stream(asked, event) &&
         (!asked.correlation_id || event.correlation_id == *asked.correlation_id) &&
         std::all_of(asked.tags.begin(), asked.tags.end(),
           [&](const std::string& tag) { return event.tags.contains(tag); });
}

} // namespace aiex
