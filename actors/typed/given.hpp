// The test kit: what an aggregate decides, what a projection counts, without a node.
//
//   CHECK(given<account>(opened{"ann"}, deposited{500}).when(withdraw{200}) ==
//         aiex::events(withdrawn{200}));
//   CHECK(given<account>(opened{"ann"}, deposited{500}).then(withdraw{200}).balance_cents == 300);
//   CHECK(projected<totals>(withdrawn{200}).cents == -200);
#pragma once

#include "aiex/actors/typed/aggregate_type.hpp"
#include "aiex/actors/typed/projection_type.hpp"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

namespace aiex {

/// The same struct back from its stored form; every event and command of a test passes through it.
/// Throws broken_invariant if it does not come back as it was.
template <class Struct>
Struct through_codec(const Struct& original) {
  const auto stored = encode(original);
  if (!stored)
    throw broken_invariant{"this struct cannot be stored: " + stored.error().message};
  Struct back{};
  const auto read = json_reader{}.read(stored->data, back);
  const auto again = encode(back);
  if (!read || !again || *again != *stored)
    throw broken_invariant{"this struct does not come back from its stored form: " + stored->data};
  return back;
}

/// The next event of a stream, as it comes back from the log.
template <class Aggregate, class Event>
void happen(typename Aggregate::state& now, std::uint64_t& version, const Event& event) {
  recorded_event recorded;
  recorded.version = ++version;
  recorded.type = Event::fields.type;
  apply_to<Aggregate>(now, through_codec(event), recorded);
}

/// An aggregate to which something has happened.
template <class Aggregate>
struct scenario {
  typename Aggregate::state now{};
  std::uint64_t version = 0;

  template <class Command>
  decision<typename Aggregate::events> when(const Command& wish) const {
    auto decided = Aggregate::decide(now, through_codec(wish));
    for (const auto& event : decided.events())
      std::visit([](const auto& each) { through_codec(each); }, event);
    return decided;
  }

  /// The state once what was decided has happened; after a refusal the state as it is.
  template <class Command>
  typename Aggregate::state then(const Command& wish) const {
    auto after = now;
    auto version_after = version;
    const auto decided = when(wish);
    for (const auto& event : decided.events())
      std::visit([&](const auto& each) { happen<Aggregate>(after, version_after, each); }, event);
    return after;
  }
};

template <class Aggregate, class... Event>
scenario<Aggregate> given(const Event&... each) {
  scenario<Aggregate> made;
  if constexpr (is_aggregate_checked<Aggregate>())
    (happen<Aggregate>(made.now, made.version, each), ...);
  return made;
}

/// An event as the log has it.
struct stored_event {
  std::string_view type;
  std::uint32_t schema = 1;
  std::string_view data;
};

/// An aggregate to which has happened what the log has, as `aiex crash test` writes it. Throws
/// what `apply` throws, and broken_invariant for an event that is not one of the aggregate's.
template <class Aggregate>
class stored_scenario {
public:
  explicit stored_scenario(std::initializer_list<stored_event> happened) {
    std::uint64_t version = 0;
    for (const stored_event& each : happened) {
      recorded_event recorded;
      recorded.version = ++version;
      recorded.type = each.type;
      recorded.schema = each.schema;
      recorded.data = each.data;
      event_context context{recorded, reader_};
      if (const auto applied = apply_event(type_.events, &now_, context); !applied)
        throw broken_invariant{"the event cannot be applied: " + applied.error().message};
    }
  }

  const typename Aggregate::state& state() const noexcept { return now_; }

  /// What it decides on a command of this type, given as JSON. Errors: unknown_type, invalid_data.
  result<decided> when(std::string_view command, std::string_view json) {
    return decide(type_, &now_, command, json, reader_);
  }

private:
  aggregate_type type_ = aggregate_type_of<Aggregate>();
  typename Aggregate::state now_{};
  json_reader reader_;
};

/// A projection over a list of events, with rows in memory.
template <class Projection>
class projection_scenario {
public:
  /// The next event, of the stream `stream`, at the next position.
  template <class Event>
  projection_scenario& on(const Event& event, std::string_view stream) {
    const auto stored = encode(through_codec(event));
    recorded_event recorded;
    recorded.position = position{++position_};
    recorded.stream = stream;
    recorded.type = stored->type;
    recorded.schema = stored->schema;
    recorded.data = stored->data;
    event_context context{recorded, reader_, &rows_};
    const auto type = projection_type_of<Projection>();
    const auto applied = apply_event(type.events, &state_, context);
    if (!applied)
      throw broken_invariant{"the projection cannot handle the event: " + applied.error().message};
    for (row_change& change : rows_.take_changes()) {
      if (change.value)
        saved_[change.key] = std::move(*change.value);
      else
        saved_.erase(change.key);
    }
    return *this;
  }

  const typename Projection::state& state() const noexcept { return state_; }
  const std::map<std::string, std::string, std::less<>>& rows() const noexcept { return saved_; }

private:
  std::map<std::string, std::string, std::less<>> saved_;
  row_table rows_{[this](std::string_view key) -> result<std::optional<std::string>> {
    const auto found = saved_.find(key);
    return found == saved_.end() ? std::nullopt : std::optional{found->second};
  }};
  typename Projection::state state_{};
  json_reader reader_;
  std::uint64_t position_ = 0;
};

/// The state after these events.
template <class Projection, class... Event>
typename Projection::state projected(const Event&... each) {
  projection_scenario<Projection> made;
  (made.on(each, Projection::from), ...);
  return made.state();
}

} // namespace aiex
