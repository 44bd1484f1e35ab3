#include "aiex/persistence/archive/restore.hpp"

#include "aiex/persistence/archive/folder_switch.hpp"
#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/state/keys.hpp"
#include "aiex/persistence/state/state.hpp"
#include "aiex/persistence/storage/lmdb_log.hpp"
#include "aiex/persistence/storage/lmdb_tables.hpp"
#include "aiex/persistence/store/recovery.hpp"
#include "aiex/persistence/store/store_origin.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace aiex {

namespace {

namespace fs = std::filesystem;

void tell(const restore_options& options, restore_step done) {
  if (options.reached)
    options.reached(done);
}

/// "20261124T152401.000123Z": sorts by time, needs no quotes.
std::string compact(timestamp at) {
  std::string text = to_string(at);
  std::erase_if(text, [](char each) { return each == '-' || each == ':'; });
  return text;
}

/// Renames to the first free name of `<folder>.before-restore-<time>`, `…-2`, `…-3`, ….
result<fs::path> keep(const fs::path& from, const fs::path& folder, timestamp at) {
  constexpr int attempts_max = 1'000;
  const std::string suffix = ".before-restore-" + compact(at);
  for (int attempt = 1;; ++attempt) {
    const fs::path to =
      beside(folder, attempt == 1 ? suffix : fmt::format("{}-{}", suffix, attempt));
    const auto renamed = rename_folder(from, to);
    if (renamed)
      return to;
    if (renamed.error().code != errc::already_exists || attempt == attempts_max)
      return tl::unexpected(renamed.error());
  }
}

result<void> remove_folder(const fs::path& folder) {
  std::error_code failed;
  fs::remove_all(folder, failed);
  if (failed)
    return fail(errc::io, fmt::format("cannot remove {}: {}", folder.string(), failed.message()));
  return {};
}

/// Behind symbolic links: the folder changes places, not a link to it.
fs::path resolved(const fs::path& folder) {
  std::error_code failed;
  fs::path found = fs::canonical(folder, failed);
  return failed ? folder : found;
}

/// What cannot be looked at counts as there.
bool is_there(const fs::path& path) {
  std::error_code ignored; // the answer says it
  return fs::symlink_status(path, ignored).type() != fs::file_type::not_found;
}

/// Whether nothing but a lock lies there.
bool holds_nothing(const fs::path& folder) {
  std::error_code ignored; // what cannot be looked into is not empty
  fs::directory_iterator entries{folder, ignored};
  return !ignored && std::all_of(begin(entries), end(entries),
                       [](const auto& entry) { return entry.path().filename() == "lock"; });
}

/// Whether it is a node's folder that nothing was ever appended to. Only with its lock.
bool is_fresh(const fs::path& folder) {
  if (!data_folder::identity_of(folder))
    return false;
  if (!is_there(folder / "log" / "data.mdb"))
    return false; // what it held is lost, which is for people to decide about
  const auto log = open_lmdb_log({.folder = folder / "log", .read_only = true});
  const auto last = log ? last_index(log->log) : result<std::uint64_t>{1};
  return last && *last == 0;
}

/// Whether nothing lies there but what a restore puts there.
result<void> check_is_leftover(const fs::path& folder) {
  constexpr std::array<std::string_view, 7> ours{
    "lock", "log", "state", "models", "origin", "origin.new", "identity.new"};
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator{folder, failed}) {
    const std::string name = entry.path().filename().string();
    if (std::find(ours.begin(), ours.end(), name) == ours.end())
      return fail(errc::already_exists,
        fmt::format("{} is in the way: it holds {}, which no restore left there. Move it",
          folder.string(), name));
  }
  if (failed)
    return fail(
      errc::io, fmt::format("cannot look into {}: {}", folder.string(), failed.message()));
  return {};
}

/// What an interrupted restore left: never whole, or what was there before it.
result<void> clear_leftover(const fs::path& leftover, const restore_options& options) {
  if (!is_there(leftover))
    return {};
  const auto lock = folder_lock::take(leftover);
  if (!lock)
    return tl::unexpected(lock.error());
  if (!is_there(leftover / "identity")) {
    const auto ours = check_is_leftover(leftover);
    return ours ? remove_folder(leftover) : ours;
  }
  if (auto kept = keep(leftover, options.folder, options.restored_at); !kept)
    return tl::unexpected(std::move(kept.error()));
  return {};
}

result<void> write_log(
  const data_folder& made, const restore_options& options, archive_progress_function progress) {
  const auto log = open_lmdb_log({.folder = made.log(), .map_bytes = options.map_bytes});
  if (!log)
    return tl::unexpected(log.error());
  std::size_t unsynced = 0;
  const auto append = [&](const entry_view& entry, std::string_view bytes) -> result<void> {
    const log_record record{entry.header().index, bytes};
    unsynced += bytes.size();
    if (auto appended = log->log.append({&record, 1}); !appended)
      return appended;
    return unsynced < limits::bytes_per_group_max ? result<void>{}
                                                  : (unsynced = 0, log->log.sync());
  };
  if (auto read = read_archive(options.file, append, progress); !read)
    return tl::unexpected(std::move(read.error()));
  return log->log.sync();
}

