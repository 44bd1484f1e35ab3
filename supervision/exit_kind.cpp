#include "aiex/supervision/exit_kind.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>

namespace aiex {

exit_kind kind_of(const caf::error& reason) {
  if (!reason || reason == caf::exit_reason::normal)
    return exit_kind::normal;
  return reason == caf::exit_reason::user_shutdown ? exit_kind::shutdown : exit_kind::abnormal;
}

std::string exit_text(const caf::error& reason) {
  if (!reason || reason == caf::exit_reason::normal)
    return "normal";
  if (reason == caf::exit_reason::user_shutdown)
    return "shutdown";
  if (reason == caf::exit_reason::kill)
    return "killed";
  if (reason.context().size() >= 1 && reason.context().match_element<std::string>(0))
    return reason.context().get_as<std::string>(0);
  if (reason.category() == caf::atom("exit"))
    return to_string(static_cast<caf::exit_reason>(reason.code()));
  if (reason.category() == caf::atom("system"))
    return to_string(static_cast<caf::sec>(reason.code()));
  return to_string(reason);
}

caf::error shutdown_reason() {
  return caf::exit_reason::user_shutdown;
}

} // namespace aiex
