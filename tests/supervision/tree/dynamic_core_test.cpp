#include "aiex/supervision/tree/dynamic_core.hpp"

#include "support/core_run.hpp"

#include <doctest/doctest.h>

#include <memory>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::child;
using clock_point = dynamic_core::time_point;

/// Writes orders down; starts succeed with the key 100 + child unless told otherwise.
class dynamic_run {
public:
  explicit dynamic_run(
    restart_limit limit = {.intensity = 100, .period = 5s}, dynamic_limits most = {})
      : core(limit, most) {}

  dynamic_core core;
  bool starts_fail = false;
  clock_point now{};

  std::string trace() { return std::exchange(trace_, {}); }

  std::optional<supervision_errc> add(child_spec spec) {
    auto orders = core.add(std::move(spec));
    if (!orders)
      return orders.error().code;
    run(std::move(*orders));
    return std::nullopt;
  }

  void run(dynamic_core::orders orders) {
    for (std::size_t i = 0; i < orders.size(); ++i) {
      auto more = std::visit([this](const auto& order) { return this->carry_out(order); },
        dynamic_core::order{orders[i]});
      orders.insert(orders.end(), more.begin(), more.end());
    }
  }

  void end(child_key key, exit_kind kind) { run(core.on_ended(key, kind, "as told", now)); }

private:
  void note(const std::string& what) { trace_ += (trace_.empty() ? "" : ", ") + what; }

  dynamic_core::orders carry_out(const dynamic_core::start& order) {
    if (starts_fail)
      return core.on_start_failed(order.which, "broken");
    return core.on_started(order.which, ++last_key_);
  }
  dynamic_core::orders carry_out(const dynamic_core::stop& order) {
    note((order.kills ? "kill " : "stop ") + std::to_string(order.key));
    return {};
  }
  dynamic_core::orders carry_out(const dynamic_core::retry& order) {
    note("retry " + std::to_string(order.which));
    return {};
  }
  dynamic_core::orders carry_out(const dynamic_core::wait& order) {
    note("wait " + std::to_string(order.time.count()));
    return {};
  }
  dynamic_core::orders carry_out(const dynamic_core::report& order) {
    const char* what = order.what == child_change::started           ? "started "
                       : order.what == child_change::failed_to_start ? "failed "
                       : order.what == child_change::gave_up         ? "gave up "
                       : order.what == child_change::abandoned       ? "abandoned "
                       : order.what == child_change::stopped         ? "stopped "
                                                                     : nullptr;
    if (what != nullptr)
      note(what + order.id);
    return {};
  }
  dynamic_core::orders carry_out(const dynamic_core::end&) {
    note("end");
    return {};
  }

  std::string trace_;
  child_key last_key_ = 100;
};

TEST_CASE("dynamic_core: each child is restarted for itself") {
  struct example {
    restart kind;
    exit_kind end;
    const char* done;
    std::size_t left;
  };
  const example table[] = {
    {restart::permanent, exit_kind::normal, "started a", 2},
    {restart::permanent, exit_kind::abnormal, "started a", 2},
    {restart::transient, exit_kind::abnormal, "started a", 2},
    {restart::transient, exit_kind::normal, "", 1},
    {restart::transient, exit_kind::shutdown, "", 1},
    {restart::temporary, exit_kind::abnormal, "", 1},
  };
  for (const example& row : table) {
    dynamic_run run;
    run.add(child("a", row.kind));
    run.add(child("a"));
    CHECK(run.trace() == "started a, started a"); // ids need not differ
    run.end(101, row.end);
    CHECK(run.trace() == row.done);
    CHECK(run.core.children().size() == row.left);
  }
}

TEST_CASE("dynamic_core: a first start that fails leaves nothing, a restart is tried again") {
  dynamic_run run{{.intensity = 2, .period = 5s}};
  run.starts_fail = true;
  run.add(child("a"));
  CHECK(run.trace() == "failed a");
  CHECK(run.core.children().empty());
  run.starts_fail = false;
  run.add(child("b"));
  run.starts_fail = true;
  run.end(101, exit_kind::abnormal);
  CHECK(run.trace() == "started b, failed b, retry 2");
  run.run(run.core.on_retry(2, run.now));
  CHECK(run.trace() == "failed b, retry 2");
  run.run(run.core.on_retry(2, run.now));
  CHECK(run.trace() == "gave up b, end");
  CHECK(run.core.has_ended());
}

