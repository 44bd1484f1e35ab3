// An entry without events has no content and no event header: its prefix and, of a configuration,
// its members are all there is. Whoever reads the log refuses it if a bit of that is another.
#include "aiex/persistence/archive/archive_writer.hpp"
#include "aiex/persistence/state/keys.hpp"
#include "aiex/persistence/storage/lmdb_log.hpp"
#include "aiex/persistence/store/log_survey.hpp"
#include "aiex/persistence/store/recovery.hpp"
#include "aiex/persistence/store/replica_reads.hpp"
#include "aiex/persistence/store/verify_folder.hpp"

#include "support/consensus_entries.hpp"
#include "support/flip_run.hpp"
#include "support/memory_store.hpp"
#include "support/store_folder.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace aiex {
namespace {

constexpr auto no_progress = [](std::uint64_t) {};

/// Of that kind, behind `end`.
std::string entry_behind(const chain_end& end, entry_kind kind) {
  entry_builder builder{{.kind = kind,
    .index = end.index + 1,
    .term = 1,
    .recorded_at = {},
    .first_position = end.position.next(),
    .previous = end.chain}};
  if (kind == entry_kind::configuration)
    builder.set_members(to_bytes(test::members_of(3)));
  if (kind == entry_kind::events) {
    sha256 hash;
    const event given{.id = test::id_of(end.index + 1), .type = "t", .data = "{}"};
    const digest content = content_digest(hash, "s", given.type, given.data, given.metadata);
    builder.add(given, {.stream = "s",
                         .version = end.position.value + 1,
                         .content = content,
                         .correlation_id = "c",
                         .node = "n"});
  }
  return builder.finish(std::max(end.recorded_at, test::at_us(1)));
}

/// A store of such entries, all applied, and what is needed to read them.
struct store_of_kinds {
  test::memory_media media;
  test::temporary_folder folder;
  entry_chain chain;

  explicit store_of_kinds(const std::vector<entry_kind>& kinds) {
    for (const entry_kind kind : kinds)
      append(kind);
  }

  void append(entry_kind kind) {
    const std::string bytes = entry_behind(chain.end(), kind);
    REQUIRE(chain.take(bytes));
    const log_record record{chain.end().index, bytes};
    REQUIRE(media.log.storage().append({&record, 1}));
    REQUIRE(media.log.storage().sync());
    REQUIRE(catch_up(media.log.storage(), media.state.storage()));
  }

  std::string bytes_at(std::uint64_t index) const {
    std::string bytes;
    REQUIRE(media.log.storage().read(index, direction::ascending, [&](const log_record& record) {
      bytes = record.bytes;
      return false;
    }));
    return bytes;
  }

