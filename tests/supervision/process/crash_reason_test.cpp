#include "aiex/supervision/process/crash_reason.hpp"
#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include "support/actor_world.hpp"

#include <caf/exit_reason.hpp>
#include <caf/make_message.hpp>
#include <doctest/doctest.h>

namespace aiex {

struct order {
  int pieces = 0;
};

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::order)

namespace aiex {
namespace {

TEST_CASE("crash_reason: comes back from an exit reason part by part") {
  const crash_reason crash{"no such row", "aiex::order", R"({"stream":"account-1"})"};
  const caf::error reason = to_error(crash);
  CHECK(crash_reason_of(reason) == crash);
  CHECK(exit_text(reason) == "no such row");
  CHECK(kind_of(reason) == exit_kind::abnormal);
}

TEST_CASE("crash_reason: of a reason that says less it is the text") {
  CHECK(crash_reason_of({}) == crash_reason{"normal"});
  CHECK(crash_reason_of(caf::exit_reason::kill) == crash_reason{"killed"});
  CHECK(crash_reason_of(caf::make_error(caf::sec::runtime_error, std::string{"no luck"})) ==
        crash_reason{"no luck"});
}

TEST_CASE("crash_reason: names the types of a message") {
  const auto names = [](const caf::message& one) { return type_names(one.content()); };
  CHECK(names(caf::make_message(order{})) == "aiex::order");
  CHECK(names(caf::make_message(std::string{"a"}, order{})) == "str, aiex::order");
}

caf::behavior fragile(caf::event_based_actor*) {
  return {
    [](order) { throw std::runtime_error{"no luck"}; },
    [](int) {
      throw crashed_at{"no row", "row 7"};
    },
    [](char) { throw 7; },
  };
}

struct crashing_world : test::actor_world {
  /// What it dies of that is sent this.
  template <class Message>
  crash_reason death_by(Message message) {
    auto made = std::get<started>(spawn_eager(system, fragile)).actor;
    auto died = std::make_shared<caf::error>();
    made->attach_functor([died](const caf::error& why) { *died = why; });
    caf::anon_send(made, std::move(message));
    settle();
    return crash_reason_of(*died);
  }
};

TEST_CASE_FIXTURE(crashing_world, "crash_reason: an actor's end says which message it was") {
  CHECK(death_by(order{}) == crash_reason{"no luck", "aiex::order"});
  CHECK(death_by(1) == crash_reason{"no row", "i32", "row 7"});
  CHECK(death_by('a').what == "an unknown exception");
}

} // namespace
} // namespace aiex
