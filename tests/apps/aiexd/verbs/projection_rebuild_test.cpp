#include "aiexd/verbs/projection_rebuild.hpp"
#include "support/bank.hpp"
#include "support/gateway_world.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using nlohmann::json;
using namespace test::bank;

/// Cannot handle some deposits.
struct fussy {
  static constexpr std::string_view name = "fussy", from = "account";
  using events = aiex::list<deposited>;
  using state = totals::state;

  static void on(state& now, const deposited& event) {
    if (event.cents == refused_cents)
      throw std::runtime_error{"not that one"};
    now.cents += event.cents;
  }
  static inline std::int64_t refused_cents = 0;
};

struct rebuild_world : test::gateway_world {
  rebuild_world() : gateway_world({projection<totals>(), projection<fussy>()}) {
    fussy::refused_cents = 0;
    for (const int cents : {1, 2, 3})
      add(cents);
    object("append", {{"stream", "other-1"}, {"type", "ignored"}});
  }

  void add(int cents) {
    object("append", {{"stream", "account-1"}, {"type", "deposited"},
                       {"data", {{"cents", cents}, {"note", ""}, {"cash", false}}}});
  }

  /// More than the bus hands out at once.
  static constexpr int many = 2'000;
  void add_many() {
    json batch = json::array();
    for (int i = 0; i < many / 2; ++i)
      batch.push_back(
        {{"type", "deposited"}, {"data", {{"cents", 1}, {"note", ""}, {"cash", false}}}});
    for (int i = 0; i < 2; ++i)
      object("append_batch", {{"stream", "account-1"}, {"events", batch}});
  }

  /// Begins a rebuild, or asks how far it is.
  std::shared_ptr<std::optional<gateway_reply>> begin(json arguments) {
    auto answer = std::make_shared<std::optional<gateway_reply>>();
    system.spawn([this, answer, arguments](caf::event_based_actor* self) {
      self
        ->request(*services.names.find("gateway"), std::chrono::seconds{60},
          gateway_request{"projection_rebuild", arguments.dump(), 0})
        .then([answer](gateway_reply& reply) { *answer = std::move(reply); });
    });
    settle();
    return answer;
  }
  gateway_reply rebuild(json arguments) {
    const auto answer = begin(std::move(arguments));
    advance(rebuild_look_wait);
    REQUIRE(answer->has_value());
    return **answer;
  }
};

TEST_CASE_FIXTURE(rebuild_world, "projection_rebuild: says how far it is until it has caught up") {
  add_many();
  gateway_reply reply = rebuild({{"name", "totals"}});
  int looks = 0;
  while (!reply.next.empty()) {
    const json progress = json::parse(reply.body);
    CHECK(progress["unit"] == "events");
    CHECK(progress["total"] == 4 + many);
    CHECK(progress["done"] < 4 + many);
    REQUIRE(++looks < 10);
    reply = rebuild({{"name", "totals"}, {"cursor", reply.next}});
  }
  CHECK(looks > 0);
  const json done = json::parse(reply.body);
  CHECK(done["generation"] == 2);
  CHECK(done["state"] == json{{"cents", 6 + many}});
  CHECK(done["lag_events"] == 0);
}

TEST_CASE_FIXTURE(rebuild_world, "projection_rebuild: what comes meanwhile does not prolong it") {
  object("projection_pause", {{"name", "totals"}});
  const json begun = json::parse(rebuild({{"name", "totals"}}).body); // runs again
  add(4);
  object("projection_pause", {{"name", "totals"}});
  add(5);
  const auto seen = object("projection_show", {{"name", "totals"}});
  CHECK(seen["lag_events"] == 1);
  const auto reply = rebuild({{"name", "totals"}, {"cursor", "2.4"}});
  CHECK(reply.next.empty());
  CHECK(json::parse(reply.body)["state"] == json{{"cents", 10}});
}

TEST_CASE_FIXTURE(rebuild_world, "projection_rebuild: says why it does not go on") {
  SUBCASE("paused") {
    const caf::actor totals = *services.names.find("projection/totals");
    for (const auto what : {projection_control::rebuild, projection_control::pause})
      caf::anon_send(totals, projection_control_call{what}); // before anything is handed to it
    const auto why = to_result(rebuild({{"name", "totals"}, {"cursor", "2.4"}}));
    REQUIRE_FALSE(why);
    CHECK(why.error().code == errc::stopped);
    CHECK(why.error().message.find("say resume") != std::string::npos);
  }
  SUBCASE("stopped") {
    fussy::refused_cents = 2;
    const auto first = rebuild({{"name", "fussy"}});
    const auto why = to_result(rebuild({{"name", "fussy"}, {"cursor", "2.4"}}));
    REQUIRE_FALSE(why);
    CHECK(why.error().code == errc::stopped);
    CHECK(why.error().message.find("not that one") != std::string::npos);
    CHECK(why.error().message.find("behind position 1") != std::string::npos);
  }
  SUBCASE("told to rebuild again") {
    rebuild({{"name", "totals"}});
    rebuild({{"name", "totals"}});
    const auto why = to_result(rebuild({{"name", "totals"}, {"cursor", "2.4"}}));
    REQUIRE_FALSE(why);
    CHECK(why.error().code == errc::stopped);
  }
}

TEST_CASE_FIXTURE(rebuild_world, "projection_rebuild: a cursor that is not its own is refused") {
  for (const char* cursor : {"", "2", "2.", ".4", "2.4x", "job-1"}) {
    CAPTURE(cursor);
    CHECK(to_result(rebuild({{"name", "totals"}, {"cursor", cursor}})).error().code ==
          errc::invalid_history);
  }
  CHECK(to_result(rebuild({{"name", "absent"}})).error().code == errc::not_found);
  CHECK(
    to_result(rebuild({{"name", "absent"}, {"cursor", "2.4"}})).error().code == errc::not_found);
}

} // namespace
} // namespace aiex
