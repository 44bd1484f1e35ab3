#include "aiex/actors/flow/crash_ledger_memory.hpp"
#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/encoded.hpp"
#include "aiex/persistence/codec/json_reader.hpp"

#include "support/sample_events.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

namespace aiex {
namespace {

crash_ledger_memory make_memory() {
  return {[] { return test::at_us(7); },
    [last = std::make_shared<std::uint64_t>(0)] { return test::id_of(++*last); }};
}

crash read_back(const event& stored) {
  json_reader reader;
  crash made;
  REQUIRE(reader.read(stored.data, made));
  return made;
}

TEST_CASE("crash_ledger_memory: keeps what went wrong, and nothing else") {
  struct example {
    child_change what;
    const char* reason;
    const char* type; ///< Null: it is not kept.
  };
  const example table[] = {
    {child_change::started, "", nullptr},
    {child_change::stopped, "", nullptr},
    {child_change::exited, "normal", nullptr},
    {child_change::exited, "shutdown", nullptr},
    {child_change::exited, "no such row", "child_exited"},
    {child_change::exited, "killed", "child_exited"},
    {child_change::restarting, "", "child_restarting"},
    {child_change::failed_to_start, "no disk", "child_failed_to_start"},
    {child_change::killed, "late", "child_killed"},
    {child_change::abandoned, "hangs", "child_abandoned"},
    {child_change::gave_up, "too many", "child_gave_up"},
    {child_change::stuck, "its handler runs", "child_stuck"},
    {child_change::returned, "its handler has returned", "child_returned"},
  };
  for (const auto& row : table) {
    CAPTURE(static_cast<int>(row.what));
    CAPTURE(row.reason);
    crash_ledger_memory memory = make_memory();
    CHECK(memory.note({"aiexd/bank/totals", row.what, row.reason, 3}) == (row.type != nullptr));
    const auto kept = memory.front();
    REQUIRE(kept.has_value() == (row.type != nullptr));
    if (!kept)
      continue;
    CHECK(kept->type == row.type);
    CHECK(kept->tags == std::vector<std::string>{"aiexd/bank/totals", "totals"});
    const crash seen = read_back(*kept);
    CHECK(seen.child == "aiexd/bank/totals");
    CHECK(seen.reason == row.reason);
    CHECK(seen.restarts == 3);
    CHECK(seen.at == "1970-01-01T00:00:00.000007Z");
    CHECK(seen.lost == 0);
  }
}

TEST_CASE("crash_ledger_memory: of a handler that runs for too long it keeps since when") {
  crash_ledger_memory memory{[] { return test::at_us(5'000'000); }, [] { return test::id_of(1); }};
  supervision_event stuck{"aiexd/a", child_change::stuck, "its handler runs for 2.0 s", 1};
  stuck.last_message = "bank::deposit";
  stuck.ran_for = std::chrono::milliseconds{2'000};
  CHECK(memory.note(stuck));
  const crash seen = read_back(*memory.front());
  CHECK(seen.last_message == "bank::deposit");
  CHECK(seen.handler_since == "1970-01-01T00:00:03.000000Z");
  CHECK(seen.handler_ms == 2'000);
  crash older; // as it was written before there was a watchdog
  json_reader reader;
  REQUIRE(reader.read(R"({"child":"a","reason":"b","restarts":1,"at":"c","lost":0})", older));
  CHECK_FALSE(older.handler_since);
  CHECK_FALSE(older.handler_ms);
}

TEST_CASE("crash_ledger_memory: of a storm it keeps the beginning, and counts the rest") {
  crash_ledger_memory memory = make_memory();
  const supervision_event ended{"aiexd/a", child_change::exited, "why", 0};
  for (std::size_t i = 0; i < crash_ledger_memory::waiting_max + 5; ++i)
    CHECK(memory.note(ended));
  CHECK(memory.waiting() == crash_ledger_memory::waiting_max);
  CHECK(memory.lost() == 5);
  const uuid first = memory.front()->id;
  memory.forget(test::id_of(77)); // not the oldest
  CHECK(memory.front()->id == first);
  memory.forget(first);
  memory.note(ended); // the first that is kept again tells how many were not
  while (memory.waiting() > 1)
    memory.forget(memory.front()->id);
  CHECK(read_back(*memory.front()).lost == 5);
  memory.note(ended);
  memory.forget(memory.front()->id);
  CHECK(read_back(*memory.front()).lost == 0);
}

TEST_CASE("crash_ledger_memory: who writes is woken, also for what waited before") {
  crash_ledger_memory memory = make_memory();
  memory.note({"aiexd/a", child_change::exited, "why", 0});
  int woken = 0;
  memory.wakes([&] { woken += 1; });
  CHECK(woken == 1);
  memory.note({"aiexd/a", child_change::exited, "why", 0});
  memory.note({"aiexd/a", child_change::started, "", 0}); // nothing to write
  CHECK(woken == 2);
  memory.wakes([&] { woken += 10; }); // another one
  memory.note({"aiexd/a", child_change::exited, "why", 0});
  CHECK(woken == 22);
}

TEST_CASE("crash_ledger_memory: whatever a reason or a name consists of can be stored") {
  crash_ledger_memory memory = make_memory();
  const std::string long_name(limits::tag_bytes_max, 'n');
  memory.note({"aiexd/\xff\n", child_change::exited, "a\x01\x80", 0});
  memory.note(
    {"aiexd/" + long_name, child_change::exited, std::string(2'000, 'x') + "\xc3\xa4", 0});
  memory.note({"alone", child_change::exited, std::string(1'023, 'x') + "\xc3\xa4", 0});
  const auto next = [&] {
    const event stored = *memory.front();
    memory.forget(stored.id);
    append_request request = test::one("$supervision", stored);
    request.node = "node1";
    request.system = true;
    const auto sound = check(request);
    CHECK_MESSAGE(sound.has_value(), (sound ? std::string{} : sound.error().message));
    return stored;
  };
  const event odd = next();
  CHECK(odd.tags == std::vector<std::string>{"aiexd/??", "??"});
  CHECK(read_back(odd).reason == "a??");
  const event large = next();
  CHECK(large.tags == std::vector<std::string>{long_name});
  CHECK(read_back(large).child == "aiexd/" + long_name);
  CHECK(read_back(large).reason.size() == crash_ledger_memory::reason_bytes_max);
  const event alone = next();
  CHECK(alone.tags == std::vector<std::string>{"alone"});
  CHECK(read_back(alone).reason.size() == 1'023); // no half letter
}

TEST_CASE("crash_ledger_memory: a tag is the end of a long name, from a whole letter on") {
  std::string name = "x";
  for (std::size_t i = 0; i < limits::tag_bytes_max; ++i)
    name += "\xc3\xa4";
  const std::string tag = to_tag(name);
  CHECK(tag.size() == limits::tag_bytes_max - 1);
  CHECK(name.ends_with(tag));
  CHECK(last_part("a/b/c") == "c");
  CHECK(last_part("a") == "a");
  CHECK(last_part("a/") == "a/");
}

TEST_CASE("crash_ledger_memory: many threads note at once") {
  crash_ledger_memory memory = make_memory();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&memory] {
      for (int k = 0; k < 100; ++k)
        memory.note({"aiexd/a", child_change::killed, "late", 0});
    });
  for (std::thread& each : threads)
    each.join();
  CHECK(memory.waiting() == 400);
}

std::string stored(const crash_site& site) {
  return encode(site)->data;
}

TEST_CASE("crash_ledger_memory: a crash belongs to what led to it") {
  const crash_site site{"account-ann", 7, "withdraw", R"({"cents":5})", "order-1", "cause-1"};
  crash_ledger_memory memory = make_memory();
  memory.note({"aiexd/ann", child_change::exited, "a bug", 0, exit_kind::abnormal,
    "aiex::dispatch_call", stored(site)});
  const auto kept = memory.front();
  CHECK(kept->correlation_id == "order-1");
  CHECK(kept->causation_id == "cause-1");
  const crash seen = read_back(*kept);
  CHECK(seen.last_message == "aiex::dispatch_call");
  CHECK(seen.site == site);
}

TEST_CASE("crash_ledger_memory: an id that cannot be stored is left out, and not the crash") {
  const std::string longest(limits::correlation_id_bytes_max, 'x');
  for (const auto& [id, stored_as] : {std::pair{longest, longest}, {longest + 'x', std::string{}},
         {std::string{"two\nlines"}, std::string{}}}) {
    CAPTURE(id);
    crash_ledger_memory memory = make_memory();
    memory.note({"aiexd/ann", child_change::exited, "a bug", 0, exit_kind::abnormal, "",
      stored({"account-ann", 7, "withdraw", "{}", id, id})});
    const auto kept = memory.front();
    REQUIRE(kept);
    CHECK(kept->correlation_id == stored_as);
    CHECK(kept->causation_id == stored_as);
    append_request request;
    request.parts.push_back({std::string{supervision_stream}, expected_version::any(), {*kept}});
    request.node = "node1";
    request.system = true;
    const auto sound = check(request);
    CHECK_MESSAGE(sound.has_value(), (sound ? std::string{} : sound.error().message));
  }
}

TEST_CASE("crash_ledger_memory: a site that is none is left out") {
  crash_ledger_memory memory = make_memory();
  memory.note({"aiexd/a", child_change::exited, "a bug", 0, exit_kind::abnormal, "int", "row 7"});
  CHECK(memory.front()->correlation_id.empty());
  CHECK_FALSE(read_back(*memory.front()).site.has_value());
}

TEST_CASE("crash_ledger_memory: sites are kept while there is room") {
  crash_site large{"account-ann", 1, "withdraw"};
  large.data.assign(crash_site::data_bytes_max, 'x');
  const supervision_event one{
    "aiexd/a", child_change::exited, "a bug", 0, exit_kind::abnormal, "", stored(large)};
  const std::size_t fit = crash_ledger_memory::site_bytes_max / one.site.size();
  crash_ledger_memory memory = make_memory();
  for (std::size_t i = 0; i < fit + 1; ++i)
    memory.note(one);
  const auto has_site = [&] { return read_back(*memory.front()).site.has_value(); };
  for (std::size_t i = 0; i < fit; ++i) {
    REQUIRE(has_site());
    memory.forget(memory.front()->id);
  }
  CHECK_FALSE(has_site());
  memory.forget(memory.front()->id);
  memory.note(one); // there is room again
  CHECK(has_site());
}

} // namespace
} // namespace aiex
