#pragma once

#include "aiex/persistence/log/entry.hpp"
#include "aiex/persistence/state/append_decision.hpp"
#include "aiex/persistence/state/state.hpp"

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace aiex {

/// The appends that arrive together, decided one after another and put into one entry of the log.
/// Each is decided against what is committed plus what the group has accepted before it. Pure: the
/// time is given, what is committed is asked through functions.
class append_group {
public:
  /// The next entry behind `head`.
  append_group(const state_head& head, std::uint64_t term);

  /// Decides. The answer may be given once the entry is durable and applied, and dated; a refusal
  /// and a repeat rest on what the group holds, so they wait too. `committed` is of `head`, each
  /// time. Precondition: `check(request)`.
  result<append_result> add(const append_request& request, const append_facts& committed);

  /// Whether nothing was accepted: then there is no entry to write.
  bool empty() const noexcept { return builder_.event_count() == 0; }
  std::uint32_t event_count() const noexcept { return builder_.event_count(); }
  std::size_t bytes() const noexcept { return builder_.bytes(); }
  std::uint64_t index() const noexcept { return header_.index; }
  std::uint64_t term() const noexcept { return header_.term; }

  /// Entries without events were put in between: it stands behind `end` now. Precondition: no event
  /// was.
  void follow(const chain_end& end);

  /// The entry's bytes. It is recorded now, or when the entry before it was, if that is later.
  /// Nothing may be added behind it. Precondition: not empty.
  std::string finish(timestamp now);

  /// Fills in when it was recorded, if that was in this group. Precondition: finished.
  void date(append_result& answer) const;

  // What it adds to what is known, for the group behind it. Precondition: finished.

  std::optional<std::uint64_t> version_of(std::string_view stream) const;
  const known_event* event_by_id(const uuid& id) const;
  const known_event* event_at(position where) const;
  const known_command* command_by_id(const uuid& id) const;

private:
  result<append_decision> decide(
    const append_request& request, std::span<const digest> contents, const append_facts& committed);
  append_result accept(
    const append_request& request, const accepted& verdict, std::span<const digest> contents);

  entry_header header_;
  entry_builder builder_;
  sha256 hash_;
  std::map<std::string, std::uint64_t, std::less<>> versions_;
  std::vector<known_event> events_; // at header_.first_position + i
  std::unordered_map<uuid, std::size_t> by_id_;
  std::unordered_map<uuid, known_command> commands_;
};

} // namespace aiex
