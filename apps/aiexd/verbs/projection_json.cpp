// Tested by tests/apps/aiexd/verbs/projection_verbs_test.cpp
#include "aiexd/verbs/projection_json.hpp"

#include "aiex/persistence/codec/json_check.hpp"

#include "aiexd/verbs/verb_arguments.hpp"

#include <fmt/format.h>

namespace aiex {

namespace {

/// What each projection says about itself. Its state is JSON already and stands there as it is.
std::string head_of(const projection_info& info, bool has_state) {
  return fmt::format(R"({{"name":{},"status":"{}","position":{},"lag_events":{},)"
                     R"("lag_is_more":{},"lag_seconds":{:.3f},"state":{},"errors":{})",
    json_text(info.name), text_of(info.status), info.position.value, info.lag_events,
    info.lag_is_more, info.lag_seconds,
    has_state && !info.state_json.empty() ? info.state_json : "null", info.errors);
}

} // namespace

std::string to_line(const projection_info& info) {
  return head_of(info, info.state_json.size() <= state_listed_bytes_max) + "}\n";
}

std::string to_object(const projection_info& info, const std::string& rows) {
  return head_of(info, true) +
         fmt::format(R"(,"last_error":{},"skipped":{},"generation":{},"head":{}{}}})",
           json_text(info.last_error), info.skipped, info.generation, info.head.value, rows);
}

result<std::string> rows_text(
  const read_models& models, const projection_info& info, const wanted_rows& wanted) {
  std::string rows;
  std::uint64_t count = 0;
  bool has_more = false;
  const auto read = models.rows(info.name, info.generation, wanted.prefix, wanted.prefix,
    [&](std::string_view key, std::string_view value) {
      has_more = count == wanted.limit || rows.size() >= rows_shown_bytes_max;
      if (has_more)
        return false;
      rows += fmt::format(R"({}{{"key":{},"value":{}}})", count == 0 ? "" : ",", json_text(key),
        check_json(value) ? std::string{value} : json_text(value));
      ++count;
      return true;
    });
  if (!read)
    return tl::unexpected(read.error());
  return fmt::format(R"(,"rows":[{}],"has_more_rows":{})", rows, has_more);
}

} // namespace aiex
