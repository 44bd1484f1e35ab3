// Tested by tests/persistence/store/local_store_test.cpp
#include "aiex/persistence/store/data_folder.hpp"

#include "aiex/persistence/store/durable_file.hpp"

#include <fmt/format.h>

#include <sstream>
#include <utility>

namespace aiex {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t text_bytes_max = 4'096;
constexpr int identity_format = 1;
/// Of the state's tables: one of another form is rebuilt from the log. 1 had no number in its mark.
constexpr int state_form = 2;

std::string clean_mark() {
  return fmt::format("clean {}\n", state_form);
}
std::string open_mark(std::string_view boot_id) {
  return fmt::format("open {} {}\n", state_form, boot_id);
}

std::string identity_text(const store_identity& identity) {
  return fmt::format("format {}\nstore {}\nhistory {}\nnode {}\n", identity_format,
    to_string(identity.store), to_string(identity.history), identity.node);
}

result<store_identity> read_identity(const std::string& text, const fs::path& file) {
  std::istringstream lines{text};
  std::string format_word, store_word, store, history_word, history, node_word;
  int format = 0;
  store_identity identity;
  lines >> format_word >> format;
  if (format_word != "format" || format < 1)
    return fail(errc::corrupt, fmt::format("{} is not the identity of a store", file.string()));
  if (format > identity_format)
    return fail(errc::unknown_version,
      fmt::format("{} has format {}: a newer aiex wrote it; use that one", file.string(), format));
  lines >> store_word >> store >> history_word >> history >> node_word;
  std::getline(lines >> std::ws, identity.node);
  const auto store_id = parse_uuid(store);
  const auto history_id = parse_uuid(history);
  if (!lines || store_word != "store" || history_word != "history" || node_word != "node" ||
      !store_id || !history_id)
    return fail(errc::corrupt,
      fmt::format("{} cannot be read; restore the folder from a backup", file.string()));
  identity.store = *store_id;
  identity.history = *history_id;
  return identity;
}

/// Stands in a folder from before its log is made until its identity is written.
constexpr const char* creating = "creating";

/// A folder without identity may hold nothing but what an interrupted creation left.
result<void> check_is_ours(const fs::path& folder) {
  std::error_code failed;
  const bool was_begun = fs::exists(folder / creating, failed);
  for (const auto& entry : fs::directory_iterator{folder, failed}) {
    const std::string name = entry.path().filename().string();
    if (name != "lock" && name != "identity.new" && name != "creating.new" && name != "seeds" &&
        name != "seeds.new" && !was_begun)
      return fail(errc::invalid_argument,
        fmt::format("{} is not a node's folder: it holds {}. Name an empty or a new folder",
          folder.string(), name));
  }
  if (failed)
    return fail(
      errc::io, fmt::format("cannot look into {}: {}", folder.string(), failed.message()));
  return {};
}

/// What an interrupted creation left: nothing was ever appended to a log before the identity stood.
result<void> clear_begun(const fs::path& folder) {
  std::error_code failed;
  for (const char* const part : {"log", "state", "models", "term"})
    if (!failed)
      fs::remove_all(folder / part, failed);
  if (failed)
    return fail(errc::io, fmt::format("cannot empty {}: {}", folder.string(), failed.message()));
  return {};
}

result<void> make_folder(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed)
    return fail(errc::io, fmt::format("cannot make {}: {}", folder.string(), failed.message()));
  return {};
}

result<void> check_name(const fs::path& folder, const std::string& is, const std::string& wanted) {
  if (is == wanted)
    return {};
  return fail(errc::invalid_argument,
    fmt::format("{} belongs to node {}, not to {}. Start it as --name {}, or name another folder",
      folder.string(), is, wanted, is));
}

/// A log was there when the identity was written.
result<void> check_log(const fs::path& folder) {
  const fs::path file = folder / "log" / "data.mdb";
  std::error_code failed;
  const bool is_there = fs::exists(file, failed);
  if (!failed && is_there && fs::file_size(file, failed) > 0 && !failed)
    return {};
  if (failed)
    return fail(errc::io, fmt::format("cannot look for {}: {}", file.string(), failed.message()));
  return fail(errc::lost_events,
    fmt::format(
      "{} is gone or empty, and with it all events. Put it back, or restore the folder from a "
      "backup: aiex store restore FILE --data {}",
      file.string(), folder.string()));
}

} // namespace

