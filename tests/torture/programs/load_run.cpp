#include "torture/programs/load_run.hpp"

#include "aiex/persistence/base/uuid.hpp"

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

namespace aiex::test {

namespace {

using clock = std::chrono::steady_clock;
using milliseconds = std::chrono::duration<double, std::milli>;

std::string some_id(std::mt19937_64& random) {
  uuid made{};
  for (auto& byte : made.bytes)
    byte = static_cast<std::uint8_t>(random());
  return to_string(made);
}

/// One writer, until `end`; what is answered before `from` does not count.
load_report write_until(const load_wishes& wishes, std::size_t number, const load_opener& open,
  clock::time_point from, clock::time_point end) {
  std::mt19937_64 random{std::random_device{}()};
  const std::string data = R"({"filling":")" + std::string(wishes.payload_bytes, 'x') + R"("})";
  const load_appender append = open(wishes.nodes[number % wishes.nodes.size()]);
  load_report found;
  load_append next{wishes.run + "-" + std::to_string(number) + "x0", 0, {}, data};
  for (auto now = clock::now(); now < end;) {
    next.id = some_id(random);
    const bool is_accepted = append(next);
    const auto before = now;
    now = clock::now();
    if (is_accepted) {
      ++next.expected;
    } else {
      next.expected = 0;
      next.stream =
        wishes.run + "-" + std::to_string(number) + "x" + std::to_string(++found.failures);
    }
    if (is_accepted && before >= from)
      found.latencies_ms.push_back(milliseconds(now - before).count());
  }
  return found;
}

} // namespace

load_report run_load(const load_wishes& wishes, const load_opener& open) {
  const auto from = clock::now() + wishes.warm_up;
  const auto end = from + wishes.length;
  std::vector<load_report> each(wishes.writers);
  std::vector<std::thread> threads;
  for (std::size_t number = 0; number < wishes.writers; ++number)
    threads.emplace_back(
      [&, number] { each[number] = write_until(wishes, number, open, from, end); });
  for (auto& thread : threads)
    thread.join();
  load_report all;
  all.seconds = std::chrono::duration<double>(wishes.length).count();
  for (load_report& one : each) {
    all.failures += one.failures;
    all.latencies_ms.insert(
      all.latencies_ms.end(), one.latencies_ms.begin(), one.latencies_ms.end());
  }
  all.appends = all.latencies_ms.size();
  std::sort(all.latencies_ms.begin(), all.latencies_ms.end());
  return all;
}

} // namespace aiex::test
