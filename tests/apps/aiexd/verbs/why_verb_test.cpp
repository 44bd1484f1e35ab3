#include "aiexd/verbs/why_verb.hpp"
#include "support/fragile_part.hpp"
#include "support/gateway_world.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

struct crashing_world : test::gateway_world {
  crashing_world()
      : gateway_world({supervisor("bank", strategy::one_for_one, {1'000, 60s},
          {test::fragile_part("totals"), test::fragile_part("other")})}) {}

  void crash(const char* who, std::string why) {
    caf::anon_send(*services.names.find(who), std::move(why));
    settle();
  }
  std::vector<json> why(const char* child) { return lines("why", {{"child", child}}); }
};

TEST_CASE_FIXTURE(crashing_world, "why: what became of a child, the newest last") {
  CHECK(why("totals").empty());
  CHECK(object("status")["head"] == 0);
  crash("totals", "no such row");
  *wall_clock += 1s;
  crash("other", "not asked for");
  crash("totals", "again");
  const auto seen = why("totals");
  REQUIRE(seen.size() == 4);
  CHECK(seen[0] == json{{"at", "1970-01-01T00:00:03.000000Z"}, {"child", "aiexd/bank/totals"},
                     {"what", "exited"}, {"reason", "no such row"}, {"restarts", 0}});
  CHECK(seen[1]["what"] == "restarting");
  CHECK(seen[2]["reason"] == "again");
  CHECK(seen[2]["at"] == "1970-01-01T00:00:04.000000Z");
  CHECK(seen[3]["what"] == "restarting");
  CHECK(why("aiexd/bank/totals") == seen);
  CHECK(why("bank/totals") == seen);
}

TEST_CASE_FIXTURE(crashing_world, "why: a child that never was is not found") {
  crash("totals", "no such row");
  for (const char* child : {"absent", "safe/totals", "otals"})
    CHECK(refusal("why", {{"child", child}}).code == errc::not_found);
  CHECK(why("bank").empty());
  CHECK(refusal("why", {{"child", ""}}).code == errc::invalid_argument);
  CHECK(refusal("why").code == errc::missing_required_fields);
}

TEST_CASE_FIXTURE(crashing_world, "why: the newest so many are told") {
  for (std::size_t i = 0; i < crashes_shown_max; ++i) // each is told twice
    crash("totals", std::to_string(i));
  const auto seen = why("totals");
  REQUIRE(seen.size() == crashes_shown_max);
  CHECK(seen[seen.size() - 2]["reason"] == std::to_string(crashes_shown_max - 1));
}

} // namespace
} // namespace aiex
