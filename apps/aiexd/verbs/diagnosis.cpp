#include "aiexd/verbs/diagnosis.hpp"

#include "aiex/persistence/base/limits.hpp"

#include <fmt/format.h>

namespace aiex {

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;

check_line line(std::string check, bool is_ok, std::string what, std::string to_do) {
  return {std::move(check), is_ok, std::move(what), is_ok ? std::string{} : std::move(to_do)};
}

check_line check_folder(const node_findings& found) {
  return line("folder", found.is_folder_writable,
    found.folder + (found.is_folder_writable ? " can be written" : " cannot be written"),
    "give the node's user the right to write there, then restart the node");
}

check_line check_disk(const node_findings& found) {
  return line("disk", found.bytes_free >= bytes_free_min,
    fmt::format("{} MiB are free for the log", found.bytes_free / mebibyte),
    fmt::format("make room: below {} MiB appends are refused", limits::bytes_kept_free / mebibyte));
}

check_line check_memory(const node_findings& found) {
  if (!found.memory_available_bytes)
    return {"memory", true, "this system does not say how much is available"};
  return line("memory", *found.memory_available_bytes >= memory_available_min,
    fmt::format("{} MiB are available", *found.memory_available_bytes / mebibyte),
    "stop what else runs on this machine, or give it more memory");
}

check_line check_clock(const node_findings& found) {
  if (found.log_error)
    return line("clock", false, "the last event cannot be read: " + *found.log_error,
      "verify the store: aiex store verify");
  if (!found.last_recorded_at || *found.last_recorded_at <= found.now)
    return {"clock", true, "it is not behind the last event"};
  const auto behind =
    std::chrono::duration_cast<std::chrono::seconds>(*found.last_recorded_at - found.now);
  return line("clock", *found.last_recorded_at - found.now <= clock_behind_max,
    fmt::format("it is {} s behind the last event", behind.count()),
    "set the machine's clock; until then events are recorded with the time of the last one");
}

check_line check_store(const node_findings& found) {
  return line("store", found.store.has_value(),
    found.store ? "its writer answers" : "its writer does not answer",
    "look at the disk: the writer waits for it");
}

check_line check_bus(const node_findings& found) {
  if (!found.bus)
    return line("bus", false, "it does not answer", "ask again; then: aiex why bus");
  const bus_statistics& bus = *found.bus;
  const std::string behind =
    fmt::format("it is at position {} of {}", bus.live.value, bus.head.value);
  return line("bus", bus.last_failure.empty(),
    bus.last_failure.empty() ? behind : behind + "; it could not read: " + bus.last_failure,
    "verify the store: aiex store verify");
}

check_line check_projection(const node_findings::projection& found) {
  std::string check = "projection " + found.name;
  if (!found.info)
    return line(std::move(check), false, "it does not answer", "aiex why " + found.name);
  const projection_info& info = *found.info;
  switch (info.status) {
  case projection_status::paused:
    return line(std::move(check), false, "it is paused", "aiex projection resume " + found.name);
  case projection_status::stopped:
    return line(std::move(check), false, "it has stopped: " + info.last_error,
      "mend the projection and resume it, or: aiex projection skip " + found.name);
  case projection_status::running: break;
  }
  return line(std::move(check), info.lag_seconds <= static_cast<double>(projection_lag_max.count()),
    fmt::format(
      "it runs, {}{} events behind", info.lag_is_more ? "more than " : "", info.lag_events),
    "if that grows, it handles events more slowly than they come");
}

check_line check_handler(const node_findings::handler& found) {
  std::string check = "handler " + found.name;
  if (!found.counted)
    return line(std::move(check), false, "it does not answer", "aiex why " + found.name);
  const handler_statistics& counted = *found.counted;
  if (counted.failed == 0)
    return {std::move(check), true, fmt::format("it has handled {} events", counted.handled)};
  return line(std::move(check), false,
    fmt::format("it threw at {} of {} events, last at position {}: {}", counted.failed,
      counted.handled, counted.last_failed.value, counted.last_failure),
    "mend its function; the events that it threw at are not given to it again");
}

/// `check`: of what.
check_line check_ledger(std::string check, const std::optional<node_findings::recorded>& found) {
  if (!found)
    return line(std::move(check), false, "the ledger cannot be read", "aiex store verify");
  if (found->count == 0)
    return {std::move(check), true, "none within an hour"};
  return line(std::move(check), false,
    fmt::format("{} within an hour, the last of {}", found->count, found->last),
    "aiex why " + found->last);
}

check_line check_files(const node_findings& found) {
  return line("files", found.open_files_max >= open_files_min,
    fmt::format("{} may be open at once", found.open_files_max),
    fmt::format("raise the limit to at least {}: ulimit -n", open_files_min));
}

check_line check_certificate(timestamp ends_at, timestamp now) {
  return line("certificate", ends_at - now >= certificate_left_min,
    (now > ends_at ? "it has expired on " : "it is valid until ") + to_string(ends_at),
    "renew it: aiex cert renew; the node takes the new one while it runs");
}

} // namespace

std::vector<check_line> diagnose(const node_findings& found) {
  std::vector<check_line> lines{check_folder(found), check_disk(found), check_memory(found),
    check_clock(found), check_store(found), check_bus(found)};
  for (const auto& each : found.projections)
    lines.push_back(check_projection(each));
  for (const auto& each : found.handlers)
    lines.push_back(check_handler(each));
  lines.push_back(check_ledger("crashes", found.crashes));
  lines.push_back(check_ledger("stuck", found.stuck));
  lines.push_back(check_files(found));
  if (found.certificate_ends_at)
    lines.push_back(check_certificate(*found.certificate_ends_at, found.now));
  return lines;
}

} // namespace aiex
