// Nodes of a mesh in one process, on real sockets.
#pragma once

#include "aiex/actors/cluster/mesh.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include "support/link_world.hpp"
#include "support/mesh_door.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

/// What an actor that follows a mesh has heard so far.
class mesh_diary {
public:
  void add(std::string line) {
    const std::lock_guard guard{lock_};
    lines_.push_back(std::move(line));
  }
  void add(peer_message what) {
    const std::lock_guard guard{lock_};
    messages_.push_back(std::move(what));
  }
  std::vector<std::string> lines() const {
    const std::lock_guard guard{lock_};
    return lines_;
  }
  bool has(const std::string& line) const {
    const auto all = lines();
    return std::find(all.begin(), all.end(), line) != all.end();
  }
  std::vector<peer_message> messages() const {
    const std::lock_guard guard{lock_};
    return messages_;
  }
  std::size_t messages_count() const {
    const std::lock_guard guard{lock_};
    return messages_.size();
  }

private:
  mutable std::mutex lock_;        // guards all below
  std::vector<std::string> lines_; // "up n2", "down n2: why"
  std::vector<peer_message> messages_;
};

inline caf::behavior mesh_follower(
  caf::event_based_actor* self, std::shared_ptr<mesh_diary> into, const caf::actor& mesh) {
  self->send(mesh, follow_peers{self, {peer_channel::consensus, peer_channel::store}});
  return {
    [into](const node_up& news) { into->add("up " + news.who.name); },
    [into](const node_down& news) { into->add("down " + news.who.name); },
    [into](peer_message& what) { into->add(std::move(what)); },
  };
}

struct mesh_node_options {
  std::string name = "n1";
  std::uint8_t store = 1;
  std::uint64_t incarnation = 1;
  std::vector<std::string> seeds{};
  std::uint8_t cluster = 100;
  endpoint where{"127.0.0.1", 0};
  mesh_limits limits{};
  peer_wire_limits wire{};
};

class mesh_node {
public:
  explicit mesh_node(const mesh_node_options& wish)
      : wish_(wish), link(system), mesh_(start(wish)),
        door_(system.spawn<caf::hidden>(mesh_door, names)), follower_(follow()) {
    auto listening = link.listen(door_, wish.where);
    REQUIRE_MESSAGE(listening, listening.error().message);
    where_ = endpoint{"127.0.0.1", *listening};
    const std::lock_guard guard{*address_lock_};
    *address_ = to_string(where_);
  }
  ~mesh_node() {
    for (const caf::actor& each : {follower_, door_, mesh_})
      caf::anon_send_exit(each, caf::exit_reason::kill);
    caf::scoped_actor self{system, true};
    self->wait_for(mesh_);
  }
  mesh_node(const mesh_node&) = delete;
  mesh_node& operator=(const mesh_node&) = delete;

  std::string address() const { return to_string(where_); }
  endpoint where() const { return where_; }
  const caf::actor& mesh() const { return mesh_; }

  void send(std::uint8_t store, peer_channel channel, bool is_urgent, std::string bytes) {
    caf::anon_send(mesh_, peer_send{uuid_of(store), channel, is_urgent, std::move(bytes)});
  }

  template <class Answer, class Question>
  std::optional<Answer> ask(Question question) {
    caf::scoped_actor self{system, true};
    std::optional<Answer> answer;
    self->request(mesh_, patience, std::move(question))
      .receive([&](Answer& given) { answer.emplace(std::move(given)); }, [](const caf::error&) {});
    return answer;
  }

  /// Another mesh takes the place of this one, as a supervisor has it.
  void restart_mesh() {
    for (const caf::actor& each : {follower_, mesh_}) {
      caf::anon_send_exit(each, caf::exit_reason::kill);
      caf::scoped_actor self{system, true};
      self->wait_for(each);
    }
    mesh_ = start(wish_);
    follower_ = follow();
  }

  /// The names of those that are up.
  std::vector<std::string> up() {
    std::vector<std::string> names_up;
    if (const auto answer = ask<peers_up>(list_peers{}))
      for (const peer_node& each : answer->all)
        names_up.push_back(each.name);
    std::sort(names_up.begin(), names_up.end());
    return names_up;
  }
  bool sees(const std::vector<std::string>& expected) {
    return eventually([&] { return up() == expected; });
  }

private:
  node_config config_;
  mesh_node_options wish_;

public:
  caf::actor_system system{config_};
  aiex::link link;
  registry names;
  std::shared_ptr<mesh_diary> diary = std::make_shared<mesh_diary>();
  std::shared_ptr<std::vector<std::string>> warnings_kept =
    std::make_shared<std::vector<std::string>>();

  std::vector<std::string> warnings() const {
    const std::lock_guard guard{*address_lock_};
    return *warnings_kept;
  }

private:
  caf::actor start(const mesh_node_options& wish) {
    mesh_options options;
    options.self = {uuid_of(wish.cluster), wish.name, uuid_of(wish.store), wish.incarnation, {}};
    options.seeds = wish.seeds;
    options.links = link.nodes();
    options.names = names;
    options.address = [lock = address_lock_, address = address_] {
      const std::lock_guard guard{*lock};
      return *address;
    };
    options.warn = [lock = address_lock_, into = warnings_kept](const std::string& text) {
      const std::lock_guard guard{*lock};
      into->push_back(text);
    };
    options.limits = wish.limits;
    options.wire = wish.wire;
    auto outcome = spawn_eager<caf::detached>(system, aiex::mesh, options);
    REQUIRE(std::holds_alternative<started>(outcome));
    caf::actor made = std::get<started>(outcome).actor;
    REQUIRE(names.register_name(std::string{mesh_name}, made));
    return made;
  }
  caf::actor follow() { return system.spawn<caf::hidden>(mesh_follower, diary, mesh_); }

  std::shared_ptr<std::mutex> address_lock_ = std::make_shared<std::mutex>();
  std::shared_ptr<std::string> address_ = std::make_shared<std::string>();
  caf::actor mesh_;
  caf::actor door_;
  caf::actor follower_;
  endpoint where_;
};

} // namespace aiex::test