  backup_options backup_to(const char* name) const {
    return {.file = folder.path() / name,
      .store = test::id_of(1),
      .history = test::id_of(2),
      .node = "node1"};
  }
};

/// Whether it was refused as damage, by its name.
bool is_told(const error& why, std::uint64_t index) {
  return why.code == errc::corrupt &&
         why.message.find(fmt::format("entry {} of the log", index)) != std::string::npos;
}

template <class Value>
bool is_told(const result<Value>& answer, std::uint64_t index) {
  return !answer && is_told(answer.error(), index);
}

/// The log is said to be damaged, there, and first of all.
bool is_found(const result<verify_report>& report, std::uint64_t index) {
  return report && !report->findings.empty() && report->findings.front().index == index &&
         report->findings.front().part == finding_part::log && report->first_bad().value != 0;
}

struct log_reader {
  std::string name;
  bool (*refuses)(const store_of_kinds&, std::uint64_t index);
};

const log_reader readers[] = {
  {"the entry alone",
    [](const store_of_kinds& in, std::uint64_t index) {
      const std::string bytes = in.bytes_at(index);
      sha256 hash;
      const auto entry = entry_view::parse(bytes, index);
      return entry ? is_told(entry->verify(hash), index) : is_told(entry.error(), index);
    }},
  {"a check of the log",
    [](const store_of_kinds& in, std::uint64_t index) {
      return is_found(verify_log(in.media.log.storage(), no_progress), index);
    }},
  {"a check of log and state",
    [](const store_of_kinds& in, std::uint64_t index) {
      return is_found(verify(in.media.log.storage(), in.media.state.storage(), no_progress), index);
    }},
  {"a state that is built again",
    [](const store_of_kinds& in, std::uint64_t index) {
      const memory_tables state;
      const auto caught_up = catch_up(in.media.log.storage(), state.storage());
      return is_told(caught_up, index) && read_head(state.storage())->index == index - 1;
    }},
  {"a replica that sends it",
    [](const store_of_kinds& in, std::uint64_t index) {
      const auto log = in.media.log.storage();
      const auto read = read_entries(log, {.from = 1, .to = 9, .bytes_max = 1 << 20});
      return is_told(read_entry(log, index), index) && read && read->damaged == index &&
             read->entries.size() == index - 1;
    }},
  {"a replica that starts",
    [](const store_of_kinds& in, std::uint64_t index) {
      const auto found = survey(in.media.log.storage(), {}, test::history_of_test);
      return found && found->damaged == std::set<std::uint64_t>{index};
    }},
  {"a backup",
    [](const store_of_kinds& in, std::uint64_t index) {
      const auto made =
        backup(in.media.log.storage(), in.chain.end(), in.backup_to("backup"), test::keep_going);
      const bool leaves_a_file = std::filesystem::remove(in.folder.path() / "backup");
      return is_told(made, index) && !leaves_a_file;
    }},
};

/// Where the damage is: the entry there is of that kind.
struct damaged_place {
  std::string name;
  std::vector<entry_kind> kinds;
  std::uint64_t index;
};

const damaged_place places[] = {
  {"a no-op, the last entry", {entry_kind::events, entry_kind::no_op}, 2},
  {"a no-op and one behind it", {entry_kind::events, entry_kind::no_op, entry_kind::events}, 2},
  {"a configuration, the last entry", {entry_kind::events, entry_kind::configuration}, 2},
  {"a configuration and one behind it",
    {entry_kind::events, entry_kind::configuration, entry_kind::events}, 2},
};

TEST_CASE("log check: each bit of an entry without events is checked by whoever reads it") {
  for (const damaged_place& place : places) {
    CAPTURE(place.name);
    store_of_kinds store{place.kinds};
    for (const log_reader& each : readers)
      CHECK_MESSAGE(!each.refuses(store, place.index), each.name);
    const std::uint64_t bits = store.bytes_at(place.index).size() * 8;
    for (std::uint64_t bit = 0; bit < bits; ++bit) {
      store.media.log.flip_bit(place.index, bit);
      for (const log_reader& each : readers)
        CHECK_MESSAGE(each.refuses(store, place.index), each.name << ", bit " << bit);
      store.media.log.flip_bit(place.index, bit);
    }
  }
}

TEST_CASE("log check: an archive is refused if its digests are right, but not such an entry") {
  const test::temporary_folder folder;
  const std::string good = entry_behind({}, entry_kind::configuration);
  for (std::size_t at = 0; at <= good.size(); ++at) {
    CAPTURE(at);
    const bool is_sound = at == good.size();
    std::string bytes = good;
    if (!is_sound)
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << (at % 8)));
    const auto file = folder.path() / std::to_string(at);
    entry_chain chain;
    REQUIRE(chain.take(good));
    auto out =
      archive_writer::create(file, {.node = "node1", .zstd_level = 0, .up_to = chain.end()});
    REQUIRE(out);
    REQUIRE(out->add_entry(bytes));
    REQUIRE(out->finish());
    const auto checked = check_archive(file, test::keep_going);
    CHECK(checked.has_value() == is_sound);
    CHECK((is_sound || is_told(checked, 1)));
  }
}

