#include "aiexd/verbs/store_jobs.hpp"

#include "aiex/persistence/archive/backup.hpp"
#include "aiex/persistence/store/verify_in_child.hpp"

#include "aiexd/verbs/job_table.hpp"

#include <algorithm>

namespace aiex {

namespace {

gateway_reply verify_work(
  const std::filesystem::path& folder, std::uint64_t total, job_progress progress) {
  auto report = verify_in_child(
    {.folder = folder}, [&](std::uint64_t events) { return progress(events, total); });
  if (!report)
    return reply_with(report.error());
  return reply_with(to_json(*report));
}

gateway_reply backup_work(
  const node_services& services, const backup_options& options, job_progress progress) {
  const event_store& events = services.events.events();
  const auto head = events.head();
  if (!head)
    return reply_with(head.error());
  auto done = backup(events.media().log, *head, options,
    [&](const archive_progress& far) { return progress(far.entries, far.entries_total); });
  if (!done)
    return reply_with(done.error());
  return reply_with(to_text({{"file", options.file.string()}, {"position", head->position.value},
    {"events", head->position.value}, {"bytes", done->summary.stored_bytes}}));
}

} // namespace

void run_store_verify(verb_call call) {
  if (goes_on(call))
    return;
  const auto head = call.services().events.events().head();
  if (!head)
    return call.refuse(head.error());
  begin_job(
    call,
    [folder = call.node->facts.folder, total = head->position.value](
      job_progress progress) { return verify_work(folder, total, progress); },
    "events");
}

void run_store_backup(verb_call call) {
  if (goes_on(call))
    return;
  auto file = call.given.required_text("file");
  if (!file)
    return call.refuse(file.error());
  auto level = call.given.number("level");
  if (!level)
    return call.refuse(level.error());
  const node_services& services = call.services();
  backup_options options;
  options.file = *file;
  options.store = services.store_id;
  options.history = services.history;
  options.node = services.node;
  options.created_at = services.clock();
  if (*level) // what is too much is refused by the backup itself
    options.zstd_level = static_cast<int>(std::min<std::uint64_t>(**level, 1'000));
  begin_job(
    call,
    [services, options](job_progress progress) { return backup_work(services, options, progress); },
    "entries");
}

} // namespace aiex
