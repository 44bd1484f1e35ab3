// Where an aggregate was when a function of its type threw: enough to do it once more.
#pragma once

#include "aiex/persistence/codec/encoded.hpp"
#include "aiex/persistence/codec/fields.hpp"
#include "aiex/supervision/process/crashed_at.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>

namespace aiex {

/// Of a command that was decided, or of an event that was applied.
struct crash_site {
  static constexpr std::size_t data_bytes_max = std::size_t{256} * 1024;

  std::string stream{};
  std::uint64_t version = 0;    ///< On which it was decided; or of the event.
  std::string command{};        ///< Its type; empty: an event was applied.
  std::string data{};           ///< The command's; empty if it has more than `data_bytes_max`.
  std::string correlation_id{}; ///< What it belongs to; may be empty.
  std::string causation_id{};   ///< What it came from; may be empty.

  bool operator==(const crash_site&) const = default;

  static constexpr auto fields = aiex::fields("crash_site", &crash_site::stream, "stream",
    &crash_site::version, "version", &crash_site::command, "command", &crash_site::data, "data",
    &crash_site::correlation_id, "correlation_id", &crash_site::causation_id, "causation_id");
};

/// What `step` returns. What it throws goes on as `crashed_at`, with what `where()` says.
template <class Where, class Step>
auto at_site(const Where& where, const Step& step) -> decltype(step()) {
  try {
    return step();
  } catch (...) {
    const auto stored = encode(where());
    throw crashed_at{text_of(std::current_exception()), stored ? stored->data : std::string{}};
  }
}

} // namespace aiex
