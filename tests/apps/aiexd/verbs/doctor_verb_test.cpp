#include "aiexd/verbs/doctor_verb.hpp"
#include "aiexd/verbs/node_look.hpp"
#include "support/bank.hpp"
#include "support/fragile_part.hpp"
#include "support/gateway_world.hpp"

#include <doctest/doctest.h>

#include <map>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

struct doctor_world : test::gateway_world {
  doctor_world() : gateway_world({projection<test::bank::totals>(), test::fragile_part("weak")}) {}

  std::map<std::string, json> checks() {
    std::map<std::string, json> all;
    for (const json& each : lines("doctor"))
      all[each["check"]] = each;
    return all;
  }
};

TEST_CASE_FIXTURE(doctor_world, "doctor: looks at everything and asks everybody") {
  auto found = checks();
  CHECK(found.size() == 10);
  for (const char* check :
    {"clock", "store", "bus", "projection totals", "crashes", "stuck", "memory"})
    CHECK_MESSAGE(found.at(check)["ok"] == true, found.at(check).dump());
  CHECK(found.at("folder")["ok"] == false); // this world has none
  CHECK(found.at("disk")["what"].get<std::string>().find("MiB") != std::string::npos);
}

TEST_CASE_FIXTURE(doctor_world, "doctor: sees crashes of the last hour, and the clock") {
  caf::anon_send(*services.names.find("weak"), std::string{"no luck"});
  settle();
  object("projection_pause", {{"name", "totals"}});
  auto found = checks();
  CHECK(found.at("crashes")["what"] == "1 within an hour, the last of aiexd/weak");
  CHECK(found.at("crashes")["do"] == "aiex why aiexd/weak");
  CHECK(found.at("stuck")["ok"] == true);
  CHECK(found.at("projection totals")["ok"] == false);
  *wall_clock = test::at_us(1'000) - 2min; // what is recorded says 1'000 us
  CHECK(checks().at("clock")["what"] == "it is 120 s behind the last event");
  *wall_clock = test::at_us(1'000) + 61min;
  CHECK(checks().at("crashes")["ok"] == true);
}

TEST_CASE_FIXTURE(doctor_world, "doctor: sees handlers that ran for too long within an hour") {
  context.observe({"aiexd/weak", child_change::stuck, "its handler runs for 2.0 s"});
  context.observe({"aiexd/weak", child_change::returned, "it has returned"});
  settle();
  auto found = checks();
  CHECK(found.at("stuck")["what"] == "1 within an hour, the last of aiexd/weak");
  CHECK(found.at("crashes")["ok"] == true);
}

TEST_CASE_FIXTURE(doctor_world, "doctor: who is silent is not well, and holds nobody up") {
  const caf::actor deaf = keep(system.spawn([](caf::event_based_actor* self) -> caf::behavior {
    self->set_default_handler(caf::skip);
    return {[](int) {}};
  }));
  services.names.bind("projection/deaf", deaf);
  std::optional<gateway_reply> answer;
  system.spawn([&](caf::event_based_actor* self) {
    self->request(*services.names.find("gateway"), 60s, gateway_request{"doctor", "{}", 0})
      .then([&](gateway_reply& reply) { answer = std::move(reply); });
  });
  settle();
  CHECK_FALSE(answer);
  advance(node_look_patience);
  REQUIRE(answer);
  CHECK(answer->body.find(R"({"check":"projection deaf","ok":false)") != std::string::npos);
}

TEST_CASE_FIXTURE(doctor_world, "metrics: the node is up as long as its store and its bus answer") {
  CHECK(object("metrics")["up"] == true);
  const caf::actor dead = *services.names.find("bus");
  services.names.unbind("bus");
  const json down = object("metrics");
  services.names.bind("bus", dead);
  CHECK(down["up"] == false);
  CHECK(down["text"].get<std::string>().find("aiex_bus_up 0") != std::string::npos);
}

} // namespace
} // namespace aiex
