#include "aiex/actors/runtime/call_failure.hpp"

#include "aiex/supervision/process/exit_kind.hpp"

#include <fmt/format.h>

namespace aiex {

namespace {

errc code_of(call_errc code) {
  switch (code) {
  case call_errc::time_out: return errc::time_out;
  case call_errc::no_process:
  case call_errc::ended:
  case call_errc::node_down: return errc::stopped;
  case call_errc::overloaded: return errc::overloaded;
  case call_errc::calling_self:
  case call_errc::refused: return errc::refused;
  }
  return errc::stopped;
}

/// What has become of a call that was told to somebody, who may have done what it asked for. Empty:
/// nothing was done.
std::string doubt(const call_error& why) {
  switch (why.code) {
  case call_errc::time_out: return " did not answer in time";
  case call_errc::ended: return " ended before it answered (" + exit_text(why.reason) + ")";
  case call_errc::node_down: return " cannot be reached any more";
  default: return {};
  }
}

} // namespace

error as_error(const call_error& why, std::string_view whom) {
  if (why.code == call_errc::time_out)
    return {errc::time_out,
      fmt::format(
        "{} did not answer in time: it is busy, or does not come back from a handler", whom)};
  return {code_of(why.code), fmt::format("{}: {}", whom, text(why))};
}

error as_error_of_change(const call_error& why, std::string_view whom, std::string_view to_do) {
  if (const std::string what = doubt(why); !what.empty())
    return {errc::unknown_outcome,
      fmt::format("{}{}, and it may be done all the same: {}", whom, what, to_do)};
  error made = as_error(why, whom);
  made.message += ". Nothing was done";
  return made;
}

} // namespace aiex
