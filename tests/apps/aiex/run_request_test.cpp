#include "aiex/run_request.hpp"

#include <doctest/doctest.h>

namespace aiex::tool {
namespace {

/// A node that answers from a list, and what became of it.
struct scripted {
  std::vector<gateway_reply> replies;
  std::vector<std::string> asked{};
  std::string written{};
  std::string noted{};
  std::vector<std::string> bars{};
  std::size_t writes_max = 100;
  std::optional<error> write_failure{};
  std::optional<std::string> output_option = "--json"; ///< Nothing: for people.

  result<void> run(std::vector<std::string> words) {
    if (output_option)
      words.insert(words.begin(), *output_option);
    const auto wish = parse_command_line(words);
    REQUIRE(wish);
    const auto first =
      make_request(*wish, [](const std::string&) -> result<std::string> { return ""; });
    REQUIRE(first);
    std::size_t writes = 0;
    run_context context;
    context.ask = [this](const request& sent, std::chrono::milliseconds) -> result<gateway_reply> {
      REQUIRE(asked.size() < replies.size());
      asked.push_back(sent.arguments);
      return to_result(replies[asked.size() - 1]);
    };
    context.write = [this, &writes](const std::string& text) -> result<bool> {
      if (write_failure)
        return tl::unexpected(*write_failure);
      written += text;
      return ++writes < writes_max;
    };
    context.report = [this](const std::string& bar) { bars.push_back(bar); };
    context.note = [this](std::string_view said) { noted += said; };
    return run_request(*wish, *first, context);
  }
};

gateway_reply page(std::string body, std::string next) {
  gateway_reply reply = reply_with(std::move(body));
  reply.format = reply_format::lines;
  reply.next = std::move(next);
  return reply;
}

TEST_CASE("run_request: pages are followed to the last one") {
  scripted node{.replies = {page("{\"a\":1}\n", "c\"1"), page("{\"a\":2}\n", "")}};
  REQUIRE(node.run({"events", "a-1"}));
  CHECK(node.written == "{\"a\":1}\n{\"a\":2}\n");
  CHECK(node.asked ==
        std::vector<std::string>{R"({"stream":"a-1"})", R"({"stream":"a-1","cursor":"c\"1"})"});
}

TEST_CASE("run_request: a list has one heading, however many pages it has") {
  scripted node{.replies = {page("{\"name\":\"long\",\"n\":1}\n", "x"),
                  page("{\"name\":\"b\",\"n\":2}\n", "y"), page("{\"name\":\"c\",\"n\":3}\n", "")},
    .output_option = {}};
  REQUIRE(node.run({"session", "list"}));
  CHECK(node.written == "name  n\nlong  1\nb     2\nc     3\n");
}

TEST_CASE("run_request: people are told that there is nothing, if that could be taken for broken") {
  scripted node{.replies = {page("", "")}, .output_option = {}};
  REQUIRE(node.run({"why", "totals"}));
  CHECK(node.written.empty());
  CHECK(node.noted == "nothing: it has not crashed");
  scripted crashed{.replies = {page("", "x"), page("{\"at\":1}\n", "")}, .output_option = {}};
  REQUIRE(crashed.run({"why", "totals"}));
  CHECK(crashed.noted.empty());
  scripted program{.replies = {page("", "")}};
  REQUIRE(program.run({"why", "totals"}));
  CHECK(program.noted.empty());
  scripted other{.replies = {page("", "")}, .output_option = {}};
  REQUIRE(other.run({"events", "nobody"}));
  CHECK(other.noted.empty());
}

TEST_CASE("run_request: a limit counts over all pages") {
  scripted node{.replies = {page("1\n2\n", "x"), page("3\n4\n", "y")}};
  REQUIRE(node.run({"events", "--limit", "3"}));
  CHECK(node.written == "1\n2\n3\n");
}

TEST_CASE("run_request: long work reports until its answer") {
  scripted node{.replies = {reply_with(R"({"done":1,"total":4,"unit":"events"})"),
                  reply_with(R"({"sound":true})")}};
  node.replies[0].next = "x";
  REQUIRE(node.run({"store", "verify"}));
  CHECK(node.written == "{\"sound\":true}\n");
  REQUIRE(node.bars.size() == 2);
  CHECK(node.bars[0] == "[#####---------------]  25 %  1 of 4 events");
  CHECK(node.bars[1].empty());
}

TEST_CASE("run_request: a store that is not sound is shown, and is an error all the same") {
  const std::string report = R"({"sound":false,"first_bad":7,"findings":[{"position":7}]})";
  scripted node{.replies = {reply_with(report)}};
  const auto done = node.run({"store", "verify"});
  CHECK(node.written == report + "\n");
  REQUIRE_FALSE(done);
  CHECK(done.error().code == errc::corrupt);
  CHECK(done.error().actual == 7);
  CHECK(
    done.error().message == "the log is damaged, first at position 7; restore it from a backup");
  scripted other{.replies = {reply_with(R"({"sound":false})")}}; // says it of something else
  CHECK(other.run({"status"}));
}

TEST_CASE("run_request: a store is restored only if its log is damaged") {
  struct example {
    const char* report;
    const char* begins;
    const char* says;
  };
  const example table[] = {
    {R"({"sound":false,"damaged":["log","state"],"first_bad":7})",
      "the log is damaged, first at position 7;", "restore"},
    {R"({"sound":false,"damaged":["log"]})", "the log is damaged; restore it", "from a backup"},
    {R"({"sound":false,"damaged":["state"]})", "the log is sound, and no event is lost.",
      "remove the folder \"state\""},
    {R"({"sound":false,"damaged":["models"]})", "the log is sound, and no event is lost.",
      "aiex projection rebuild NAME"},
  };
  for (const example& row : table) {
    CAPTURE(row.report);
    scripted node{.replies = {reply_with(std::string{row.report})}};
    const auto done = node.run({"store", "verify"});
    REQUIRE_FALSE(done);
    CHECK(done.error().code == errc::corrupt);
    CHECK(done.error().message.starts_with(row.begins));
    CHECK(done.error().message.find(row.says) != std::string::npos);
  }
}

TEST_CASE("run_request: tail waits at the node, until nobody reads on") {
  scripted node{.replies = {page("", "x"), page("1\n", "y"), page("2\n", "z")}, .writes_max = 2};
  REQUIRE(node.run({"tail"}));
  CHECK(node.written == "1\n2\n");
  CHECK(node.asked[1] == R"({"wait_ms":1000,"cursor":"x"})");
}

TEST_CASE("run_request: what cannot be written is an error, but not a greater one than damage") {
  const error full{errc::io, "no space"};
  scripted node{.replies = {page("1\n", "x")}, .write_failure = full};
  const auto listed = node.run({"events"});
  REQUIRE_FALSE(listed);
  CHECK(listed.error() == full);
  scripted damaged{.replies = {reply_with(R"({"sound":false,"first_bad":7,"findings":[]})")},
    .write_failure = full};
  const auto verified = damaged.run({"store", "verify"});
  REQUIRE_FALSE(verified);
  CHECK(verified.error().code == errc::corrupt);
}

TEST_CASE("run_request: the node's error is the answer") {
  scripted node{.replies = {reply_with(error{errc::not_found, "no", 3})}};
  const auto done = node.run({"status"});
  REQUIRE_FALSE(done);
  CHECK(done.error() == error{errc::not_found, "no", 3});
}

} // namespace
} // namespace aiex::tool
