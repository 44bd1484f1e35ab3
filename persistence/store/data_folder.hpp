// A node's folder: what stands in it, whose it is, and that only one process has it open.
//
//   identity   text: format, store, history, node      written once, behind an empty log
//   origin     text: where its history branched off    only in a restored folder
//   creating   empty                                   only until the identity is written
//   term       what a member of a cluster must not forget  only once there was a second member
//   seeds      text: whom it asks about its cluster           only if it was told
//   lock       held (flock) by the process that has the folder open
//   log/       the log, an LMDB environment
//   state/     the derived state; with `mark`, which tells whether it can be trusted
//   models/    read models and snapshots
#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/uuid.hpp"
#include "aiex/persistence/store/folder_lock.hpp"

#include <filesystem>
#include <string>

namespace aiex {

/// Who a folder belongs to.
struct store_identity {
  uuid store;       ///< Made with the folder. A member of a cluster is its store id.
  uuid history;     ///< Changes with each restore.
  std::string node; ///< The name that the folder was made for.

  bool operator==(const store_identity&) const = default;
};

/// An open folder; closing it lets go of the lock.
class data_folder {
public:
  /// Opens the folder, making it if it is absent, empty, or was only begun to be made (`is_new`);
  /// `fresh` is then the identity that it gets with `complete`. Errors: in_use (another process has
  /// it), invalid_argument (it belongs to a node of another name, or holds something else),
  /// lost_events (it has an identity and no log), unknown_version, corrupt (its identity cannot be
  /// read), io.
  static result<data_folder> open(const std::filesystem::path& folder, const store_identity& fresh);

  /// Its identity without opening it, while another process may have it open. Errors: not_found,
  /// unknown_version, corrupt, io.
  static result<store_identity> identity_of(const std::filesystem::path& folder);

  /// Begins a folder that is nobody's until `complete`: a crash in between leaves something that no
  /// node opens. Errors: already_exists (it has an identity), in_use, invalid_argument (it holds
  /// something else), io.
  static result<data_folder> begin(
    const std::filesystem::path& folder, const store_identity& identity);

  /// Makes durable what stands in the folder, then says whose it is. The log must have been made:
  /// an identity without one says that it was lost. Errors: io, store_full.
  result<void> complete() const;

  /// Whether it has no identity yet: `complete` is still to be called.
  bool is_new() const noexcept { return is_new_; }

  const store_identity& identity() const noexcept { return identity_; }
  const std::filesystem::path& path() const noexcept { return folder_; }
  std::filesystem::path log() const { return folder_ / "log"; }
  std::filesystem::path state() const { return folder_ / "state"; }
  std::filesystem::path models() const { return folder_ / "models"; }
  std::filesystem::path term() const { return folder_ / "term"; }

  /// Whether the state that lies in a folder can be trusted: it was closed cleanly, or by a kill of
  /// its process since the machine started (`boot_id`). After a power loss it is rebuilt.
  static result<bool> is_state_trusted(
    const std::filesystem::path& folder, const std::string& boot_id);

  /// To be called before the state is written to, and when it was closed and synced. Durable.
  result<void> mark_state_open(const std::string& boot_id) const;
  result<void> mark_state_clean() const;

  /// Removes the state, so that it is rebuilt.
  result<void> drop_state() const;

private:
  data_folder(std::filesystem::path folder, folder_lock lock)
      : folder_(std::move(folder)), lock_(std::move(lock)) {}

  static result<data_folder> locked(const std::filesystem::path& folder);
  result<void> make_parts() const;
  result<void> use(const store_identity& found, const std::string& node);
  result<void> create(const store_identity& identity);
  result<void> remove_creating() const;

  std::filesystem::path folder_;
  store_identity identity_;
  bool is_new_ = false;
  folder_lock lock_;
};

/// Identifies this start of the machine (/proc/sys/kernel/random/boot_id). Errors: io.
result<std::string> system_boot_id();

} // namespace aiex
