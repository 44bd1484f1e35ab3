#include "aiex/actors/cluster/link.hpp"

#include "aiex/actors/cluster/certificate_watch.hpp"
#include "aiex/actors/cluster/link_book.hpp"
#include "aiex/actors/cluster/link_connection.hpp"
#include "aiex/actors/cluster/link_doorman.hpp"
#include "aiex/actors/cluster/link_scribe.hpp"
#include "aiex/actors/cluster/tcp.hpp"
#include "aiex/actors/cluster/tls/tls_dial.hpp"
#include "aiex/actors/runtime/message_types.hpp"
#include "aiex/actors/runtime/profile.hpp"

#include <caf/actor_system.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/make_counted.hpp>
#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <future>
#include <optional>
#include <set>
#include <vector>

namespace aiex {

namespace {

using caf::io::network::default_multiplexer;
using std::chrono::milliseconds;

constexpr milliseconds answer_grace{1'000}; // what CAF may take beyond a deadline of ours

/// As it goes over the wire.
basp::node_id wire_id(const caf::node_id& node) {
  std::vector<char> bytes;
  caf::binary_serializer sink{nullptr, bytes};
  invariant(
    !sink(node) && bytes.size() == basp::node_id_bytes, "link: CAF writes node ids differently");
  basp::node_id id{};
  std::copy(bytes.begin(), bytes.end(), id.begin());
  return id;
}

/// Closes connections whose handshake is overdue; ticks only while there are any. A broker, so
/// that it runs in CAF's I/O thread and no stuck handler holds it up.
caf::behavior watch_handshakes(
  caf::io::broker* self, std::shared_ptr<link_book> book, milliseconds interval) {
  auto ticking = std::make_shared<bool>(false);
  const auto tick_later = [=] {
    *ticking = true;
    self->delayed_send(self, interval, caf::timeout_atom::value);
  };
  return {
    [=](caf::tick_atom) { // a connection was accepted
      if (!*ticking)
        tick_later();
    },
    [=](caf::timeout_atom) {
      *ticking = false;
      if (book->close_overdue() > 0)
        tick_later();
    },
  };
}

void ignore_sigpipe() {
  struct sigaction now {};
  if (::sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) {
    now.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &now, nullptr);
  }
}

tl::unexpected<error> not_linked(const endpoint& where, link_breach breach) {
  if (is_of_tls(breach))
    return tl::unexpected(tls_refusal(where, breach));
  const std::string words = to_string(where) + " " + std::string(text(breach));
  switch (breach) {
  case link_breach::none:
    return fail(errc::unreachable,
      to_string(where) + " closed the connection before the handshake was complete: no node of "
                         "aiex, or one that is stopping or has no room");
  case link_breach::other_protocol: return fail(errc::unknown_version, words);
  case link_breach::node_taken: return fail(errc::in_use, words);
  case link_breach::own_node: return fail(errc::already_exists, words);
  case link_breach::handshake_overdue:
    return fail(errc::time_out, words + ". Is it a node of aiex?");
  default: return fail(errc::unreachable, words + ". Is it a node of aiex?");
  }
}

} // namespace

/// What helper actors share with the link: it may go while one of them still connects.
struct link_parts {
  link_parts(caf::actor_system& system, const link_limits& limits,
    std::shared_ptr<tls_credentials> own, std::function<void(const std::string&)> warn);

  link_rules rules(link_side side, link_trust trust) const;
  result<caf::actor> connect(const endpoint& where, milliseconds deadline, link_trust trust);
  result<caf::actor> shake_hands(
    const linked_socket& linked, const endpoint& where, milliseconds deadline);
  void await_turn();
  std::shared_ptr<closable_link> linked_with(const caf::node_id& who) const;

