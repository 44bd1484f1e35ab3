// Tested by tests/actors/flow/aggregate_core_test.cpp
#include "aiex/actors/flow/stream_fold.hpp"

#include "aiex/actors/flow/crash_site.hpp"

#include <fmt/format.h>

namespace aiex {

result<void> stream_fold::apply(const recorded_event& event, json_reader& reader) {
  if (event.version != version_ + 1) {
    const std::uint64_t before = version_;
    reset();
    return fail(errc::corrupt,
      fmt::format("{} cannot be replayed: version {} follows version {}. Verify the store",
        event.stream, event.version, before),
      event.position.value);
  }
  event_context context{event, reader};
  const auto here = [&] {
    return crash_site{.stream = std::string{event.stream},
      .version = event.version,
      .correlation_id = std::string{event.correlation_id},
      .causation_id = std::string{event.causation_id}};
  };
  auto applied = at_site(here, [&] { return apply_event(type_->events, state_.get(), context); });
  if (!applied) {
    reset();
    return tl::unexpected(std::move(applied.error()));
  }
  version_ = event.version;
  return {};
}

bool stream_fold::restore(const snapshot& taken, const uuid& history, json_reader& reader) {
  reset();
  const state_type& form = type_->state;
  if (form.load == nullptr || taken.fingerprint != type_->fingerprint || taken.history != history)
    return false;
  if (!form.load(state_.get(), taken.state, reader)) {
    reset();
    return false;
  }
  version_ = taken.version;
  return true;
}

void stream_fold::reset() {
  state_ = type_->state.fresh();
  version_ = 0;
}

result<std::string> stream_fold::save() const {
  if (!has_form())
    return "null";
  return type_->state.save(state_.get());
}

} // namespace aiex
