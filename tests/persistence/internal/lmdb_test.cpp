#include "aiex/persistence/internal/lmdb.hpp"
#include "aiex/persistence/storage/lmdb_tables.hpp"

#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace aiex {
namespace {

constexpr std::string_view names[] = {"rows"};

ordered_tables open(const std::filesystem::path& folder, bool read_only) {
  auto tables = open_lmdb_tables({.folder = folder,
    .names = names,
    .map_bytes = 1ULL << 30,
    .always_sync = false,
    .read_only = read_only});
  REQUIRE(tables);
  return std::move(*tables);
}

/// The same few rows, in a commit each.
void overwrite(const ordered_tables& tables, unsigned commits) {
  for (unsigned i = 0; i < commits; ++i)
    REQUIRE(tables.write(durability::unsynced, [&](table_writer& write) -> result<void> {
      write.put(table_id{0}, "key-" + std::to_string(i % 8), std::string(1'000, 'x'));
      return {};
    }));
}

/// A process that reads, and ends in the middle of it. It opens the folder for itself.
void die_reading(const std::filesystem::path& folder) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto tables =
      open_lmdb_tables({.folder = folder, .names = names, .map_bytes = 1 << 20, .read_only = true});
    if (tables)
      (void)tables->read(
        [](const table_reader& reader) { ::_exit(reader.get(table_id{0}, "key-1") ? 0 : 1); });
    ::_exit(2);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
}

TEST_CASE("lmdb: a reader that died makes the file grow for a number of commits, not for ever") {
  constexpr unsigned until_check = internal::lmdb_environment::commits_per_reader_check;
  const test::temporary_folder folder;
  const auto file = folder.path() / "data.mdb";
  overwrite(open(folder.path(), false), 100);
  const auto small = std::filesystem::file_size(file);
  die_reading(folder.path());
  // In a process of its own, the writer's environment never was the dead one's.
  const ordered_tables tables = open(folder.path(), false); // clears it
  overwrite(tables, until_check / 2);
  CHECK(std::filesystem::file_size(file) <= 2 * small);

  die_reading(folder.path());
  overwrite(tables, until_check);
  const auto grown = std::filesystem::file_size(file);
  CHECK(grown > 10 * small); // the dead reader held them
  overwrite(tables, 3 * until_check);
  CHECK(std::filesystem::file_size(file) <= grown + 2 * small);
}

TEST_CASE("lmdb: another process clears dead readers, too") {
  const test::temporary_folder folder;
  const auto file = folder.path() / "data.mdb";
  const ordered_tables tables = open(folder.path(), false);
  overwrite(tables, 100);
  const auto small = std::filesystem::file_size(file);
  die_reading(folder.path());
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0)
    ::_exit(internal::clear_dead_readers(folder.path()) ? 0 : 1);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  overwrite(tables, internal::lmdb_environment::commits_per_reader_check / 2);
  CHECK(std::filesystem::file_size(file) <= 2 * small);
}

TEST_CASE("lmdb: pages that were never written make no file that was cut short") {
  const test::temporary_folder folder;
  constexpr unsigned rows = 2'000;
  const auto key = [](unsigned i) { return "key-" + std::to_string(10'000 + i); };
  REQUIRE(open(folder.path(), false)
            .write(durability::unsynced, [&](table_writer& write) -> result<void> {
              for (unsigned i = 0; i < rows; ++i)
                write.put(table_id{0}, key(i), std::string(100, 'x'));
              for (unsigned i = rows; i > 10; --i)
                write.erase(table_id{0}, key(i - 1));
              return {};
            }));
  REQUIRE(open_lmdb_tables({.folder = folder.path(), .names = names}));
  std::filesystem::resize_file(
    folder.path() / "data.mdb", std::filesystem::file_size(folder.path() / "data.mdb") - 4'096);
  const auto cut = open_lmdb_tables({.folder = folder.path(), .names = names});
  REQUIRE_FALSE(cut);
  CHECK(cut.error().code == errc::corrupt);
}

} // namespace
} // namespace aiex
