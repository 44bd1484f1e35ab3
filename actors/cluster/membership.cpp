// Tested by tests/actors/testing/test_cluster_test.cpp
#include "aiex/actors/cluster/membership.hpp"

#include "aiex/actors/cluster/endpoint.hpp"
#include "aiex/actors/cluster/mesh_messages.hpp"
#include "aiex/actors/cluster/mesh_name.hpp"
#include "aiex/supervision/process/state_view.hpp"

#include <fmt/format.h>

#include <utility>

namespace aiex {

namespace {

using membership_actor = caf::stateful_actor<membership_state>;

constexpr std::chrono::seconds leader_patience{5};

/// Its own word: look at the list.
struct look_at_members {};

} // namespace
} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::look_at_members)

namespace aiex {

namespace {

class membership_part {
public:
  membership_part(membership_actor* self, own_membership own, std::function<std::string()> address,
    caf::actor writer, caf::actor mesh, std::shared_ptr<cluster_sight> sight)
      : self_(self), own_(std::move(own)), address_(std::move(address)), writer_(std::move(writer)),
        mesh_(std::move(mesh)), sight_(std::move(sight)) {}

  void look() const {
    self_->delayed_send(self_, membership_look, look_at_members{});
    if (self_->state.is_asking)
      return;
    self_->state.is_asking = true;
    // CAF's own request: whom it asks lives as long as the node does.
    self_->request(writer_, leader_patience, view_cluster{})
      .then([*this](cluster_view& seen) { go_by(seen); },
        [*this](const caf::error&) { self_->state.is_asking = false; });
  }

private:
  void go_by(cluster_view& seen) const {
    tell_mesh(seen.members);
    if (self_->state.looks++ % looks_per_question == 0)
      for (const consensus::member_id each : seen.linked)
        ask_how_far(each);
    own_membership own = own_;
    own.address = address_();
    const bool can_be_reached = parse_endpoint(own.address).has_value();
    const auto wish =
      can_be_reached
        ? wish_of(own, {std::move(seen.members), seen.is_joining, !seen.linked.empty()})
        : std::nullopt;
    if (!wish) {
      self_->state.is_asking = false;
      self_->state.last_refusal.clear();
      return;
    }
    ask(*wish, seen);
  }

  /// Who is not a member yet knows no leader: it asks all it is linked with, by way of its mesh.
  void ask(const consensus::member_change& wish, const cluster_view& seen) const {
    // CAF's own request: as above.
    self_->request(writer_, leader_patience, change_members{wish, seen.is_joining})
      .then(
        [*this](members_changed& done) {
          self_->state.is_asking = false;
          self_->state.last_refusal = done.outcome ? std::string{} : done.outcome.error().message;
        },
        [*this](const caf::error&) { self_->state.is_asking = false; });
  }

  void ask_how_far(consensus::member_id member) const {
    // CAF's own request: as above.
    self_->request(writer_, leader_patience, ask_applied{member})
      .then(
        [sight = sight_, member](const member_applied& told) {
          if (told.index)
            sight->show_applied(member, *told.index);
        },
        [](const caf::error&) {}); // it is asked again
  }

  void tell_mesh(const consensus::configuration& now) const {
    if (self_->state.told == now)
      return;
    self_->state.told = now;
    expect_nodes expected;
    for (const consensus::member& each : now.members)
      if (each.id != own_.store && !each.address.empty())
        expected.all.push_back({each.name, each.address});
    self_->send(mesh_, std::move(expected));
  }

  membership_actor* self_;
  own_membership own_;
  std::function<std::string()> address_;
  caf::actor writer_;
  caf::actor mesh_;
  std::shared_ptr<cluster_sight> sight_;
};

} // namespace

std::string state_text(const membership_state& state) {
  return fmt::format(
    R"({{"members":{},"refusal":{}}})", state.told.members.size(), quoted(state.last_refusal));
}

caf::behavior membership(membership_actor* self, own_membership own,
  std::function<std::string()> address, caf::actor writer, registry names,
  std::shared_ptr<cluster_sight> sight) {
  const membership_part its{
    self, std::move(own), std::move(address), std::move(writer), mesh_of(names), std::move(sight)};
  its.look();
  return {[its](look_at_members) { its.look(); }};
}

} // namespace aiex
