#include "code_assistant/include_resolver.hpp"

#include <doctest/doctest.h>

namespace aiex::code_assistant {
namespace {

/// The path that is meant, or "external".
std::string resolve(
  const include_resolver& resolver, std::string_view from, std::string_view name) {
  const auto& paths = resolver.paths();
  std::size_t index = 0;
  while (index < paths.size() && paths[index] != from)
    ++index;
  REQUIRE(index < paths.size());
  const auto found = resolver.resolve(index, name.substr(1, name.size() - 2), name[0] == '<');
  return found ? paths.at(*found) : "external";
}

TEST_CASE("include_resolver: which file is meant") {
  const include_resolver resolver{{
    "main.cpp",
    "config.hpp",
    "persistence/base/error.hpp",
    "persistence/log/event.hpp",
    "persistence/log/event.cpp",
    "src/one/detail.hpp",
    "src/two/detail.hpp",
    "src/two/user.cpp",
    "compat/string.h",
    "compat/own.h",
    "include/lib/api.h",
    "lib/api.h",
    "old/lib/only.h",
    "third/include/lib/only.h",
  }};
  struct example {
    std::string from;
    std::string name;
    std::string meant;
  };
  const example table[] = {
    // beside the including file
    {"persistence/log/event.cpp", "\"event.hpp\"", "persistence/log/event.hpp"},
    {"persistence/log/event.cpp", "\"../base/error.hpp\"", "persistence/base/error.hpp"},
    {"persistence/log/event.cpp", "\"./event.hpp\"", "persistence/log/event.hpp"},
    {"persistence/log/event.cpp", "\"..\\base\\error.hpp\"", "persistence/base/error.hpp"},
    {"src/two/user.cpp", "\"detail.hpp\"", "src/two/detail.hpp"},
    {"src/two/user.cpp", "\"../one/detail.hpp\"", "src/one/detail.hpp"},
    {"main.cpp", "\"config.hpp\"", "config.hpp"},
    // from a folder that the compiler was told
    {"main.cpp", "\"base/error.hpp\"", "persistence/base/error.hpp"},
    {"main.cpp", "<base/error.hpp>", "persistence/base/error.hpp"},
    {"main.cpp", "\"error.hpp\"", "persistence/base/error.hpp"},
    {"main.cpp", "\"own.h\"", "compat/own.h"},
    {"main.cpp", "<own.h>", "compat/own.h"},
    // with a folder before it that the tree does not show
    {"main.cpp", "\"aiex/persistence/base/error.hpp\"", "persistence/base/error.hpp"},
    {"main.cpp", "<aiex/persistence/base/error.hpp>", "persistence/base/error.hpp"},
    {"main.cpp", "\"aiex/base/error.hpp\"", "persistence/base/error.hpp"},
    {"main.cpp", "<aiex/base/error.hpp>", "external"},
    {"main.cpp", "<boost/config.hpp>", "external"},
    {"main.cpp", "\"boost/config.hpp\"", "external"},
    // more than one may be meant
    {"main.cpp", "\"detail.hpp\"", "external"},
    {"main.cpp", "\"one/detail.hpp\"", "src/one/detail.hpp"},
    {"main.cpp", "<lib/api.h>", "lib/api.h"},
    {"main.cpp", "\"x/lib/api.h\"", "lib/api.h"},
    {"main.cpp", "<lib/only.h>", "external"},
    {"main.cpp", "\"x/lib/only.h\"", "external"},
    // not of the tree
    {"main.cpp", "<vector>", "external"},
    {"main.cpp", "<string.h>", "external"},
    {"main.cpp", "\"string.h\"", "compat/string.h"},
    {"compat/own.h", "<own.h>", "external"},
    {"compat/own.h", "\"own.h\"", "compat/own.h"},
    {"main.cpp", "\"/config.hpp\"", "external"},
    {"main.cpp", "\"../config.hpp\"", "config.hpp"},
    {"main.cpp", "\"absent/absent.h\"", "external"},
    {"main.cpp", "\"\"", "external"},
    {"main.cpp", "\"///\"", "external"},
    {"src/two/user.cpp", "\"..\"", "external"},
  };
  for (const auto& row : table) {
    CAPTURE(row.from);
    CAPTURE(row.name);
    CHECK(resolve(resolver, row.from, row.name) == row.meant);
  }
}

TEST_CASE("include_resolver: 10'000 files of one name are no slower than others") {
  std::vector<std::string> paths;
  for (int i = 0; i < 10'000; ++i)
    paths.push_back("src/module" + std::to_string(i) + "/mod.h");
  const include_resolver resolver{std::move(paths)};
  std::size_t found = 0;
  for (std::size_t from = 0; from < 10'000; ++from) {
    const auto next = (from + 1) % 10'000;
    found += resolver.resolve(from, "module" + std::to_string(next) + "/mod.h", false) == next;
    found += resolver.resolve(from, "x/mod.h", false).has_value();
  }
  CHECK(found == 10'000);
}

TEST_CASE("include_resolver: an empty tree, and nobody who includes") {
  CHECK_FALSE(include_resolver{{}}.resolve(0, "a.h", false));
  CHECK_FALSE(include_resolver{{"a.h"}}.resolve(7, "a.h", false));
}

} // namespace
} // namespace aiex::code_assistant
