#include "aiex/persistence/store/durable_file.hpp"
#include "aiex/persistence/store/local_store.hpp"
#include "aiex/persistence/store/recovery.hpp"

#include "support/sample_events.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace aiex {
namespace {

using test::id_of;

struct world {
  test::temporary_folder folder;
  std::uint64_t ids = 1'000;

  result<local_store> open(const std::string& node = "node1") {
    return local_store::open({.folder = folder.path() / "data",
      .node = node,
      .make_id = [this] { return id_of(++ids); },
      .map_bytes = 256 << 20});
  }

  static void append(local_store& store, std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t i = first; i <= last; ++i) {
      const auto request = test::one("account-1", {.id = id_of(i), .type = "t"});
      const append_request* const all[] = {&request};
      REQUIRE(store.events()->append(all, test::at_us(1)).front());
    }
  }
};

TEST_CASE("local store: a folder keeps what was appended, and who it is") {
  world made;
  store_identity identity;
  {
    auto store = made.open();
    REQUIRE(store);
    identity = store->identity();
    world::append(*store, 1, 20);
  } // a killed process: the state was not synced, but the machine lives
  {
    auto store = made.open();
    REQUIRE(store);
    CHECK(store->identity() == identity);
    CHECK_FALSE(store->was_rebuilt());
    CHECK(store->events()->head()->position == position{20});
    world::append(*store, 21, 21);
    REQUIRE(store->close());
  }
  auto store = made.open();
  REQUIRE(store);
  CHECK_FALSE(store->was_rebuilt());
  CHECK(store->events()->head()->position == position{21});
}

TEST_CASE("local store: alone it has no term record, and opening it changes no byte of the log") {
  world made;
  const auto data = made.folder.path() / "data";
  const auto bytes_of = [&](const char* name) {
    auto bytes = read_small_file(data / name, 64 << 20);
    REQUIRE(bytes);
    return *bytes;
  };
  {
    auto store = made.open();
    REQUIRE(store);
    world::append(*store, 1, 5);
    REQUIRE(store->close());
  }
  const std::string log = bytes_of("log/data.mdb");
  const std::string identity = bytes_of("identity");
  for (int i = 0; i < 2; ++i) {
    auto store = made.open();
    REQUIRE(store);
    CHECK(store->events()->member().core().is_leader());
    REQUIRE(store->close());
  }
  CHECK(bytes_of("log/data.mdb") == log);
  CHECK(bytes_of("identity") == identity);
  CHECK_FALSE(std::filesystem::exists(data / "term"));
}

TEST_CASE("local store: a new folder that joins waits for others, in every start") {
  world made;
  const uuid history = id_of(77);
  const auto open = [&](std::optional<uuid> joins) {
    return local_store::open({.folder = made.folder.path() / "data",
      .node = "node1",
      .make_id = [&] { return id_of(++made.ids); },
      .map_bytes = 256 << 20,
      .joins = joins});
  };
  for (const auto& joins : {std::optional{history}, std::optional<uuid>{}}) { // once is enough
    auto store = open(joins);
    REQUIRE(store);
    CHECK(store->identity().history == history);
    CHECK_FALSE(store->events()->member().core().is_leader());
    for (int i = 0; i < 100; ++i)
      store->events()->member().take(consensus::tick{7}, test::at_us(1));
    CHECK_FALSE(store->events()->member().core().is_leader());
    const auto request = test::one("account-1", {.id = id_of(1), .type = "t"});
    const append_request* const all[] = {&request};
    CHECK(store->events()->append(all, test::at_us(1)).front().error().code == errc::no_quorum);
  }
  const auto other = open(id_of(78));
  REQUIRE_FALSE(other);
  CHECK(other.error().code == errc::invalid_argument);
}

/// The other voter of the store's cluster, on memory. It hears all that the store says.
struct other_voter {
  test::memory_media media;
  consensus::core_options who;
  std::optional<event_store> it;

  explicit other_voter(event_store& store) {
    who = {.self = id_of(7), .history = store.member().core().options.history};
    REQUIRE(media.term.storage().write({.joins = true}));
    it = *event_store::open(media.media(), who);
    using act = consensus::member_change::act;
    for (const act what : {act::add_learner, act::promote}) {
      store.member().take(consensus::change{1,
                            {what, {who.self, consensus::member_role::learner, "node2", "host:2"}}},
        test::at_us(1));
      talk(store);
    }
    REQUIRE(store.member().core().members.current().voters() == 2);
  }
  static std::vector<consensus::message> said_by(event_store& store) {
    while (store.member().has_work())
      store.member().work(test::at_us(1));
    return store.words().messages;
  }

