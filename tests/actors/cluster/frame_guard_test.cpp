#include "aiex/actors/cluster/frame_guard.hpp"

#include "support/basp_bytes.hpp"
#include "support/guard_run.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

namespace aiex {
namespace {

using namespace test;

const std::string ours = node_named(1);
const std::string theirs = node_named(2);
const std::string third = node_named(3);
constexpr std::uint64_t gateway = 7;

link_rules rules_of(link_side side) {
  link_rules rules;
  rules.side = side;
  rules.self = node_id_of(ours);
  rules.gateway = gateway;
  rules.protocol = "aiex/1";
  rules.types = {"aiex::hello", "aiex::request"};
  rules.message_bytes_max = 1'000;
  rules.sources_max = 3;
  return rules;
}

basp_frame request(std::uint64_t source = 20) {
  return {.operation = 2,
    .data = request_number(1),
    .source = source,
    .receiver = gateway,
    .payload = content("aiex::request", "body")};
}

basp_frame response() {
  return {.operation = 2,
    .data = response_number(1),
    .source = gateway,
    .receiver = 20,
    .payload = content("aiex::hello", "body")};
}

basp_frame heartbeat() {
  return {};
}

const std::string hands_shaken =
  client_handshake(theirs).bytes() + client_handshake(theirs, true).bytes();
const std::string hands_shaken_by_server = server_handshake(theirs, "aiex/1", gateway).bytes();

TEST_CASE("frame_guard: what a client of ours sends passes, but for the question") {
  const std::string stream = hands_shaken + monitor(theirs, ours, gateway).bytes() +
                             request().bytes() + heartbeat().bytes() + request(21).bytes() +
                             down(theirs, ours, 20).bytes();
  const std::string question = spawn_server_question(9).bytes();
  const frame_guard guard{rules_of(link_side::accepted)};
  const auto seen = run(guard, hands_shaken + question + stream.substr(hands_shaken.size()), 4'096);
  CHECK(seen.breach == link_breach::none);
  CHECK(seen.passed == stream);
}

TEST_CASE("frame_guard: what a node of ours sends passes, but for the question") {
  const std::string stream = hands_shaken_by_server + monitor(theirs, ours, 20).bytes() +
                             response().bytes() + heartbeat().bytes() +
                             down(theirs, ours, gateway).bytes();
  const std::string question = spawn_server_question(9).bytes();
  const frame_guard guard{rules_of(link_side::opened)};
  const auto seen = run(
    guard, hands_shaken_by_server + question + stream.substr(hands_shaken_by_server.size()), 4'096);
  CHECK(seen.breach == link_breach::none);
  CHECK(seen.passed == stream);
}

struct example {
  const char* name;
  std::string stream;
  link_breach breach;
};

void check_table(link_side side, const std::vector<example>& table) {
  for (const auto& row : table) {
    CAPTURE(row.name);
    const frame_guard guard{rules_of(side)};
    const auto seen = run(guard, row.stream, row.stream.size());
    CHECK(text(seen.breach) == text(row.breach));
    CHECK(seen.announced_bytes_max <= 4'096);
  }
}

TEST_CASE("frame_guard: first words of strangers") {
  const auto head = [](std::uint8_t operation, std::uint32_t bytes) {
    return basp_frame{.operation = operation}.header(bytes);
  };
  using enum link_breach;
  check_table(link_side::accepted,
    {
      {"nothing", "", none},
      {"half a header", std::string(31, '\1'), none},
      {"HTTP", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", not_basp},
      {"TLS", std::string("\x16\x03\x01\x02\x00\x01", 6) + std::string(40, '\1'), not_basp},
      {"an unknown operation", head(7, 0), not_basp},
      {"padding", std::string("\1\1", 2) + head(1, 32).substr(2), not_basp},
      {"32 bytes that end CAF", head(1, 0), handshake_malformed},
      {"a server's handshake without payload", head(0, 0), handshake_expected},
      {"a handshake of 4 GiB", head(1, 0xffff'ffff), handshake_malformed},
      {"a message of 4 GiB", head(2, 0xffff'ffff), handshake_expected},
      {"a handshake of one byte more", head(1, 33), handshake_malformed},
      {"a heartbeat before the handshake", heartbeat().bytes(), handshake_expected},
      {"a request before the handshake", request().bytes(), handshake_expected},
      {"a server's handshake", hands_shaken_by_server, handshake_expected},
      {"a node id without process", client_handshake(node_named(0)).bytes(), handshake_malformed},
      {"a node id of zeros", client_handshake(std::string(32, '\0')).bytes(), handshake_malformed},
      {"our own node id", client_handshake(ours).bytes(), own_node},
      {"the second handshake first", client_handshake(theirs, true).bytes(), handshake_malformed},
      {"a handshake from an actor", with(client_handshake(theirs), [](auto& f) { f.source = 1; }),
        not_basp},
    });
}

TEST_CASE("frame_guard: what a client must not send") {
  const auto after = [](const std::string& bytes) { return hands_shaken + bytes; };
  using enum link_breach;
  check_table(link_side::accepted,
    {
      {"a third handshake", after(client_handshake(theirs, true).bytes()), handshake_repeated},
      {"a handshake again, unselected", after(client_handshake(theirs).bytes()),
        handshake_repeated},
      {"the second handshake for another node",
        client_handshake(theirs).bytes() + client_handshake(third, true).bytes(), foreign_node},
      {"a routed message",
        after(basp_frame{.operation = 3, .receiver = gateway, .payload = theirs + ours}.bytes()),
        routing_refused},
      {"a request to another actor", after(with(request(), [](auto& f) { f.receiver = 8; })),
        receiver_refused},
      {"an exit for another actor",
        after(with(request(),
          [](auto& f) {
            f.receiver = 8;
            f.payload = content("@exit", "x");
          })),
        receiver_refused},
      {"an exit for the gateway",
        after(with(request(), [](auto& f) { f.payload = content("@exit", "x"); })),
        content_refused},
      {"an asynchronous exit",
        after(with(request(),
          [](auto& f) {
            f.data = basp::asynchronous;
            f.payload = content("@exit", "x");
          })),
        not_a_request},
      {"a link with the gateway",
        after(
          with(request(), [](auto& f) { f.payload = content("@atom+@strong_actor_ptr", "x"); })),
        content_refused},
      {"a listed type and another one",
        after(with(request(), [](auto& f) { f.payload = content("aiex::request+@exit", "x"); })),
        content_refused},
      {"the beginning of a listed type's name",
        after(with(request(), [](auto& f) { f.payload = content("aiex::req", ""); })),
        content_refused},
      {"a forwarding stack", after(with(request(), [](auto& f) { f.payload[0] = 1; })),
        content_refused},
      {"one byte", after(with(request(), [](auto& f) { f.payload.resize(1); })), content_refused},
      {"an asynchronous message",
        after(with(request(), [](auto& f) { f.data = basp::asynchronous; })), not_a_request},
      {"a forged response", after(with(request(), [](auto& f) { f.data = response_number(1); })),
        not_a_request},
      {"an anonymous request", after(with(request(), [](auto& f) { f.source = 0; })),
        not_a_request},
      {"a request over the limit", after(with(request(), [](auto& f) { f.payload.resize(1'001); })),
        frame_too_large},
      {"a request of 4 GiB", after(request().header(0xffff'ffff)), frame_too_large},
      {"the question twice",
        after(spawn_server_question(9).bytes() + spawn_server_question(9).bytes()), named_receiver},
      {"the spawn of an actor",
        after(with(spawn_server_question(9),
          [](auto& f) { f.payload = content("@atom+@str+@message", "x"); })),
        named_receiver},
      {"another question of the same length",
        after(with(spawn_server_question(9), [](auto& f) { f.payload.back() = 'x'; })),
        named_receiver},
      {"a lookup by name",
        after(with(spawn_server_question(9), [](auto& f) { f.receiver = 0x1234; })),
        named_receiver},
      {"a monitor of another actor", after(monitor(theirs, ours, 8).bytes()), receiver_refused},
      {"a monitor for another node", after(monitor(third, ours, gateway).bytes()), foreign_node},
      {"a monitor at another node", after(monitor(theirs, third, gateway).bytes()), foreign_node},
      {"a short monitor",
        after(with(monitor(theirs, ours, gateway), [](auto& f) { f.payload.resize(40); })),
        payload_malformed},
      {"the end of another node's actor", after(down(third, ours, 20).bytes()), foreign_node},
      {"the end of ours", after(down(ours, ours, 20).bytes()), foreign_node},
      {"an end with context",
        after(with(down(theirs, ours, 20),
          [](auto& f) {
            f.payload.resize(73);
            f.payload += content("@strong_actor_ptr", "x").substr(1);
          })),
        payload_malformed},
      {"an end without reason",
        after(with(down(theirs, ours, 20), [](auto& f) { f.payload.resize(64); })),
        payload_malformed},
      {"a heartbeat with payload", after(with(heartbeat(), [](auto& f) { f.payload = "x"; })),
        not_basp},
    });
}

TEST_CASE("frame_guard: what a server must not send") {
  const auto after = [](const std::string& bytes) { return hands_shaken_by_server + bytes; };
  using enum link_breach;
  check_table(link_side::opened,
    {
      {"an answer of an HTTP server", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n",
        not_basp},
      {"a greeting of an SSH server", "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n", not_basp},
      {"a client's handshake", client_handshake(theirs).bytes(), handshake_expected},
      {"no payload", basp_frame{.operation = 0, .data = 3}.bytes(), handshake_malformed},
      {"BASP 2", with(server_handshake(theirs, "aiex/1", gateway), [](auto& f) { f.data = 2; }),
        other_protocol},
      {"any CAF program", server_handshake(theirs, "generic-caf-app", gateway).bytes(),
        other_protocol},
      {"the next version of aiex", server_handshake(theirs, "aiex/2", gateway).bytes(),
        other_protocol},
      {"two protocols",
        with(server_handshake(theirs, "aiex/1", gateway), [](auto& f) { f.payload[32] = 2; }),
        other_protocol},
      {"a handshake that ends early",
        with(server_handshake(theirs, "aiex/1", gateway), [](auto& f) { f.payload.pop_back(); }),
        other_protocol},
      {"no actor published", server_handshake(theirs, "aiex/1", 0).bytes(), nothing_published},
      {"our own node id", server_handshake(ours, "aiex/1", gateway).bytes(), own_node},
      {"another handshake", after(hands_shaken_by_server), handshake_repeated},
      {"a request", after(request().bytes()), not_a_response},
      {"an exit",
        after(with(response(),
          [](auto& f) {
            f.data = basp::asynchronous;
            f.payload = content("@exit", "x");
          })),
        not_a_response},
      {"a response of another type",
        after(with(response(), [](auto& f) { f.payload = content("@exit", "x"); })),
        content_refused},
      {"the end of another node's actor", after(down(third, ours, gateway).bytes()), foreign_node},
    });
}

TEST_CASE("frame_guard: a node's actor may end with a text") {
  auto end = down(theirs, ours, gateway);
  end.payload.resize(73);
  end.payload += std::string(basp::text_message) + "\x03why";
  const auto seen =
    run(frame_guard{rules_of(link_side::opened)}, hands_shaken_by_server + end.bytes(), 4'096);
  CHECK(seen.breach == link_breach::none);
}

// CAF keeps a proxy per actor it heard of until that actor's end is reported.
TEST_CASE("frame_guard: living sources are limited, dead ones forgotten") {
  std::string stream = hands_shaken;
  for (std::uint64_t source = 1; source <= 3; ++source)
    stream += request(source).bytes();
  const frame_guard guard{rules_of(link_side::accepted)};
  CHECK(run(guard, stream + request(1).bytes(), 4'096).breach == link_breach::none);
  CHECK(run(guard, stream + request(4).bytes(), 4'096).breach == link_breach::too_many_sources);
  CHECK(run(guard, stream + down(theirs, ours, 2).bytes() + request(4).bytes(), 4'096).breach ==
        link_breach::none);
}

TEST_CASE("frame_guard: how a stream is cut makes no difference") {
  const std::string stream = hands_shaken + spawn_server_question(9).bytes() + request().bytes() +
                             monitor(theirs, ours, gateway).bytes() + heartbeat().bytes() +
                             down(theirs, ours, 20).bytes() +
                             with(request(), [](auto& f) { f.payload = content("@exit", ""); });
  const frame_guard guard{rules_of(link_side::accepted)};
  const auto whole = run(guard, stream, stream.size());
  CHECK(whole.breach == link_breach::content_refused);
  for (std::size_t piece = 1; piece < stream.size(); ++piece) {
    CAPTURE(piece);
    CHECK(run(guard, stream, piece).breach == whole.breach);
  }
  for (std::size_t end = 0; end < stream.size(); ++end) { // nothing is refused before its time
    CAPTURE(end);
    const auto by_byte = run(guard, stream.substr(0, end), 1);
    const auto at_once = run(guard, stream.substr(0, end), stream.size());
    CHECK(by_byte.passed.size() >= at_once.passed.size());
    CHECK(by_byte.breach == at_once.breach);
  }
}

// -- any bytes at all ----------------------------------------------------------------------------

std::string random_bytes() {
  return *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
}

/// A stream that was fine, with some bytes changed, cut out or put in.
std::string mutated(std::string stream) {
  const auto changes = *rc::gen::inRange(0, 6);
  for (int i = 0; i < changes && !stream.empty(); ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, stream.size());
    switch (*rc::gen::inRange(0, 3)) {
    case 0: stream[at] = *rc::gen::arbitrary<char>(); break;
    case 1: stream.erase(at, *rc::gen::inRange<std::size_t>(1, 40)); break;
    default: stream.insert(at, random_bytes());
    }
  }
  return stream;
}

void check_any_stream(link_side side, const std::string& stream) {
  const frame_guard guard{rules_of(side)};
  const auto whole = run(guard, stream, std::max<std::size_t>(stream.size(), 1));
  RC_ASSERT(whole.announced_bytes_max <= frame_guard::control_bytes_max);
  RC_ASSERT(whole.passed.size() <= stream.size());
  const auto piece = *rc::gen::inRange<std::size_t>(1, 70);
  RC_ASSERT(run(guard, stream, piece).breach == whole.breach);
}

TEST_CASE("frame_guard: random bytes neither crash nor pass a limit") {
  CHECK(rc::check([] {
    const auto side = *rc::gen::elementOf(std::vector{link_side::accepted, link_side::opened});
    check_any_stream(side, random_bytes());
  }));
}

TEST_CASE("frame_guard: a mutated conversation neither crashes nor passes a limit") {
  const std::string client = hands_shaken + spawn_server_question(9).bytes() +
                             monitor(theirs, ours, gateway).bytes() + request().bytes() +
                             heartbeat().bytes() + down(theirs, ours, 20).bytes();
  const std::string server = hands_shaken_by_server + spawn_server_question(9).bytes() +
                             monitor(theirs, ours, 20).bytes() + response().bytes() +
                             heartbeat().bytes() + down(theirs, ours, gateway).bytes();
  CHECK(rc::check([&] { check_any_stream(link_side::accepted, mutated(client)); }));
  CHECK(rc::check([&] { check_any_stream(link_side::opened, mutated(server)); }));
}

// A frame that the guard lets through is one of those on the list: whatever bytes came before.
TEST_CASE("frame_guard: nothing but the list ever passes") {
  CHECK(rc::check([] {
    auto frame = request(*rc::gen::inRange<std::uint64_t>(0, 4));
    frame.operation = static_cast<std::uint8_t>(*rc::gen::inRange(0, 9));
    frame.flags = *rc::gen::elementOf(std::vector<std::uint8_t>{0, 0, 1, 2});
    frame.receiver =
      *rc::gen::elementOf(std::vector<std::uint64_t>{gateway, gateway, 0, 8, basp::spawn_server});
    frame.data = *rc::gen::elementOf(
      std::vector<std::uint64_t>{request_number(1), response_number(1), basp::asynchronous, 0});
    frame.payload = *rc::gen::elementOf(
      std::vector<std::string>{content("aiex::request", "x"), content("@exit", "x"), theirs + ours,
        third + ours, std::string(basp::spawn_server_question), ""});
    const auto seen =
      run(frame_guard{rules_of(link_side::accepted)}, hands_shaken + frame.bytes(), 4'096);
    if (seen.breach != link_breach::none || seen.passed == hands_shaken)
      return; // refused, or swallowed
    const bool listed_request = frame.operation == 2 && frame.flags == 0 &&
                                frame.receiver == gateway && basp::is_request(frame.data) &&
                                frame.source != 0 && frame.payload == content("aiex::request", "x");
    const bool monitors_gateway =
      frame.operation == 4 && frame.receiver == gateway && frame.payload == theirs + ours;
    const bool heart = frame.operation == 6 && frame.payload.empty();
    RC_ASSERT(listed_request || monitors_gateway || heart);
  }));
}

} // namespace
} // namespace aiex
