#include "aiex/actors/cluster/task_codec.hpp"
#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/sealed.hpp"

#include "support/sample_events.hpp"

#include <doctest/doctest.h>

#include <random>

namespace aiex {
namespace {

using test::id_of;

append_request full_request() {
  append_request made;
  made.parts.push_back({"account-1", expected_version::exactly(7),
    {{.id = id_of(1),
       .type = "opened",
       .data = R"({"a":1})",
       .metadata = R"({"m":2})",
       .correlation_id = "because",
       .causation_id = "of this",
       .tags = {"red", "blue"},
       .schema = 3},
      {.id = id_of(2),
        .type = "raw",
        .data = std::string("\0\1\2", 3),
        .content = content_type::bytes}}});
  made.parts.push_back({"account-2", expected_version::exists(), {}});
  made.parts.push_back({"account-3", expected_version::any(), {}});
  made.owner = owner_epoch{"session-4", 5};
  made.command = command_reference{id_of(9), 0xfeed'0000'0000'0001};
  made.node = "n2";
  made.system = true;
  return made;
}

std::string task_bytes() {
  return to_bytes(sent_task{41, std::make_shared<const append_request>(full_request())});
}

const append_request& request_in(const std::variant<sent_task, sent_answer>& read) {
  return *std::get<std::shared_ptr<const append_request>>(std::get<sent_task>(read).what);
}

TEST_CASE("task codec: an append arrives as it was, to its last field") {
  const auto read = task_of(task_bytes());
  REQUIRE(read);
  CHECK(std::get<sent_task>(*read).number == 41);
  const append_request& request = request_in(*read);
  REQUIRE(request.parts.size() == 3);
  const append_part& first = request.parts[0];
  CHECK(first.stream == "account-1");
  CHECK(first.expected == expected_version::exactly(7));
  REQUIRE(first.events.size() == 2);
  CHECK(first.events[0].id == id_of(1));
  CHECK(first.events[0].type == "opened");
  CHECK(first.events[0].data == R"({"a":1})");
  CHECK(first.events[0].metadata == R"({"m":2})");
  CHECK(first.events[0].correlation_id == "because");
  CHECK(first.events[0].causation_id == "of this");
  CHECK(first.events[0].tags == std::vector<std::string>{"red", "blue"});
  CHECK(first.events[0].schema == 3);
  CHECK(first.events[0].content == content_type::json);
  CHECK(first.events[1].data.size() == 3);
  CHECK(first.events[1].content == content_type::bytes);
  CHECK(request.parts[1].expected == expected_version::exists());
  CHECK(request.parts[2].expected == expected_version::any());
  REQUIRE(request.owner);
  CHECK(request.owner->name == "session-4");
  CHECK(request.owner->epoch == 5);
  CHECK(request.command == command_reference{id_of(9), 0xfeed'0000'0000'0001});
  CHECK(request.node == "n2");
  CHECK(request.system);
}

TEST_CASE("task codec: changes, transfers and answers") {
  const consensus::member_change change{consensus::member_change::act::rename,
    {id_of(3), consensus::member_role::learner, "n3", "10.0.0.3:4100"}};
  const auto read_change = task_of(to_bytes(sent_task{1, change}));
  REQUIRE(read_change);
  CHECK(std::get<consensus::member_change>(std::get<sent_task>(*read_change).what) == change);

  const auto read_transfer = task_of(to_bytes(sent_task{2, consensus::transfer{id_of(4)}}));
  REQUIRE(read_transfer);
  CHECK(std::get<consensus::transfer>(std::get<sent_task>(*read_transfer).what).to == id_of(4));

  const auto read_applied = task_of(to_bytes(sent_task{5, tell_applied{}}));
  REQUIRE(read_applied);
  CHECK(std::get<sent_task>(*read_applied).number == 5);
  CHECK(std::holds_alternative<tell_applied>(std::get<sent_task>(*read_applied).what));

  append_result done{
    {{1, 3, {10}, {12}}, {0, 7, {}, {}}}, true, timestamp{std::chrono::seconds{5}}};
  const auto read_done = task_of(to_bytes(sent_answer{3, {99, done}}));
  REQUIRE(read_done);
  const auto& answer = std::get<sent_answer>(*read_done);
  CHECK(answer.number == 3);
  CHECK(answer.done.index == 99);
  REQUIRE(answer.done.outcome);
  CHECK(*answer.done.outcome == done);

  const error why{errc::wrong_expected_version, "it is at 9", 9};
  const auto refused = task_of(to_bytes(sent_answer{4, {100, tl::unexpected(why)}}));
  REQUIRE(refused);
  REQUIRE_FALSE(std::get<sent_answer>(*refused).done.outcome);
  CHECK(std::get<sent_answer>(*refused).done.outcome.error() == why);
}

TEST_CASE("task codec: damage, another format and what is too much are errors") {
  std::string turned = task_bytes();
  turned[turned.size() / 2] ^= 1;
  CHECK(task_of(turned).error().code == errc::corrupt);
  CHECK(task_of("").error().code == errc::corrupt);
  CHECK(task_of(sealed("\x02\x01\x01")).error().code == errc::unknown_version);
  CHECK(task_of(sealed("\x01\x09\x01")).error().code == errc::corrupt);
  CHECK(task_of(sealed(std::string{*unsealed(task_bytes())} + "x")).error().code == errc::corrupt);

  append_request wide;
  wide.parts.resize(limits::streams_per_append_max);
  CHECK(task_of(to_bytes(sent_task{1, std::make_shared<const append_request>(wide)})));
  wide.parts.resize(limits::streams_per_append_max + 1);
  CHECK(
    task_of(to_bytes(sent_task{1, std::make_shared<const append_request>(wide)})).error().code ==
    errc::corrupt);
}

// What another node sends may be anything: it is an error or a task, and never more memory than
// its bytes have earned.
TEST_CASE("task codec: every shortened or changed content is read without harm") {
  const std::string bytes = task_bytes();
  const std::string content{*unsealed(bytes)};
  for (std::size_t size = 0; size < content.size(); ++size)
    CHECK_FALSE(task_of(sealed(content.substr(0, size))));
  std::mt19937_64 random{7};
  std::size_t errors = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string changed = content;
    for (std::uint64_t n = 1 + random() % 4; n > 0; --n)
      changed[random() % changed.size()] = static_cast<char>(random());
    errors += task_of(sealed(changed)) ? 0 : 1;
  }
  CHECK(errors > 1'000);
}

} // namespace
} // namespace aiex
