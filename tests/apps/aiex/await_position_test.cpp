#include "aiex/await_position.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace aiex::tool {
namespace {

using std::chrono::milliseconds;

/// A node that answers from a list, and what it was asked.
struct scripted {
  std::vector<result<gateway_reply>> replies;
  std::vector<request> asked{};

  result<void> wait_for(std::uint64_t position, milliseconds timeout = milliseconds{60'000}) {
    run_context context;
    context.ask = [this](const request& sent, milliseconds deadline) -> result<gateway_reply> {
      CHECK(deadline <= milliseconds{60'000});
      asked.push_back(sent);
      if (asked.size() > replies.size())
        return fail(errc::time_out, "silent");
      return replies[asked.size() - 1];
    };
    return await_position(position, timeout, context);
  }
};

gateway_reply waited(std::string lines) {
  gateway_reply reply = reply_with(std::move(lines));
  reply.next = "go-on";
  return reply;
}

const gateway_reply at_seven = reply_with(std::string{R"({"head":9,"applied":7})"});

TEST_CASE("await_position: what is applied already is not waited for") {
  scripted node{.replies = {at_seven}};
  CHECK(node.wait_for(7));
  CHECK(node.asked == std::vector<request>{{"status", "{}"}});
}

TEST_CASE("await_position: the node waits, as often as it takes") {
  scripted node{.replies = {at_seven, waited(""), waited("{\"position\":8}\n")}};
  CHECK(node.wait_for(8));
  REQUIRE(node.asked.size() == 3);
  CHECK(node.asked[1].verb == "tail");
  CHECK(node.asked[1].arguments.find("\"from\":8") != std::string::npos);
  CHECK(node.asked[1].arguments.find("\"all\":true") != std::string::npos);
  CHECK(node.asked[2].arguments.find("\"cursor\":\"go-on\"") != std::string::npos);
}

TEST_CASE("await_position: not for ever, and the error says how far the node is") {
  scripted node{.replies = {at_seven}};
  const auto done = node.wait_for(99, milliseconds{5});
  REQUIRE_FALSE(done);
  CHECK(done.error().code == errc::time_out);
  CHECK(done.error().actual == 7);
  CHECK(done.error().message.find("99") != std::string::npos);
}

TEST_CASE("await_position: the node's errors end it") {
  scripted lost{.replies = {fail(errc::unreachable, "gone")}};
  CHECK(lost.wait_for(1).error().code == errc::unreachable);
  scripted broken{.replies = {at_seven, fail(errc::corrupt, "damaged")}};
  CHECK(broken.wait_for(8).error().code == errc::corrupt);
}

} // namespace
} // namespace aiex::tool
