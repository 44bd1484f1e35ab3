// What the actor of the mesh does, in words of CAF: it performs what `mesh_core` says.
#pragma once

#include "aiex/actors/cluster/mesh_followers.hpp"
#include "aiex/actors/cluster/mesh_messages.hpp"
#include "aiex/actors/cluster/mesh_options.hpp"
#include "aiex/actors/runtime/message_types.hpp"
#include "aiex/supervision/call/call.hpp"

#include <caf/actor_addr.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/node_id.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstdint>
#include <map>
#include <optional>

namespace aiex {

/// The end of a link, from CAF's thread.
struct mesh_link_ended {
  mesh_link link = 0;
};

/// Thread: the mesh's. Goes with it.
class mesh_work {
public:
  mesh_work(caf::event_based_actor* self, mesh_options options);
  mesh_work(const mesh_work&) = delete;
  mesh_work& operator=(const mesh_work&) = delete;
  ~mesh_work(); ///< Closes all links.

  void tick();
  node_welcome on_hello(const node_hello& hello);
  void on_frame(const frame& what);
  void on_link_ended(mesh_link link);

  void follow(const follow_peers& wish);
  void on_down(const caf::actor_addr& who) { followers_.forget(who); }
  void send(peer_send& what);
  void expect(const expect_nodes& wish);
  peers_up list() const;
  nodes_unreached unreached() const { return {core_.unreached()}; }
  caf::typed_response_promise<found_remote> find(const find_remote& wish);
  caf::typed_response_promise<pinged_node> ping(const ping_node& wish);
  actor_answer answer(const actor_question& question) const;

private:
  struct connection {
    caf::actor mesh; // at the other end
    node_card who{};
    bool is_up = false;
    bool is_lost = false; // there is a newer one with the same node
    peer_wire wire;
  };
  struct open_ping {
    mesh_link link = 0;
    mesh_core::time_point sent_at{};
    caf::typed_response_promise<pinged_node> promise;
  };

  mesh_core::time_point now() const;
  void learn_address();
  void perform(const mesh_acts& acts);
  void perform_one(const mesh_dial& dial);
  void perform_one(const mesh_close& close);
  void perform_one(const mesh_up& up);
  void perform_one(const mesh_down& down);
  void perform_one(const mesh_heartbeat& heartbeat);
  void perform_one(const mesh_introduce& others);
  void perform_one(const mesh_warning& warning);

  void connected(mesh_link link, result<caf::actor> door);
  void welcomed(mesh_link link, const caf::actor& door, const node_welcome& answer);
  void hold(mesh_link link, const caf::actor& mesh);
  void forget_node(const caf::node_id& node);
  void end(mesh_link link, const std::string& why);

  void take(mesh_link link, const peer_part& part);
  void take(mesh_link link, const peer_ack& ack);
  void take(mesh_link link, const peer_heartbeat& heartbeat);
  void take(mesh_link link, const peer_introduction& others);
  void take(mesh_link link, const peer_ping& ping);
  void take(mesh_link link, const peer_pong& pong);

  void post(const connection& to, const peer_frame& what);
  void flush(connection& to);
  void acknowledge(connection& to, bool at_last);
  void end_pings(mesh_link of, std::optional<mesh_core::time_point> sent_before = {});
  const connection* up_named(const std::string& name) const;

  caf::event_based_actor* self_;
  mesh_options options_;
  calls calls_;
  mesh_core core_;
  mesh_followers followers_;
  std::map<mesh_link, connection> connections_;
  std::map<caf::actor_addr, mesh_link> by_mesh_;
  std::map<uuid, mesh_link> up_; // by store
  std::map<std::uint64_t, open_ping> pings_;
  std::uint64_t last_ping_ = 0;
  std::size_t finds_ = 0; // under way
};

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::mesh_link_ended)
