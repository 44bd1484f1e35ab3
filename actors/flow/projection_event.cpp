// Tested by tests/actors/flow/projection_model_test.cpp
#include "aiex/actors/flow/internal/projection_event.hpp"

#include <fmt/format.h>

#include <exception>

namespace aiex {

namespace {

tl::unexpected<error> threw(std::string_view what) {
  return fail(errc::invalid_data, fmt::format("it threw: {}", what));
}

result<void> apply_or_fail(const projection_type& type, void* state, event_context& context) {
  try {
    return apply_event(type.events, state, context).map([](applied_event) {});
  } catch (const std::exception& thrown) {
    return threw(thrown.what());
  } catch (...) {
    return threw("an unknown exception");
  }
}

} // namespace

result<void> handle_event(const projection_type& type, void* state, event_context& context) {
  auto done = apply_or_fail(type, state, context);
  if (done)
    return done;
  return fail(done.error().code,
    fmt::format("projection {} cannot handle the event at position {}: {}", type.name,
      context.event.position.value, done.error().message),
    done.error().actual);
}

} // namespace aiex
