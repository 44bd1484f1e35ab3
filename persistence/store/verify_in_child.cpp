#include "aiex/persistence/store/verify_in_child.hpp"

#include "aiex/persistence/base/file_descriptor.hpp"
#include "aiex/persistence/store/verify_child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

namespace aiex {

namespace {

tl::unexpected<error> refused(const char* what, int number) {
  return fail(errc::io, fmt::format("{}: {}", what, std::strerror(number)));
}

/// The checker's process; killed and waited for in the end.
class checker {
public:
  static result<checker> start(const verify_in_child_options& options, verify_scope scope) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0)
      return refused("no pipe to the checker", errno);
    checker made;
    made.output_ = file_descriptor{ends[0]};
    const file_descriptor input{ends[1]};
    std::vector<std::string> words{options.program.string(), std::string{verify_child_argument},
      options.folder.string(), std::string{name(scope)}};
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words)
      arguments.push_back(word.data());
    arguments.push_back(nullptr);
    if (const int problem = made.spawn(arguments, input.number()); problem != 0)
      return refused("the checker cannot be started", problem);
    return made;
  }

  ~checker() { end(); }
  checker(checker&& from) noexcept
      : process_(std::exchange(from.process_, -1)), output_(std::move(from.output_)) {}
  checker& operator=(checker&&) = delete;

  int output() const { return output_.number(); }

  /// Kills it, if it is still there. Its status as `waitpid` says it.
  int end() {
    if (process_ > 0 && !has_closed_)
      ::kill(process_, SIGKILL);
    int status = 0;
    while (process_ > 0 && ::waitpid(process_, &status, 0) < 0 && errno == EINTR)
      ;
    process_ = -1;
    return status;
  }

  /// It has closed its output: it ends by itself.
  void has_closed() { has_closed_ = true; }

private:
  checker() = default;

  int spawn(const std::vector<char*>& arguments, int input) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_adddup2(&files, input, verify_child_output);
    for (const int each : {0, 1, 2}) // LMDB says on stderr why it aborts
      ::posix_spawn_file_actions_addopen(&files, each, "/dev/null", O_RDWR, 0);
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    const int problem =
      ::posix_spawn(&process_, arguments[0], &files, &attributes, arguments.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&files);
    if (problem != 0)
      process_ = -1;
    return problem;
  }

  pid_t process_ = -1;
  file_descriptor output_;
  bool has_closed_ = false;
};

result<file_descriptor> timer_of(std::chrono::milliseconds limit) {
  constexpr auto thousand = 1'000;
  file_descriptor timer{::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)};
  const itimerspec when{.it_interval = {},
    .it_value = {limit.count() / thousand, limit.count() % thousand * 1'000'000}};
  if (!timer.is_open() || ::timerfd_settime(timer.number(), 0, &when, nullptr) != 0)
    return refused("no timer for the checker", errno);
  return timer;
}

/// What a process brings upon itself; the others are sent to it.
bool is_of_damage(int signal) {
  return signal == SIGBUS || signal == SIGSEGV || signal == SIGABRT || signal == SIGFPE ||
         signal == SIGILL;
}

/// What became of one run.
struct run_end {
  std::uint64_t events = 0; ///< Checked for sure.
  std::optional<verify_report> report{};
  int signal = 0; ///< It died of this.
};

class run {
public:
  run(checker started, file_descriptor timer)
      : child_(std::move(started)), timer_(std::move(timer)) {}

