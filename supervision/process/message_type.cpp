#include "aiex/supervision/process/message_type.hpp"

#include "aiex/supervision/process/crash_reason.hpp"

#include <caf/rtti_pair.hpp>

#include <cstddef>

namespace aiex {

namespace {

// CAF's token: six bits a type, the last one lowest, 0 for types that CAF does not know; above them
// ones.
constexpr std::uint32_t type_bits = 6;
constexpr std::uint32_t no_more = (1U << type_bits) - 1;
constexpr std::size_t types_in_token_max = 5;

constexpr std::uint32_t number_at(std::uint32_t token, std::size_t from_the_end) {
  return token >> (type_bits * from_the_end) & no_more;
}

/// How many types it tells of.
constexpr std::size_t types_in(std::uint32_t token) {
  std::size_t count = 0;
  while (count < types_in_token_max && number_at(token, count) != no_more)
    ++count;
  return count;
}

} // namespace

message_type type_of(const caf::type_erased_tuple& content) noexcept {
  message_type type{content.type_token(), nullptr};
  const std::size_t known = types_in(type.token);
  for (std::size_t behind = known; behind > 0; --behind)
    if (number_at(type.token, behind - 1) == 0) {
      const std::size_t size = known < types_in_token_max ? known : content.size();
      type.own = content.type(size - behind).second;
      break;
    }
  return type;
}

std::string text_of(const message_type& type) {
  if (!type.is_message())
    return "start";
  std::string names;
  const std::type_info* own = type.own;
  for (std::size_t behind = types_in(type.token); behind > 0; --behind) {
    const auto number = static_cast<std::uint16_t>(number_at(type.token, behind - 1));
    names += names.empty() ? "" : ", ";
    names += type_name({number, number == 0 ? own : nullptr});
    own = number == 0 ? nullptr : own;
  }
  return names;
}

} // namespace aiex
