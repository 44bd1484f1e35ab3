// Tests store_jobs.cpp and long_job.cpp: work that is asked after until it is done.
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

void add_job(verb_call& call, job_work work) {
  auto& state = call.self->state;
  state.jobs.emplace("job-" + std::to_string(++state.last_job),
    std::make_unique<long_job>(std::move(work), "events"));
  call.answer(reply_with(std::to_string(state.jobs.size())));
}

struct jobs_world : test::verb_world {
  jobs_world()
      : verb_world({
          {"store_backup", {"file", "level", "cursor"}, run_store_backup},
          {"endless", {}, [](verb_call call) { add_job(call, endless_work); }},
          {"done", {},
            [](verb_call call) {
              add_job(call, [](job_progress) { return reply_with(std::string{"done"}); });
            }},
        }),
        gateway(spawn_gateway()) {}

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

TEST_CASE_FIXTURE(jobs_world, "store_jobs: a backup, and nobody can ask for one twice") {
  append(test::numbered_appends(1, 3));
  const auto done = backup(to_file("one"));
  REQUIRE_MESSAGE(done, (done ? "" : done.error().message));
  CHECK(done->body.find("\"events\":3") != std::string::npos);
  CHECK(std::filesystem::exists(folder.path() / "one"));
  const auto late = begin_call(gateway, "store_backup", R"({"cursor":"job-1"})");
  advance(job_look_wait);
  REQUIRE(late->has_value());
  CHECK((*late)->error().code == errc::invalid_history); // it was fetched
  CHECK(backup("{}").error().code == errc::missing_required_fields);
}

TEST_CASE_FIXTURE(jobs_world, "store_jobs: so many at a time") {
  for (std::size_t i = 0; i < jobs_max; ++i)
    call(gateway, "endless");
  const auto refused = call(gateway, "store_backup", to_file("one"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::overloaded);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "one"));
}

TEST_CASE_FIXTURE(jobs_world, "store_jobs: an outcome that nobody fetched gives way") {
  append(test::numbered_appends(1, 1));
  for (std::size_t i = 0; i + 1 < jobs_max; ++i)
    call(gateway, "endless");
  call(gateway, "done");
  result<gateway_reply> begun;
  CHECK(eventually([&] { // the work has ended, sooner or later
    begun = call(gateway, "store_backup", to_file("one"));
    return begun.has_value();
  }));
  CHECK(eventually([&] { return std::filesystem::exists(folder.path() / "one"); }));
}

} // namespace
} // namespace aiex
