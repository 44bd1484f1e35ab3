// Two actor systems in one process, joined by CAF's own network on a real socket.
#pragma once

#include "support/eventually.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/exit_reason.hpp>
#include <caf/io/middleman.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

/// What actors of any thread have noted.
class notes_of_all {
public:
  void add(std::string note) {
    const std::lock_guard guard{lock_};
    notes_.push_back(std::move(note));
  }
  std::vector<std::string> all() const {
    const std::lock_guard guard{lock_};
    return notes_;
  }
  /// Waits for so many.
  std::vector<std::string> after(std::size_t count) const {
    (void)eventually([&] { return all().size() >= count; });
    return all();
  }

private:
  mutable std::mutex lock_;
  std::vector<std::string> notes_;
};

class remote_world {
  struct config : caf::actor_system_config {
    config() {
      load<caf::io::middleman>();
      set("scheduler.max-threads", 1);
    }
  };
  struct node {
    config options;
    caf::actor_system system{options};
  };
  node far_;
  node near_;

public:
  caf::actor_system& far = far_.system;
  caf::actor_system& near = near_.system;
  std::shared_ptr<notes_of_all> heard = std::make_shared<notes_of_all>();

  ~remote_world() {
    for (const caf::actor& each : all_)
      caf::anon_send_exit(each, caf::exit_reason::kill);
  }

  /// Of an actor that ends with this.
  caf::actor keep(const caf::actor& each) {
    all_.push_back(each);
    return each;
  }

  /// The handle that `near` has of an actor of `far`.
  caf::actor from_near(const caf::actor& its) {
    const auto port = far.middleman().publish(its, 0, "127.0.0.1");
    REQUIRE(port);
    const auto found = near.middleman().remote_actor("127.0.0.1", *port);
    REQUIRE(found);
    return *found;
  }

  /// An actor of `near` has handled it when this returns.
  template <class Message>
  void tell(const caf::actor& whom, Message what) {
    caf::scoped_actor self{near};
    self->request(whom, patience, std::move(what))
      .receive([] {}, [](const caf::error& why) { FAIL(to_string(why)); });
  }

  std::vector<caf::actor> all_of_far() const {
    std::vector<caf::actor> its;
    for (const caf::actor& each : all_)
      if (each.node() == far.node())
        its.push_back(each);
    return its;
  }

  /// The connection between the two is lost, and nothing else.
  void cut() {
    for (int file = 0; file < files_max; ++file) {
      sockaddr_in peer{};
      socklen_t bytes = sizeof peer;
      if (::getpeername(file, reinterpret_cast<sockaddr*>(&peer), &bytes) == 0 &&
          peer.sin_family == AF_INET)
        ::shutdown(file, SHUT_RDWR);
    }
  }

private:
  static constexpr int files_max = 1'024; // of this process

  std::vector<caf::actor> all_;
};

} // namespace aiex::test
