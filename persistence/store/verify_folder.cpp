#include "aiex/persistence/store/verify_folder.hpp"

#include "aiex/persistence/internal/lmdb.hpp"
#include "aiex/persistence/models/read_models.hpp"
#include "aiex/persistence/state/keys.hpp"
#include "aiex/persistence/storage/lmdb_log.hpp"
#include "aiex/persistence/storage/lmdb_tables.hpp"
#include "aiex/persistence/store/data_folder.hpp"
#include "aiex/persistence/store/models_check.hpp"

#include <fmt/format.h>

#include <optional>

namespace aiex {

namespace {

namespace fs = std::filesystem;

/// Whether the state says something: always beside a node, else only if it was left in order.
result<bool> is_state_of_use(const fs::path& folder, bool is_in_use) {
  std::error_code ignored; // what cannot be looked at is not there
  if (!fs::exists(folder / "state" / "data.mdb", ignored))
    return false;
  if (is_in_use)
    return true;
  const auto boot = system_boot_id();
  if (!boot)
    return tl::unexpected(boot.error());
  return data_folder::is_state_trusted(folder, *boot);
}

result<verify_report> verify_both(const log_storage& log, const fs::path& folder,
  function_ref<void(std::uint64_t events)> progress) {
  const auto state = open_lmdb_tables({.folder = folder / "state",
    .names = state_tables::names,
    .read_only = true,
    .may_be_cut = true});
  if (!state)
    return tl::unexpected(state.error());
  return verify(log, *state, progress);
}

/// Nothing is damaged where nothing is.
result<verify_report> verify_models(
  const fs::path& folder, function_ref<void(std::uint64_t events)> progress) {
  std::error_code ignored; // what cannot be looked at is not there
  if (!fs::exists(folder / "models" / "data.mdb", ignored))
    return verify_report{};
  const auto models = open_lmdb_tables({.folder = folder / "models",
    .names = model_table_names,
    .read_only = true,
    .may_be_cut = true});
  auto report = models ? check_models(*models, [&] { progress(0); })
                       : result<verify_report>{tl::unexpected(models.error())};
  if (report || report.error().code != errc::corrupt)
    return report;
  verify_report unreadable;
  unreadable.add(
    {{}, 0, "the read models cannot be read: " + report.error().message, finding_part::models});
  return unreadable;
}

/// In a process that has none of them open.
void clear_readers(const fs::path& folder) {
  for (const char* const part : {"log", "state", "models"})
    (void)internal::clear_dead_readers(folder / part); // else the writer does it later
}

result<verify_report> verify_events(
  const fs::path& folder, verify_scope scope, function_ref<void(std::uint64_t events)> progress) {
  std::error_code ignored; // what cannot be looked at is not there
  if (!fs::exists(folder / "log" / "data.mdb", ignored))
    return fail(errc::lost_events,
      fmt::format("{} has no log: all events are gone. Restore it from a backup", folder.string()));
  const auto held = folder_lock::take(folder); // or a node has it: then beside that
  if (!held && held.error().code != errc::in_use)
    return tl::unexpected(held.error());
  const auto log = open_lmdb_log({.folder = folder / "log", .read_only = true, .may_be_cut = true});
  if (!log)
    return tl::unexpected(log.error());
  const auto is_of_use = is_state_of_use(folder, !held);
  if (!is_of_use)
    return tl::unexpected(is_of_use.error());
  if (scope == verify_scope::log || !*is_of_use)
    return verify_log(log->log, progress);

  auto both = verify_both(log->log, folder, progress);
  if (both || both.error().code != errc::corrupt)
    return both;
  auto report = verify_log(log->log, progress);
  if (report)
    report->add({{}, 0, "the state cannot be read: " + both.error().message, finding_part::state});
  return report;
}

} // namespace

result<verify_report> verify_folder(
  const fs::path& folder, verify_scope scope, function_ref<void(std::uint64_t events)> progress) {
  const auto identity = data_folder::identity_of(folder);
  if (!identity)
    return tl::unexpected(identity.error());
  switch (scope) {
  case verify_scope::log_and_state:
  case verify_scope::log: break;
  case verify_scope::models: return verify_models(folder, progress);
  case verify_scope::readers: clear_readers(folder); return verify_report{};
  }
  return verify_events(folder, scope, progress);
}

} // namespace aiex
