#include "aiex/persistence/store/local_store.hpp"

#include "aiex/persistence/state/keys.hpp"
#include "aiex/persistence/storage/lmdb_log.hpp"
#include "aiex/persistence/storage/lmdb_tables.hpp"
#include "aiex/persistence/store/durable_file.hpp"
#include "aiex/persistence/store/term_file.hpp"

#include <fmt/format.h>

namespace aiex {

namespace {

result<event_store> open_on(
  const data_folder& folder, const lmdb_log& log, std::uint64_t map_bytes) {
  auto state = open_lmdb_tables({.folder = folder.state(),
    .names = state_tables::names,
    .map_bytes = map_bytes,
    .always_sync = false});
  if (!state)
    return tl::unexpected(std::move(state.error()));
  return event_store::open(
    {log.log, std::move(*state), log.bytes_free, side_by_side(), open_term_file(folder.term())},
    {.self = folder.identity().store, .history = folder.identity().history});
}

/// The error, and what to do about damage there.
tl::unexpected<error> with_advice(error why, const std::string& advice) {
  if (why.code == errc::corrupt)
    why.message += ". " + advice;
  return tl::unexpected(std::move(why));
}

/// What a read model has counted was in the log. It is the witness when the state, which would show
/// it, was not to be trusted: that of a member may also not be there again. A record that cannot be
/// read is the projection's to tell.
result<void> check_log_is_whole(const event_store& events, const read_models& models) {
  const auto end = events.member().end();
  if (!end)
    return tl::unexpected(end.error());
  const auto names = models.names();
  if (!names)
    return tl::unexpected(names.error());
  for (const std::string& name : *names) {
    const auto record = models.load(name);
    if (record && *record && (*record)->at > end->position)
      return fail(errc::lost_events,
        fmt::format("the log ends at position {}, but the read model of {} has counted the events "
                    "up to {}: acknowledged events are missing from the log. Restore it from a "
                    "backup",
          end->position.value, name, (*record)->at.value),
        (*record)->at.value);
  }
  return {};
}

} // namespace

result<local_store> local_store::open(const local_store_options& options) {
  const uuid store = options.make_id();
  const uuid history = options.joins ? *options.joins : options.make_id();
  auto folder =
    data_folder::open(options.folder, {.store = store, .history = history, .node = options.node});
  if (!folder)
    return tl::unexpected(std::move(folder.error()));
  if (options.joins && folder->identity().history != *options.joins)
    return fail(errc::invalid_argument,
      fmt::format("{} holds another history than that of the cluster it is to join. Name an empty "
                  "or a new folder",
        options.folder.string()));
  auto models = open_lmdb_tables(
    {.folder = folder->models(), .names = model_table_names, .map_bytes = options.map_bytes});
  if (!models)
    return with_advice(std::move(models.error()),
      fmt::format("Move {} away and start again: the read models begin anew, from the log",
        folder->models().string()));
  local_store made{std::move(*folder), *models};
  if (auto opened = made.open_events(options); !opened)
    return tl::unexpected(std::move(opened.error()));
  return made;
}

result<void> local_store::open_events(const local_store_options& options) {
  const auto boot = system_boot_id();
  if (!boot)
    return tl::unexpected(boot.error());
  const auto is_trusted = data_folder::is_state_trusted(folder_.path(), *boot);
  if (!is_trusted)
    return tl::unexpected(is_trusted.error());
  if (!*is_trusted)
    if (auto dropped = folder_.drop_state(); !dropped)
      return dropped;
  if (auto marked = folder_.mark_state_open(*boot); !marked)
    return marked;

  const auto log = open_lmdb_log({.folder = folder_.log(), .map_bytes = options.map_bytes});
  if (!log)
    return with_advice(log.error(),
      fmt::format("Look at what is left: aiex store verify --data {0}; restore it from a backup: "
                  "aiex store restore FILE --data {0}",
        folder_.path().string()));
  for (const auto& folder :
    {folder_.log(), folder_.models()}) // LMDB does not sync a new file's name
    if (auto synced = sync_folder(folder); !synced)
      return synced;
  if (folder_.is_new() && options.joins)
    if (auto noted = open_term_file(folder_.term()).write({.joins = true}); !noted)
      return noted;
  if (folder_.is_new()) // behind its log: from now on a missing one is a lost one
    if (auto completed = folder_.complete(); !completed)
      return completed;
  auto events = open_on(folder_, *log, options.map_bytes);
  if (!events && events.error().code == errc::corrupt) { // the state's fault, or the log's?
    if (auto dropped = folder_.drop_state(); !dropped)
      return dropped;
    if (auto marked = folder_.mark_state_open(*boot); !marked)
      return marked;
    events = open_on(folder_, *log, options.map_bytes);
    was_rebuilt_ = true;
  }
  if (!events)
    return tl::unexpected(std::move(events.error()));
  auto whole = check_log_is_whole(*events, *models_);
  const consensus::core_state& core = events->member().core();
  if (!whole && whole.error().code == errc::lost_events && core.members.current().voters() > 1) {
    const consensus::term_record record = core.record; // the others have what is missing
    events = tl::unexpected(whole.error());            // closed
    if (auto noted = note_lost_end(open_term_file(folder_.term()), record); !noted)
      return noted;
    events = open_on(folder_, *log, options.map_bytes);
    whole = events ? result<void>{} : tl::unexpected(events.error());
  }
  if (!whole)
    return whole;
  was_rebuilt_ = was_rebuilt_ || !*is_trusted;
  events_ = std::make_shared<event_store>(std::move(*events));
  return {};
}

result<void> local_store::close() {
  if (auto synced = events_->media().state.sync(); !synced)
    return synced;
  return folder_.mark_state_clean();
}

} // namespace aiex
