// Hands what has happened to a handler once more.
#pragma once

#include "aiex/persistence/base/function_ref.hpp"
#include "aiex/persistence/store/event_store.hpp"

#include <cstdint>

namespace aiex {

/// Why a handler is handed an event. What must happen once only (an e-mail) is not done in a
/// replay.
enum class occasion : std::uint8_t {
  live,
  replay,
};

/// Whatever is handed an event together with why. An error ends what hands it over.
using event_handler = function_ref<result<void>(const recorded_event& event, occasion why)>;

/// Hands each event that matches `asked` to `each`, in its order, with `occasion::replay`; answers
/// how many. It ends where the log ended when it began: what is appended meanwhile, even by the
/// handler, is not part of it. A page of events is held at a time.
///
///   thread   any that may wait for the disk; `each` is called there
///   errors   those of `each`; corrupt, io. Events before the error have been handed over
result<std::uint64_t> replay(const event_store& events, query asked, event_handler each);

} // namespace aiex
