// Tested by tests/actors/testing/test_cluster_test.cpp
#include "aiex/actors/testing/test_cluster.hpp"

#include "aiex/actors/cluster/members.hpp"
#include "aiex/actors/cluster/membership.hpp"

#include <stdexcept>
#include <utility>

namespace aiex::testing {

namespace {

constexpr std::chrono::milliseconds step{10};

uuid numbered(std::uint64_t kind, std::uint64_t number) {
  uuid made;
  made.bytes[0] = static_cast<std::uint8_t>(kind);
  for (std::size_t i = 0; i < 8; ++i)
    made.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return made;
}

uuid drawn(std::mt19937_64& random) {
  uuid made;
  for (std::uint8_t& each : made.bytes)
    each = static_cast<std::uint8_t>(random());
  return made;
}

/// Hears what a bus hands out, and grants it anew at once.
caf::behavior listener(caf::event_based_actor* self, caf::actor bus, query filter,
  std::optional<position> from, heard_events into) {
  self->send(bus, subscribe_call{caf::actor{self}, std::move(filter), from});
  return {
    [](const subscribed&) {},
    [bus, into, self](const event_delivery& delivery) {
      for (std::size_t i = 0; i < delivery.size(); ++i) {
        const recorded_event& event = delivery.event(i);
        into->push_back({event.position, std::string{event.stream}, std::string{event.type},
          std::string{event.data}});
      }
      self->send(
        bus, event_credit{delivery.subscription(0), static_cast<std::uint32_t>(delivery.size())});
    },
  };
}

} // namespace

test_cluster::test_cluster(std::size_t nodes, std::uint64_t seed)
    : random_(seed), history_(numbered(1, seed)) {
  for (node_number number = 1; number <= nodes; ++number) {
    nodes_.push_back(std::make_unique<hosted>());
    hosted& made = *nodes_.back();
    made.id = numbered(2, number);
    if (number > 1)
      (void)made.term.storage().write({.joins = true});
    start(number);
  }
  if (!await([&] { return leader() != 0 && are_all_voters(); }))
    throw std::runtime_error{"the nodes of a test cluster have not come together"};
}

test_cluster::~test_cluster() {
  for (const caf::actor& each : subscribers_)
    world.kill(each);
  for (node_number number = 1; number <= nodes_.size(); ++number)
    if (is_up(number))
      kill(number);
}

bool test_cluster::are_all_voters() {
  for (node_number number = 1; number <= nodes_.size(); ++number)
    if (const auto members = view(number).members; members.voters() != nodes_.size())
      return false;
  return true;
}

timestamp test_cluster::wall_clock() {
  const auto passed = world.system.clock().now().time_since_epoch();
  return timestamp{std::chrono::hours{24 * 365 * 56}} +
         std::chrono::duration_cast<std::chrono::microseconds>(passed);
}

// -- time ----------------------------------------------------------------------------------------

void test_cluster::pass(std::chrono::milliseconds by) {
  for (; by > std::chrono::milliseconds{0}; by -= step) {
    world.settle();
    network_.look(world.system.clock().now());
    world.advance(std::min(by, step));
  }
}

bool test_cluster::await(const std::function<bool()>& holds, std::chrono::milliseconds most) {
  for (; most > std::chrono::milliseconds{0}; most -= step) {
    world.settle();
    if (holds())
      return true;
    pass(step);
  }
  return holds();
}

// -- use -----------------------------------------------------------------------------------------

std::shared_ptr<std::optional<result<append_result>>> test_cluster::begin_append(
  node_number number, append_request request, std::chrono::milliseconds patience) {
  auto answer = std::make_shared<std::optional<result<append_result>>>();
  const store to = events(number);
  world.system.spawn(
    [to, answer, patience, request = std::move(request)](caf::event_based_actor* self) {
      to.append(self, request, patience,
        [answer](result<append_result> outcome) { answer->emplace(std::move(outcome)); });
    });
  world.settle();
  return answer;
}

result<append_result> test_cluster::append(
  node_number number, append_request request, std::chrono::milliseconds patience) {
  const auto answer = begin_append(number, std::move(request), patience);
  await([&] { return answer->has_value(); }, patience + step);
  return answer->value_or(fail(errc::unknown_outcome, "no answer came"));
}

result<append_result> test_cluster::publish(
  node_number number, std::string stream, std::string type, std::string data) {
  append_request request;
  request.node = "n" + std::to_string(number);
  request.parts.push_back({std::move(stream), expected_version::any(),
    {{.id = drawn(random_), .type = std::move(type), .data = std::move(data)}}});
  return append(number, std::move(request));
}

result<void> test_cluster::confirm_read(node_number number, std::chrono::milliseconds patience) {
  auto answer = std::make_shared<std::optional<result<void>>>();
  const caf::actor writer = events(number).writer();
  world.system.spawn([writer, answer, patience](caf::event_based_actor* self) {
    self->request(writer, patience, aiex::confirm_read{})
      .then([answer](const read_confirmed& done) { answer->emplace(done.outcome); },
        [answer](const caf::error&) { answer->emplace(fail(errc::time_out, "no answer came")); });
  });
  await([&] { return answer->has_value(); }, patience + step);
  return answer->value_or(fail(errc::time_out, "no answer came"));
}

heard_events test_cluster::subscribe(
  node_number number, query filter, std::optional<position> from) {
  auto into = std::make_shared<std::vector<heard_event>>();
  subscribers_.push_back(
    world.system.spawn(listener, nodes_.at(number - 1)->bus, std::move(filter), from, into));
  world.settle();
  return into;
}

std::vector<heard_event> test_cluster::log_of(node_number number) const {
  std::vector<heard_event> all;
  query everything;
  everything.system = true;
  for (std::optional<query> next = everything; next;) {
    auto page = events(number).events().read(*next);
    if (!page)
      throw std::runtime_error{page.error().message};
    for (const recorded_event& event : page->events)
      all.push_back({event.position, std::string{event.stream}, std::string{event.type},
        std::string{event.data}});
    next = std::move(page->rest);
  }
  return all;
}

result<void> test_cluster::change(node_number number, consensus::member_change what) {
  auto answer = std::make_shared<std::optional<result<void>>>();
  const caf::actor writer = events(number).writer();
  world.system.spawn([writer, answer, what = std::move(what)](caf::event_based_actor* self) {
    self->request(writer, std::chrono::seconds{20}, change_members{what})
      .then([answer](const members_changed& done) { answer->emplace(done.outcome); },
        [answer](const caf::error&) { answer->emplace(fail(errc::time_out, "no answer came")); });
  });
  await([&] { return answer->has_value(); }, std::chrono::seconds{21});
  return answer->value_or(fail(errc::time_out, "no answer came"));
}

cluster_view test_cluster::view(node_number number) {
  return world.ask<cluster_view>(events(number).writer(), view_cluster{});
}

test_cluster::node_number test_cluster::leader() {
  std::vector<std::size_t> seen_by(nodes_.size() + 1);
  for (node_number number = 1; number <= nodes_.size(); ++number)
    if (is_up(number)) {
      const cluster_view seen = view(number);
      for (node_number led = 1; led <= nodes_.size(); ++led)
        if (seen.leader == id_of(led) && is_up(led) && view(led).role == consensus::role::leader &&
            view(led).term == seen.term)
          ++seen_by[led];
    }
  for (node_number number = 1; number <= nodes_.size(); ++number)
    if (2 * seen_by[number] > nodes_.size())
      return number;
  return 0;
}

consensus::member_id test_cluster::id_of(node_number number) const {
  return nodes_.at(number - 1)->id;
}

// -- what goes wrong -----------------------------------------------------------------------------

void test_cluster::kill(node_number number) {
  hosted& ending = *nodes_.at(number - 1);
  network_.end(number);
  for (const caf::actor& each : std::exchange(ending.running, {}))
    world.kill(each);
  ending.events.reset();
  ending.sight = std::make_shared<cluster_sight>();
  ending.bus = ending.mesh = nullptr;
  ending.log.crash();
  ending.state.crash();
  ending.term.crash();
}

void test_cluster::start(node_number number) {
  hosted& starting = *nodes_.at(number - 1);
  memory_log& log = starting.log;
  auto opened =
    event_store::open({log.storage(), starting.state.storage(), [log] { return log.bytes_free(); },
                        one_after_the_other(), starting.term.storage()},
      {.self = starting.id, .history = history_});
  if (!opened)
    throw std::runtime_error{opened.error().message};
  const auto shared = std::make_shared<event_store>(std::move(*opened));
  const std::shared_ptr<const event_store> readable = shared;
  caf::actor_system& system = world.system;
  const auto keep = [&](caf::actor made) { return starting.running.emplace_back(std::move(made)); };
  const caf::actor writer = keep(system.spawn(store_writer, shared,
    store_environment{[this] { return wall_clock(); }, [](const error&) {},
      [this] { return random_(); }, starting.sight}));
  starting.events.emplace(writer,
    std::vector<caf::actor>{keep(system.spawn(store_reader, readable))}, readable,
    std::make_shared<append_gate>());
  starting.memory = std::make_shared<bus_memory>(shared->head().value().position);
  starting.bus = keep(system.spawn(bus, *starting.events, starting.memory));
  const std::string name = "n" + std::to_string(number);
  const std::string address = "10.0.0." + std::to_string(number) + ":4100";
  starting.mesh = network_.start(number, {starting.id, name, address, ++starting.lives, {}});
  starting.names.bind("mesh", starting.mesh);
  keep(system.spawn(members, writer, starting.names));
  keep(system.spawn(
    membership, own_membership{starting.id, name, {}}, [address] { return address; }, writer,
    starting.names, starting.sight));
  world.settle();
}

void test_cluster::start_empty(node_number number) {
  hosted& starting = *nodes_.at(number - 1);
  starting.log = memory_log{};
  starting.state = memory_tables{};
  starting.term = memory_term{};
  starting.id = numbered(3 + starting.lives, number);
  (void)starting.term.storage().write({.joins = true});
  start(number);
}

void test_cluster::cut(node_number one, node_number other) {
  network_.cut_one_way(one, other);
  network_.cut_one_way(other, one);
}

void test_cluster::isolate(node_number number) {
  for (node_number other = 1; other <= nodes_.size(); ++other)
    if (other != number)
      cut(number, other);
}

} // namespace aiex::testing
