#include "aiex/persistence/store/data_folder.hpp"
#include "aiex/persistence/store/seeds_file.hpp"

#include "support/sample_events.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace aiex {
namespace {

using seeds = std::vector<std::string>;

TEST_CASE("seeds: remembered as they were told, the last time counts") {
  const test::temporary_folder folder;
  const auto inner = folder.path() / "new";
  CHECK(read_seeds(inner) == seeds{});
  REQUIRE(write_seeds(inner, {"127.0.0.1:4100", "[::1]:4101"}));
  CHECK(read_seeds(inner) == seeds{"127.0.0.1:4100", "[::1]:4101"});
  REQUIRE(write_seeds(inner, {"127.0.0.1:4200"}));
  CHECK(read_seeds(inner) == seeds{"127.0.0.1:4200"});
}

TEST_CASE("seeds: a folder with nothing else is a new one") {
  const test::temporary_folder folder;
  REQUIRE(write_seeds(folder.path(), {"127.0.0.1:4100"}));
  const auto opened = data_folder::open(
    folder.path(), {.store = test::id_of(1), .history = test::id_of(2), .node = "n1"});
  REQUIRE(opened);
  CHECK(opened->is_new());
}

TEST_CASE("seeds: as many as may be, and none that no line can hold") {
  const test::temporary_folder folder;
  seeds many(seeds_max, std::string(255, 'a'));
  CHECK(write_seeds(folder.path(), many));
  CHECK(read_seeds(folder.path()) == many);
  many.emplace_back("one more");
  CHECK(write_seeds(folder.path(), many).error().code == errc::invalid_argument);
  CHECK(write_seeds(folder.path(), {""}).error().code == errc::invalid_argument);
  CHECK(write_seeds(folder.path(), {"a\nb"}).error().code == errc::invalid_argument);
  CHECK(write_seeds(folder.path(), {std::string(256, 'a')}).error().code == errc::invalid_argument);
  std::ofstream{folder.path() / "seeds"} << "a\n\nb\n";
  CHECK(read_seeds(folder.path()).error().code == errc::corrupt);
  std::ofstream{folder.path() / "seeds"} << std::string(1 << 20, 'a');
  CHECK(read_seeds(folder.path()).error().code == errc::corrupt);
}

} // namespace
} // namespace aiex