/// From the log as it now lies on the disk, so that this reads all of it once more.
result<void> write_state(
  const data_folder& made, const restore_options& options, const chain_end& up_to) {
  const auto log = open_lmdb_log({.folder = made.log(), .map_bytes = options.map_bytes});
  if (!log)
    return tl::unexpected(log.error());
  const auto state = open_lmdb_tables({.folder = made.state(),
    .names = state_tables::names,
    .map_bytes = options.map_bytes,
    .always_sync = false});
  if (!state)
    return tl::unexpected(state.error());
  if (auto caught_up = catch_up(log->log, *state); !caught_up)
    return caught_up;
  chain_end head;
  if (auto read = state->read([&](const table_reader& tables) { head = head_of(tables); }); !read)
    return read;
  if (head != up_to)
    return fail(
      errc::io, fmt::format("{} does not hold what was written to it", made.log().string()));
  if (auto synced = state->sync(); !synced)
    return synced;
  return made.mark_state_clean();
}

/// Everything of the new folder but whose it is; then that.
result<void> fill(const data_folder& made, const archive_manifest& manifest,
  const restore_options& options, archive_progress_function progress) {
  if (auto written = write_log(made, options, progress); !written)
    return written;
  tell(options, restore_step::log_written);
  if (auto written = write_state(made, options, manifest.up_to); !written)
    return written;
  tell(options, restore_step::state_written);
  const store_origin origin{
    manifest.store, manifest.history, manifest.up_to, manifest.created_at, options.restored_at};
  if (auto written = write_origin(made.path(), origin); !written)
    return written;
  if (auto completed = made.complete(); !completed)
    return completed;
  tell(options, restore_step::completed);
  return {};
}

/// The new folder, whole; still beside its place.
result<data_folder> make_folder(const fs::path& where, const store_identity& identity,
  const archive_manifest& manifest, const restore_options& options,
  archive_progress_function progress) {
  auto made = data_folder::begin(where, identity);
  if (!made)
    return made;
  tell(options, restore_step::begun);
  if (auto filled = fill(*made, manifest, options, progress); !filled) {
    std::error_code ignored; // the error that is answered is the one that matters
    fs::remove_all(where, ignored);
    return tl::unexpected(std::move(filled.error()));
  }
  return made;
}

/// The lock of what is there, if anything is, and leave to put it aside.
result<std::optional<folder_lock>> take_place(const restore_options& options) {
  if (!is_there(options.folder))
    return std::nullopt;
  auto lock = folder_lock::take(options.folder);
  if (!lock)
    return tl::unexpected(std::move(lock.error()));
  if (!options.replace && !holds_nothing(options.folder) && !is_fresh(options.folder))
    return fail(errc::already_exists,
      fmt::format("{} holds a store. Allow to replace it (it is kept under another name), or name "
                  "a new folder",
        options.folder.string()));
  return std::optional{std::move(*lock)};
}

/// Puts the new folder into its place; answers where what was there lies then.
result<std::optional<fs::path>> switch_to(
  const fs::path& made, bool is_occupied, const restore_options& options) {
  auto placed =
    is_occupied ? exchange_folders(made, options.folder) : rename_folder(made, options.folder);
  if (!placed)
    return tl::unexpected(std::move(placed.error()));
  tell(options, restore_step::switched);
  if (!is_occupied)
    return std::nullopt;
  if (holds_nothing(made)) {
    if (auto removed = remove_folder(made); !removed)
      return tl::unexpected(std::move(removed.error()));
    return std::nullopt;
  }
  auto kept = keep(made, options.folder, options.restored_at);
  if (!kept)
    return fail(errc::io, fmt::format("{} is restored; what was there is kept in {}, which could "
                                      "not get its name: {}",
                            options.folder.string(), made.string(), kept.error().message));
  return std::optional{std::move(*kept)};
}

} // namespace

result<restored_store> restore(const restore_options& asked, archive_progress_function progress) {
  restore_options options = asked;
  options.folder = resolved(asked.folder);
  const auto checked = check_archive(options.file, progress);
  if (!checked)
    return tl::unexpected(checked.error());
  const archive_manifest& manifest = checked->manifest;
  if (!manifest.is_whole_log())
    return fail(errc::invalid_argument,
      fmt::format("{} begins behind entry {}: it holds only a part of the log",
        options.file.string(), manifest.after.index));
  const auto place = take_place(options);
  if (!place)
    return tl::unexpected(place.error());
  const fs::path where = beside(options.folder, ".restoring");
  if (auto cleared = clear_leftover(where, options); !cleared)
    return tl::unexpected(std::move(cleared.error()));
  tell(options, restore_step::checked);

  const store_identity identity{.store = options.store.value_or(manifest.store),
    .history = options.history,
    .node = options.node.empty() ? manifest.node : options.node};
  const auto made = make_folder(where, identity, manifest, options, progress);
  if (!made)
    return tl::unexpected(made.error());
  auto kept = switch_to(where, place->has_value(), options);
  if (!kept)
    return tl::unexpected(std::move(kept.error()));
  tell(options, restore_step::kept);
  return restored_store{identity, manifest.up_to, std::move(*kept)};
}

} // namespace aiex
