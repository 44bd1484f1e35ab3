#include "aiexd/verbs/node_metrics.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

bool has(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST_CASE("node_metrics: what everybody told, in Prometheus' format") {
  node_findings found;
  found.head = position{7};
  found.store.emplace();
  found.store->appends = 5;
  found.bus.emplace();
  found.bus->delivered = 12;
  projection_info totals;
  totals.position = {6};
  totals.lag_events = 1;
  totals.lag_seconds = 0.5;
  totals.errors = 2;
  found.projections.push_back({"totals", totals});
  totals.status = projection_status::stopped;
  found.projections.push_back({"a \"b\"\\c", totals});
  found.projections.push_back({"silent", std::nullopt});
  found.handlers.push_back({"mail", handler_statistics{.handled = 9, .failed = 4}});
  found.certificate_ends_at = timestamp{std::chrono::seconds{1'893'456'000}};
  const std::string text = metrics_of(found, 4'096);
  for (const char* line :
    {"# TYPE aiex_appends_total counter", "aiex_up 1", "aiex_head 7", "aiex_appends_total 5",
      "aiex_bus_up 1", "aiex_bus_delivered_total 12", "aiex_projection_up{projection=\"totals\"} 1",
      "aiex_projection_up{projection=\"a \\\"b\\\"\\\\c\"} 0",
      "aiex_projection_up{projection=\"silent\"} 0",
      "aiex_projection_position{projection=\"totals\"} 6",
      "aiex_projection_lag_events{projection=\"totals\"} 1",
      "aiex_projection_lag_seconds{projection=\"totals\"} 0.5",
      "aiex_projection_errors_total{projection=\"totals\"} 2",
      "aiex_handler_events_total{handler=\"mail\"} 9",
      "aiex_handler_failures_total{handler=\"mail\"} 4", "process_resident_memory_bytes 4096",
      "aiex_certificate_not_after_seconds 1893456000"})
    CHECK_MESSAGE(has(text, line), line);
  CHECK(text.find("position{projection=\"silent\"}") == std::string::npos);
  CHECK(text.ends_with("\n"));
}

TEST_CASE("node_metrics: who is silent is down") {
  const std::string text = metrics_of({}, 0);
  CHECK(has(text, "aiex_up 0"));
  CHECK(has(text, "aiex_bus_up 0"));
  CHECK(text.find("aiex_appends_total") == std::string::npos);
}

} // namespace
} // namespace aiex
