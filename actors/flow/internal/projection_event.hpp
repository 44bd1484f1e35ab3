#pragma once

#include "aiex/actors/typed/projection_type.hpp"

namespace aiex {

/// Hands an event to a projection's function. Whatever that throws, a broken invariant of the
/// user's too, is a failure of this event and nothing more; the error names both. The state may
/// then be half changed.
result<void> handle_event(const projection_type& type, void* state, event_context& context);

} // namespace aiex
