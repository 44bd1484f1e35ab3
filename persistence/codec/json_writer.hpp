// JSON from described structs, straight into a text.
#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/codec/storable.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiex {

/// Appends values to a text. An absent optional member is left out. Thread: one at a time.
class json_writer {
public:
  explicit json_writer(std::string& out) : out_(out) {}

  void value(bool given) { out_ += given ? "true" : "false"; }
  void value(std::int64_t given);
  void value(std::uint64_t given);
  void value(double given);
  void value(std::string_view given);

  template <class T>
  requires stored_integer<T>
  void value(T given) {
    if constexpr (std::is_signed_v<T>)
      value(static_cast<std::int64_t>(given));
    else
      value(static_cast<std::uint64_t>(given));
  }
  void value(const std::string& given) { value(std::string_view{given}); }

  template <named_enum T>
  void value(T given) {
    for (const auto& [known, name] : names(given))
      if (known == given)
        return value(name);
    fail_with("an enum has a value without a name");
  }

  template <class T>
  void value(const std::optional<T>& given) {
    if (given)
      value(*given);
    else
      out_ += "null";
  }

  template <class T>
  void value(const std::vector<T>& items) {
    out_ += '[';
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0)
        out_ += ',';
      value(items[i]);
    }
    out_ += ']';
  }

  template <described T>
  void value(const T& given) {
    out_ += '{';
    bool is_first = true;
    std::apply(
      [&](const auto&... each) { (this->member(each.name, given.*each.member, is_first), ...); },
      T::fields.members);
    out_ += '}';
  }

  /// Errors: invalid_data, the first of them. What was appended is then of no use.
  result<void> outcome() const;

private:
  template <class T>
  void member(std::string_view name, const T& given, bool& is_first) {
    if constexpr (requires { given.has_value(); })
      if (!given.has_value())
        return;
    if (!is_first)
      out_ += ',';
    is_first = false;
    (out_ += '"').append(name).append("\":");
    member_ = name;
    value(given);
  }

  void fail_with(std::string_view why);

  std::string& out_;
  std::string_view member_{}; // that is being written, for messages
  std::string failure_{};
};

} // namespace aiex
