#include "aiex/supervision/tree/supervisor_core.hpp"

#include "support/core_run.hpp"
#include "support/supervisor_model.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <memory>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::core_run;
using test::supervisor_model;

const std::vector<std::string> ids{"a", "b", "c", "d", "e"};

std::string any_id() {
  return *rc::gen::elementOf(ids);
}

child_spec any_child(std::string id, auto_shutdown ends) {
  const auto how = *rc::gen::element(restart::permanent, restart::transient, restart::temporary);
  const bool may_be = ends != auto_shutdown::never && how != restart::permanent;
  return test::child(std::move(id), how, may_be && *rc::gen::arbitrary<bool>());
}

supervisor_spec any_spec() {
  supervisor_spec spec;
  spec.how =
    *rc::gen::element(strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one);
  spec.limit = {*rc::gen::inRange(0U, 30U), std::chrono::seconds{*rc::gen::inRange(1, 6)}};
  spec.ends = *rc::gen::element(
    auto_shutdown::never, auto_shutdown::any_significant, auto_shutdown::all_significant);
  for (int i = *rc::gen::inRange(0, 5); i > 0; --i)
    spec.children.push_back(any_child(ids[spec.children.size()], spec.ends));
  return spec;
}

template <class Request>
void ask(core_run& run, const std::string& id) {
  run.ask(Request{id});
}

/// Some of the children there may be, in any order.
supervisor_spec any_other_spec() {
  supervisor_spec spec = any_spec();
  spec.children.clear();
  std::vector<std::string> order = ids;
  std::rotate(order.begin(), order.begin() + *rc::gen::inRange(0, 5), order.end());
  if (*rc::gen::arbitrary<bool>())
    std::reverse(order.begin(), order.end());
  for (const std::string& id : order)
    if (*rc::gen::arbitrary<bool>())
      spec.children.push_back(any_child(id, spec.ends));
  return spec;
}

/// The same happens to both. `ends`: as it is now.
void something_happens(core_run& run, supervisor_model& model, auto_shutdown& ends) {
  const std::string id = any_id();
  switch (*rc::gen::inRange(0, 13)) {
  case 0: {
    const child_spec child = any_child(id, ends);
    run.ask(start_request{child});
    return model.start_child(child);
  }
  case 1: ask<terminate_request>(run, id); return model.terminate_child(id);
  case 2: ask<restart_request>(run, id); return model.restart_child_on_request(id);
  case 3: ask<delete_request>(run, id); return model.delete_child(id);
  case 4: run.fails = model.fails = {id}; return;
  case 5: run.ignores = model.ignores = {id}; return;
  case 6: run.fails = model.fails = run.ignores = model.ignores = {}; return;
  case 7: run.retry(); return model.retry();
  case 8: {
    const std::chrono::milliseconds time{*rc::gen::inRange(0, 4'000)};
    run.wait(time);
    return model.wait(time);
  }
  case 9: {
    const supervisor_spec wanted = any_other_spec();
    run.ask(change_request{wanted});
    if (!run.core.has_ended())
      ends = wanted.ends;
    return model.change(wanted);
  }
  default:
    if (!model.is(id, child_status::running))
      return;
    const auto kind =
      *rc::gen::element(exit_kind::normal, exit_kind::shutdown, exit_kind::abnormal);
    run.end(id, kind);
    model.end(id, kind);
  }
}

/// One tree, and what happens to it from beginning to end.
void live_through(const supervisor_spec& spec) {
  core_run run{spec};
  supervisor_model model{spec};
  auto_shutdown ends = spec.ends;
  run.begin();
  model.begin();
  for (int steps = *rc::gen::inRange(0, 60); steps > 0; --steps) {
    something_happens(run, model, ends);
    RC_ASSERT(run.trace() == model.trace());
    RC_ASSERT(run.children() == model.children());
  }
  run.shut_down();
  model.shut_down();
  RC_ASSERT(run.trace() == model.trace());
  RC_ASSERT(run.core.has_ended());
}

TEST_CASE("supervisor_requests: whatever happens, the core does what a plain model of OTP does") {
  constexpr int trees_per_check = 10; // 1,000 in all
  CHECK(rc::check([] {
    for (int tree = 0; tree < trees_per_check; ++tree) {
      const supervisor_spec spec = any_spec();
      RC_ASSERT(check(spec).has_value());
      live_through(spec);
    }
  }));
}

TEST_CASE("supervisor_requests: only the child that is tried again counts as restarting") {
  core_run run{{.how = strategy::one_for_all,
    .limit = {.intensity = 100, .period = 5s},
    .children = {test::child("a"), test::child("b")}}};
  run.begin();
  run.fails = {"b"};
  run.end("b");
  CHECK(run.children() == "a b!");
  run.fails = {"a"};
  run.retry();
  CHECK(run.children() == "a! b-");
  run.ask(terminate_request{"a"});
  run.fails = {};
  run.trace();
  run.ask(restart_request{"b"}); // nobody tries it any more
  CHECK(run.trace() == "start b, answer started");
}

TEST_CASE("supervisor_requests: temporary children keep no arguments") {
  core_run run{{}};
  run.begin();
  auto argument = std::make_shared<int>(7);
  const std::weak_ptr<int> kept = argument;
  run.ask(start_request{
    worker("t", [argument](caf::event_based_actor&) -> start_outcome { return ignored{}; },
      {.restart = restart::temporary})});
  argument.reset();
  CHECK(run.children() == "t");
  CHECK(kept.expired());
}

TEST_CASE(
  "supervisor_requests: a restart that waits while another is stopped counts when it is done") {
  core_run run{{.limit = {.intensity = 1, .period = 1s},
    .children = {test::child("a"), test::child("b"), test::child("slow")}}};
  run.begin();
  run.hangs = {"slow"};
  run.ask(terminate_request{"slow"});
  run.trace();
  run.end("a");
  run.wait(4s);
  run.end("b");
  CHECK(run.trace() == "");
  run.wait(1s);
  run.time_out("slow");
  CHECK(run.trace() == "kill slow, answer done, start a, give up, stop a, end");
}

} // namespace
} // namespace aiex
