// A node's folder with a store in it that tests fill, close, spoil and open again.
#pragma once

#include "aiex/persistence/archive/backup.hpp"
#include "aiex/persistence/store/local_store.hpp"
#include "aiex/persistence/store/state_digest.hpp"
#include "aiex/persistence/store/verify.hpp"

#include "support/sample_events.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

namespace aiex::test {

inline constexpr auto keep_going = [](const archive_progress&) { return true; };

inline result<local_store> open_store(
  const std::filesystem::path& folder, std::uint64_t first_id = 1'000'000) {
  return local_store::open({.folder = folder,
    .node = "node1",
    .make_id = [id = first_id]() mutable { return id_of(++id); },
    .map_bytes = 256 << 20});
}

/// An append each: every third to a stream of its own, every fifth large enough to be compressed.
inline void append_events(event_store& store, std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t i = first; i <= last; ++i) {
    const std::string stream = i % 3 == 0 ? "order-" + std::to_string(i) : "account-1";
    const std::string data = i % 5 == 0 ? '"' + std::string(2'000, 'x') + '"' : std::to_string(i);
    const append_request request = one(stream, {.id = id_of(i), .type = "t", .data = data});
    const append_request* const all[] = {&request};
    REQUIRE(store.append(all, at_us(static_cast<std::int64_t>(i))).front());
  }
}

inline result<checked_archive> backup_of(
  const local_store& store, const std::filesystem::path& file, int zstd_level = 3) {
  const auto head = store.events()->head();
  REQUIRE(head);
  return backup(store.events()->media().log, *head,
    {.file = file,
      .store = store.identity().store,
      .history = store.identity().history,
      .node = store.identity().node,
      .created_at = at_us(7),
      .zstd_level = zstd_level},
    keep_going);
}

inline void check_sound(const local_store& store) {
  const auto& media = store.events()->media();
  const auto report = verify(media.log, media.state, [](std::uint64_t) {});
  REQUIRE(report);
  for (const finding& each : report->findings)
    FAIL_CHECK(each.what);
  CHECK(report->is_sound());
}

inline digest state_digest_of(const local_store& store) {
  const auto made = state_digest(store.events()->media().state);
  REQUIRE(made);
  return *made;
}

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  REQUIRE(in);
  return {std::istreambuf_iterator<char>{in}, {}};
}

inline void write_bytes(const std::filesystem::path& file, std::string_view bytes) {
  std::ofstream out{file, std::ios::binary};
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  REQUIRE(out);
}

} // namespace aiex::test
