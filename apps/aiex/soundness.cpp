// Tested by tests/apps/aiex/run_request_test.cpp
#include "aiex/soundness.hpp"

#include <string>

namespace aiex::tool {

result<void> check_soundness(const nlohmann::ordered_json& answer) {
  if (!answer.is_object())
    return {};
  const auto sound = answer.find("sound");
  if (sound == answer.end() || *sound != false)
    return {};
  const auto found = answer.find("first_bad");
  const bool is_known = found != answer.end() && found->is_number_unsigned();
  const auto first_bad = is_known ? found->get<std::uint64_t>() : 0;
  return fail(errc::corrupt,
    "the store is damaged, first at position " + std::to_string(first_bad) +
      "; restore it from a backup",
    first_bad);
}

} // namespace aiex::tool
