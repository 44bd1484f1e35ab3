#include "aiexd/verbs/node_metrics.hpp"

#include <fmt/format.h>

namespace aiex {

namespace {

/// Families of metrics, one after another: a head, then a line for each that has one.
class metrics_text {
public:
  void family(std::string_view name, std::string_view kind, std::string_view help) {
    name_ = name;
    text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, kind);
  }
  template <class Number>
  void line(Number value) {
    text_ += fmt::format("{} {}\n", name_, value);
  }
  template <class Number>
  void line(std::string_view label, std::string_view of, Number value) {
    std::string escaped;
    for (const char each : of) {
      if (each == '\\' || each == '"')
        escaped += '\\';
      escaped += each == '\n' ? ' ' : each;
    }
    text_ += fmt::format("{}{{{}=\"{}\"}} {}\n", name_, label, escaped, value);
  }
  template <class Number>
  void one(std::string_view name, std::string_view kind, std::string_view help, Number value) {
    family(name, kind, help);
    line(value);
  }
  std::string finish() && { return std::move(text_); }

private:
  std::string text_;
  std::string_view name_;
};

void add_store(metrics_text& to, const store_statistics& counted) {
  to.one("aiex_appends_total", "counter", "Appends accepted or repeated.", counted.appends);
  to.one("aiex_append_refusals_total", "counter", "Appends refused.", counted.refusals);
  to.one("aiex_events_written_total", "counter", "Events written since the start.", counted.events);
  to.one("aiex_commits_total", "counter", "Commits, each of many appends.", counted.groups);
  to.one("aiex_appends_waiting", "gauge", "Appends let in and not yet answered.", counted.waiting);
}

void add_bus(metrics_text& to, const bus_statistics& counted) {
  to.one("aiex_bus_position", "gauge", "Up to here events were handed out.", counted.live.value);
  to.one("aiex_bus_subscriptions", "gauge", "Subscriptions that live.", counted.subscriptions);
  to.one("aiex_bus_delivered_total", "counter", "Events handed to subscribers.", counted.delivered);
  to.one("aiex_bus_read_failures_total", "counter", "Reads of the log that failed.",
    counted.read_failures);
}

/// A family with a line for each projection that has told of itself.
template <class Value>
void add_each(metrics_text& to, const node_findings& found, std::string_view name,
  std::string_view kind, std::string_view help, Value value) {
  to.family(name, kind, help);
  for (const auto& each : found.projections)
    if (each.info)
      to.line("projection", each.name, value(*each.info));
}

void add_projections(metrics_text& to, const node_findings& found) {
  to.family("aiex_projection_up", "gauge", "1 while it runs, 0 if it is paused, stopped, silent.");
  for (const auto& each : found.projections)
    to.line("projection", each.name,
      each.info && each.info->status == projection_status::running ? 1 : 0);
  add_each(to, found, "aiex_projection_position", "gauge", "Up to here it has counted.",
    [](const projection_info& info) { return info.position.value; });
  add_each(to, found, "aiex_projection_lag_events", "gauge", "Events it has yet to count.",
    [](const projection_info& info) { return info.lag_events; });
  add_each(to, found, "aiex_projection_lag_seconds", "gauge", "How long the first has waited.",
    [](const projection_info& info) { return info.lag_seconds; });
  add_each(to, found, "aiex_projection_errors_total", "counter", "Events that it failed at.",
    [](const projection_info& info) { return info.errors; });
  add_each(to, found, "aiex_projection_skipped_total", "counter", "Events that it passed over.",
    [](const projection_info& info) { return info.skipped; });
}

void add_handlers(metrics_text& to, const node_findings& found) {
  to.family("aiex_handler_events_total", "counter", "Events given to its function.");
  for (const auto& each : found.handlers)
    if (each.counted)
      to.line("handler", each.name, each.counted->handled);
  to.family("aiex_handler_failures_total", "counter", "Events at which its function threw.");
  for (const auto& each : found.handlers)
    if (each.counted)
      to.line("handler", each.name, each.counted->failed);
}

} // namespace

std::string metrics_of(const node_findings& found, std::uint64_t resident_bytes) {
  metrics_text text;
  text.one("aiex_up", "gauge", "1 while the store works.", found.store && found.head ? 1 : 0);
  if (found.head)
    text.one("aiex_head", "gauge", "Position of the newest event.", found.head->value);
  if (found.store)
    add_store(text, *found.store);
  text.one("aiex_bus_up", "gauge", "1 while the bus answers.", found.bus ? 1 : 0);
  if (found.bus)
    add_bus(text, *found.bus);
  if (!found.projections.empty())
    add_projections(text, found);
  if (!found.handlers.empty())
    add_handlers(text, found);
  text.one("aiex_log_free_bytes", "gauge", "Room for the log.", found.bytes_free);
  if (found.certificate_ends_at)
    text.one("aiex_certificate_not_after_seconds", "gauge",
      "When the certificate expires, in seconds since 1970.",
      microseconds_of(*found.certificate_ends_at) / 1'000'000);
  text.one("process_resident_memory_bytes", "gauge", "Resident memory.", resident_bytes);
  return std::move(text).finish();
}

} // namespace aiex
