#include "aiex/actors/cluster/mesh_work.hpp"

#include "aiex/persistence/base/uuid.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <algorithm>

namespace aiex {

namespace {

node_card without_address(node_card self) {
  self.address.clear();
  return self;
}

peer_node as_peer(const node_card& who, const caf::actor& mesh) {
  return {who.store, who.name, who.address, who.incarnation, mesh};
}

} // namespace

mesh_work::mesh_work(caf::event_based_actor* self, mesh_options options)
    : self_(self), options_(std::move(options)), calls_(self->system()),
      core_(
        without_address(options_.self), options_.seeds, options_.limits, system_random(), now()),
      followers_(self) {
  options_.links.close_all(); // those of a mesh before this one
}

mesh_work::~mesh_work() {
  for (const auto& [link, each] : connections_)
    options_.links.close(each.mesh.node());
}

mesh_core::time_point mesh_work::now() const {
  return self_->clock().now();
}

/// Others may say hello before the next tick.
void mesh_work::learn_address() {
  if (!core_.self().address.empty() || !options_.address)
    return;
  if (const std::string where = options_.address(); parse_endpoint(where))
    core_.listens_at(where);
}

void mesh_work::tick() {
  learn_address();
  perform(core_.tick(now()));
  for (auto& [link, each] : connections_)
    if (each.is_up)
      acknowledge(each, true);
  end_pings(0, now() - remote_answer_max);
}

void mesh_work::perform(const mesh_acts& acts) {
  for (const mesh_act& each : acts)
    std::visit([this](const auto& act) { perform_one(act); }, each);
}

// -- links come up --------------------------------------------------------------------------------

void mesh_work::perform_one(const mesh_dial& dial) {
  const auto where = parse_endpoint(dial.address);
  invariant(where.has_value(), "mesh: dials what is no address");
  options_.links.connect(self_, *where, options_.limits.dial_deadline,
    [this, link = dial.link](result<caf::actor> door) { connected(link, std::move(door)); });
}

void mesh_work::connected(mesh_link link, result<caf::actor> door) {
  using failure = mesh_core::dial_failure;
  if (!door) {
    const bool is_own = door.error().code == errc::already_exists;
    core_.dial_failed(
      link, is_own ? failure::own : failure::unreachable, door.error().message, now());
    return;
  }
  calls_.call<node_welcome>(self_, *door, options_.limits.dial_deadline, core_.hello(),
    [this, link, to = *door](tl::expected<node_welcome, call_error> answer) {
      if (answer)
        return welcomed(link, to, *answer);
      options_.links.close(to.node());
      core_.dial_failed(link, failure::unreachable, text(answer.error()), now());
    });
}

void mesh_work::welcomed(mesh_link link, const caf::actor& door, const node_welcome& answer) {
  const auto mesh = caf::actor_cast<caf::actor>(self_->current_sender());
  node_welcome told = answer; // who refuses may have closed the link behind its words
  if (told.refusal.empty() && (!mesh || mesh.node() != door.node()))
    told.refusal = "its mesh is not there";
  if (const auto who = decode_node_card(answer.card); told.refusal.empty() && who)
    if (const auto proven = options_.links.admit_node(door.node(), who->name); !proven)
      told.refusal = proven.error().message;
  hold(link, told.refusal.empty() ? mesh : door);
  perform(core_.welcomed(link, told, now()));
}

node_welcome mesh_work::on_hello(const node_hello& hello) {
  const auto mesh = caf::actor_cast<caf::actor>(self_->current_sender());
  if (!mesh || mesh.node() == self_->node())
    return core_.welcome("a hello comes from the mesh of another node");
  learn_address();
  forget_node(mesh.node());
  if (auto why = core_.refusal(hello))
    return core_.welcome(std::move(*why));
  const auto who = decode_node_card(hello.card);
  if (auto proven = options_.links.admit_node(mesh.node(), who->name); !proven)
    return core_.welcome(std::move(proven.error().message));
  mesh_acts acts;
  const mesh_link link = core_.admit(hello, now(), acts);
  perform(acts);
  hold(link, mesh);
  return core_.welcome();
}

/// A node has one connection: who comes by a new one has lost the old one, before we know.
void mesh_work::forget_node(const caf::node_id& node) {
  const auto found = std::find_if(connections_.begin(), connections_.end(),
    [&](const auto& each) { return each.second.mesh.node() == node; });
  if (found == connections_.end())
    return;
  found->second.is_lost = true;
  end(found->first, "it has connected again");
}

/// From now on the end of `mesh` is the link's end.
void mesh_work::hold(mesh_link link, const caf::actor& mesh) {
  connections_.emplace(link, connection{mesh, {}, false, false, peer_wire{options_.wire}});
  by_mesh_[mesh.address()] = link;
  // Not monitored: the next link's mesh may have the same address.
  mesh->attach_functor([self = self_->address(), link](const caf::error&) {
    if (const auto to = caf::actor_cast<caf::actor>(self))
      caf::anon_send(to, mesh_link_ended{link});
  });
}

void mesh_work::perform_one(const mesh_up& up) {
  connection& peer = connections_.at(up.link);
  peer.is_up = true;
  peer.who = up.who;
  up_[up.who.store] = up.link;
  followers_.tell(node_up{as_peer(up.who, peer.mesh)});
}

// -- links end ------------------------------------------------------------------------------------

void mesh_work::on_link_ended(mesh_link link) {
  if (connections_.contains(link))
    end(link, "the connection was closed");
}

void mesh_work::end(mesh_link link, const std::string& why) {
  perform(core_.ended(link, why, now()));
}

void mesh_work::perform_one(const mesh_close& close) {
  const auto found = connections_.find(close.link);
  if (found == connections_.end())
    return;
  const caf::actor& mesh = found->second.mesh;
  if (!found->second.is_lost)
    options_.links.close(mesh.node());
  if (const auto known = by_mesh_.find(mesh.address());
      known != by_mesh_.end() && known->second == close.link)
    by_mesh_.erase(known);
  if (!found->second.is_up) // else its `mesh_down` comes
    connections_.erase(found);
}

void mesh_work::perform_one(const mesh_down& down) {
  const auto found = connections_.extract(down.link);
  if (!found)
    return;
  up_.erase(down.who.store);
  end_pings(down.link);
  followers_.tell(node_down{as_peer(down.who, found.mapped().mesh), down.why});
}

void mesh_work::perform_one(const mesh_warning& warning) {
  if (options_.warn)
    options_.warn(warning.text);
}

// -- frames ---------------------------------------------------------------------------------------

void mesh_work::perform_one(const mesh_heartbeat& heartbeat) {
  if (const auto found = connections_.find(heartbeat.link); found != connections_.end())
    post(found->second, peer_heartbeat{heartbeat.silence});
}

void mesh_work::perform_one(const mesh_introduce& others) {
  if (const auto found = connections_.find(others.link); found != connections_.end())
    post(found->second, peer_introduction{others.all});
}

void mesh_work::post(const connection& to, const peer_frame& what) {
  self_->send(to.mesh, frame{encode(what)});
}

void mesh_work::flush(connection& to) {
  while (auto next = to.wire.next_frame())
    self_->send(to.mesh, frame{std::move(*next)});
}

void mesh_work::acknowledge(connection& to, bool at_last) {
  if (const auto ack = to.wire.acknowledgement(at_last))
    post(to, *ack);
}

void mesh_work::on_frame(const frame& what) {
  const auto found = by_mesh_.find(caf::actor_cast<caf::actor_addr>(self_->current_sender()));
  if (found == by_mesh_.end())
    return; // of a link that we have closed
  const mesh_link link = found->second;
  perform(core_.heard(link, now()));
  const auto read = decode_peer_frame(what.bytes);
  if (!read)
    return end(link, read.error().message);
  std::visit([&](const auto& it) { take(link, it); }, *read);
}

void mesh_work::take(mesh_link link, const peer_part& part) {
  connection& peer = connections_.at(link);
  auto taken = peer.wire.take(part);
  if (!taken)
    return end(link, taken.error().message);
  if (*taken)
    followers_.deliver({peer.who.store, (*taken)->channel, std::move((*taken)->bytes)});
  acknowledge(peer, false);
}

void mesh_work::take(mesh_link link, const peer_ack& ack) {
  connection& peer = connections_.at(link);
  if (const auto taken = peer.wire.take(ack); !taken)
    return end(link, taken.error().message);
  flush(peer);
}

void mesh_work::take(mesh_link link, const peer_heartbeat& heartbeat) {
  perform(core_.heartbeat(link, heartbeat.silence, now()));
}

void mesh_work::take(mesh_link link, const peer_introduction& others) {
  core_.introduced(link, others.all, now());
}

void mesh_work::take(mesh_link link, const peer_ping& ping) {
  post(connections_.at(link), peer_pong{ping.number});
}

void mesh_work::take(mesh_link link, const peer_pong& pong) {
  const auto found = pings_.find(pong.number);
  if (found == pings_.end() || found->second.link != link)
    return; // too late
  found->second.promise.deliver(
    pinged_node{std::chrono::ceil<std::chrono::microseconds>(now() - found->second.sent_at)});
  pings_.erase(found);
}

/// Those of a link, or of any if it is 0, that were sent before a time, if one is given.
void mesh_work::end_pings(mesh_link of, std::optional<mesh_core::time_point> sent_before) {
  for (auto each = pings_.begin(); each != pings_.end();) {
    const bool ends = (of == 0 || each->second.link == of) &&
                      (!sent_before || each->second.sent_at <= *sent_before);
    if (ends)
      each->second.promise.deliver(pinged_node{});
    each = ends ? pings_.erase(each) : std::next(each);
  }
}

// -- what actors of this node say -----------------------------------------------------------------

void mesh_work::follow(const follow_peers& wish) {
  if (!wish.receiver || !followers_.add(wish))
    return;
  for (const auto& [store, link] : up_) {
    const connection& peer = connections_.at(link);
    self_->send(wish.receiver, node_up{as_peer(peer.who, peer.mesh)});
  }
}

void mesh_work::send(peer_send& what) {
  const auto found = up_.find(what.to);
  if (found == up_.end())
    return;
  const mesh_link link = found->second;
  connection& peer = connections_.at(link);
  const auto sent = peer.wire.send({what.channel, what.is_urgent, std::move(what.bytes)});
  if (!sent)
    return end(link, sent.error().message);
  flush(peer);
}

void mesh_work::expect(const expect_nodes& wish) {
  core_.expect(wish.all, now());
}

peers_up mesh_work::list() const {
  peers_up up;
  for (const auto& [store, link] : up_) {
    const connection& peer = connections_.at(link);
    up.all.push_back(as_peer(peer.who, peer.mesh));
  }
  return up;
}

const mesh_work::connection* mesh_work::up_named(const std::string& name) const {
  const auto found = std::find_if(connections_.begin(), connections_.end(),
    [&](const auto& each) { return each.second.is_up && each.second.who.name == name; });
  return found == connections_.end() ? nullptr : &found->second;
}

actor_answer mesh_work::answer(const actor_question& question) const {
  return {options_.names.find(question.name).value_or(caf::actor{})};
}

caf::typed_response_promise<found_remote> mesh_work::find(const find_remote& wish) {
  auto promise = self_->make_response_promise<found_remote>();
  const auto settle = [wish](const caf::actor& who) -> found_remote {
    if (!who)
      return {fail(errc::not_found, "node " + wish.node + " has no actor named " + wish.name)};
    return {who};
  };
  const auto refuse = [&promise](errc code, std::string why) {
    promise.deliver(found_remote{fail(code, std::move(why))});
    return promise;
  };
  const connection* peer = up_named(wish.node);
  if (wish.node == options_.self.name) {
    promise.deliver(settle(answer({wish.name}).who));
    return promise;
  }
  if (peer == nullptr)
    return refuse(errc::unreachable,
      "there is no link with a node named " + wish.node + "; see which nodes are up");
  if (finds_ >= remote_questions_max)
    return refuse(
      errc::overloaded, "too many questions to other nodes are under way; ask again later");
  ++finds_;
  calls_.call<actor_answer>(self_, peer->mesh, remote_answer_max, actor_question{wish.name},
    [this, promise, settle](tl::expected<actor_answer, call_error> answered) mutable {
      --finds_;
      const auto code = answered || answered.error().code != call_errc::time_out ? errc::unreachable
                                                                                 : errc::time_out;
      promise.deliver(
        answered ? settle(answered->who) : found_remote{fail(code, text(answered.error()))});
    });
  return promise;
}

caf::typed_response_promise<pinged_node> mesh_work::ping(const ping_node& wish) {
  auto promise = self_->make_response_promise<pinged_node>();
  const connection* peer = up_named(wish.name);
  if (wish.name == options_.self.name)
    promise.deliver(pinged_node{std::chrono::microseconds{0}});
  else if (peer == nullptr || pings_.size() >= remote_questions_max)
    promise.deliver(pinged_node{});
  else {
    pings_.emplace(++last_ping_, open_ping{up_.at(peer->who.store), now(), promise});
    post(*peer, peer_ping{last_ping_});
  }
  return promise;
}

} // namespace aiex
