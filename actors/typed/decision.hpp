// What an aggregate answers to a command: events, or a refusal.
#pragma once

#include "aiex/persistence/codec/encoded.hpp"

#include <algorithm>
#include <concepts>
#include <optional>
#include <ostream>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace aiex {

/// Why not. Remembered nowhere, and answered only if it rests on the stream's current version.
struct refusal {
  std::string reason;

  bool operator==(const refusal&) const = default;
};

inline refusal refuse(std::string reason) {
  return {std::move(reason)};
}

template <class... Event>
struct happened {
  std::tuple<Event...> events;
};

/// Several events in order, or none: what `decide` returns and what a test expects.
template <class... Event>
happened<Event...> events(Event... each) {
  return {{std::move(each)...}};
}

template <class T, class List>
inline constexpr bool is_listed = false;
template <class T, class... Types>
inline constexpr bool is_listed<T, list<Types...>> = (std::same_as<T, Types> || ...);

/// A decision ready for the log.
struct decided {
  std::vector<encoded> events{};
  std::optional<refusal> refused{};

  bool operator==(const decided&) const = default;
};

template <class Events>
class decision;

/// Events of one aggregate in order, or the reason why not.
template <class... Known>
class decision<list<Known...>> {
public:
  using event = std::variant<Known...>;

  decision(refusal why) : refused_(std::move(why)) {}

  template <class Event>
  requires std::is_class_v<Event> decision(Event one) { add(std::move(one)); }

  template <class... Event>
  decision(happened<Event...> many) {
    std::apply([this](auto&... each) { (this->add(std::move(each)), ...); }, many.events);
  }

  /// One more, behind those there are.
  template <class Event>
  void add(Event one) {
    constexpr bool listed = is_listed<Event, list<Known...>>;
    static_assert(
      listed, "aiex: `decide` answers with an event that is not in the aggregate's list `events`");
    if constexpr (listed)
      events_.emplace_back(std::in_place_type<Event>, std::move(one));
  }

  const std::vector<event>& events() const noexcept { return events_; }
  const std::optional<refusal>& refused() const noexcept { return refused_; }

  /// Errors: those of `encode`.
  result<decided> encode_all() const {
    decided made{{}, refused_};
    if constexpr ((has_fields<Known>() && ...))
      for (const event& one : events_) {
        auto stored = std::visit([](const auto& each) { return encode(each); }, one);
        if (!stored)
          return tl::unexpected(std::move(stored.error()));
        made.events.push_back(std::move(*stored));
      }
    return made;
  }

  friend bool operator==(const decision& left, const decision& right) {
    return left.encode_all() == right.encode_all();
  }
  friend std::ostream& operator<<(std::ostream& out, const decision& shown) {
    const auto stored = shown.encode_all();
    if (!stored)
      return out << stored.error().message;
    if (stored->refused)
      return out << "refused: " << stored->refused->reason;
    for (const encoded& event : stored->events)
      out << event.type << event.data << ' ';
    return out;
  }

private:
  std::vector<event> events_;
  std::optional<refusal> refused_;
};

} // namespace aiex
