#include "aiexd/verbs/tree_places.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

std::string_view name_of(const error& why) {
  return name(why.code);
}

supervision_tree tree() {
  return {.id = "aiexd",
    .children = {
      {.id = "bus"}, {.id = "bank",
                       .children = {{.id = "aggregates/account", .children = {{.id = "live"}}},
                         {.id = "aggregates/loan", .children = {{.id = "live"}}}, {.id = "bus"}}}}};
}

TEST_CASE("tree_places: parents come before their children") {
  const supervision_tree given = tree();
  const auto places = places_of(given);
  REQUIRE(places.size() == 8);
  CHECK(places[0].path == "aiexd");
  CHECK(places[2].path == "aiexd/bank");
  CHECK(places[6].path == "aiexd/bank/aggregates/account/live");
  for (std::size_t i = 1; i < places.size(); ++i) {
    CHECK(places[i].parent < i);
    CHECK(places[i].path == places[places[i].parent].path + "/" + places[i].node->id);
  }
}

TEST_CASE("tree_places: one is found by its path or by its last parts") {
  const supervision_tree given = tree();
  const auto places = places_of(given);
  const auto found = [&](std::string_view name) {
    const auto which = find_place(places, name);
    return which ? places[*which].path : std::string{name_of(which.error())};
  };
  CHECK(found("aiexd") == "aiexd");
  CHECK(found("bank") == "aiexd/bank");
  CHECK(found("account") == "aiexd/bank/aggregates/account");
  CHECK(found("aggregates/loan/live") == "aiexd/bank/aggregates/loan/live");
  CHECK(found("aiexd/bus") == "aiexd/bus"); // the whole path is never ambiguous
  for (const char* name : {"", "ccount", "/bank", "bank/", "absent"})
    CHECK(found(name) == "not_found");
  const error why = find_place(places, "live").error();
  CHECK(why.code == errc::invalid_argument);
  CHECK(why.message.find("aiexd/bank/aggregates/account/live, "
                         "aiexd/bank/aggregates/loan/live") != std::string::npos);
}

TEST_CASE("tree_places: who is not there may be one that the tree does not tell") {
  supervision_tree given = tree();
  const auto why = [&given] { return find_place(places_of(given), "absent").error().message; };
  CHECK(why().ends_with("shows those there are"));
  given.children[1].untold = 500;
  given.children[1].children[0].untold = 7;
  CHECK(why().ends_with("shows those there are, but for 507 for which it has no room"));
  given.children[1].kind = child_kind::supervisor;
  given.children[1].is_suspended = true;
  CHECK(why().ends_with(", but for those below aiexd/bank, which is suspended"));
}

TEST_CASE("tree_places: an error names so many paths and not more") {
  supervision_tree given{.id = "top"};
  for (std::size_t i = 0; i < paths_named_max + 3; ++i)
    given.children.push_back({.id = "s" + std::to_string(i), .children = {{.id = "live"}}});
  const auto places = places_of(given);
  const std::string why = find_place(places, "live").error().message;
  CHECK(why.find("top/s9/live and 3 more") != std::string::npos);
  CHECK(why.find("top/s10/live") == std::string::npos);
}

} // namespace
} // namespace aiex
