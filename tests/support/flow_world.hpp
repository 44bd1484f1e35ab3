#pragma once

#include "aiex/actors/flow/store.hpp"

#include "support/actor_world.hpp"
#include "support/sample_events.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <utility>
#include <vector>

namespace aiex::test {

/// An actor world with a store in memory. Writer and readers are scheduled like everybody else: a
/// detached actor has a thread of its own, which no clock of a test stops.
class flow_world : public actor_world {
public:
  explicit flow_world(append_gate::limit most = {}) {
    auto opened = event_store::open(media.media());
    REQUIRE(opened);
    log = std::make_shared<event_store>(std::move(*opened));
    writer = keep(system.spawn(store_writer, log,
      store_environment{[this] {
                          pass(commit_takes);
                          return at_us(1'000);
                        },
        [seen = failures](const error& why) { seen->push_back(why); }}));
    const std::shared_ptr<const event_store> readable = log;
    events = store{writer,
      {keep(system.spawn(store_reader, readable)), keep(system.spawn(store_reader, readable))},
      readable, std::make_shared<append_gate>(most)};
  }
  flow_world(const flow_world&) = delete;
  flow_world& operator=(const flow_world&) = delete;
  ~flow_world() {
    for (const caf::actor& each : kept_)
      kill(each);
  }

  /// Ends with the world: actors that know each other would never end by themselves.
  caf::actor keep(caf::actor made) {
    kept_.push_back(made);
    return made;
  }

  /// What became of appends, in the order in which the answers came.
  struct answered {
    std::size_t request = 0; ///< Which of the requests.
    result<append_result> outcome;
    position head; ///< Of the log, when the answer came.
  };
  using appends_under_way = std::shared_ptr<std::vector<answered>>;

  /// An actor that appends them, one behind the other, without waiting. They are under way after
  /// the next `settle`.
  appends_under_way begin(const store& to, std::vector<append_request> requests) {
    auto into = std::make_shared<std::vector<answered>>();
    system.spawn([to, into, requests = std::move(requests)](caf::event_based_actor* self) {
      for (std::size_t i = 0; i < requests.size(); ++i)
        to.append(
          self, requests[i], std::chrono::seconds{10}, [to, into, i](result<append_result> answer) {
            into->push_back({i, std::move(answer), to.events().head().value().position});
          });
    });
    return into;
  }
  std::vector<answered> append(std::vector<append_request> requests) {
    const appends_under_way all = begin(events, std::move(requests));
    settle();
    return *all;
  }

  /// The answer to a read, if one came.
  using read_under_way = std::shared_ptr<std::optional<result<shared_page>>>;
  read_under_way begin(const store& from, query asked, page_limits most = {}) {
    auto into = std::make_shared<std::optional<result<shared_page>>>();
    system.spawn([from, into, asked = std::move(asked), most](caf::event_based_actor* self) {
      from.read(
        self, asked, std::chrono::seconds{10}, [into](result<shared_page> page) { *into = page; },
        most);
    });
    return into;
  }
  result<shared_page> read(query asked, page_limits most = {}) {
    const read_under_way page = begin(events, std::move(asked), most);
    settle();
    REQUIRE(page->has_value());
    return **page;
  }

  memory_media media;
  std::shared_ptr<event_store> log;
  std::shared_ptr<std::vector<error>> failures = std::make_shared<std::vector<error>>();
  caf::timespan commit_takes{}; ///< Of the clock that moves only when told.
  caf::actor writer;
  store events{{}, {}, {}, {}};

private:
  std::vector<caf::actor> kept_;
};

/// `count` events with the ids `first`, `first` + 1, …, each an append of its own.
inline std::vector<append_request> numbered_appends(
  std::uint64_t first, std::uint64_t count, const std::string& stream = "account-1") {
  std::vector<append_request> made;
  for (std::uint64_t i = first; i < first + count; ++i)
    made.push_back(one(stream, {.id = id_of(i), .type = "counted"}));
  return made;
}

} // namespace aiex::test
