// What a node of the mesh may send, and what a client may not: the guard under both trusts.
#include "aiex/actors/cluster/frame_guard.hpp"
#include "aiex/actors/cluster/link_rules.hpp"

#include "support/basp_bytes.hpp"
#include "support/guard_run.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

namespace aiex {
namespace {

using namespace test;

const std::string here = node_named(1);
const std::string peer = node_named(2);
const std::string third = node_named(3);
constexpr std::uint64_t published = 7;
constexpr std::size_t most = 10'000;

link_rules rules_of(link_side side, link_trust trust) {
  link_rules rules;
  rules.side = side;
  rules.trust = trust;
  rules.self = node_id_of(here);
  rules.gateway = published;
  rules.protocol = "aiex/1";
  rules.types = {"aiex::node_hello"};
  rules.message_bytes_max = 1'000;
  rules.sources_max = 3;
  rules.node_message_bytes_max = most;
  rules.node_sources_max = 5;
  return rules;
}

std::string handshake_of(link_side side) {
  return side == link_side::accepted
           ? client_handshake(peer).bytes() + client_handshake(peer, true).bytes()
           : server_handshake(peer, "aiex/1", published).bytes();
}

basp_frame message(const std::string& type = "any::type") {
  return {.operation = 2,
    .data = basp::asynchronous,
    .source = 20,
    .receiver = 8,
    .payload = content(type, "body")};
}

struct example {
  const char* name;
  std::string frame;
  link_breach breach = link_breach::none;
};

std::vector<example> allowed_to_nodes() {
  basp_frame ended = down(peer, here, 20);
  ended.payload.resize(73);
  ended.payload += content("any::reason", std::string(5'000, 'r')).substr(1);
  return {
    {"an asynchronous message to any actor", message().bytes()},
    {"an exit", message("@exit").bytes()},
    {"a request to any actor", with(message(), [](auto& f) { f.data = request_number(1); })},
    {"a response", with(message(), [](auto& f) { f.data = response_number(1); })},
    {"an anonymous message", with(message(), [](auto& f) { f.source = 0; })},
    {"a message of the largest size", with(message(), [](auto& f) { f.payload.resize(most); })},
    {"a monitor of any actor", monitor(peer, here, 8).bytes()},
    {"an end with any reason", ended.bytes()},
    {"a heartbeat", basp_frame{}.bytes()},
  };
}

TEST_CASE("link_rules: a node's actors may say anything to ours, a client's may not") {
  for (const auto side : {link_side::accepted, link_side::opened})
    for (const auto& row : allowed_to_nodes()) {
      CAPTURE(row.name);
      const std::string stream = handshake_of(side) + row.frame;
      const auto of_node = run(frame_guard{rules_of(side, link_trust::node)}, stream, 4'096);
      CHECK(text(of_node.breach) == text(link_breach::none));
      CHECK(of_node.passed == stream);
      if (row.name == std::string{"a heartbeat"} ||
          (side == link_side::opened && row.name == std::string{"a monitor of any actor"}))
        continue;
      const auto of_client = run(frame_guard{rules_of(side, link_trust::client)}, stream, 4'096);
      CHECK(text(of_client.breach) != text(link_breach::none));
    }
}

TEST_CASE("link_rules: what a node must not send") {
  using enum link_breach;
  basp_frame sealed = message();
  sealed.payload[0] = 1;
  const std::vector<example> table = {
    {"another handshake of a client", client_handshake(peer).bytes(), handshake_repeated},
    {"a message over the limit", with(message(), [](auto& f) { f.payload.resize(most + 1); }),
      frame_too_large},
    {"a message of 4 GiB", message().header(0xffff'ffff), frame_too_large},
    {"an end of 4 GiB", down(peer, here, 20).header(0xffff'ffff), frame_too_large},
    {"nothing to be passed on", basp_frame{.operation = 3}.bytes(), routing_refused},
    {"something to be passed on of 4 GiB", basp_frame{.operation = 3}.header(0xffff'ffff),
      frame_too_large},
    {"a message that was passed on", sealed.bytes(), routing_refused},
    {"a message to nobody", with(message(), [](auto& f) { f.receiver = 0; }), not_basp},
    {"an empty message", with(message(), [](auto& f) { f.payload.clear(); }), not_basp},
    {"a spawn of an actor",
      with(
        spawn_server_question(9), [](auto& f) { f.payload = content("@atom+@str+@message", "x"); }),
      named_receiver},
    {"a lookup by name", with(spawn_server_question(9), [](auto& f) { f.receiver = 0x1234; }),
      named_receiver},
    {"a monitor for another node", monitor(third, here, 8).bytes(), foreign_node},
    {"a monitor at another node", monitor(peer, third, 8).bytes(), foreign_node},
    {"the end of another node's actor", down(third, here, 20).bytes(), foreign_node},
    {"an end without reason", with(down(peer, here, 20), [](auto& f) { f.payload.resize(64); }),
      payload_malformed},
    {"an unknown operation", basp_frame{.operation = 7}.bytes(), not_basp},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    const std::string stream = handshake_of(link_side::accepted) + row.frame;
    const auto seen =
      run(frame_guard{rules_of(link_side::accepted, link_trust::node)}, stream, stream.size());
    CHECK(text(seen.breach) == text(row.breach));
    CHECK(seen.announced_bytes_max <= most);
  }
}

// CAF of a healthy node sends such when it was given a handle of an actor of a third node.
TEST_CASE("link_rules: what a node wants passed on is swallowed") {
  const std::string hands = handshake_of(link_side::accepted);
  const basp_frame routed{
    .operation = 3, .source = 1, .receiver = 8, .payload = peer + third + std::string(3'000, 'x')};
  const std::string stream =
    hands + routed.bytes() + spawn_server_question(9).bytes() + message().bytes();
  for (const std::size_t piece : {1, 45, 4'096}) {
    const auto seen =
      run(frame_guard{rules_of(link_side::accepted, link_trust::node)}, stream, piece);
    CHECK(seen.breach == link_breach::none);
    CHECK(seen.passed == hands + message().bytes());
  }
}

TEST_CASE("link_rules: living sources of a node are limited too") {
  std::string stream = handshake_of(link_side::accepted);
  for (std::uint64_t source = 1; source <= 5; ++source)
    stream += with(message(), [&](auto& f) { f.source = source; });
  const frame_guard guard{rules_of(link_side::accepted, link_trust::node)};
  const std::string one_more = with(message(), [](auto& f) { f.source = 6; });
  CHECK(run(guard, stream, 4'096).breach == link_breach::none);
  CHECK(run(guard, stream + one_more, 4'096).breach == link_breach::too_many_sources);
  CHECK(
    run(guard, stream + down(peer, here, 2).bytes() + one_more, 4'096).breach == link_breach::none);
}

TEST_CASE("link_rules: a client says hello, and is a node from the frame after its admission") {
  const std::string hello = with(message("aiex::node_hello"), [](auto& f) {
    f.data = request_number(1);
    f.receiver = published;
  });
  frame_guard guard{rules_of(link_side::accepted, link_trust::client)};
  const auto feed = [&](std::string_view stream) {
    auto verdict = guard_verdict::more;
    while (!stream.empty() && verdict != guard_verdict::close) {
      const auto bytes = stream.substr(0, guard.wanted());
      stream.remove_prefix(bytes.size());
      verdict = guard.feed(bytes);
    }
    return guard.breach();
  };
  CHECK(feed(handshake_of(link_side::accepted) + hello.substr(0, 40)) == link_breach::none);
  guard.trust_as_node(); // the frame that is half read stays a client's
  CHECK(feed(hello.substr(40)) == link_breach::none);
  CHECK(feed(message().bytes()) == link_breach::none);
}

TEST_CASE("link_rules: the frame before the admission is a client's to its end") {
  const std::string exit = with(message("@exit"), [](auto& f) {
    f.data = request_number(1);
    f.receiver = published;
  });
  frame_guard guard{rules_of(link_side::accepted, link_trust::client)};
  std::string stream = handshake_of(link_side::accepted) + exit;
  bool is_admitted = false;
  auto verdict = guard_verdict::more;
  while (!stream.empty() && verdict != guard_verdict::close) {
    const auto bytes = stream.substr(0, std::min<std::size_t>(guard.wanted(), 32));
    verdict = guard.feed(bytes);
    stream.erase(0, bytes.size());
    if (!is_admitted && stream.size() == exit.size() - 32) {
      guard.trust_as_node();
      is_admitted = true;
    }
  }
  CHECK(is_admitted);
  CHECK(guard.breach() == link_breach::content_refused);
}

TEST_CASE("link_rules: nothing a node sends makes CAF announce more than the limit") {
  CHECK(rc::check([] {
    std::string stream = handshake_of(link_side::accepted);
    for (const auto& row : allowed_to_nodes())
      if (*rc::gen::arbitrary<bool>())
        stream += row.frame;
    const auto changes = *rc::gen::inRange(0, 6);
    for (int i = 0; i < changes; ++i) {
      const auto at = *rc::gen::inRange<std::size_t>(0, stream.size());
      stream[at] = *rc::gen::arbitrary<char>();
    }
    const frame_guard guard{rules_of(link_side::accepted, link_trust::node)};
    const auto whole = run(guard, stream, stream.size());
    RC_ASSERT(whole.announced_bytes_max <= most);
    const auto piece = *rc::gen::inRange<std::size_t>(1, 70);
    RC_ASSERT(run(guard, stream, piece).breach == whole.breach);
  }));
}

} // namespace
} // namespace aiex
