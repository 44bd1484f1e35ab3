#include "aiex/actors/cluster/sessions.hpp"

#include "aiexd/verbs/session_verbs.hpp"
#include "support/gateway_world.hpp"

#include <doctest/doctest.h>

#include <set>

namespace aiex {
namespace {

using nlohmann::json;

struct session_world : test::gateway_world {
  session_world() : gateway_world({sessions()}) {}

  static std::string id(std::uint64_t number) { return to_string(test::id_of(number)); }
  static json wish(std::uint64_t number) {
    return {{"user_id", "ann"}, {"project_path", "/home/ann"}, {"interface", "cli"},
      {"metadata", {{"editor", "vi"}}}, {"id", id(number)}};
  }
  std::vector<std::string> ids(const json& arguments = json::object()) {
    std::vector<std::string> found;
    for (const json& each : lines("session_list", arguments))
      found.push_back(each["id"]);
    return found;
  }
};

TEST_CASE_FIXTURE(session_world, "session verbs: create, show, close, archive") {
  json expected{{"id", id(1)}, {"user_id", "ann"}, {"project_path", "/home/ann"},
    {"interface", "cli"}, {"status", "active"}, {"node", "node1"}, {"epoch", 1}, {"version", 1},
    {"created_at", "1970-01-01T00:00:00.001000Z"}, {"metadata", {{"editor", "vi"}}}};
  CHECK(object("session_create", wish(1)) == expected);
  CHECK(object("session_show", {{"id", id(1)}}) == expected);
  json again = expected;
  again["repeated"] = true;
  CHECK(object("session_create", wish(1)) == again);

  expected["status"] = "closed";
  expected["version"] = 2;
  CHECK(object("session_close", {{"id", id(1)}, {"command_id", id(70)}}) == expected);
  CHECK(object("session_close", {{"id", id(1)}, {"command_id", id(70)}})["repeated"] == true);
  expected["status"] = "archived";
  expected["version"] = 3;
  CHECK(object("session_archive", {{"id", id(1)}}) == expected);
  CHECK(object("session_show", {{"id", id(1)}}) == expected);
  expected.erase("metadata");
  CHECK(lines("session_list") == std::vector{expected});
}

TEST_CASE_FIXTURE(session_world, "session verbs: a list has what its filters want") {
  object("session_create", wish(1));
  object("session_create",
    {{"user_id", "bob"}, {"project_path", "/b"}, {"id", id(2)}, {"node_preference", "node7"}});
  object("session_close", {{"id", id(1)}});
  using all = std::vector<std::string>;
  CHECK(ids() == all{id(1), id(2)});
  CHECK(ids({{"user_id", "bob"}}) == all{id(2)});
  CHECK(ids({{"interface", "cli"}}) == all{id(1)});
  CHECK(ids({{"node", "node1"}}) == all{id(1), id(2)});
  CHECK(ids({{"status", "active"}}) == all{id(2)});
  CHECK(ids({{"status", "archived"}}).empty());
  CHECK(lines("session_list", {{"user_id", "bob"}})[0]["node_preference"] == "node7");
  CHECK(object("session_stats") == json{{"created", 2}, {"active", 1}, {"closed", 1},
                                     {"archived", 0}, {"recorded", 0}, {"living", 2}});
}

TEST_CASE_FIXTURE(session_world, "session verbs: a list comes in pages") {
  constexpr std::size_t count = sessions_per_page_max + 3;
  for (std::size_t i = 1; i <= count; ++i)
    object("session_create", {{"user_id", "ann"}, {"project_path", "/"}, {"id", id(i)}});
  std::set<std::string> seen;
  std::size_t pages = 0;
  json arguments = json::object();
  for (std::string next = "first"; !next.empty(); arguments["cursor"] = next, ++pages) {
    for (const std::string& each : ids(arguments))
      CHECK(seen.insert(each).second);
    next = reply("session_list", arguments).next;
  }
  CHECK(seen.size() == count);
  CHECK(pages == 2);
}

TEST_CASE_FIXTURE(session_world, "session verbs: what cannot be is refused by name") {
  object("session_create", wish(1));
  object("session_close", {{"id", id(1)}});
  json other = wish(1);
  other["user_id"] = "bob";
  struct example {
    const char* verb;
    json arguments;
    errc code;
    const char* says;
  };
  const example table[] = {
    {"session_create", other, errc::duplicate_id, ""},
    {"session_create", {{"user_id", "u"}}, errc::missing_required_fields, "project_path"},
    {"session_create", {{"user_id", 5}, {"project_path", "/"}}, errc::invalid_argument, "user_id"},
    {"session_create", {{"user_id", "u"}, {"project_path", "/"}, {"metadata", {1, 2}}},
      errc::invalid_metadata, "metadata"},
    {"session_create", {{"user_id", "u"}, {"project_path", "/"}, {"id", "7"}}, errc::invalid_id,
      "UUID"},
    {"session_create", {{"user", "u"}}, errc::invalid_argument, "user_id"},
    {"session_show", {{"id", id(9)}}, errc::session_not_found, "there is no session"},
    {"session_show", json::object(), errc::missing_required_fields, "id"},
    {"session_close", {{"id", id(9)}}, errc::session_not_found, "there is no session"},
    {"session_close", {{"id", id(1)}}, errc::session_closed, "takes no more"},
    {"session_archive", {{"id", "x"}}, errc::invalid_id, "id"},
    {"session_list", {{"status", "asleep"}}, errc::invalid_argument, "archived"},
    {"session_list", {{"cursor", "x"}}, errc::invalid_history, "cursor"},
  };
  for (const example& row : table) {
    const std::string verb = row.verb;
    CAPTURE(verb);
    CAPTURE(row.arguments.dump());
    const error refused = refusal(row.verb, row.arguments);
    CHECK(refused.code == row.code);
    CHECK(refused.message.find(row.says) != std::string::npos);
  }
}

TEST_CASE_FIXTURE(session_world, "session verbs: nobody writes to a session but by them") {
  object("session_create", wish(1));
  const json command{
    {"category", "$session"}, {"id", id(1)}, {"command", "close"}, {"data", json::object()}};
  CHECK(refusal("dispatch", command).code == errc::reserved_name);
  CHECK(refusal("append", {{"stream", "$session-" + id(1)}, {"type", "session_closed"}}).code ==
        errc::reserved_name);
  CHECK(lines("events").empty());
  CHECK(lines("events", {{"category", "$session"}}).size() == 1);
}

TEST_CASE_FIXTURE(test::gateway_world, "session verbs: without sessions they say so") {
  for (const char* verb : {"session_list", "session_stats"})
    CHECK(refusal(verb).code == errc::overloaded);
}

} // namespace
} // namespace aiex
