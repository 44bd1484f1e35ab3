// Tested by tests/apps/aiexd/cluster_test.cpp
#include "aiexd/verbs/cluster_changes.hpp"

#include "aiex/actors/cluster/mesh_messages.hpp"
#include "aiex/actors/flow/member_messages.hpp"

#include "aiexd/verbs/ask.hpp"
#include "aiexd/verbs/cluster_verbs.hpp"
#include "aiexd/verbs/sight_wait.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace aiex {

namespace {

using consensus::member;
using consensus::member_change;

constexpr const char* look_at_members = "the verb cluster members shows who belongs to it";

std::optional<member> member_called(const verb_call& call, const std::string& name) {
  const seen_cluster seen = cluster_seen_by(call.services());
  for (const member& each : seen.members.members)
    if (each.name == name || (each.id == seen.self && name == call.services().node))
      return each;
  return std::nullopt;
}

error no_such_member(const std::string& name) {
  return {errc::not_found,
    fmt::format("there is no member \"{}\" in this cluster; {}", name, look_at_members)};
}

/// Errors: missing_required_fields, not_found.
result<member> member_of(verb_call& call, std::string_view key) {
  const auto name = call.given.required_text(key);
  if (!name)
    return tl::unexpected(name.error());
  const auto found = member_called(call, *name);
  if (!found)
    return tl::unexpected(no_such_member(*name));
  return *found;
}

/// Asks whoever leads, and calls `then` when the log says it.
template <class Then>
void change(verb_call call, change_members what, Then then) {
  const caf::actor writer = call.services().events.writer();
  ask_to<members_changed>(std::move(call), writer, std::move(what), "the store's writer",
    look_at_members, [then = std::move(then)](verb_call& asked, const members_changed& done) {
      if (!done.outcome)
        return asked.refuse(done.outcome.error());
      then(asked);
    });
}

template <class Answer, class Message, class Then>
void ask_mesh(verb_call call, Message message, Then then) {
  const auto mesh = call.services().names.find("mesh");
  if (!mesh)
    return call.refuse({errc::overloaded, "the node's links are being started; ask again"});
  ask<Answer>(std::move(call), *mesh, std::move(message), "the node's mesh", std::move(then));
}

bool leads(const cluster_sight& sight, consensus::member_id who) {
  return sight.view().leader == who;
}

void hand_over(verb_call call, const member& to) {
  const auto answer = [to](verb_call& asked, bool is_so) {
    if (!is_so)
      return asked.refuse({errc::time_out,
        fmt::format("{} has not come to lead in time; look at cluster status", to.name)});
    asked.answer({{"leader", to.name}});
  };
  if (leads(*call.services().cluster, to.id))
    return answer(call, true);
  change(std::move(call), {consensus::transfer{to.id}}, [to, answer](verb_call& asked) {
    await_sight(
      asked, [id = to.id](const cluster_sight& sight) { return leads(sight, id); }, answer);
  });
}

bool is_voter(const cluster_sight& sight, const std::string& name, consensus::member_id but) {
  const cluster_view view = sight.view();
  return std::ranges::any_of(view.members.members, [&](const member& each) {
    return each.name == name && each.id != but && each.role == consensus::member_role::voter;
  });
}

} // namespace

void run_cluster_add(verb_call call) {
  const auto name = call.given.required_text("name");
  if (!name)
    return call.refuse(name.error());
  if (member_called(call, *name))
    return call.refuse(
      {errc::already_exists, fmt::format("\"{}\" is a member of this cluster already", *name)});
  ask_mesh<peers_up>(
    std::move(call), list_peers{}, [name = *name](verb_call& asked, const peers_up& up) {
      const auto found = std::ranges::find(up.all, name, &peer_node::name);
      if (found == up.all.end())
        return asked.refuse({errc::not_found,
          fmt::format("no node \"{}\" is linked with this one; start it with --join", name)});
      const member_change wish{member_change::act::add_learner,
        {found->store, consensus::member_role::learner, found->name, found->address}};
      change(asked, {wish}, [name](verb_call& added) {
        added.answer({{"name", name}, {"role", "learner"}});
      });
    });
}

void run_cluster_remove(verb_call call) {
  const auto who = member_of(call, "name");
  if (!who)
    return call.refuse(who.error());
  change(std::move(call), {member_change{member_change::act::remove, *who}},
    [who = *who](verb_call& asked) {
      asked.answer({{"removed", who.name}, {"id", to_string(who.id)}});
    });
}

