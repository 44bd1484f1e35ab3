#include "aiex/exit_code.hpp"
#include "aiex/program.hpp"

#include "support/store_folder.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <iostream>
#include <sstream>

namespace aiex::tool {
namespace {

using words = std::vector<std::string>;

/// While it lives, what the standard streams read and write is text here.
class caught_streams {
public:
  explicit caught_streams(const std::string& typed = {}) : typed_(typed) { std::cin.clear(); }
  ~caught_streams() {
    std::cin.rdbuf(in_);
    std::cout.rdbuf(out_);
    std::cerr.rdbuf(problems_);
  }
  caught_streams(const caught_streams&) = delete;
  caught_streams& operator=(const caught_streams&) = delete;

  std::string output() const { return output_.str(); }
  std::string errors() const { return errors_.str(); }

private:
  std::istringstream typed_;
  std::ostringstream output_;
  std::ostringstream errors_;
  std::streambuf* in_ = std::cin.rdbuf(typed_.rdbuf());
  std::streambuf* out_ = std::cout.rdbuf(output_.rdbuf());
  std::streambuf* problems_ = std::cerr.rdbuf(errors_.rdbuf());
};

struct ended {
  int code = 0;
  std::string output{};
  std::string errors{};
};

ended run(const words& typed, const std::string& input = {}, const surroundings& where = {}) {
  const caught_streams streams{input};
  const int code = run_command_line(typed, where);
  return {code, streams.output(), streams.errors()};
}

const surroundings terminal{.is_input_terminal = true};
const std::string nobody = "127.0.0.1:1"; // no node listens there

TEST_CASE("program: what needs no node") {
  const auto help = run({"--help"});
  CHECK(help.code == exit_ok);
  for (const auto& row : verbs())
    CHECK_MESSAGE(help.output.find(row.words) != std::string::npos, row.words);
  CHECK(run({"completion", "bash"}).output.find("complete") != std::string::npos);
  CHECK(run({"completion", "tcsh"}).code == exit_usage);
  CHECK(run({"__complete", "store", "ver"}).output == "verify\n");
  const auto explained = run({"--json", "explain", "duplicate_id"});
  CHECK(explained.code == exit_ok);
  CHECK(nlohmann::json::parse(explained.output)["exit"] == exit_conflict);
  CHECK(run({"explain"}).output.find("no_quorum") != std::string::npos);
  CHECK(run({"explain", "no_such_code"}).code == exit_usage);
}

TEST_CASE("program: usage is refused before a node is asked") {
  for (const words& typed : {words{}, words{"nope"}, words{"status", "--nope"},
         words{"status", "--read", "stale"}, words{"status", "--at-least", "0"},
         words{"status", "--at-least", "next"}, words{"append", "a-1", "t", "{"}}) {
    CAPTURE(typed.empty() ? "" : typed.back());
    const auto refused = run(typed);
    CHECK(refused.code == exit_usage);
    CHECK(refused.output.empty());
    CHECK(refused.errors.starts_with("error: "));
  }
  CHECK(run({"nope"}).errors.find("no verb \"nope\"") != std::string::npos);
  CHECK(run({"--node", nobody, "nope"}).errors.find("no verb \"nope\"") != std::string::npos);
  CHECK(run({"--node", nobody, "status"}).code == exit_unavailable);
  CHECK(run({"--node", nobody, "shell"}).code == exit_unavailable);
  CHECK(run({"status"}, {}, {.otherwise = {.node = nobody}}).code == exit_unavailable); // AIEX_NODE
}

TEST_CASE("program: a verb that ends something asks on a terminal, and else wants --yes") {
  const words restart{"--node", nobody, "restart", "bus"};
  CHECK(run(restart).code == exit_usage);
  CHECK(run(restart).errors.find("--yes") != std::string::npos);
  const auto asked = run(restart, "y\n", terminal);
  CHECK(asked.errors.find("[y/N]") != std::string::npos);
  CHECK(asked.code == exit_unavailable); // it went on
  CHECK(run(restart, "n\n", terminal).code == exit_usage);
  CHECK(run(restart, "", terminal).code == exit_usage);
  const words silent{"--node", nobody, "--no-input", "restart", "bus"};
  const auto refused = run(silent, "y\n", terminal);
  CHECK(refused.code == exit_usage);
  CHECK(refused.errors.find("[y/N]") == std::string::npos);
  CHECK(run({"--node", nobody, "restart", "bus", "--yes"}).code == exit_unavailable);
  CHECK(run({"--node", nobody, "restart", "bus", "--dry-run"}).code == exit_unavailable);
}

TEST_CASE("program: a restore over a store asks on a terminal") {
  const test::temporary_folder folder;
  const std::string data = (folder.path() / "data").string();
  const auto file = folder.path() / "backup";
  {
    auto store = test::open_store(data);
    REQUIRE(store);
    test::append_events(*store->events(), 1, 2);
    REQUIRE(test::backup_of(*store, file));
    REQUIRE(store->close());
  }
  const words restore{"store", "restore", file.string(), "--data", data};
  CHECK(run(restore).code == exit_usage);
  CHECK(run(restore, "n\n", terminal).code == exit_usage);
  const auto replaced = run(restore, "y\n", terminal);
  CHECK(replaced.code == exit_ok);
  CHECK(replaced.errors.find("[y/N]") != std::string::npos);
  CHECK(replaced.output.find("kept") != std::string::npos);
}

TEST_CASE("program: files are read up to a limit") {
  const test::temporary_folder folder;
  const auto file = (folder.path() / "file").string();
  test::write_bytes(file, "text\n");
  CHECK(read_file(file) == std::string("text\n"));
  {
    const caught_streams streams{"typed"};
    CHECK(read_file("-") == std::string("typed"));
  }
  CHECK(read_file(file + "-none").error().code == errc::not_found);
  test::write_bytes(file, std::string(gateway_request_bytes_max + 1, 'x'));
  const auto large = read_file(file);
  REQUIRE_FALSE(large);
  CHECK(large.error().code == errc::data_too_large);
}

TEST_CASE("program: progress is shown on a terminal only, and cleared at its end") {
  for (const bool is_terminal : {false, true}) {
    const caught_streams streams;
    const auto context = context_of(nullptr, {.is_error_terminal = is_terminal});
    context.report("half");
    context.report("");
    context.report("");
    CHECK(streams.errors() == (is_terminal ? "\rhalf\x1b[K\r\x1b[K" : ""));
  }
}

} // namespace
} // namespace aiex::tool
