#include "aiex/offline.hpp"

#include "aiex/persistence/archive/backup.hpp"
#include "aiex/persistence/archive/restore.hpp"
#include "aiex/persistence/store/local_store.hpp"
#include "aiex/persistence/store/verify_in_child.hpp"
#include "aiex/progress_bar.hpp"
#include "aiex/rendering.hpp"
#include "aiex/soundness.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <chrono>
#include <filesystem>

namespace aiex::tool {

namespace {

using json = nlohmann::ordered_json;
using outcome = result<json>;

timestamp now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

uuid new_id() {
  const auto since =
    std::chrono::duration_cast<std::chrono::milliseconds>(now().time_since_epoch());
  return uuid_maker(system_random).make(static_cast<std::uint64_t>(since.count()));
}

/// Of a folder that is a node's already: opening alone would make one.
result<local_store> open_existing(const std::string& folder) {
  auto identity = data_folder::identity_of(folder);
  if (!identity)
    return tl::unexpected(identity.error());
  return local_store::open({.folder = folder, .node = identity->node, .make_id = new_id});
}

outcome verified(const invocation& wish, const run_context& context) {
  const auto report = verify_in_child({.folder = wish.value("--data")}, [&](std::uint64_t events) {
    context.report(progress_bar(events, 0, "events"));
    return true;
  });
  if (!report)
    return tl::unexpected(report.error());
  return json::parse(to_json(*report));
}

outcome counted(const invocation& wish) {
  auto store = open_existing(wish.value("--data"));
  if (!store)
    return tl::unexpected(store.error());
  const auto head = store->events()->head();
  if (!head)
    return tl::unexpected(head.error());
  json answer{{"store_id", to_string(store->identity().store)},
    {"history_id", to_string(store->identity().history)}, {"node", store->identity().node},
    {"head", head->position.value}, {"events", head->position.value}, {"entries", head->index}};
  if (auto closed = store->close(); !closed)
    return tl::unexpected(closed.error());
  return answer;
}

bool report_archive(const run_context& context, const archive_progress& progress) {
  context.report(progress_bar(progress.entries, progress.entries_total, "entries"));
  return true;
}

outcome backed_up(const invocation& wish, const run_context& context) {
  backup_options options{.file = wish.value("FILE"), .created_at = now()};
  if (const std::string level = wish.value("--level"); !level.empty()) {
    const char* end = level.data() + level.size();
    if (std::from_chars(level.data(), end, options.zstd_level).ptr != end)
      return fail(errc::invalid_argument, "--level takes 0 to 19, not \"" + level + "\"");
  }
  auto store = open_existing(wish.value("--data"));
  if (!store)
    return tl::unexpected(store.error());
  const auto head = store->events()->head();
  if (!head)
    return tl::unexpected(head.error());
  options.store = store->identity().store;
  options.history = store->identity().history;
  options.node = store->identity().node;
  const auto written = backup(store->events()->media().log, *head, options,
    [&](const archive_progress& progress) { return report_archive(context, progress); });
  if (!written)
    return tl::unexpected(written.error());
  if (auto closed = store->close(); !closed)
    return tl::unexpected(closed.error());
  return json{{"file", options.file.string()}, {"position", written->manifest.up_to.position.value},
    {"events", written->manifest.events()}, {"bytes", written->summary.stored_bytes}};
}

outcome restored(const invocation& wish, const run_context& context) {
  const auto progress = [&](const archive_progress& so_far) {
    return report_archive(context, so_far);
  };
  const std::string file = wish.value("FILE");
  const std::string folder = wish.value("--data");
  if (wish.has("--dry-run")) {
    const auto checked = check_archive(file, progress);
    if (!checked)
      return tl::unexpected(checked.error());
    return json{{"file", file}, {"folder", folder}, {"node", checked->manifest.node},
      {"created_at", to_string(checked->manifest.created_at)},
      {"position", checked->manifest.up_to.position.value}, {"events", checked->manifest.events()},
      {"dry_run", true}};
  }
  const auto done = restore({.file = file,
                              .folder = folder,
                              .history = new_id(),
                              .restored_at = now(),
                              .replace = wish.has("--yes")},
    progress);
  if (!done && done.error().code == errc::already_exists && !wish.has("--yes"))
    return fail(errc::invalid_argument,
      done.error().message + ". With --yes it is put aside, under another name");
  if (!done)
    return tl::unexpected(done.error());
  json answer{{"folder", folder}, {"store_id", to_string(done->identity.store)},
    {"history_id", to_string(done->identity.history)}, {"position", done->head.position.value}};
  if (done->kept)
    answer["kept"] = done->kept->string();
  return answer;
}

} // namespace

bool is_offline(const invocation& wish) {
  return wish.what != nullptr && wish.what->words.starts_with("store ") && wish.has("--data");
}

bool would_replace(const invocation& wish) {
  if (wish.what == nullptr || wish.what->words != "store restore" || wish.has("--dry-run"))
    return false;
  std::error_code ignored; // a folder that cannot be looked at is the restore's to refuse
  const std::filesystem::path folder = wish.value("--data");
  return std::filesystem::exists(folder, ignored) && !std::filesystem::is_empty(folder, ignored);
}

result<void> run_offline(const invocation& wish, const run_context& context) {
  const std::string_view words = wish.what->words;
  const auto answer = words == "store verify"   ? verified(wish, context)
                      : words == "store stats"  ? counted(wish)
                      : words == "store backup" ? backed_up(wish, context)
                                                : restored(wish, context);
  context.report("");
  if (!answer)
    return tl::unexpected(answer.error());
  const std::string body = answer->dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  const auto written = context.write(
    wish.shown == output::json
      ? body
      : render(body, {view::fields, wish.shown == output::plain, context.has_colour}));
  const auto outcome = check_soundness(*answer);
  return written || !outcome ? outcome : tl::unexpected(written.error());
}

} // namespace aiex::tool
