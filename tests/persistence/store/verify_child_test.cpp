#include "aiex/persistence/store/verify_child.hpp"

#include "support/store_folder.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace aiex {
namespace {

TEST_CASE("verify child: messages are read as they were written, in whatever pieces they come") {
  verify_report report{.entries = 1,
    .events = 2,
    .streams = 3,
    .head = {4},
    .state_head = position{3},
    .totals = {199, 0, 1},
    .findings = {}};
  report.findings = {{{5}, 6, "seven"}, {{}, 0, std::string(5'000, 'x'), finding_part::models}};
  const std::string bytes =
    to_bytes(verify_progress{9}) + to_bytes(report) + to_bytes(error{errc::corrupt, "broken", 8});
  for (std::size_t piece = 1; piece < 40; ++piece) {
    verify_messages messages;
    std::vector<verify_message> all;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      messages.feed(std::string_view{bytes}.substr(at, piece));
      for (;;) {
        auto message = messages.next();
        REQUIRE(message);
        if (!*message)
          break;
        all.push_back(std::move(**message));
      }
    }
    REQUIRE(all.size() == 3);
    CHECK(std::get<verify_progress>(all[0]).events == 9);
    const auto& read = std::get<verify_report>(all[1]);
    CHECK(read.entries == 1);
    CHECK(read.events == 2);
    CHECK(read.streams == 3);
    CHECK(read.head == position{4});
    CHECK(read.state_head == position{3});
    CHECK(read.totals == report.totals);
    REQUIRE(read.findings.size() == 2);
    CHECK(read.findings[0].where == position{5});
    CHECK(read.findings[0].index == 6);
    CHECK(read.findings[0].what == "seven");
    CHECK(read.findings[0].part == finding_part::log);
    CHECK(read.findings[1].part == finding_part::models);
    CHECK(read.findings[1].what == std::string(1'000, 'x')); // cut
    CHECK(std::get<error>(all[2]) == error{errc::corrupt, "broken", 8});
  }
}

TEST_CASE("verify child: what cannot be a message is refused") {
  using namespace std::string_view_literals;
  for (const auto bytes : {"\x01\0\0\0\x09"sv, "\0\0\0\0"sv, "\x02\0\0\0\x01x"sv, "\x01\0\0\x01"sv,
         "\xff\xff\xff\xff"sv}) {
    verify_messages messages;
    messages.feed(bytes);
    const auto read = messages.next();
    REQUIRE_FALSE(read);
    CHECK(read.error().code == errc::corrupt);
  }
}

TEST_CASE("verify child: a program that was not started for it goes on") {
  const char* const arguments[] = {"aiexd", "--name", "node1", "all"};
  CHECK_FALSE(run_as_verify_child(4, arguments));
  CHECK_FALSE(run_as_verify_child(1, arguments));
}

} // namespace
} // namespace aiex
