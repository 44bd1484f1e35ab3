#include "aiex/persistence/storage/lmdb_log.hpp"
#include "aiex/persistence/storage/lmdb_tables.hpp"

#include "support/flip_run.hpp"
#include "support/store_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>

namespace aiex {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t events = 40;

/// The bytes of the row `head` in every page that has it: entry, position, time, chain.
std::vector<test::flip> head_flips(const fs::path& state, const state_head& head) {
  const std::string bytes = test::bytes_of(state);
  const std::string_view chain{reinterpret_cast<const char*>(head.chain.data()), head.chain.size()};
  constexpr std::size_t numbers_bytes = 24;
  std::vector<test::flip> all;
  for (auto at = bytes.find(chain); at != std::string::npos; at = bytes.find(chain, at + 1))
    for (std::size_t i = at - numbers_bytes; i < at + chain.size(); ++i)
      all.push_back({static_cast<off_t>(i), static_cast<char>(1 << (i % 8))});
  return all;
}

/// Whether the log's entries still follow each other. A stream's version is what the state said it
/// was when the event was appended, which no digest of the log can know.
bool is_in_order(const verify_report& report) {
  return std::all_of(report.findings.begin(), report.findings.end(),
    [](const finding& each) { return each.what.find(" has version ") != std::string::npos; });
}

/// Opens a copy of the folder as a node does and appends to it: what was acknowledged must be
/// there, and the log in order, whatever the state says.
test::flip_end append_to_copy(const fs::path& data, const fs::path& copy) {
  fs::remove_all(copy);
  fs::copy(data, copy, fs::copy_options::recursive);
  bool is_acknowledged = false;
  bool was_rebuilt = false;
  {
    const auto store = test::open_store(copy);
    if (!store)
      return test::flip_end::found;
    was_rebuilt = store->was_rebuilt();
    const auto request = test::one("account-1", {.id = test::id_of(events + 1), .type = "t"});
    const append_request* const all[] = {&request};
    is_acknowledged = store->events()->append(all, test::at_us(events + 1)).front().has_value();
  }
  const auto log = open_lmdb_log({.folder = copy / "log", .read_only = true});
  if (!log)
    return test::flip_end::wrong;
  const auto report = verify_log(log->log, [](std::uint64_t) {});
  if (!report || !is_in_order(*report) || report->events < events + (is_acknowledged ? 1 : 0))
    return test::flip_end::wrong;
  return was_rebuilt || !is_acknowledged ? test::flip_end::found : test::flip_end::unnoticed;
}

TEST_CASE("lmdb tables: whichever bit of the state flips, the log stays a log") {
  const test::temporary_folder folder;
  const auto data = folder.path() / "data";
  state_head head;
  {
    auto store = test::open_store(data);
    REQUIRE(store);
    test::append_events(*store->events(), 1, events);
    head = *store->events()->head();
    REQUIRE(store->close());
  }
  const auto file = data / "state" / "data.mdb";
  const auto look = [&] { return append_to_copy(data, folder.path() / "copy"); };

  const auto in_head = head_flips(file, head);
  REQUIRE(in_head.size() >= 56);
  const auto of_head = test::run_flips(file, in_head, look);
  CHECK(of_head.wrong == 0);
  CHECK(of_head.threw == 0);
  CHECK(of_head.died == 0);
  CHECK(of_head.found >= 56); // the page in use

  const auto anywhere =
    test::run_flips(file, test::random_flips(150, fs::file_size(file), 2), look);
  CHECK(anywhere.wrong == 0);
  CHECK(anywhere.threw == 0);
  CHECK(anywhere.died < 10);
  CHECK(anywhere.unnoticed > 20);
}

} // namespace
} // namespace aiex
