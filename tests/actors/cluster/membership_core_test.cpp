#include "aiex/actors/cluster/membership_core.hpp"

#include "support/sample_events.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using consensus::member;
using consensus::member_change;
using consensus::member_role;
using test::id_of;

const own_membership self{id_of(3), "n3", "10.0.0.3:4100"};
const member n1{id_of(1), member_role::voter, "n1", "10.0.0.1:4100"};

seen_members seeing(std::vector<member> listed) {
  return {{id_of(100), std::move(listed)}, false, true};
}

TEST_CASE("membership: a new node asks to be taken in, as a learner") {
  const auto wish = wish_of(self, {{}, true, true});
  REQUIRE(wish);
  CHECK(*wish == member_change{member_change::act::add_learner,
                   {self.store, member_role::learner, self.name, self.address}});
}

TEST_CASE("membership: a learner asks for its vote, while there is one to be had") {
  std::vector<member> listed{n1, {self.store, member_role::learner, self.name, self.address}};
  CHECK(wish_of(self, seeing(listed))->what == member_change::act::promote);
  for (std::uint64_t i = 10; listed.size() < consensus::limits::voters + 1; ++i)
    listed.push_back({id_of(i), member_role::voter, "n" + std::to_string(i), "a"});
  CHECK_FALSE(wish_of(self, seeing(listed)));
}

TEST_CASE("membership: a node stands there under its name and its address") {
  for (const member_role role : {member_role::voter, member_role::learner})
    for (const member& listed :
      {member{self.store, role, "other", self.address},
        member{self.store, role, self.name, "10.0.0.9:4100"}, member{self.store, role, {}, {}}}) {
      const auto wish = wish_of(self, seeing({n1, listed}));
      REQUIRE(wish);
      CHECK(*wish ==
            member_change{member_change::act::rename, {self.store, role, self.name, self.address}});
    }
}

TEST_CASE("membership: nothing to wish for") {
  const member listed{self.store, member_role::voter, self.name, self.address};
  CHECK_FALSE(wish_of(self, seeing({n1, listed})));
  CHECK_FALSE(wish_of(self, seeing({n1})));      // removed: it does not come back by itself
  CHECK_FALSE(wish_of(self, {{}, true, false})); // nobody to ask
  seen_members alone = seeing({{self.store, member_role::voter, {}, {}}});
  CHECK(wish_of(self, alone)); // there is company: it is to find it
  alone.has_company = false;
  CHECK_FALSE(wish_of(self, alone)); // a store alone writes nothing down
}

} // namespace
} // namespace aiex
