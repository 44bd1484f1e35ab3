// A node that says to another one's mesh what it likes.
#pragma once

#include "aiex/actors/cluster/peer_frames.hpp"

#include "support/mesh_world.hpp"

#include <caf/catch_all.hpp>
#include <caf/others.hpp>

#include <future>
#include <optional>
#include <string>
#include <utility>

namespace aiex::test {

class rogue_node {
public:
  explicit rogue_node(const endpoint& where) {
    std::promise<result<caf::actor>> made;
    auto connected = made.get_future();
    peer_.system.spawn<caf::hidden>([&](caf::event_based_actor* self) {
      peer_.link.nodes().connect(self, where, patience,
        [&](result<caf::actor> published) { made.set_value(std::move(published)); });
    });
    auto published = connected.get();
    REQUIRE(published);
    door = *published;
  }

  static node_card card(const std::string& name, std::uint8_t store) {
    return {uuid_of(100), name, uuid_of(store), 1, "127.0.0.1:1"};
  }

  /// The refusal; empty if it is welcome.
  std::string say_hello(const node_hello& hello) {
    std::string refusal = "no answer";
    self_->request(door, patience, hello)
      .receive(
        [&](const node_welcome& answer) {
          refusal = answer.refusal;
          mesh = caf::actor_cast<caf::actor>(self_->current_sender());
        },
        [](const caf::error&) {});
    return refusal;
  }
  std::string say_hello(const node_card& who) { return say_hello({node_protocol, encode(who)}); }

  template <class Message>
  void send(const caf::actor& to, Message message) {
    self_->send(to, std::move(message));
  }
  void send_frame(const peer_frame& what) { send(mesh, frame{encode(what)}); }
  void send_bytes(std::string bytes) { send(mesh, frame{std::move(bytes)}); }

  /// Keeps itself up until a frame of this kind has come.
  template <class Kind>
  bool hears() {
    bool has_heard = false;
    return eventually([&] {
      send_frame(peer_heartbeat{});
      self_->receive(
        [&](const frame& what) {
          if (const auto read = decode_peer_frame(what.bytes))
            has_heard = std::holds_alternative<Kind>(*read);
        },
        caf::others >> [](caf::message_view&) -> caf::result<caf::message> {
          return caf::sec::unexpected_message;
        },
        caf::after(std::chrono::milliseconds{20}) >> [] {});
      return has_heard;
    });
  }

  std::optional<caf::actor> find(const std::string& name) {
    std::optional<caf::actor> found;
    self_->request(mesh, patience, actor_question{name})
      .receive([&](const actor_answer& answer) { found = answer.who; }, [](const caf::error&) {});
    return found;
  }

  bool sees_end(const caf::actor& watched) { return peer_.sees_end(watched); }
  link_peer& peer() { return peer_; }

  caf::actor door;
  caf::actor mesh;

private:
  link_peer peer_;
  caf::scoped_actor self_{peer_.system, true};
};

} // namespace aiex::test