  caf::actor_system& system;
  const link_limits limits;
  const std::shared_ptr<link_book> book;
  default_multiplexer& multiplexer;
  const caf::actor broker; // CAF's, which speaks BASP
  const basp::node_id self;
  const std::shared_ptr<tls_credentials> own; // none: links are plain
  caf::actor watch;
  caf::actor certificates; // who looks at them, if there are any
  std::vector<std::uint16_t> ports;
};

link_parts::link_parts(caf::actor_system& sys, const link_limits& l,
  std::shared_ptr<tls_credentials> shown, std::function<void(const std::string&)> warn)
    : system(sys), limits(l), book(std::make_shared<link_book>(l)),
      multiplexer(dynamic_cast<default_multiplexer&>(sys.middleman().backend())),
      broker(sys.middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP"))),
      self(wire_id(sys.node())), own(std::move(shown)) {
  const auto interval = std::max(milliseconds{1}, limits.handshake_deadline / 4);
  watch = sys.middleman().spawn_broker<caf::hidden>(watch_handshakes, book, interval);
  if (own) // it reads small files, now and then
    certificates = sys.spawn<caf::hidden>(
      watch_certificates, own, book, limits.certificates_look, std::move(warn));
}

link_rules link_parts::rules(link_side side, link_trust trust) const {
  link_rules rules;
  rules.side = side;
  rules.trust = trust;
  rules.self = self;
  rules.protocol = link_protocol;
  rules.sources_max = limits.sources_max;
  rules.node_sources_max = limits.node_sources_max;
  rules.node_message_bytes_max = limits.node_message_bytes_max + frame_overhead_bytes;
  if (side == link_side::accepted) {
    rules.types = {caf::type_name<gateway_hello>::value, caf::type_name<gateway_request>::value,
      caf::type_name<node_hello>::value};
    rules.message_bytes_max = limits.request_bytes_max + frame_overhead_bytes;
  } else {
    rules.types = {
      caf::type_name<gateway_welcome>::value, caf::type_name<gateway_reply>::value, "@error"};
    rules.message_bytes_max = limits.reply_bytes_max + frame_overhead_bytes;
  }
  return rules;
}

result<caf::actor> link_parts::connect(
  const endpoint& where, milliseconds deadline, link_trust trust) {
  const auto give_up_at = std::chrono::steady_clock::now() + deadline;
  auto socket = connect_tcp(where, deadline);
  if (!socket)
    return tl::unexpected(std::move(socket.error()));
  const auto left = [give_up_at] {
    return std::max(milliseconds{1},
      std::chrono::ceil<milliseconds>(give_up_at - std::chrono::steady_clock::now()));
  };
  std::unique_ptr<tls_channel> tls;
  if (own) {
    auto dialled = dial_tls(*own, socket->fd(), where, {}, left());
    if (!dialled)
      return tl::unexpected(std::move(dialled.error()));
    tls = std::move(*dialled);
  }
  const auto linked = make_linked_socket(
    multiplexer, std::move(*socket), rules(link_side::opened, trust), limits, book, std::move(tls));
  return shake_hands(linked, where, left());
}

result<caf::actor> link_parts::shake_hands(
  const linked_socket& linked, const endpoint& where, milliseconds deadline) {
  caf::actor published;
  caf::error problem;
  caf::scoped_actor caller{system, true};
  // CAF's own request: these wait for CAF and for a helper, which only time can end.
  caller
    ->request(
      broker, deadline, caf::connect_atom::value, caf::io::scribe_ptr{linked.scribe}, where.port)
    .receive([&](caf::node_id&, caf::strong_actor_ptr& actor,
               std::set<std::string>&) { published = caf::actor_cast<caf::actor>(actor); },
      [&](caf::error& reason) { problem = std::move(reason); });
  if (problem == caf::sec::request_timeout)
    linked.connection->abort(link_breach::handshake_overdue);
  if (!problem && published)
    return published;
  return not_linked(where, linked.connection->breach());
}

/// Returns once CAF's thread has done what it was sent before. A doorman that is closed in the
/// same turn in which it was opened is never freed: CAF takes the two for nothing at all.
void link_parts::await_turn() {
  auto done = std::make_shared<std::promise<void>>();
  auto turned = done->get_future();
  multiplexer.post([done] { done->set_value(); });
  turned.wait_for(answer_grace);
}

std::shared_ptr<closable_link> link_parts::linked_with(const caf::node_id& who) const {
  return who == caf::none ? nullptr : book->linked_with(wire_id(who));
}

namespace {

struct connect_wish {
  endpoint where;
  milliseconds deadline;
  link_trust trust;
};

/// What who connects and who waits for it share. Whoever is second to settle it sees to the rest.
struct connect_outcome {
  std::optional<result<caf::actor>> made;
  std::atomic<bool> is_settled = false;
};

/// Detached: connecting blocks, and must not take a worker from other actors.
caf::actor spawn_connector(caf::event_based_actor* self, const std::shared_ptr<link_parts>& link,
  const connect_wish& wish, const std::shared_ptr<connect_outcome>& outcome) {
  return self->spawn<caf::detached + caf::hidden>(
    [=](caf::event_based_actor* worker) -> caf::behavior {
      return {[=](caf::connect_atom) {
        outcome->made = link->connect(wish.where, wish.deadline, wish.trust);
        if (outcome->is_settled.exchange(true) && *outcome->made)
          node_links{link}.close((*outcome->made)->node()); // nobody waits for it any more
        worker->quit();
        return true;
      }};
    });
}

void connect_from(caf::event_based_actor* self, const std::shared_ptr<link_parts>& link,
  const connect_wish& wish, std::function<void(result<caf::actor>)> then) {
  auto outcome = std::make_shared<connect_outcome>();
  // CAF's own request: as above, of a connector.
  self
    ->request(spawn_connector(self, link, wish, outcome), wish.deadline + answer_grace,
      caf::connect_atom::value)
    .then([=](bool) { then(std::move(*outcome->made)); },
      [=](const caf::error&) {
        if (outcome->is_settled.exchange(true))
          return then(std::move(*outcome->made));
        then(fail(errc::time_out, "no answer from " + to_string(wish.where)));
      });
}

} // namespace

link::link(caf::actor_system& system, link_limits limits, std::shared_ptr<tls_credentials> own,
  std::function<void(const std::string&)> warn)
    : parts_(std::make_shared<link_parts>(system, limits, std::move(own), std::move(warn))) {
  ignore_sigpipe();
}

link::~link() {
  for (const auto port : parts_->ports)
    caf::anon_send(parts_->broker, caf::close_atom::value, port);
  caf::anon_send_exit(parts_->watch, caf::exit_reason::user_shutdown);
  if (parts_->certificates)
    caf::anon_send_exit(parts_->certificates, caf::exit_reason::user_shutdown);
}

result<std::uint16_t> link::listen(const caf::actor& gateway, const endpoint& where) {
  if (!parts_->own && !is_loopback(where))
    return fail(errc::denied, "will not listen on " + to_string(where) +
                                ": links are not encrypted without certificates, so only loopback "
                                "is allowed. Make them with \"aiex cert\", or listen on 127.0.0.1");
  auto socket = listen_tcp(where);
  if (!socket)
    return tl::unexpected(std::move(socket.error()));
  auto port = local_port(*socket);
  if (!port)
    return port;

  auto rules = parts_->rules(link_side::accepted, link_trust::client);
  rules.gateway = gateway.id();
  caf::io::doorman_ptr doorman = caf::make_counted<link_doorman>(parts_->multiplexer,
    std::move(*socket), std::move(rules), parts_->limits, parts_->book, parts_->watch, parts_->own);
  caf::anon_send(parts_->broker, caf::publish_atom::value, std::move(doorman), *port,
    caf::actor_cast<caf::strong_actor_ptr>(gateway), std::set<std::string>{});
  parts_->ports.push_back(*port);
  parts_->await_turn();
  return port;
}

result<caf::actor> link::connect(const endpoint& where, milliseconds deadline) {
  return parts_->connect(where, deadline, link_trust::client);
}

void link::connect(caf::event_based_actor* self, const endpoint& where, milliseconds deadline,
  std::function<void(result<caf::actor>)> then) {
  connect_from(self, parts_, {where, deadline, link_trust::client}, std::move(then));
}

void node_links::connect(caf::event_based_actor* self, const endpoint& where, milliseconds deadline,
  std::function<void(result<caf::actor>)> then) const {
  connect_from(self, parts_, {where, deadline, link_trust::node}, std::move(then));
}

result<void> node_links::admit_node(const caf::node_id& who, std::string_view name) const {
  const auto connection = parts_->linked_with(who);
  if (!connection)
    return fail(errc::not_found, "the link with the node " + std::string{name} + " has ended");
  return connection->trust_as_node(name);
}

void node_links::close(const caf::node_id& who) const {
  if (const auto connection = parts_->linked_with(who))
    connection->abort(link_breach::peer_dismissed);
}

void node_links::close_all() const {
  for (const auto& connection : parts_->book->of_nodes())
    connection->abort(link_breach::peer_dismissed);
}

std::size_t link::pending() const {
  return parts_->book->pending();
}

std::size_t link::linked() const {
  return parts_->book->linked();
}

std::uint64_t link::closed_for(link_breach breach) const {
  return parts_->book->closed_for(breach);
}

link::find_peer link::peers() const {
  return [book = parts_->book, is_plain = !parts_->own](
           const caf::node_id& node) -> std::optional<peer_identity> {
    return is_plain ? peer_identity{} : book->peers().who(wire_id(node));
  };
}

} // namespace aiex
