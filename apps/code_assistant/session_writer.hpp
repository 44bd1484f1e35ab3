#pragma once

#include "aiex/actors/typed/aggregate_type.hpp"
#include "aiex/persistence/store/event_store.hpp"

#include "code_assistant/session.hpp"

#include <functional>
#include <string>
#include <vector>

namespace aiex::code_assistant {

/// Appended at once.
inline constexpr std::size_t events_per_append = 64;
inline constexpr std::size_t bytes_per_append = 2 << 20;

/// One session that is being written: its aggregate decides each command, and what it decided is
/// appended, many events at a time, with the version it was decided on.
///   thread   the store's writer; blocks on the disk
class session_writer {
public:
  session_writer(event_store& events, std::string node, std::function<timestamp()> clock,
    std::function<uuid()> make_id);

  const std::string& stream() const noexcept { return stream_; }

  /// Decides now, appends at once or later. Errors: refused (by the aggregate), invalid_data, those
  /// of the store; then nothing may follow.
  template <class Command>
  result<void> send(const Command& wish) {
    auto stored = encode(wish);
    if (!stored)
      return tl::unexpected(std::move(stored.error()));
    return decide_and_keep(*stored);
  }

  /// Appends what is left.
  result<void> flush();

private:
  result<void> decide_and_keep(const encoded& command);
  result<void> apply(const encoded& event);

  event_store& events_;
  std::string node_;
  std::function<timestamp()> clock_;
  std::function<uuid()> make_id_;
  std::string correlation_id_;
  std::string stream_;
  aggregate_type type_ = aggregate_type_of<session>();
  any_state state_ = type_.state.fresh();
  json_reader reader_;
  std::uint64_t version_ = 0; ///< Appended.
  std::vector<event> kept_;
  std::size_t kept_bytes_ = 0;
};

} // namespace aiex::code_assistant
