// What supervisors answer, in OTP's words.
#pragma once

#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/tree/supervisor_messages.hpp"

#include "support/otp_scenario.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>

#include <set>
#include <string>
#include <vector>

namespace aiex::test {

inline std::string joined(const words& all) {
  std::string text;
  for (const std::string& each : all)
    text += (text.empty() ? "" : " ") + each;
  return text;
}

/// What OTP calls it.
inline std::string otp_name(supervision_errc code) {
  switch (code) {
  case supervision_errc::missing_id: return "missing_id";
  case supervision_errc::missing_start: return "missing_start";
  case supervision_errc::duplicate_id: return "duplicate_child_name";
  case supervision_errc::bad_period: return "invalid_period";
  case supervision_errc::bad_shutdown: return "invalid_shutdown";
  case supervision_errc::significant_never: return "bad_combination auto_shutdown";
  case supervision_errc::significant_permanent: return "bad_combination restart";
  case supervision_errc::already_started: return "already_started";
  case supervision_errc::already_present: return "already_present";
  case supervision_errc::running: return "running";
  case supervision_errc::restarting: return "restarting";
  case supervision_errc::not_found: return "not_found";
  case supervision_errc::start_failed: return "start_failed";
  case supervision_errc::stopping: return "gone";
  case supervision_errc::bad_restart: return "invalid_restart_type";
  case supervision_errc::bad_kind: return "invalid_child_type";
  case supervision_errc::bad_strategy: return "invalid_strategy";
  case supervision_errc::bad_intensity: return "invalid_intensity";
  case supervision_errc::bad_auto_shutdown: return "invalid_auto_shutdown";
  case supervision_errc::simple_one_for_one: return "simple_one_for_one";
  default: return "code " + std::to_string(static_cast<int>(code));
  }
}

inline std::string text_of(const supervision_error& error) {
  return error.code == supervision_errc::stopping ? "gone" : "error " + otp_name(error.code);
}

inline std::string text_of(const supervision_answer& said) {
  return said.outcome ? "ok" : text_of(said.outcome.error());
}

inline std::string text_of(const start_child_answer& said) {
  if (!said.outcome)
    return text_of(said.outcome.error());
  if (!said.outcome->actor)
    return "ok undefined";
  return said.outcome->info.empty() ? "ok" : "ok " + said.outcome->info;
}

inline std::string text_of(const childspec_answer& said) {
  if (!said.outcome)
    return text_of(said.outcome.error());
  const child_spec& spec = *said.outcome;
  const shutdown how = spec.stop_by();
  const std::string time = how.kills()           ? "brutal_kill"
                           : how.waits_forever() ? "infinity"
                                                 : std::to_string(how.time().count());
  return std::string{restart_names.at(static_cast<std::size_t>(spec.restart))} +
         " significant=" + (spec.significant ? "true" : "false") + " shutdown=" + time + ' ' +
         kind_names.at(static_cast<std::size_t>(spec.kind));
}

inline std::string text_of(const child_counts& said) {
  return "specs=" + std::to_string(said.specs) + " active=" + std::to_string(said.active) +
         " supervisors=" + std::to_string(said.supervisors) +
         " workers=" + std::to_string(said.workers);
}

inline std::string children_text(const std::vector<child_info>& said) {
  words all;
  for (const child_info& each : said)
    all.push_back(each.id + (each.status == child_status::running    ? "=running"
                              : each.status == child_status::stopped ? "=undefined"
                                                                     : "=restarting"));
  return joined(all);
}

inline std::string text_of(const std::vector<child_info>& said) {
  return children_text(said);
}

/// Children of a dynamic supervisor have no ids in OTP.
inline std::string crowd_text(const std::vector<child_info>& said) {
  if (said.empty())
    return {};
  std::size_t running = 0;
  for (const child_info& each : said)
    running += each.status == child_status::running ? 1 : 0;
  return "running=" + std::to_string(running) +
         " restarting=" + std::to_string(said.size() - running);
}

inline caf::error exit_of(const std::string& reason) {
  if (reason == "normal")
    return {};
  if (reason.starts_with("shutdown"))
    return shutdown_reason(reason.size() > 9 ? reason.substr(9) : std::string{}); // "shutdown:why"
  return caf::make_error(caf::sec::runtime_error, reason);
}

inline std::string exit_name(const caf::error& reason) {
  const std::string text = exit_text(reason);
  const std::string told = "shutdown: ";
  return text.starts_with(told) ? "shutdown:" + text.substr(told.size()) : text;
}

} // namespace aiex::test
