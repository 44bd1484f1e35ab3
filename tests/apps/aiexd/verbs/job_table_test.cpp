// Tests job_table.cpp, long_job.cpp and the backup of store_jobs.cpp: work that is asked after
// until it is done.
#include "aiexd/verbs/job_table.hpp"
#include "aiexd/verbs/store_jobs.hpp"
#include "support/eventually.hpp"
#include "support/temporary_folder.hpp"
#include "support/verb_world.hpp"

#include <doctest/doctest.h>

#include <thread>

namespace aiex {
namespace {

using test::eventually;

/// Goes on until it is told to stop.
gateway_reply endless_work(job_progress progress) {
  while (progress(3, 10))
    std::this_thread::yield();
  return reply_with(std::string{"stopped"});
}

gateway_reply short_work(job_progress) {
  return reply_with(std::string{"done"});
}

/// Begins `work`, or goes on with it.
template <job_work::result_type (*work)(job_progress)>
void run_job(verb_call call) {
  if (!goes_on(call))
    begin_job(call, work, "events");
}

struct jobs_world : test::verb_world {
  jobs_world()
      : verb_world({
          {"store_backup", needs{caller_role::operating}, {"file", "level", "cursor"},
            run_store_backup},
          {"endless", needs{caller_role::operating}, {"cursor"}, run_job<endless_work>},
          {"done", needs{caller_role::operating}, {"cursor"}, run_job<short_work>},
        }),
        gateway(spawn_gateway()) {
    environment->services.make_id = [last = std::uint64_t{0}]() mutable {
      return test::id_of(++last);
    };
  }

  /// As a client does it: again and again, until there is nothing to wait for.
  result<gateway_reply> backup(std::string arguments) {
    result<gateway_reply> last = call(gateway, "store_backup", std::move(arguments));
    CHECK(eventually([&] {
      if (!last || last->next.empty())
        return true;
      CHECK(last->body.find("\"unit\":\"entries\"") != std::string::npos);
      const auto again = begin_call(gateway, "store_backup", R"({"cursor":")" + last->next + "\"}");
      advance(job_look_wait);
      REQUIRE(again->has_value());
      last = **again;
      return false;
    }));
    return last;
  }
  static std::string cursor(const gateway_reply& begun) {
    return R"({"cursor":")" + begun.next + "\"}";
  }
  result<gateway_reply> look(std::string verb, const gateway_reply& begun) {
    const auto again = begin_call(gateway, std::move(verb), cursor(begun));
    advance(job_look_wait);
    REQUIRE(again->has_value());
    return **again;
  }
  std::string to_file(const char* name) const {
    return R"({"file":")" + (folder.path() / name).string() + "\"}";
  }

  test::temporary_folder folder;
  caf::actor gateway;
};

TEST_CASE("long_job: says how far it is, then what it came to") {
  std::atomic<bool> may_end{false};
  std::atomic<bool> has_reported{false};
  const long_job job{[&](job_progress progress) {
                       CHECK(progress(3, 10));
                       has_reported = true;
                       while (!may_end)
                         std::this_thread::yield();
                       return reply_with(std::string{"{}"});
                     },
    "events"};
  REQUIRE(eventually([&] { return has_reported.load(); }));
  const auto underway = job.reply("job-7");
  CHECK(underway.body == R"({"done":3,"total":10,"unit":"events"})");
  CHECK(underway.next == "job-7");
  CHECK_FALSE(job.is_done());
  may_end = true;
  REQUIRE(eventually([&] { return job.is_done(); }));
  CHECK(job.reply("job-7") == reply_with(std::string{"{}"}));
}

TEST_CASE("long_job: what its work throws is an error, and who lets go of it stops it") {
  const long_job failing{
    [](job_progress) -> gateway_reply { throw std::runtime_error{"failed as told"}; }, "events"};
  REQUIRE(eventually([&] { return failing.is_done(); }));
  const auto reply = to_result(failing.reply(""));
  REQUIRE_FALSE(reply);
  CHECK(reply.error() == error{errc::io, "failed as told"});
  const long_job endless{endless_work, "events"}; // its end returns
}

TEST_CASE_FIXTURE(jobs_world, "store_jobs: a backup says how far it is, and what came of it") {
  append(test::numbered_appends(1, 3));
  const auto done = backup(to_file("one"));
  REQUIRE_MESSAGE(done, (done ? "" : done.error().message));
  CHECK(done->body.find("\"events\":3") != std::string::npos);
  CHECK(std::filesystem::exists(folder.path() / "one"));
  CHECK(backup("{}").error().code == errc::missing_required_fields);
}

TEST_CASE_FIXTURE(jobs_world, "job_table: so many at a time") {
  for (std::size_t i = 0; i < jobs_max; ++i)
    call(gateway, "endless");
  const auto refused = call(gateway, "store_backup", to_file("one"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::overloaded);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "one"));
}

TEST_CASE_FIXTURE(jobs_world, "job_table: a cursor is of one verb, and good until the outcome") {
  const auto begun = call(gateway, "endless");
  REQUIRE(begun);
  const auto of_another = call(gateway, "done", cursor(*begun));
  REQUIRE_FALSE(of_another);
  CHECK(of_another.error().code == errc::invalid_history);
  CHECK(look("endless", *begun)->next == begun->next);

  auto ended = call(gateway, "done");
  CHECK(eventually([&] {
    if (ended->next.empty())
      return true;
    ended = look("done", *ended);
    return false;
  }));
  CHECK(ended->body == "done");
}

TEST_CASE_FIXTURE(jobs_world, "job_table: work that nobody asks after is stopped, and goes") {
  const auto begun = call(gateway, "endless");
  REQUIRE(begun);
  advance(job_unasked_max / 2);
  CHECK(look("endless", *begun)->next == begun->next);
  advance(job_unasked_max / 2); // asked after since it began
  advance(job_unasked_max); // stopped now; one more of these, and it would be gone if it is done
  result<gateway_reply> last;
  CHECK(eventually([&] { // it stops soon, and what it came to can be fetched still
    last = look("endless", *begun);
    return !last || last->next.empty();
  }));
  REQUIRE(last);
  CHECK(last->body == "stopped");
}

TEST_CASE_FIXTURE(jobs_world, "job_table: those who went away make room for others") {
  append(test::numbered_appends(1, 1));
  for (std::size_t i = 0; i < jobs_max; ++i)
    call(gateway, "endless");
  CHECK(eventually([&] {
    advance(job_unasked_max);
    return call(gateway, "store_backup", to_file("one")).has_value();
  }));
  CHECK(eventually([&] { return std::filesystem::exists(folder.path() / "one"); }));
}

} // namespace
} // namespace aiex
