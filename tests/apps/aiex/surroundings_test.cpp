#include "aiex/exit_code.hpp"
#include "aiex/surroundings.hpp"

#include "support/store_folder.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>
#include <sstream>

namespace aiex::tool {
namespace {

/// While it lives, `typed` is what standard input gives.
class typed_input {
public:
  explicit typed_input(const std::string& typed) : typed_(typed) { std::cin.clear(); }
  ~typed_input() { std::cin.rdbuf(before_); }
  typed_input(const typed_input&) = delete;
  typed_input& operator=(const typed_input&) = delete;

private:
  std::istringstream typed_;
  std::streambuf* before_ = std::cin.rdbuf(typed_.rdbuf());
};

TEST_CASE("surroundings: a file or standard input, whole and within the limit") {
  const test::temporary_folder folder;
  const auto file = folder.path() / "given";
  test::write_bytes(file, "{}\n");
  CHECK(read_file(file.string()) == "{}\n");
  {
    const typed_input typed{"[1]"};
    CHECK(read_file("-") == "[1]");
  }
  CHECK(read_file((folder.path() / "absent").string()).error().code == errc::not_found);
  const auto is_folder = read_file(folder.path().string());
  REQUIRE_FALSE(is_folder);
  CHECK(is_folder.error().code == errc::io);
  CHECK(is_folder.error().message.find("directory") != std::string::npos);
  test::write_bytes(file, std::string(gateway_request_bytes_max + 1, ' '));
  CHECK(read_file(file.string()).error().code == errc::data_too_large);
}

TEST_CASE("surroundings: variables of the client count") {
  for (const auto& [name, value] : {std::pair{"AIEX_NODE", "127.0.0.1:4200"},
         {"AIEX_TIMEOUT", "9s"}, {"AIEX_READ", "local"}, {"AIEX_CA", "file"}})
    ::setenv(name, value, 1);
  const auto found = surroundings_of_process().otherwise;
  for (const auto* name : {"AIEX_NODE", "AIEX_TIMEOUT", "AIEX_READ", "AIEX_CA"})
    ::unsetenv(name);
  CHECK(found.node == "127.0.0.1:4200");
  CHECK(found.timeout == "9s");
  CHECK(found.read == "local");
  CHECK(found.authority == "file");
  const auto none = surroundings_of_process().otherwise;
  CHECK(none.timeout == "5s");
  CHECK(none.authority.empty());
}

TEST_CASE("surroundings: what destroys is asked for, where somebody can answer") {
  invocation wish{.what = find_verb("store restore")};
  REQUIRE(wish.what != nullptr);
  verb asking = *wish.what;
  asking.asks = true;
  wish.what = &asking;
  const surroundings terminal{.is_input_terminal = true};
  CHECK(confirm(wish, {}).error().code == errc::invalid_argument);
  for (const auto& [answer, goes_on] :
    {std::pair{"y\n", true}, {"yes\n", true}, {"n\n", false}, {"\n", false}, {"", false}}) {
    CAPTURE(answer);
    const typed_input typed{answer};
    CHECK(confirm(wish, terminal).has_value() == goes_on);
  }
  wish.never_asks = true;
  CHECK_FALSE(confirm(wish, terminal));
  wish.values["--yes"] = {"true"};
  CHECK(confirm(wish, {}));
}

} // namespace
} // namespace aiex::tool
