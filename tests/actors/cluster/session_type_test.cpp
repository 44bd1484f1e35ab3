#include "aiex/actors/cluster/session_type.hpp"
#include "aiex/actors/typed/given.hpp"

#include "support/sample_events.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace aiex {
namespace {

const session_created ann{"ann", "/home/ann/engine", "cli", "node2", R"({"editor":"vi"})"};
const create_session wish{"ann", "/home/ann/engine", "cli", "node2", R"({"editor":"vi"})"};

/// What became of a session before a command comes.
scenario<session> nothing() {
  return given<session>();
}
scenario<session> active() {
  return given<session>(ann, session_recorded{"note", "1"});
}
scenario<session> closed() {
  return given<session>(ann, session_closed{});
}
scenario<session> archived() {
  return given<session>(ann, session_closed{}, session_archived{});
}

TEST_CASE("session: what may happen to it, by its status") {
  const auto not_found = refuse("session_not_found");
  const auto is_closed = refuse("session_closed");
  CHECK(nothing().when(wish) == aiex::events(ann));
  CHECK(nothing().when(record_in_session{"note", "1"}) == not_found);
  CHECK(nothing().when(close_session{}) == not_found);
  CHECK(nothing().when(archive_session{}) == not_found);

  CHECK(active().when(wish) == refuse("already_exists"));
  CHECK(
    active().when(record_in_session{"note", "1"}) == aiex::events(session_recorded{"note", "1"}));
  CHECK(active().when(close_session{}) == aiex::events(session_closed{}));
  CHECK(active().when(archive_session{}) == aiex::events(session_archived{}));

  CHECK(closed().when(wish) == refuse("already_exists"));
  CHECK(closed().when(record_in_session{"note", "1"}) == is_closed);
  CHECK(closed().when(close_session{}) == is_closed);
  CHECK(closed().when(archive_session{}) == aiex::events(session_archived{}));

  CHECK(archived().when(wish) == refuse("already_exists"));
  CHECK(archived().when(record_in_session{"note", "1"}) == is_closed);
  CHECK(archived().when(close_session{}) == is_closed);
  CHECK(archived().when(archive_session{}) == is_closed);
}

TEST_CASE("session: only an active one is kept alive") {
  CHECK(session::is_over(nothing().now));
  CHECK_FALSE(session::is_over(active().now));
  CHECK(session::is_over(closed().now));
  CHECK(session::is_over(archived().now));
}

TEST_CASE("session: it keeps what it was created with, also when it is archived") {
  const session::state now = archived().now;
  CHECK(now.status == session_status::archived);
  CHECK(now.user_id == "ann");
  CHECK(now.project_path == "/home/ann/engine");
  CHECK(now.interface == "cli");
  CHECK(now.node_preference == "node2");
  CHECK(now.metadata == R"({"editor":"vi"})");
}

TEST_CASE("session: owner, epoch and time come with its events") {
  recorded_event recorded;
  recorded.node = "node1";
  recorded.recorded_at = test::at_us(77);
  session::state now;
  session::apply(now, ann, recorded); // its append has begun the first epoch
  CHECK(now.node == "node1");
  CHECK(now.epoch == 1);
  CHECK(now.created_at_us == 77);
  recorded.node = "node2";
  recorded.epoch = 4;
  recorded.recorded_at = test::at_us(99);
  session::apply(now, session_recorded{}, recorded);
  CHECK(now.node == "node2");
  CHECK(now.epoch == 4);
  CHECK(now.created_at_us == 77);
}

TEST_CASE("session: what cannot be created is refused, each fault by its own error") {
  struct example {
    const char* name;
    create_session wish;
    std::optional<errc> refused;
  };
  const std::string name_of_64(64, 'n');
  const auto metadata_of = [](std::size_t bytes) {
    return R"({"a":")" + std::string(bytes - 8, 'x') + "\"}";
  };
  const example table[] = {
    {"least", {"u", "/p"}, {}},
    {"as long as possible",
      {std::string(session_user_bytes_max, 'u'), std::string(session_path_bytes_max, 'p'),
        std::string(session_interface_bytes_max, 'i'), name_of_64,
        metadata_of(session_metadata_bytes_max)},
      {}},
    {"no user", {"", "/p"}, errc::missing_required_fields},
    {"no path", {"u", ""}, errc::missing_required_fields},
    {"a long user", {std::string(session_user_bytes_max + 1, 'u'), "/p"}, errc::invalid_argument},
    {"a long path", {"u", std::string(session_path_bytes_max + 1, 'p')}, errc::invalid_argument},
    {"a long interface", {"u", "/p", std::string(session_interface_bytes_max + 1, 'i')},
      errc::invalid_argument},
    {"a long node", {"u", "/p", "", name_of_64 + "n"}, errc::invalid_argument},
    {"large metadata", {"u", "/p", "", "", metadata_of(session_metadata_bytes_max + 1)},
      errc::data_too_large},
    {"metadata that is a list", {"u", "/p", "", "", "[]"}, errc::invalid_metadata},
    {"metadata that is no JSON", {"u", "/p", "", "", "{"}, errc::invalid_metadata},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    const auto checked = check(row.wish);
    CHECK(checked.has_value() != row.refused.has_value());
    CHECK(nothing().when(row.wish).refused().has_value() == row.refused.has_value());
    if (!checked)
      CHECK(checked.error().code == row.refused);
  }
}

TEST_CASE("session: what is recorded in it has a name and is JSON") {
  const std::string large = '"' + std::string(limits::data_bytes_max / 2 - 2, 'x') + '"';
  CHECK(check(record_in_session{std::string(limits::type_bytes_max, 'w'), large}));
  CHECK(check(record_in_session{"", "1"}).error().code == errc::missing_required_fields);
  CHECK(check(record_in_session{std::string(limits::type_bytes_max + 1, 'w'), "1"}).error().code ==
        errc::invalid_type);
  CHECK(check(record_in_session{"note", "{"}).error().code == errc::invalid_data);
  CHECK(check(record_in_session{"note", large + " "}).error().code == errc::data_too_large);
  CHECK(active().when(record_in_session{"note", "{"}).refused());
}

} // namespace
} // namespace aiex
