// Tested by tests/apps/application/application_config_test.cpp.
#include "aiex/application/application_spec.hpp"

#include <fmt/format.h>

#include <charconv>

namespace aiex {

const application_settings::value& application_settings::at(std::string_view key) const {
  const auto found = values_.find(key);
  invariant(found != values_.end(), "an application asks for a setting it has no default of");
  return found->second;
}

result<std::int64_t> application_settings::number(
  std::string_view key, std::int64_t least, std::int64_t most) const {
  const value& given = at(key);
  std::int64_t number = 0;
  const char* end = given.text.data() + given.text.size();
  const auto [rest, problem] = std::from_chars(given.text.data(), end, number);
  if (problem != std::errc{} || rest != end || number < least || number > most)
    return fail(errc::invalid_argument,
      fmt::format("{}.{} ({}) is \"{}\": give it a whole number from {} to {}", application_, key,
        given.origin, given.text, least, most));
  return number;
}

result<bool> application_settings::flag(std::string_view key) const {
  const value& given = at(key);
  if (given.text != "true" && given.text != "false")
    return fail(errc::invalid_argument, fmt::format("{}.{} ({}) is \"{}\": say true or false",
                                          application_, key, given.origin, given.text));
  return given.text == "true";
}

} // namespace aiex
