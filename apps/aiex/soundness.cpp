// Tested by tests/apps/aiex/run_request_test.cpp
#include "aiex/soundness.hpp"

#include <algorithm>
#include <string>

namespace aiex::tool {

namespace {

using json = nlohmann::ordered_json;

bool is_damaged(const json& answer, const char* part) {
  const auto damaged = answer.find("damaged");
  return damaged != answer.end() && damaged->is_array() &&
         std::find(damaged->begin(), damaged->end(), part) != damaged->end();
}

std::uint64_t first_bad_of(const json& answer) {
  const auto found = answer.find("first_bad");
  return found != answer.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

} // namespace

result<void> check_soundness(const json& answer) {
  if (!answer.is_object())
    return {};
  const auto sound = answer.find("sound");
  if (sound == answer.end() || *sound != false)
    return {};
  const bool of_state = is_damaged(answer, "state");
  const bool of_models = is_damaged(answer, "models");
  if (is_damaged(answer, "log") || (!of_state && !of_models)) {
    const std::uint64_t first_bad = first_bad_of(answer);
    const std::string where =
      first_bad == 0 ? "" : ", first at position " + std::to_string(first_bad);
    return fail(
      errc::corrupt, "the log is damaged" + where + "; restore it from a backup", first_bad);
  }
  std::string what = "the log is sound, and no event is lost.";
  if (of_state)
    what += " The state is damaged: stop the node, remove the folder \"state\" in its folder and "
            "start it; it is built again from the log.";
  if (of_models)
    what += " Read models are damaged: aiex projection rebuild NAME.";
  return fail(errc::corrupt, what);
}

} // namespace aiex::tool
