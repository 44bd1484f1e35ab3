#include "aiex/actors/flow/projections.hpp"
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/projection_world.hpp"

#include <caf/stateful_actor.hpp>
#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test::bank;
using names = std::vector<std::string>;

/// A tree with one projection from the start, and room for more.
struct registration_world : test::projection_world {
  explicit registration_world(
    std::vector<node_part> parts = {aiex::projections({projection_type_of<totals>()})}) {
    supervisor_spec spec;
    for (const node_part& each : parts)
      spec.children.push_back(each.make(services, {{}, "node"}));
    top = std::get<started>(start_supervisor(system, std::move(spec), {{}, "node"})).actor;
    settle();
  }
  ~registration_world() {
    caf::anon_send_exit(top, caf::exit_reason::user_shutdown);
    settle();
  }

  template <class Projection>
  result<caf::actor> add() {
    std::optional<result<caf::actor>> got;
    system.spawn([&](caf::event_based_actor* self) {
      register_projection(self, services, projection_type_of<Projection>(),
        [&](result<caf::actor> answer) { got = std::move(answer); });
    });
    settle();
    return got.value();
  }

  result<void> remove(const std::string& name, saved_model what) {
    std::optional<result<void>> got;
    system.spawn([&](caf::event_based_actor* self) {
      unregister_projection(
        self, services, name, what, [&](result<void> answer) { got = std::move(answer); });
    });
    settle();
    return got.value();
  }

  caf::actor top;
};

/// A world without a part for projections.
struct bare_world : registration_world {
  bare_world() : registration_world(std::vector<node_part>{}) {}
};

TEST_CASE_FIXTURE(registration_world, "projections: come and go while the node runs") {
  append("account-1", deposited{5});
  CHECK(registered_projections(services.names) == names{"totals"});
  const auto made = add<movements>();
  REQUIRE(made);
  CHECK(registered_projections(services.names) == names{"movements", "totals"});
  const auto tree = ask<supervision_tree>(top, supervision_tree_call{});
  REQUIRE(tree.children.size() == 1);
  CHECK(tree.children[0].id == "projections");
  CHECK(tree.children[0].children.size() == 2);

  kill(*made); // it is started again as one from the start would be
  append("account-1", deposited{5});
  advance(200ms);
  CHECK(services.models->row("movements", 1, "account-1") == R"({"count":2})");

  CHECK(remove("movements", saved_model::kept).has_value());
  CHECK(registered_projections(services.names) == names{"totals"});
  append("account-1", deposited{5});
  REQUIRE(add<movements>());
  advance(200ms);
  CHECK(services.models->row("movements", 1, "account-1") == R"({"count":3})");

  CHECK(remove("movements", saved_model::forgotten).has_value());
  CHECK_FALSE(services.models->load("movements")->has_value());
  CHECK(services.models->row("movements", 1, "account-1").error().code == errc::not_found);
  CHECK(remove("totals", saved_model::kept).has_value()); // those from the start, too
  CHECK(registered_projections(services.names).empty());
}

TEST_CASE_FIXTURE(registration_world, "projections: each refusal says why") {
  CHECK(add<totals>().error().code == errc::already_exists);
  CHECK(remove("movements", saved_model::kept).error().code == errc::not_found);
  const auto elsewhere = start<movements>();
  services.names.bind("projection/movements", elsewhere);
  CHECK(add<movements>().error().code == errc::already_exists);
}

TEST_CASE_FIXTURE(registration_world, "projections: one that cannot begin troubles no other") {
  model_tables.crash(); // what reads from now on answers io
  const auto failed = add<movements>();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == errc::stopped);
  CHECK(failed.error().message.find("cannot begin") != std::string::npos);
  CHECK(registered_projections(services.names) == names{"totals"});
}

TEST_CASE_FIXTURE(bare_world, "projections: a tree without such a part says so") {
  CHECK(add<totals>().error().code == errc::not_found);
  CHECK(remove("totals", saved_model::kept).error().code == errc::not_found);
  CHECK(registered_projections(services.names).empty());
}

/// Takes a call in and never answers.
caf::behavior silent_supervisor(caf::stateful_actor<std::vector<caf::response_promise>>* self) {
  const auto keep = [self] { self->state.push_back(self->make_response_promise()); };
  return {
    [keep](const start_child_call&) -> caf::result<start_child_answer> {
      keep();
      return caf::delegated<start_child_answer>{};
    },
    [keep](const terminate_child_call&) -> caf::result<supervision_answer> {
      keep();
      return caf::delegated<supervision_answer>{};
    },
  };
}

TEST_CASE_FIXTURE(
  bare_world, "projections: a supervisor that ends with a call in hand, or is silent, is told of") {
  struct example {
    bool is_added;
    bool ends;
    errc code;
  };
  const example table[] = {{true, true, errc::stopped}, {false, true, errc::stopped},
    {true, false, errc::time_out}, {false, false, errc::time_out}};
  for (const auto& [is_added, ends, code] : table) {
    CAPTURE(is_added);
    CAPTURE(ends);
    const caf::actor silent = std::get<started>(spawn_eager(system, silent_supervisor)).actor;
    services.names.bind("projections", silent);
    std::optional<error> got;
    system.spawn([&, is_added = is_added](caf::event_based_actor* self) {
      if (is_added)
        register_projection(self, services, projection_type_of<movements>(),
          [&](const result<caf::actor>& answer) { got = answer.error(); });
      else
        unregister_projection(self, services, "movements", saved_model::kept,
          [&](const result<void>& answer) { got = answer.error(); });
    });
    settle();
    CHECK_FALSE(got);
    if (ends)
      kill(silent);
    else
      advance(projection_registration_max);
    REQUIRE(got);
    CHECK(got->code == code);
    kill(silent);
  }
}

} // namespace
} // namespace aiex
