#include "aiexd/verbs/names_verb.hpp"
#include "support/bank.hpp"
#include "support/gateway_world.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using nlohmann::json;
using strings = std::vector<std::string>;

struct names_world : test::gateway_world {
  names_world()
      : gateway_world({aggregates<test::bank::account>(), projection<test::bank::totals>(),
          projection<test::bank::sizes>()}) {
    for (const char* stream : {"account-2", "account-1", "loan-1"})
      object("append", {{"stream", stream}, {"type", "opened"}});
    object("append", {{"stream", "a"}, {"type", "closed"}});
  }

  strings names(const char* kind, const json& prefix = nullptr) {
    strings all;
    for (const json& each : lines("names", {{"kind", kind}, {"prefix", prefix}}))
      all.push_back(each["name"]);
    return all;
  }
};

TEST_CASE_FIXTURE(names_world, "names: of every kind, by their beginning") {
  CHECK(names("streams") == strings{"a", "account-1", "account-2", "loan-1"});
  CHECK(names("streams", "account-") == strings{"account-1", "account-2"});
  CHECK(names("categories") == strings{"a", "account", "loan"});
  CHECK(names("types") == strings{"closed", "opened"});
  CHECK(names("types", "o") == strings{"opened"});
  CHECK(names("projections") == strings{"sizes", "totals"});
  CHECK(names("projections", "t") == strings{"totals"});
  CHECK(names("aggregates") == strings{"account"});
  CHECK(names("sessions").empty());
  CHECK(names("children", "aiexd/aggregates") == strings{"aiexd/aggregates/account",
                                                   "aiexd/aggregates/account/live",
                                                   "aiexd/aggregates/account/router"});
  const error why = refusal("names", {{"kind", "birds"}});
  CHECK(why.code == errc::invalid_argument);
  CHECK(why.message.find("projections, sessions") != std::string::npos);
  CHECK(refusal("names").code == errc::missing_required_fields);
}

TEST_CASE_FIXTURE(names_world, "names: sessions by their ids") {
  append_request request = test::one("$session-1f", {.id = test::id_of(900), .type = "started"});
  request.system = true;
  append({request});
  CHECK(names("sessions") == strings{"1f"});
  CHECK(names("sessions", "1") == strings{"1f"});
  CHECK(names("sessions", "2").empty());
}

TEST_CASE_FIXTURE(names_world, "names: so many and not more") {
  for (std::size_t i = 0; i <= names_told_max; ++i)
    object("append", {{"stream", "many-" + std::to_string(i)}, {"type", "x"}});
  CHECK(names("streams", "many-").size() == names_told_max);
}

} // namespace
} // namespace aiex