  result<run_end> wait(function_ref<bool(std::uint64_t events)> progress) {
    for (;;) {
      const auto bytes = read_some();
      if (!bytes)
        return tl::unexpected(bytes.error());
      if (bytes->empty())
        return died();
      messages_.feed(*bytes);
      for (;;) {
        auto message = messages_.next();
        if (!message)
          return tl::unexpected(std::move(message.error()));
        if (!*message)
          break;
        if (auto* report = std::get_if<verify_report>(&**message))
          return run_end{report->events, std::move(*report), 0};
        if (auto* failure = std::get_if<error>(&**message))
          return tl::unexpected(std::move(*failure));
        events_ = std::get<verify_progress>(**message).events;
        if (!progress(events_))
          return fail(errc::stopped, "the check was stopped as told");
      }
    }
  }

private:
  /// What it said; nothing at the end of it.
  result<std::string> read_some() {
    std::array<pollfd, 2> watched{
      pollfd{child_.output(), POLLIN, 0}, pollfd{timer_.number(), POLLIN, 0}};
    std::array<char, 4'096> bytes{};
    for (;;) {
      if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR)
        return refused("cannot hear the checker", errno);
      if (watched[0].revents != 0) {
        const ssize_t count = ::read(child_.output(), bytes.data(), bytes.size());
        if (count >= 0)
          return std::string{bytes.data(), static_cast<std::size_t>(count)};
        if (errno != EINTR)
          return refused("cannot hear the checker", errno);
      } else if (watched[1].revents != 0) {
        return fail(errc::time_out,
          fmt::format("the check took too long; {} events were checked by then", events_));
      }
    }
  }

  result<run_end> died() {
    child_.has_closed();
    const int status = child_.end();
    if (WIFSIGNALED(status) && is_of_damage(WTERMSIG(status)))
      return run_end{events_, std::nullopt, WTERMSIG(status)};
    if (WIFSIGNALED(status))
      return fail(
        errc::io, fmt::format("the checker was killed by signal {} when it had checked {} events",
                    WTERMSIG(status), events_));
    return fail(
      errc::io, fmt::format("the checker ended with status {} and no report", WEXITSTATUS(status)));
  }

  checker child_;
  file_descriptor timer_;
  verify_messages messages_;
  std::uint64_t events_ = 0;
};

result<run_end> run_child(const verify_in_child_options& options, verify_scope scope,
  function_ref<bool(std::uint64_t events)> progress) {
  auto timer = timer_of(std::max(options.time_limit, std::chrono::milliseconds{1}));
  if (!timer)
    return tl::unexpected(std::move(timer.error()));
  auto started = checker::start(options, scope);
  if (!started)
    return tl::unexpected(std::move(started.error()));
  return run{std::move(*started), std::move(*timer)}.wait(progress);
}

/// Of a checker that was killed in a snapshot nobody would use the pages again that it saw.
result<run_end> run_once(const verify_in_child_options& options, verify_scope scope,
  function_ref<bool(std::uint64_t events)> progress) {
  auto end = run_child(options, scope, progress);
  if (!end || !end->report)
    (void)run_child(options, verify_scope::readers, [](std::uint64_t) { return true; });
  return end;
}

std::string death_of(const run_end& end, std::string_view what) {
  return fmt::format("the checker died by signal {} ({}) while it read {}", end.signal,
    ::sigabbrev_np(end.signal), what);
}

finding death_in_log(const run_end& end) {
  const std::uint64_t next = end.events + 1;
  return {{next}, 0, death_of(end, "the log") + fmt::format(", at position {} or behind it", next)};
}

/// Log and state.
result<verify_report> verify_events(
  const verify_in_child_options& options, function_ref<bool(std::uint64_t events)> progress) {
  auto both = run_once(options, verify_scope::log_and_state, progress);
  if (!both)
    return tl::unexpected(std::move(both.error()));
  if (both->report)
    return std::move(*both->report);
  auto alone = run_once(options, verify_scope::log, progress);
  if (!alone)
    return tl::unexpected(std::move(alone.error()));
  verify_report report = alone->report.value_or(verify_report{});
  if (alone->report) {
    report.add({{}, 0, death_of(*both, "the state"), finding_part::state});
  } else {
    report.events = alone->events;
    report.add(death_in_log(*alone));
  }
  return report;
}

result<verify_report> verify_models(
  const verify_in_child_options& options, function_ref<bool(std::uint64_t events)> progress) {
  auto end = run_once(options, verify_scope::models, progress);
  if (!end)
    return tl::unexpected(std::move(end.error()));
  if (end->report)
    return std::move(*end->report);
  verify_report report;
  report.add({{}, 0, death_of(*end, "the read models"), finding_part::models});
  return report;
}

} // namespace

result<verify_report> verify_in_child(
  const verify_in_child_options& options, function_ref<bool(std::uint64_t events)> progress) {
  auto models = verify_models(options, progress); // before the log, which they follow
  if (!models)
    return models;
  auto report = verify_events(options, progress);
  if (!report)
    return report;
  report->add_findings(*models);
  const bool is_read_to_its_end = report->total_of(finding_part::log) == 0;
  if (is_read_to_its_end && models->head > report->head)
    report->add({report->head.next(), 0,
      fmt::format("the log ends at position {}, but a read model has counted the events up to {}: "
                  "acknowledged events are missing",
        report->head.value, models->head.value)});
  return report;
}

} // namespace aiex