  void talk(event_store& store) {
    for (int i = 0; i < 20; ++i) {
      store.member().take(consensus::tick{}, test::at_us(1));
      for (int turn = 0; turn < 10; ++turn) {
        for (const consensus::message& each : said_by(store))
          it->member().take(consensus::received{each}, test::at_us(1));
        for (const consensus::message& each : said_by(*it))
          store.member().take(consensus::received{each}, test::at_us(1));
      }
    }
  }
};

TEST_CASE(
  "local store: a member whose read models prove that its log lost its end asks the others") {
  world made;
  const auto data = made.folder.path() / "data";
  {
    auto store = made.open();
    REQUIRE(store);
    event_store& events = *store->events();
    other_voter other{events};
    for (std::uint64_t i = 1; i <= 3; ++i) {
      events.take(test::one("account-1", {.id = id_of(i), .type = "t"}));
      events.close(test::at_us(1));
      other.talk(events);
    }
    REQUIRE(events.head()->position == position{3});
    const projection_save save{"sum", {.at = {3}}, {}};
    REQUIRE(store->models()->save({&save, 1}));
    REQUIRE(store->close());
    const auto log = events.media().log;
    REQUIRE(log.cut(*last_index(log)));
  }
  std::filesystem::remove_all(data / "state"); // power was lost, too
  std::filesystem::create_directory(data / "state");
  for (int i = 0; i < 2; ++i) { // until it has heard from others
    auto store = made.open();
    REQUIRE(store);
    const consensus::core_state& core = store->events()->member().core();
    CHECK(core.standing.proven().index == consensus::unknown_index);
    CHECK_FALSE(core.standing.may_vote(core.last()));
  }
}

TEST_CASE("local store: the second member's configuration brings the term record") {
  world made;
  consensus::member_change joins;
  joins.subject = {id_of(7), consensus::member_role::learner, "node2", "host:2"};
  {
    auto store = made.open();
    REQUIRE(store);
    world::append(*store, 1, 3);
    replica& member = store->events()->member();
    member.take(consensus::change{1, joins}, test::at_us(1));
    while (member.has_work())
      member.work(test::at_us(1));
    CHECK(member.core().members.current().members.size() == 2);
    world::append(*store, 4, 4); // a learner does not count
  }
  const auto term = made.folder.path() / "data" / "term";
  REQUIRE(std::filesystem::exists(term));
  {
    auto store = made.open();
    REQUIRE(store);
    replica& member = store->events()->member();
    CHECK_FALSE(member.core().is_leader());
    for (int i = 0; i < 40 && !member.core().is_leader(); ++i) {
      member.take(consensus::tick{}, test::at_us(1));
      while (member.has_work())
        member.work(test::at_us(1));
    }
    CHECK(store->events()->head()->position == position{4});
    world::append(*store, 5, 5);
  }
  std::filesystem::remove(term);
  CHECK(made.open().error().code == errc::corrupt);
}

TEST_CASE("local store: after a power loss, on damage and when it is gone the state is rebuilt") {
  struct example {
    const char* name;
    void (*spoil)(const std::filesystem::path& state);
  };
  const example table[] = {
    {"another start of the machine",
      [](const std::filesystem::path& state) {
        REQUIRE(write_durably(state / "mark", "open 2 another-boot\n"));
      }},
    {"a state of an earlier form",
      [](
        const std::filesystem::path& state) { REQUIRE(write_durably(state / "mark", "clean\n")); }},
    {"no mark",
      [](const std::filesystem::path& state) { std::filesystem::remove(state / "mark"); }},
    {"gone", [](const std::filesystem::path& state) { std::filesystem::remove_all(state); }},
    {"not LMDB's",
      [](const std::filesystem::path& state) {
        std::ofstream{state / "data.mdb"} << std::string(20'000, 'x');
      }},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    world made;
    {
      auto store = made.open();
      REQUIRE(store);
      world::append(*store, 1, 10);
    }
    row.spoil(made.folder.path() / "data" / "state");
    auto store = made.open();
    REQUIRE(store);
    CHECK(store->was_rebuilt());
    CHECK(store->events()->head()->position == position{10});
    CHECK(store->events()->event(id_of(7)));
  }
}

TEST_CASE("local store: a state of another log is not believed") {
  world one;
  world other;
  {
    auto store = one.open();
    world::append(*store, 1, 5);
    REQUIRE(store->close());
    auto second = other.open();
    world::append(*second, 101, 105);
    REQUIRE(second->close());
  }
  const auto state = [](const world& of) { return of.folder.path() / "data" / "state"; };
  std::filesystem::remove_all(state(one));
  std::filesystem::copy(state(other), state(one));
  auto store = one.open();
  REQUIRE(store);
  CHECK(store->was_rebuilt());
  CHECK(store->events()->event(id_of(3)));
  CHECK_FALSE(store->events()->event(id_of(103)));
}

TEST_CASE("local store: a log that is gone is not replaced by an empty one") {
  world made;
  const auto data = made.folder.path() / "data";
  {
    auto store = made.open();
    REQUIRE(store);
    world::append(*store, 1, 5);
  }
  std::filesystem::remove_all(data / "log");
  REQUIRE(write_durably(data / "state" / "mark", "open 2 another-boot\n")); // a power loss
  const auto refused = made.open();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::lost_events);
  CHECK(refused.error().message.find("restore the folder from a backup") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(data / "log"));
  CHECK(std::filesystem::exists(data / "state" / "data.mdb"));
}

