#include "aiex/supervision/process/exit_kind.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>

#include <utility>

namespace aiex {

exit_kind kind_of(const caf::error& reason) {
  if (!reason || reason == caf::exit_reason::normal)
    return exit_kind::normal;
  return reason == caf::exit_reason::user_shutdown ? exit_kind::shutdown : exit_kind::abnormal;
}

namespace {

/// What whoever made the error has written into it; nothing if that is no plain text.
std::string said(const caf::error& reason) {
  const auto& context = reason.context();
  const bool is_text = context.size() >= 1 && context.match_element<std::string>(0);
  return is_text ? context.get_as<std::string>(0) : std::string{};
}

} // namespace

std::string exit_text(const caf::error& reason) {
  if (!reason || reason == caf::exit_reason::normal)
    return "normal";
  const std::string text = said(reason);
  if (reason == caf::exit_reason::user_shutdown)
    return text.empty() ? "shutdown" : "shutdown: " + text;
  if (reason == caf::exit_reason::kill)
    return "killed";
  if (!text.empty())
    return text;
  if (reason.category() == caf::atom("exit"))
    return to_string(static_cast<caf::exit_reason>(reason.code()));
  if (reason.category() == caf::atom("system"))
    return to_string(static_cast<caf::sec>(reason.code()));
  return to_string(reason);
}

caf::error shutdown_reason(std::string why) {
  if (why.empty())
    return caf::exit_reason::user_shutdown;
  return {static_cast<std::uint8_t>(caf::exit_reason::user_shutdown), caf::atom("exit"),
    caf::make_message(std::move(why))};
}

} // namespace aiex
