#include "aiex/actors/flow/crash_site.hpp"
#include "aiex/persistence/codec/json_reader.hpp"

#include "support/buggy_account.hpp"
#include "support/core_drive.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

namespace aiex {
namespace {

/// What went wrong, and where.
struct caught {
  std::string what;
  crash_site site;
};

template <class Step>
caught crash_of(const Step& step) {
  try {
    step();
  } catch (const crashed_at& thrown) {
    caught made{thrown.what(), {}};
    json_reader reader;
    REQUIRE(reader.read(thrown.site(), made.site));
    return made;
  }
  throw std::runtime_error{"it did not throw"};
}

struct buggy_world : test::aggregate_media {
  test::core_drive ann{*this, "ann"};

  buggy_world() { ann.core = test::new_core<test::buggy_account>("ann"); }
};

TEST_CASE_FIXTURE(buggy_world, "crash_site: a command that cannot be decided") {
  ann.dispatch(test::call_of("ann", 1, "deposit", R"({"cents":5})"));
  auto call = test::call_of("ann", 2, "withdraw", R"({"cents":5})");
  call.correlation_id = "order-1";
  const caught crash = crash_of([&] { ann.dispatch(call); });
  CHECK(crash.what == "a bug in decide");
  CHECK(crash.site == crash_site{"account-ann", 1, "withdraw", R"({"cents":5})", "order-1",
                        to_string(test::id_of(2))});
}

TEST_CASE_FIXTURE(buggy_world, "crash_site: the cause that a command names stays its cause") {
  auto call = test::call_of("ann", 2, "withdraw", R"({"cents":5})");
  call.causation_id = "cause-1";
  CHECK(crash_of([&] { ann.dispatch(call); }).site.causation_id == "cause-1");
}

TEST_CASE_FIXTURE(buggy_world, "crash_site: an event that cannot be applied") {
  auto call = test::call_of("ann", 1, "deposit", R"({"cents":13})");
  call.correlation_id = "order-1";
  const caught crash = crash_of([&] { ann.dispatch(call); });
  CHECK(crash.what == "an unknown exception");
  CHECK(crash.site == crash_site{"account-ann", 1, "", "", "order-1", to_string(test::id_of(1))});
}

TEST_CASE_FIXTURE(buggy_world, "crash_site: data that are too large are left out") {
  const std::string many(crash_site::data_bytes_max, ' ');
  auto call = test::call_of("ann", 1, "withdraw", R"({"cents":5)" + many + "}");
  const caught crash = crash_of([&] { ann.dispatch(call); });
  CHECK(crash.site.command == "withdraw");
  CHECK(crash.site.data.empty());
}

} // namespace
} // namespace aiex
