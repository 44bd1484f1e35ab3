#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/encoded.hpp"
#include "aiex/persistence/codec/json_reader.hpp"
#include "aiex/persistence/models/read_models.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aiex {

/// The key-value rows of a projection while it handles events: what is saved, with its own changes
/// on top. They become durable together with the position of the events they came from. Keys of 1
/// to 255 bytes, values up to 1 MiB. Whatever goes wrong stays: the events since the last save are
/// then handled again, from there. Thread: one at a time.
class row_table {
public:
  /// A saved row, or nothing. Errors: corrupt, io.
  using saved_row = std::function<result<std::optional<std::string>>(std::string_view key)>;

  static constexpr std::size_t changed_bytes_max = 16 << 20; ///< Then they should be saved.

  explicit row_table(saved_row saved) : saved_(std::move(saved)) {}

  std::optional<std::string> get(std::string_view key);
  bool contains(std::string_view key) { return get(key).has_value(); }
  void put(std::string_view key, std::string value);
  void erase(std::string_view key);

  template <described T>
  std::optional<T> get_as(std::string_view key) {
    const auto stored = get(key);
    if (!stored)
      return std::nullopt;
    T made{};
    if (auto read = reader_.read(*stored, made); !read) {
      fail_with(std::move(read.error()));
      return std::nullopt;
    }
    return made;
  }

  template <described T>
  void put(std::string_view key, const T& value) {
    if (auto stored = encode(value))
      put(key, std::move(stored->data));
    else
      fail_with(std::move(stored.error()));
  }

  /// The first thing that went wrong. Errors: corrupt, io, invalid_argument (a key's size),
  /// state_too_large (a value's), invalid_data.
  const std::optional<error>& failure() const noexcept { return failure_; }

  std::size_t changed_bytes() const noexcept { return changed_bytes_; }

  /// What is to be saved, by key; then there are no changes any more.
  std::vector<row_change> take_changes();
  void drop_changes();

private:
  void change(std::string_view key, std::optional<std::string> value);
  void fail_with(error why) {
    if (!failure_)
      failure_ = std::move(why);
  }

  saved_row saved_;
  std::map<std::string, std::optional<std::string>, std::less<>> changes_;
  std::size_t changed_bytes_ = 0;
  std::optional<error> failure_;
  json_reader reader_;
};

} // namespace aiex
