// What a writer asks of the log, and what it is answered.
#pragma once

#include "aiex/persistence/log/event.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aiex {

/// What a writer expects a stream's version to be.
class expected_version {
public:
  enum class kind : std::uint8_t {
    any,    ///< Whatever it is.
    exists, ///< At least one event.
    exact,  ///< This version; 0 = no event yet.
  };

  static constexpr expected_version any() { return {kind::any, 0}; }
  static constexpr expected_version exists() { return {kind::exists, 0}; }
  static constexpr expected_version none() { return {kind::exact, 0}; }
  static constexpr expected_version exactly(std::uint64_t version) {
    return {kind::exact, version};
  }

  constexpr kind what() const noexcept { return kind_; }
  constexpr std::uint64_t version() const noexcept { return version_; }

  /// Whether a stream at `current` is as expected.
  constexpr bool holds_at(std::uint64_t current) const noexcept {
    return kind_ == kind::any || (kind_ == kind::exists ? current > 0 : current == version_);
  }
  bool operator==(const expected_version&) const = default;

private:
  constexpr expected_version(kind what, std::uint64_t version) : kind_(what), version_(version) {}
  kind kind_;
  std::uint64_t version_;
};

/// "any version", "an existing stream", "no stream" or "version 7": for messages.
std::string to_string(expected_version expected);

/// Events for one stream. Beside parts with events, one without only has its expectation checked.
struct append_part {
  std::string stream{};
  expected_version expected = expected_version::any();
  std::vector<event> events{};
};

/// As whose owner something is written. The epoch is the version of the stream `$owner-<name>`.
struct owner_epoch {
  std::string name;
  std::uint64_t epoch = 0;
};

/// The command that led to the events; a repeat is answered with the original result.
struct command_reference {
  uuid id;
  std::uint64_t digest = 0; ///< Of what was commanded: the same id with another one is an error.

  bool operator==(const command_reference&) const = default;
};

/// All or nothing: up to 64 streams (each once), 1,024 events and 4 MiB together. Without any event
/// nothing is checked nor changed; the answer is the current versions.
struct append_request {
  std::vector<append_part> parts{};
  std::optional<owner_epoch> owner{};
  std::optional<command_reference> command{};
  std::string node{};  ///< Who accepted it.
  bool system = false; ///< May write to `$` streams.
};

/// What became of one part. Of an empty part: the stream's current version, and positions 0.
struct appended_part {
  std::uint64_t first_version = 0;
  std::uint64_t version = 0; ///< Of the last event.
  position first_position;
  position last_position;

  bool operator==(const appended_part&) const = default;
};

struct append_result {
  std::vector<appended_part> parts; ///< In the order of the request.
  bool repeated = false;            ///< Everything was there already; these are the originals.
  timestamp recorded_at;

  bool operator==(const append_result&) const = default;
};

/// "$owner-session-7" for "session-7": the stream whose version is the epoch.
std::string owner_stream(std::string_view owner);

/// Whether the request is well formed, before anything is looked up. Errors:
/// missing_required_fields (no part, no stream, no type, nil id), invalid_stream, invalid_type,
/// reserved_name, invalid_data, invalid_metadata, invalid_correlation_id, invalid_tag,
/// too_many_tags, data_too_large, batch_too_large, invalid_argument (a stream twice, node or owner
/// name malformed).
result<void> check(const append_request& request);

} // namespace aiex