TEST_CASE("log check: each bit of an entry without events in a folder's file is found") {
  for (const entry_kind kind : {entry_kind::no_op, entry_kind::configuration}) {
    CAPTURE(static_cast<int>(kind));
    const test::temporary_folder folder;
    const auto data = folder.path() / "data";
    {
      auto store = test::open_store(data);
      REQUIRE(store);
      test::append_events(*store->events(), 1, 3);
      REQUIRE(store->close());
    }
    std::string entry;
    {
      const auto log = open_lmdb_log({.folder = data / "log", .map_bytes = 256 << 20});
      REQUIRE(log);
      chain_end end;
      REQUIRE(log->log.read(1, direction::ascending, [&](const log_record& record) {
        end = *end_behind(test::whole(std::make_shared<const std::string>(record.bytes)));
        return true;
      }));
      entry = entry_behind(end, kind);
      const log_record record{end.index + 1, entry};
      REQUIRE(log->log.append({&record, 1}));
      REQUIRE(log->log.sync());
    }
    const auto file = data / "log" / "data.mdb";
    const std::size_t at = test::bytes_of(file).rfind(entry);
    REQUIRE(at != std::string::npos);
    const auto look = [&] {
      const auto report = verify_folder(data, verify_scope::log_and_state, no_progress);
      if (report && report->is_sound())
        return test::flip_end::unnoticed;
      return is_found(report, 4) ? test::flip_end::found : test::flip_end::wrong;
    };
    CHECK(look() == test::flip_end::unnoticed);
    std::vector<test::flip> flips;
    for (std::size_t bit = 0; bit < entry.size() * 8; ++bit)
      flips.push_back({static_cast<off_t>(at + bit / 8), static_cast<char>(1 << (bit % 8))});
    const test::flip_counts counts = test::run_flips(file, flips, look);
    CHECK(counts.found == flips.size());
    CHECK(counts.bad.empty());
  }
}

/// The row of the members becomes that; without a value it is gone.
void set_members_row(const memory_tables& state, const std::optional<std::string>& row) {
  REQUIRE(state.storage().write(durability::synced, [&](table_writer& to) -> result<void> {
    if (row)
      to.put(state_tables::meta, "members", *row);
    else
      CHECK(to.erase(state_tables::meta, "members"));
    return {};
  }));
}

TEST_CASE("log check: members of the state that the log does not name are damage of the state") {
  using enum entry_kind;
  const store_of_kinds store{{events, configuration, configuration, no_op, events}};
  const auto check = [&] {
    return *verify(store.media.log.storage(), store.media.state.storage(), no_progress);
  };
  const auto is_told_of_members = [](const verify_report& report) {
    return report.findings_total() == 1 && report.total_of(finding_part::state) == 1 &&
           report.findings.front().what.find("the row of the members") == 0;
  };
  std::optional<stored_members> good;
  REQUIRE(store.media.state.storage().read(
    [&](const table_reader& tables) { good = find_members(tables); }));
  REQUIRE(good);
  const std::string row = state_tables::key_of(good->index) + good->bytes;
  CHECK(check().is_sound());
  set_members_row(store.media.state, {});
  CHECK(is_told_of_members(check()));
  set_members_row(store.media.state, state_tables::key_of(2) + good->bytes); // the ones before
  CHECK(is_told_of_members(check()));
  for (std::size_t bit = 0; bit < row.size() * 8; ++bit) {
    std::string turned = row;
    turned[bit / 8] = static_cast<char>(turned[bit / 8] ^ (1 << (bit % 8)));
    set_members_row(store.media.state, turned);
    CHECK_MESSAGE(is_told_of_members(check()), "bit " << bit);
  }
  const store_of_kinds alone{{events, no_op}};
  set_members_row(alone.media.state, row);
  CHECK(is_told_of_members(
    *verify(alone.media.log.storage(), alone.media.state.storage(), no_progress)));
}

TEST_CASE("log check: members that a running writer applies meanwhile are no damage") {
  using enum entry_kind;
  store_of_kinds store{{events, configuration}};
  ordered_tables growing = store.media.state.storage();
  growing.read = [&, read = growing.read, reads = 0](
                   function_ref<void(const table_reader&)> each) mutable {
    if (++reads == 2) // behind the one of the head
      store.append(configuration);
    return read(each);
  };
  const auto report = verify(store.media.log.storage(), growing, no_progress);
  REQUIRE(report);
  CHECK(report->is_sound());
  CHECK(report->entries == 2); // those that were there when it began
}

} // namespace
} // namespace aiex
