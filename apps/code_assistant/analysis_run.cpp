#include "code_assistant/analysis_run.hpp"

#include "aiex/actors/flow/aggregates.hpp"
#include "aiex/actors/flow/projection.hpp"
#include "aiex/persistence/codec/json_reader.hpp"

#include "code_assistant/analysis_plan.hpp"
#include "code_assistant/dependencies.hpp"
#include "code_assistant/plain_text.hpp"
#include "code_assistant/read_source.hpp"
#include "code_assistant/session.hpp"
#include "code_assistant/session_client.hpp"
#include "code_assistant/source_scan.hpp"
#include "code_assistant/sources.hpp"

#include <algorithm>

namespace aiex::code_assistant {
namespace {

// Of the analyses that are sent together.
constexpr std::size_t files_per_command = 64;
constexpr std::size_t source_bytes_per_command = 256 << 10; ///< Facts may be some times as large.

tl::unexpected<error> stopped() {
  return fail(errc::stopped,
    "the analysis was stopped; what it has found is recorded, and the next "
    "run goes on from there");
}

/// One run's session and what goes to it.
class analysis_run {
public:
  analysis_run(caf::actor_system& system, const node_services& services,
    const analysis_options& wishes, const analysis_progress& progress)
      : models_(services.models), wishes_(wishes), progress_(progress), session_(system, services) {
  }

  result<analysis_outcome> run();

private:
  result<void> look();
  result<void> plan();
  result<void> analyse();
  result<void> analyse(const std::string& path);
  result<void> send_analyses();
  void skip(const std::string& path, const error& why) {
    outcome_.skipped.emplace_back(plain_text(path, path_bytes_max), why.message);
  }
  result<void> work();
  result<void> read_tree();
  result<void> end();
  result<void> read_sessions();
  result<std::vector<file_facts>> known_files();

  std::shared_ptr<read_models> models_;
  const analysis_options& wishes_;
  const analysis_progress& progress_;

