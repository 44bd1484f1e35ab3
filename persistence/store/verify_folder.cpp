#include "aiex/persistence/store/verify_folder.hpp"

#include "aiex/persistence/state/keys.hpp"
#include "aiex/persistence/storage/lmdb_log.hpp"
#include "aiex/persistence/storage/lmdb_tables.hpp"
#include "aiex/persistence/store/data_folder.hpp"

#include <fmt/format.h>

#include <optional>

namespace aiex {

namespace {

namespace fs = std::filesystem;

/// Whether the state says something: always beside a node, else only if it was left in order.
result<bool> is_state_of_use(const fs::path& folder, const result<data_folder>& held) {
  std::error_code ignored; // what cannot be looked at is not there
  if (!fs::exists(folder / "state" / "data.mdb", ignored))
    return false;
  if (!held)
    return true;
  const auto boot = system_boot_id();
  if (!boot)
    return tl::unexpected(boot.error());
  return held->is_state_trusted(*boot);
}

result<verify_report> verify_both(const log_storage& log, const fs::path& folder,
  function_ref<void(std::uint64_t events)> progress) {
  const auto state =
    open_lmdb_tables({.folder = folder / "state", .names = state_tables::names, .read_only = true});
  if (!state)
    return tl::unexpected(state.error());
  return verify(log, *state, progress);
}

} // namespace

result<verify_report> verify_folder(
  const fs::path& folder, verify_scope scope, function_ref<void(std::uint64_t events)> progress) {
  const auto identity = data_folder::identity_of(folder);
  if (!identity)
    return tl::unexpected(identity.error());
  std::error_code ignored; // what cannot be looked at is not there
  if (!fs::exists(folder / "log" / "data.mdb", ignored))
    return fail(
      errc::not_found, fmt::format("{} has no log. Restore it from a backup", folder.string()));
  const auto held = data_folder::open(folder, *identity); // or a node has it: then beside that
  if (!held && held.error().code != errc::in_use)
    return tl::unexpected(held.error());
  const auto log = open_lmdb_log({.folder = folder / "log", .read_only = true});
  if (!log)
    return tl::unexpected(log.error());
  const auto is_of_use = is_state_of_use(folder, held);
  if (!is_of_use)
    return tl::unexpected(is_of_use.error());
  if (scope == verify_scope::log || !*is_of_use)
    return verify_log(log->log, progress);

  auto both = verify_both(log->log, folder, progress);
  if (both || both.error().code != errc::corrupt)
    return both;
  auto report = verify_log(log->log, progress);
  if (report)
    report->add({{}, 0,
      "the state cannot be read, and is rebuilt at the next start: " + both.error().message});
  return report;
}

} // namespace aiex
