// Tested by tests/persistence/store/local_store_test.cpp
#include "aiex/persistence/store/data_folder.hpp"

#include "aiex/persistence/store/durable_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <sstream>
#include <utility>

namespace aiex {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t text_bytes_max = 4'096;
constexpr int identity_format = 1;

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
  lines >> store_word >> store >> history_word >> history >> node_word >> identity.node;
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

result<int> take_lock(const fs::path& folder) {
  const fs::path file = folder / "lock";
  const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (lock < 0)
    return fail(errc::io, fmt::format("cannot open {}: {}", file.string(), std::strerror(errno)));
  if (::flock(lock, LOCK_EX | LOCK_NB) == 0)
    return lock;
  const int why = errno;
  ::close(lock);
  if (why == EWOULDBLOCK)
    return fail(errc::in_use,
      fmt::format(
        "{} is open in another process. Stop that one, or name another folder with --data",
        folder.string()));
  return fail(errc::io, fmt::format("cannot lock {}: {}", file.string(), std::strerror(why)));
}

/// A folder without identity may hold nothing but what an interrupted creation left.
result<void> check_is_ours(const fs::path& folder) {
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator{folder, failed}) {
    const std::string name = entry.path().filename().string();
    if (name != "lock" && name != "identity.new")
      return fail(errc::invalid_argument,
        fmt::format("{} is not a node's folder: it holds {}. Name an empty or a new folder",
          folder.string(), name));
  }
  if (failed)
    return fail(
      errc::io, fmt::format("cannot look into {}: {}", folder.string(), failed.message()));
  return {};
}

result<store_identity> identity_or_fresh(const fs::path& folder, const store_identity& fresh) {
  auto found = data_folder::identity_of(folder);
  if (found || found.error().code != errc::not_found)
    return found;
  if (auto ours = check_is_ours(folder); !ours)
    return tl::unexpected(std::move(ours.error()));
  if (auto written = write_durably(folder / "identity", identity_text(fresh)); !written)
    return tl::unexpected(std::move(written.error()));
  return fresh;
}

} // namespace

result<store_identity> data_folder::identity_of(const fs::path& folder) {
  const fs::path file = folder / "identity";
  const auto text = read_small_file(file, text_bytes_max);
  if (!text)
    return tl::unexpected(text.error());
  return read_identity(*text, file);
}

result<data_folder> data_folder::open(const fs::path& folder, const store_identity& fresh) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed)
    return fail(errc::io, fmt::format("cannot make {}: {}", folder.string(), failed.message()));
  const auto lock = take_lock(folder);
  if (!lock)
    return tl::unexpected(lock.error());
  data_folder made{folder, {}, *lock};
  auto identity = identity_or_fresh(folder, fresh);
  if (!identity)
    return tl::unexpected(std::move(identity.error()));
  if (identity->node != fresh.node)
    return fail(errc::invalid_argument,
      fmt::format("{} belongs to node {}, not to {}. Start it as --name {}, or name another folder",
        folder.string(), identity->node, fresh.node, identity->node));
  made.identity_ = std::move(*identity);
  for (const fs::path& part : {made.log(), made.state(), made.models()})
    fs::create_directories(part, failed);
  if (failed)
    return fail(errc::io, fmt::format("cannot make {}: {}", folder.string(), failed.message()));
  if (auto synced = sync_folder(folder); !synced)
    return tl::unexpected(std::move(synced.error()));
  return made;
}

data_folder::~data_folder() {
  if (lock_ >= 0)
    ::close(lock_);
}

data_folder::data_folder(data_folder&& from) noexcept
    : folder_(std::move(from.folder_)), identity_(std::move(from.identity_)),
      lock_(std::exchange(from.lock_, -1)) {}

data_folder& data_folder::operator=(data_folder&& from) noexcept {
  std::swap(folder_, from.folder_);
  std::swap(identity_, from.identity_);
  std::swap(lock_, from.lock_);
  return *this;
}

result<bool> data_folder::is_state_trusted(const std::string& boot_id) const {
  const auto mark = read_small_file(state() / "mark", text_bytes_max);
  if (!mark && mark.error().code == errc::not_found)
    return false;
  if (!mark)
    return tl::unexpected(mark.error());
  return *mark == "clean\n" || *mark == "open " + boot_id + "\n";
}

result<void> data_folder::mark_state_open(const std::string& boot_id) const {
  return write_durably(state() / "mark", "open " + boot_id + "\n");
}

result<void> data_folder::mark_state_clean() const {
  return write_durably(state() / "mark", "clean\n");
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
