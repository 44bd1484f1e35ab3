#include "aiex/offline.hpp"

#include "support/store_folder.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace aiex::tool {
namespace {

using nlohmann::json;
using words = std::vector<std::string>;

/// A folder that a node has left, with 7 events.
struct left_folder {
  test::temporary_folder folder;
  std::filesystem::path data = folder.path() / "data";

  left_folder() {
    auto store = test::open_store(data);
    REQUIRE(store);
    test::append_events(*store->events(), 1, 7);
    REQUIRE(store->close());
  }
  std::string path(const char* name) const { return (folder.path() / name).string(); }
};

invocation parsed(words typed) {
  typed.insert(typed.begin(), "--json");
  auto wish = parse_command_line(typed);
  if (!wish)
    FAIL(wish.error().message);
  return *wish;
}

struct outcome {
  result<void> done;
  std::string written{};
};

outcome run(const words& typed) {
  std::string written;
  run_context context;
  context.write = [&](const std::string& text) -> result<bool> {
    written += text;
    return true;
  };
  context.report = [](const std::string&) {};
  const auto wish = parsed(typed);
  CHECK(is_offline(wish));
  auto done = run_offline(wish, context);
  return {std::move(done), std::move(written)};
}

json object(const words& typed) {
  const auto [done, written] = run(typed);
  REQUIRE_MESSAGE(done, (done ? "" : done.error().message));
  return json::parse(written);
}

TEST_CASE("offline: only store verbs with --data") {
  CHECK(is_offline(parsed({"store", "verify", "--data", "d"})));
  CHECK(is_offline(parsed({"store", "restore", "f", "--data", "d"})));
  CHECK_FALSE(is_offline(parsed({"store", "verify"})));
  CHECK_FALSE(is_offline(parsed({"status"})));
}

TEST_CASE("offline: counts, and backs up") {
  const left_folder left;
  const json counted = object({"store", "stats", "--data", left.data.string()});
  CHECK(counted["events"] == 7);
  CHECK(counted["node"] == "node1");
  const std::string file = left.path("backup");
  const json backup = object({"store", "backup", file, "--data", left.data.string()});
  CHECK(backup["position"] == 7);
  CHECK(backup["events"] == 7);
  const auto again = run({"store", "backup", file, "--data", left.data.string()});
  CHECK(again.done.error().code == errc::already_exists);
  CHECK(again.written.empty());
  for (const std::string level : {"20", "fast", "-1"}) {
    const auto wrong =
      run({"store", "backup", left.path("other"), "--level", level, "--data", left.data.string()});
    REQUIRE_FALSE(wrong.done);
    CHECK(wrong.done.error().code == errc::invalid_argument);
  }
}

TEST_CASE("offline: a restore checks, refuses, and keeps what was there") {
  const left_folder left;
  const std::string file = left.path("backup");
  object({"store", "backup", file, "--data", left.data.string()});
  const std::string fresh = left.path("fresh");
  const json checked = object({"store", "restore", file, "--data", fresh, "--dry-run"});
  CHECK(checked["events"] == 7);
  CHECK(checked["dry_run"] == true);
  CHECK_FALSE(std::filesystem::exists(fresh));
  CHECK_FALSE(would_replace(parsed({"store", "restore", file, "--data", fresh})));
  const json restored = object({"store", "restore", file, "--data", fresh});
  CHECK(restored["position"] == 7);
  CHECK_FALSE(restored.contains("kept"));

  CHECK(would_replace(parsed({"store", "restore", file, "--data", fresh})));
  CHECK_FALSE(would_replace(parsed({"store", "restore", file, "--data", fresh, "--dry-run"})));
  CHECK_FALSE(would_replace(parsed({"store", "verify", "--data", fresh})));
  const auto refused = run({"store", "restore", file, "--data", fresh});
  REQUIRE_FALSE(refused.done);
  CHECK(refused.done.error().code == errc::invalid_argument);
  CHECK(refused.done.error().message.find("--yes") != std::string::npos);
  const json replaced = object({"store", "restore", file, "--data", fresh, "--yes"});
  CHECK(std::filesystem::exists(replaced["kept"].get<std::string>()));
}

TEST_CASE("offline: no store, no file, and a file that is no backup") {
  const left_folder left;
  const std::string nowhere = left.path("nowhere");
  for (const words& typed : {words{"store", "stats", "--data", nowhere},
         words{"store", "backup", left.path("file"), "--data", nowhere}}) {
    const auto refused = run(typed);
    REQUIRE_FALSE(refused.done);
    CHECK(refused.done.error().code == errc::not_found);
    CHECK_FALSE(std::filesystem::exists(nowhere)); // looking makes nothing
  }
  CHECK_FALSE(run({"store", "restore", left.path("none"), "--data", nowhere}).done);
  test::write_bytes(left.path("text"), "this is no backup");
  const auto text = run({"store", "restore", left.path("text"), "--data", nowhere});
  REQUIRE_FALSE(text.done);
  CHECK_FALSE(std::filesystem::exists(nowhere));
}

TEST_CASE("offline: a folder that a process has open is refused") {
  const left_folder left;
  auto store = test::open_store(left.data);
  REQUIRE(store);
  const auto refused = run({"store", "stats", "--data", left.data.string()});
  REQUIRE_FALSE(refused.done);
  CHECK(refused.done.error().code == errc::in_use);
}

} // namespace
} // namespace aiex::tool
