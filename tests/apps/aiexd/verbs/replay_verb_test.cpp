#include "aiexd/verbs/job_table.hpp"
#include "aiexd/verbs/replay_verb.hpp"
#include "support/bank.hpp"
#include "support/eventually.hpp"
#include "support/gateway_world.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using namespace test::bank;

struct replay_verb_world : test::gateway_world {
  replay_verb_world() : gateway_world({projection<totals>()}) {
    for (const int cents : {1, 2, 4})
      object("append", {{"stream", "account-1"}, {"type", "deposited"},
                         {"data", {{"cents", cents}, {"note", ""}, {"cash", false}}}});
    advance(1s);
  }

  /// The work has a thread of its own, which this world's clock does not move.
  result<gateway_reply> finished(json arguments) {
    result<gateway_reply> last;
    const bool is_done = test::eventually([&] {
      std::optional<gateway_reply> answer;
      system.spawn([&](caf::event_based_actor* self) {
        self
          ->request(
            *services.names.find("gateway"), 60s, gateway_request{"replay", arguments.dump(), 0})
          .then([&](gateway_reply& reply) { answer = std::move(reply); });
      });
      settle();
      advance(job_look_wait);
      REQUIRE(answer);
      arguments["cursor"] = answer->next;
      const bool is_last = answer->next.empty();
      last = to_result(std::move(*answer));
      return is_last;
    });
    REQUIRE(is_done);
    return last;
  }
  json answered(json arguments) {
    const auto reply = finished(std::move(arguments));
    if (!reply)
      FAIL(reply.error().message);
    return json::parse(reply->body);
  }
};

TEST_CASE_FIXTURE(
  replay_verb_world, "replay: a copy counts the range, the projection is untouched") {
  const json before = object("projection_show", {{"name", "totals"}});
  CHECK(answered({{"to", "totals"}}) ==
        json{{"count", 3}, {"projection", "totals"}, {"state", {{"cents", 7}}}});
  CHECK(answered({{"to", "totals"}, {"from", 2}})["state"] == json{{"cents", 6}});
  CHECK(answered({{"to", "totals"}, {"up_to", 2}})["count"] == 2);
  CHECK(answered({{"to", "totals"}, {"category", "loan"}})["count"] == 0);
  CHECK(answered({{"to", "totals"}, {"stream", "account-nobody"}})["count"] == 0);
  CHECK(object("projection_show", {{"name", "totals"}}) == before);
}

TEST_CASE_FIXTURE(replay_verb_world, "replay: what cannot be replayed is refused by name") {
  CHECK(refusal("replay", {{"to", "absent"}}).code == errc::not_found);
  CHECK(refusal("replay").code == errc::missing_required_fields);
  CHECK(
    refusal("replay", {{"to", "totals"}, {"since", "yesterday"}}).code == errc::invalid_argument);
  object("append", {{"stream", "account-1"}, {"type", "deposited"}, {"data", {{"cents", "x"}}}});
  const auto failed = finished({{"to", "totals"}});
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message.find("position 4") != std::string::npos);
}

} // namespace
} // namespace aiex