  session_client session_;
  complete_analyses made_{}; ///< Not sent yet.
  std::size_t made_from_bytes_ = 0;
  source_scan scan_{};
  analysis_plan plan_{};
  analysis_outcome outcome_{};
};

result<analysis_outcome> analysis_run::run() {
  outcome_.run.project = std::filesystem::absolute(wishes_.tree).lexically_normal().string();
  outcome_.run.session = std::string{session::category} + '-' + session_.id();
  return look()
    .and_then([&] { return plan(); })
    .and_then([&] { return session_.end_left_open(outcome_.run.project); })
    .and_then([&] { return session_.open(wishes_.user, outcome_.run.project); })
    .and_then([&] {
      const auto worked = work();
      const auto ended = end(); // in any case: a session that failed is none to go on with
      return worked ? ended : worked;
    })
    .and_then([&] { return read_sessions(); })
    .map([&] { return std::move(outcome_); });
}

result<void> analysis_run::look() {
  if (!progress_("looking for sources", 0, 0))
    return stopped();
  auto found = scan_sources(wishes_.tree);
  if (!found)
    return tl::unexpected(std::move(found.error()));
  scan_ = std::move(*found);
  for (skipped_source& each : scan_.skipped)
    outcome_.skipped.emplace_back(std::move(each.path), std::move(each.why));
  return {};
}

/// Compares the bytes of every file with what the last session on this tree has seen of it.
result<void> analysis_run::plan() {
  auto known = known_files();
  if (!known)
    return tl::unexpected(std::move(known.error()));
  std::vector<known_source> before;
  for (const file_facts& each : *known)
    before.push_back({each.path, each.digest});
  std::vector<known_source> now;
  for (const source_file& each : scan_.files) {
    if (!progress_("comparing", now.size(), scan_.files.size()))
      return stopped();
    const auto text = read_source(wishes_.tree / each.path, scan_limits{}.file_bytes_max);
    if (text)
      now.push_back({each.path, content_digest(*text)});
    else
      skip(each.path, text.error());
  }
  plan_ = plan_analysis(before, now);
  return {};
}

result<void> analysis_run::work() {
  return analyse().and_then([&] { return read_tree(); }).and_then([&] {
    return session_.send(resolve_includes{figures_of(outcome_.tree.includes)});
  });
}

result<void> analysis_run::analyse() {
  context_loaded context;
  context.files = scan_.files.size();
  for (const source_file& each : scan_.files)
    context.bytes += each.bytes;
  context.added = plan_.added.size();
  context.changed = plan_.changed.size();
  context.unchanged = outcome_.run.unchanged = plan_.unchanged.size();
  context.removed = outcome_.run.removed = plan_.removed.size();
  context.skipped = outcome_.skipped.size();
  auto sent = session_.send(start_session{wishes_.user, outcome_.run.project}).and_then([&] {
    return session_.send(load_context{context});
  });
  const std::uint64_t total = plan_.added.size() + plan_.changed.size();
  bool goes_on = true;
  for (const auto* paths : {&plan_.added, &plan_.changed})
    for (const std::string& path : *paths) {
      goes_on = goes_on && progress_("analysing", outcome_.run.analysed, total);
      if (goes_on && sent)
        sent = analyse(path);
    }
  sent = sent.and_then([&] { return send_analyses(); });
  for (const std::string& path : plan_.removed)
    if (goes_on && sent)
      sent = session_.send(remove_source{path});
  outcome_.run.skipped = outcome_.skipped.size();
  return sent.and_then([&] { return goes_on ? result<void>{} : stopped(); });
}

/// A file that went or changed meanwhile is analysed as it is now, or counts as skipped.
result<void> analysis_run::analyse(const std::string& path) {
  const auto text = read_source(wishes_.tree / path, scan_limits{}.file_bytes_max);
  if (!text) {
    skip(path, text.error());
    return {};
  }
  ++outcome_.run.analysed;
  made_.files.push_back(analyse_file(path, *text));
  made_from_bytes_ += text->size();
  const bool is_much =
    made_.files.size() >= files_per_command || made_from_bytes_ >= source_bytes_per_command;
  return is_much ? send_analyses() : result<void>{};
}

result<void> analysis_run::send_analyses() {
  made_from_bytes_ = 0;
  const complete_analyses wish = std::exchange(made_, {});
  return wish.files.empty() ? result<void>{} : session_.send(wish);
}

result<void> analysis_run::end() {
  const auto ended = session_.send(end_session{}); // refused if it could not begin
  const auto closed = session_.close();
  return ended ? closed : ended;
}

result<void> analysis_run::read_tree() {
  if (!progress_("counting", 0, 0))
    return stopped();
  auto files = known_files();
  if (!files)
    return tl::unexpected(std::move(files.error()));
  outcome_.tree = figures_of(*files);
  return {};
}

result<void> analysis_run::read_sessions() {
  const auto summary = session_.caught_up(session_summary::name);
  if (!summary)
    return tl::unexpected(summary.error());
  return json_reader{}.read(summary->state_json, outcome_.sessions);
}

/// What the read model knows of this tree, as of the whole log.
result<std::vector<file_facts>> analysis_run::known_files() {
  const auto counted = session_.caught_up(sources::name);
  if (!counted)
    return tl::unexpected(counted.error());
  std::vector<file_facts> files;
  json_reader reader;
  result<void> outcome;
  const auto read = models_->rows(sources::name, counted->generation, rows_of(outcome_.run.project),
    {}, [&](std::string_view, std::string_view stored) {
      outcome = reader.read(stored, files.emplace_back());
      return outcome.has_value();
    });
  if (!read)
    return tl::unexpected(read.error());
  if (!outcome)
    return tl::unexpected(outcome.error());
  std::sort(files.begin(), files.end(),
    [](const file_facts& left, const file_facts& right) { return left.path < right.path; });
  return files;
}

} // namespace

node_part assistant_part() {
  return supervisor("assistant", strategy::rest_for_one, {.intensity = 3},
    {aggregates<session>(), projection<sources>(), projection<dependencies>(),
      projection<session_summary>()});
}

result<analysis_outcome> run_analysis(caf::actor_system& system, const node_services& services,
  const analysis_options& wishes, const analysis_progress& progress) {
  return analysis_run{system, services, wishes, progress}.run();
}

} // namespace aiex::code_assistant