TEST_CASE("dynamic_core: stops all at once, under the longest time") {
  dynamic_run run;
  child_spec slow = child("slow");
  slow.shutdown = shutdown::after(9s);
  child_spec hard = child("hard");
  hard.shutdown = shutdown::brutal_kill();
  run.add(child("a"));
  run.add(slow);
  run.add(hard);
  run.trace();
  run.run(run.core.on_shutdown("as told"));
  CHECK(run.trace() == "stop 101, stop 102, kill 103, wait 9000");
  run.end(103, exit_kind::abnormal);
  run.end(101, exit_kind::shutdown);
  CHECK(run.trace() == "stopped hard, stopped a");
  CHECK(run.add(child("late")) == supervision_errc::stopping);
  run.run(run.core.on_all_timeout());
  CHECK(run.trace() == "kill 102, wait 5000");
  run.run(run.core.on_all_timeout());
  CHECK(run.trace() == "abandoned slow, end");
  run.run(run.core.on_all_timeout());
  run.end(102, exit_kind::abnormal);
  CHECK(run.trace() == "");
}

TEST_CASE("dynamic_core: ends at once without children, and waits for ever if one wants it") {
  dynamic_run empty;
  empty.run(empty.core.on_shutdown("as told"));
  CHECK(empty.trace() == "end");
  dynamic_run run;
  child_spec patient = child("a");
  patient.shutdown = shutdown::infinity();
  run.add(patient);
  run.trace();
  run.run(run.core.on_shutdown("as told"));
  CHECK(run.trace() == "stop 101");
}

TEST_CASE("dynamic_core: one that is waited for forever keeps nobody else alive") {
  dynamic_run run;
  child_spec patient = child("p");
  patient.shutdown = shutdown::infinity();
  run.add(patient);
  run.add(child("a"));
  run.trace();
  run.run(run.core.on_shutdown("as told"));
  CHECK(run.trace() == "stop 101, stop 102, wait 5000");
  run.run(run.core.on_all_timeout());
  CHECK(run.trace() == "kill 102, wait 5000");
  run.run(run.core.on_all_timeout());
  CHECK(run.trace() == "abandoned a");
  run.end(101, exit_kind::shutdown);
  CHECK(run.trace() == "stopped p, end");
}

TEST_CASE("dynamic_core: those that are killed at once may take the time of a kill") {
  dynamic_run run;
  child_spec hard = child("h");
  hard.shutdown = shutdown::brutal_kill();
  run.add(hard);
  run.trace();
  run.run(run.core.on_shutdown("as told"));
  CHECK(run.trace() == "kill 101, wait 5000");
  run.run(run.core.on_all_timeout());
  CHECK(run.trace() == "abandoned h, end");
}

TEST_CASE("dynamic_core: temporary children keep no arguments") {
  dynamic_run run;
  auto argument = std::make_shared<int>(7);
  for (const restart how : {restart::temporary, restart::transient}) {
    const std::weak_ptr<int> kept = argument;
    run.add(worker("a", [argument](caf::event_based_actor&) -> start_outcome { return ignored{}; },
      {.restart = how}));
    argument.reset();
    CHECK(kept.expired() == (how == restart::temporary));
    argument = std::make_shared<int>(7);
  }
}

TEST_CASE("dynamic_core: terminates one, by force if need be") {
  dynamic_run run;
  run.add(child("a"));
  run.add(child("b"));
  run.trace();
  CHECK_FALSE(run.core.terminate(7));
  run.run(*run.core.terminate(101));
  run.run(*run.core.terminate(101)); // it is being stopped already
  CHECK(run.trace() == "stop 101");
  run.run(run.core.on_stop_timeout(101));
  CHECK(run.trace() == "kill 101");
  run.end(101, exit_kind::abnormal);
  CHECK(run.trace() == "stopped a");
  run.run(*run.core.terminate(102));
  run.run(run.core.on_stop_timeout(102));
  run.run(run.core.on_stop_timeout(102));
  CHECK(run.trace() == "stop 102, kill 102, abandoned b");
  CHECK(run.core.children().empty());
  run.run(run.core.on_stop_timeout(102));
  CHECK(run.trace() == "");
}

TEST_CASE("dynamic_core: one that was killed already is not told again when all are to end") {
  dynamic_run run;
  run.add(child("a"));
  run.run(*run.core.terminate(101));
  run.run(run.core.on_stop_timeout(101));
  run.trace();
  run.run(run.core.on_shutdown("as told"));
  CHECK(run.trace() == "kill 101, wait 5000");
  run.run(run.core.on_ended(101, exit_kind::abnormal, "killed", run.now));
  CHECK(run.trace() == "stopped a, end");
}

TEST_CASE("dynamic_core: has a limit, and checks what it is given") {
  dynamic_run run{{}, {.children = 2}};
  CHECK_FALSE(run.add(child("a")));
  CHECK_FALSE(run.add(child("b", restart::temporary)));
  CHECK(run.add(child("c")) == supervision_errc::too_many_children);
  run.end(102, exit_kind::normal);
  CHECK_FALSE(run.add(child("c")));
  dynamic_run other;
  CHECK(other.add(child("")) == supervision_errc::missing_id);
  CHECK(other.add(child("a", restart::transient, true)) == supervision_errc::significant_never);
}

} // namespace
} // namespace aiex