/// The new node joins by itself; where both have one name, as soon as the old one is out.
void run_cluster_replace(verb_call call) {
  const auto old = member_of(call, "old");
  if (!old)
    return call.refuse(old.error());
  auto name = call.given.text("new");
  if (!name)
    return call.refuse(name.error());
  const std::string wanted = name->value_or(old->name);
  const auto remove_old = [old = *old, wanted](verb_call& asked) {
    change(
      asked, {member_change{member_change::act::remove, old}}, [old, wanted](verb_call& removed) {
        await_sight(
          removed,
          [old, wanted](const cluster_sight& sight) { return is_voter(sight, wanted, old.id); },
          [old, wanted](verb_call& done, bool is_so) {
            done.answer({{"removed", old.name}, {"id", to_string(old.id)}, {"replaced_by", wanted},
              {"is_voter", is_so}});
          });
      });
  };
  if (wanted == old->name)
    return remove_old(call);
  await_sight(
    std::move(call),
    [wanted, id = old->id](const cluster_sight& sight) { return is_voter(sight, wanted, id); },
    [wanted, remove_old](verb_call& asked, bool is_so) {
      if (!is_so)
        return asked.refuse({errc::time_out,
          fmt::format(
            "\"{}\" has not become a voter in time, so nothing was removed. Start it with "
            "--join, and see cluster members",
            wanted)});
      remove_old(asked);
    });
}

void run_cluster_transfer(verb_call call) {
  const auto who = member_of(call, "name");
  if (!who)
    return call.refuse(who.error());
  hand_over(std::move(call), *who);
}

void run_cluster_drain(verb_call call) {
  const auto who = member_of(call, "name");
  if (!who)
    return call.refuse(who.error());
  const seen_cluster seen = cluster_seen_by(call.services());
  if (seen.leader != who->id)
    return call.answer({{"leader", name_of_member(seen, seen.leader)}, {"drained", who->name}});
  const auto next = successor_of(seen, who->id);
  if (!next)
    return call.refuse({errc::no_quorum,
      fmt::format("no other voter is linked with this node, so {} goes on leading", who->name)});
  hand_over(std::move(call), *next);
}

void run_cluster_sync(verb_call call) {
  const caf::actor writer = call.services().events.writer();
  ask<read_confirmed>(std::move(call), writer, confirm_read{}, "the store's writer",
    [](verb_call& asked, const read_confirmed& confirmed) {
      if (!confirmed.outcome)
        return asked.refuse(confirmed.outcome.error());
      const std::uint64_t until = asked.services().cluster->view().applied;
      const auto head = asked.services().events.events().head();
      if (!head)
        return asked.refuse(head.error());
      const auto missing = [until](const cluster_sight& sight) {
        std::vector<member> behind;
        const auto applied = sight.applied();
        const cluster_view view = sight.view();
        for (const member& each : view.members.members)
          if (view.linked.contains(each.id)) {
            const auto found = applied.find(each.id);
            if (found == applied.end() || found->second < until)
              behind.push_back(each);
          }
        return behind;
      };
      await_sight(
        asked, [missing](const cluster_sight& sight) { return missing(sight).empty(); },
        [missing, at = head->position](verb_call& done, bool) {
          const seen_cluster seen = cluster_seen_by(done.services());
          json_value synced = json_value::array();
          json_value behind = json_value::array();
          json_value unreachable = json_value::array();
          const auto late = missing(*done.services().cluster);
          for (const member& each : seen.members.members) {
            if (each.id == seen.self || !seen.linked.contains(each.id)) {
              (each.id == seen.self ? synced : unreachable)
                .push_back(
                  each.id == seen.self ? done.services().node : name_of_member(seen, each.id));
              continue;
            }
            const bool is_late = std::ranges::find(late, each.id, &member::id) != late.end();
            (is_late ? behind : synced).push_back(name_of_member(seen, each.id));
          }
          done.answer({{"position", at.value}, {"synced", std::move(synced)},
            {"behind", std::move(behind)}, {"unreachable", std::move(unreachable)}});
        });
    });
}

void run_cluster_ping(verb_call call) {
  const auto name = call.given.required_text("name");
  if (!name)
    return call.refuse(name.error());
  if (*name == call.services().node)
    return call.answer({{"node", *name}, {"answer", "pong"}, {"microseconds", 0}});
  ask_mesh<pinged_node>(
    std::move(call), ping_node{*name}, [name = *name](verb_call& asked, const pinged_node& heard) {
      json_value said{{"node", name}, {"answer", heard.round_trip ? "pong" : "pang"}};
      if (heard.round_trip)
        said["microseconds"] = heard.round_trip->count();
      asked.answer(said);
    });
}

} // namespace aiex
