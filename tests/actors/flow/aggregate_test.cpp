#include "aiex/actors/flow/aggregate.hpp"
#include "aiex/actors/typed/aggregate_type.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

/// Its state is no text that JSON has.
struct garbled {
  struct change {
    std::int64_t to = 0;
    static constexpr auto fields = aiex::fields("change", &change::to, "to");
  };
  struct changed {
    std::int64_t to = 0;
    static constexpr auto fields = aiex::fields("changed", &changed::to, "to");
  };
  static constexpr std::string_view category = "garbled";
  using commands = aiex::list<change>;
  using events = aiex::list<changed>;
  struct state {
    std::string text = "\xff";
    static constexpr auto fields = aiex::fields("garbled", &state::text, "text");
  };

  static aiex::decision<events> decide(const state&, const change& wish) {
    return changed{wish.to};
  }
  static void apply(state&, const changed&) {}
};

TEST_CASE("aggregate: a state that cannot be written says so in its place") {
  aggregate_actor_state state;
  CHECK(state_text(state) == "{}"); // it has not begun
  state.core.emplace(std::make_shared<const aggregate_type>(aggregate_type_of<garbled>()), "1",
    aggregate_settings{"tested", {}});
  const std::string text = state_text(state);
  CHECK(text.starts_with(R"({"stream":"garbled-1","version":0,"state":")"));
  CHECK(text.find("UTF-8") != std::string::npos);
  CHECK(text.ends_with(R"(","waiting":0})"));
}

} // namespace
} // namespace aiex