result<store_identity> data_folder::identity_of(const fs::path& folder) {
  const fs::path file = folder / "identity";
  const auto text = read_small_file(file, text_bytes_max);
  if (!text)
    return tl::unexpected(text.error());
  return read_identity(*text, file);
}

result<data_folder> data_folder::locked(const fs::path& folder) {
  if (auto made = make_folder(folder); !made)
    return tl::unexpected(std::move(made.error()));
  auto lock = folder_lock::take(folder);
  if (!lock)
    return tl::unexpected(std::move(lock.error()));
  return data_folder{folder, std::move(*lock)};
}

result<void> data_folder::make_parts() const {
  for (const fs::path& part : {log(), state(), models()})
    if (auto made = make_folder(part); !made)
      return made;
  return sync_folder(folder_);
}

result<data_folder> data_folder::open(const fs::path& folder, const store_identity& fresh) {
  auto made = locked(folder);
  if (!made)
    return made;
  auto identity = identity_of(folder);
  auto prepared = identity                                   ? made->use(*identity, fresh.node)
                  : identity.error().code == errc::not_found ? made->create(fresh)
                                                             : tl::unexpected(identity.error());
  if (!prepared)
    return tl::unexpected(std::move(prepared.error()));
  return made;
}

result<void> data_folder::use(const store_identity& found, const std::string& node) {
  identity_ = found;
  if (auto named = check_name(folder_, found.node, node); !named)
    return named;
  if (auto is_there = check_log(folder_); !is_there)
    return is_there;
  if (auto parts = make_parts(); !parts)
    return parts;
  return remove_creating();
}

result<void> data_folder::create(const store_identity& identity) {
  identity_ = identity;
  is_new_ = true;
  if (auto ours = check_is_ours(folder_); !ours)
    return ours;
  if (auto begun = write_durably(folder_ / creating, ""); !begun)
    return begun;
  if (auto cleared = clear_begun(folder_); !cleared)
    return cleared;
  return make_parts();
}

result<void> data_folder::remove_creating() const {
  std::error_code failed;
  const bool was_there = fs::remove(folder_ / creating, failed);
  if (failed)
    return fail(errc::io,
      fmt::format("cannot remove {}: {}", (folder_ / creating).string(), failed.message()));
  return was_there ? sync_folder(folder_) : result<void>{};
}

result<data_folder> data_folder::begin(const fs::path& folder, const store_identity& identity) {
  auto made = locked(folder);
  if (!made)
    return made;
  const auto found = identity_of(folder);
  if (found || found.error().code != errc::not_found)
    return fail(errc::already_exists, fmt::format("{} is a node's folder", folder.string()));
  if (auto ours = check_is_ours(folder); !ours)
    return tl::unexpected(std::move(ours.error()));
  made->identity_ = identity;
  if (auto parts = made->make_parts(); !parts)
    return tl::unexpected(std::move(parts.error()));
  return made;
}

result<void> data_folder::complete() const {
  for (const fs::path& part : {log(), state(), models()})
    if (auto synced = sync_folder(part); !synced)
      return synced;
  if (auto written = write_durably(folder_ / "identity", identity_text(identity_)); !written)
    return written;
  return remove_creating();
}

result<bool> data_folder::is_state_trusted(const fs::path& folder, const std::string& boot_id) {
  const auto mark = read_small_file(folder / "state" / "mark", text_bytes_max);
  if (!mark && mark.error().code == errc::not_found)
    return false;
  if (!mark)
    return tl::unexpected(mark.error());
  return *mark == clean_mark() || *mark == open_mark(boot_id);
}

result<void> data_folder::mark_state_open(const std::string& boot_id) const {
  return write_durably(state() / "mark", open_mark(boot_id));
}

result<void> data_folder::mark_state_clean() const {
  return write_durably(state() / "mark", clean_mark());
}

result<void> data_folder::drop_state() const {
  std::error_code failed;
  fs::remove_all(state(), failed);
  if (!failed)
    fs::create_directories(state(), failed);
  if (failed)
    return fail(errc::io, fmt::format("cannot empty {}: {}", state().string(), failed.message()));
  return sync_folder(folder_);
}

result<std::string> system_boot_id() {
  auto text = read_small_file("/proc/sys/kernel/random/boot_id", text_bytes_max);
  if (text)
    while (!text->empty() && text->back() == '\n')
      text->pop_back();
  return text;
}

} // namespace aiex