TEST_CASE("local store: a file that was cut short is an error or rebuilt, and kills nobody") {
  struct example {
    const char* part;
    std::uint64_t bytes;
    std::optional<errc> expected;
    const char* advice;
  };
  const example table[] = {
    {"log", 40'960, errc::corrupt, "aiex store verify --data"},
    {"log", 8'192, errc::corrupt, "aiex store restore FILE --data"},
    {"log", 5'000, errc::corrupt, "restore it from a backup"},
    {"log", 0, errc::lost_events, "restore the folder from a backup"},
    {"models", 8'192, errc::corrupt, "the read models begin anew"},
    {"state", 40'960, std::nullopt, ""},
    {"state", 8'192, std::nullopt, ""},
    {"state", 0, std::nullopt, ""},
  };
  for (const example& row : table) {
    CAPTURE(row.part);
    CAPTURE(row.bytes);
    world made;
    const auto file = made.folder.path() / "data" / row.part / "data.mdb";
    {
      auto store = made.open();
      REQUIRE(store);
      world::append(*store, 1, 100);
      REQUIRE(store->close());
    }
    REQUIRE(std::filesystem::file_size(file) > row.bytes);
    std::filesystem::resize_file(file, row.bytes);
    const auto store = made.open();
    REQUIRE(store.has_value() == !row.expected);
    if (store) {
      CHECK(store->events()->head()->position == position{100});
      CHECK(store->events()->event(id_of(77)));
      CHECK(store->was_rebuilt() == (row.bytes != 0)); // an empty one is caught up with
    } else {
      CHECK(store.error().code == *row.expected);
      CHECK_MESSAGE(
        store.error().message.find(row.advice) != std::string::npos, store.error().message);
    }
  }
}

TEST_CASE("local store: what a read model has counted must be in the log") {
  world made;
  const auto data = made.folder.path() / "data";
  {
    auto store = made.open();
    REQUIRE(store);
    world::append(*store, 1, 3);
    std::filesystem::copy(data / "log", data / "log.before", {});
    world::append(*store, 4, 5);
    const projection_save save{"totals", {.at = {5}, .state = "{}"}, {}};
    REQUIRE(store->models()->save({&save, 1}));
  }
  REQUIRE(made.open());
  std::filesystem::remove_all(data / "log");
  std::filesystem::rename(data / "log.before", data / "log");
  REQUIRE(write_durably(data / "state" / "mark", "open 2 another-boot\n")); // a power loss
  const auto refused = made.open();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::lost_events);
  CHECK(refused.error().actual == 5);
  CHECK(
    refused.error().message.find("the log ends at position 3, but the read model of totals") == 0);
}

TEST_CASE("local store: a folder that is not to be opened says why") {
  world made;
  {
    auto store = made.open();
    REQUIRE(store);
    const auto second = made.open();
    REQUIRE_FALSE(second);
    CHECK(second.error().code == errc::in_use);
    CHECK(second.error().message.find("process " + std::to_string(::getpid()) + ".") !=
          std::string::npos);
  }
  const auto other_name = made.open("node2");
  REQUIRE_FALSE(other_name);
  CHECK(other_name.error().code == errc::invalid_argument);
  CHECK(other_name.error().message.find("--name node1") != std::string::npos);

  const auto identity = made.folder.path() / "data" / "identity";
  REQUIRE(write_durably(identity, "format 2\n"));
  CHECK(made.open().error().code == errc::unknown_version);
  REQUIRE(write_durably(identity, "format 1\nstore x\n"));
  CHECK(made.open().error().code == errc::corrupt);

  world foreign;
  std::filesystem::create_directories(foreign.folder.path() / "data");
  std::ofstream{foreign.folder.path() / "data" / "thesis.txt"} << "mine";
  const auto refused = foreign.open();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("thesis.txt") != std::string::npos);
}

} // namespace
} // namespace aiex
