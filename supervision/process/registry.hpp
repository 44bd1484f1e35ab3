#pragma once

#include "aiex/supervision/process/process_life.hpp"

#include <caf/actor.hpp>
#include <caf/message.hpp>
#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiex {

inline constexpr std::size_t names_max = 1'000'000;
inline constexpr std::size_t name_bytes_max = 255;

enum class name_errc : std::uint8_t {
  bad_name = 1, ///< Empty, or longer than `name_bytes_max`.
  taken,        ///< By the holder.
  reserved,     ///< A start that may have it in the end still runs.
  too_many,     ///< As many as may be are in use.
  has_ended,    ///< The one who was to have it, or there is none.
};

struct name_refusal {
  name_errc code;
  caf::actor holder{}; ///< Of a name that is taken.
  std::string message{};
};

class registered_names;

/// A name kept for an actor that is being started. Given back if it goes unfulfilled.
class name_claim {
public:
  name_claim(std::shared_ptr<registered_names> names, std::string name, std::uint64_t number);
  name_claim(name_claim&&) noexcept = default;
  name_claim& operator=(name_claim&&) = delete;
  ~name_claim();

  /// From now on the name means `actor`, if that and its starter still live.
  void fulfil(const caf::actor& actor) &&;

private:
  std::shared_ptr<registered_names> names_; // nothing: moved from, or fulfilled
  std::string name_;
  std::uint64_t number_;
};

/// Names of actors, each of one. A name follows its child through restarts, because each start
/// registers it again, and it never leads to an actor that has ended: with its end it is free,
/// before anybody hears of that. An actor may have several. A value that is passed; copies share
/// what they know. Any thread.
class registry {
public:
  registry() : registry(names_max) {}
  /// `most`: names at a time.
  explicit registry(std::size_t most);

  /// Holds `name` for one that is being started: before that begins, as OTP does. Errors: bad_name,
  /// taken, reserved, too_many. `starter`: who starts it; when that ends, the name is free again.
  tl::expected<name_claim, name_refusal> reserve(
    std::string name, std::shared_ptr<process_life> starter = nullptr) const;

  /// Errors: bad_name, taken (by `actor` itself, too), reserved, too_many, has_ended.
  tl::expected<void, name_refusal> register_name(std::string name, const caf::actor& actor) const;

  /// From now on `name` means `actor`, whoever had it before, unless that has ended: then nobody
  /// has it. OTP's global:re_register_name. Errors: bad_name, too_many, has_ended (it is null).
  tl::expected<void, name_refusal> bind(const std::string& name, const caf::actor& actor) const;

  /// Nothing if nobody of that name lives. OTP's whereis.
  std::optional<caf::actor> find(std::string_view name) const;

  /// False: nobody of that name lives.
  bool send(std::string_view name, const caf::message& message) const;

  /// OTP's unregister. What is reserved stays so.
  void unbind(std::string_view name) const;

  /// All that begin so, sorted.
  std::vector<std::string> names(std::string_view prefix = {}) const;

  /// All of one actor, sorted; none if it has ended.
  std::vector<std::string> names_of(const caf::actor& actor) const;

private:
  std::shared_ptr<registered_names> names_;
};

} // namespace aiex
