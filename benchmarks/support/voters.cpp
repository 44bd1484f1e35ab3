#include "support/voters.hpp"

#include "aiex/persistence/consensus/message_codec.hpp"

#include "support/scratch.hpp"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace aiex::bench {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds tick_time{50};

} // namespace

class voters::member {
public:
  using send = std::function<void(const consensus::message&)>;

  member(local_store store, send to_others)
      : store_(std::move(store)), to_others_(std::move(to_others)) {}

  void start() {
    thread_ = std::thread{[this] { run(); }};
  }
  void stop() {
    {
      const std::scoped_lock lock{guard_};
      is_ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  consensus::member_id id() const { return store_.identity().store; }
  const local_store& store() const noexcept { return store_; }

  void hear(std::string bytes) {
    {
      const std::scoped_lock lock{guard_};
      heard_.push_back(std::move(bytes));
    }
    changed_.notify_one();
  }

  /// Whether the members are so now; else it is to be asked again, as when one has not caught up.
  bool change(const consensus::member_change& what) {
    std::promise<bool> done;
    post([&] {
      changed_members_ = &done;
      store_.events()->member().take(consensus::change{1, what}, now());
    });
    return done.get_future().get();
  }

  void append(const append_groups& groups, std::size_t under_way_max) {
    std::promise<void> done;
    post([&] { job_ = {&groups, 0, 0, under_way_max, &done}; });
    done.get_future().wait();
  }

private:
  struct append_job {
    const append_groups* groups = nullptr;
    std::size_t begun = 0;
    std::size_t answered = 0;
    std::size_t under_way_max = 1;
    std::promise<void>* done = nullptr;
  };

  void post(std::function<void()> what) {
    {
      const std::scoped_lock lock{guard_};
      asked_.push_back(std::move(what));
    }
    changed_.notify_one();
  }

  void run() {
    event_store& events = *store_.events();
    clock::time_point next_tick = clock::now() + tick_time;
    std::uint64_t random = store_.identity().store.bytes[15];
    for (;;) {
      std::deque<std::string> heard;
      std::deque<std::function<void()>> asked;
      {
        std::unique_lock lock{guard_};
        if (!events.member().has_work())
          changed_.wait_until(
            lock, next_tick, [&] { return is_ending_ || !heard_.empty() || !asked_.empty(); });
        if (is_ending_)
          return;
        heard.swap(heard_);
        asked.swap(asked_);
      }
      if (clock::now() >= next_tick) {
        next_tick += tick_time;
        random = random * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
        events.member().take(consensus::tick{random}, now());
      }
      for (const std::string& each : heard)
        if (auto message = consensus::message_of(each, hash_))
          events.member().take(consensus::received{std::move(*message)}, now());
      for (const auto& each : asked)
        each();
      serve(events); // what need not wait for the disk leaves before its work
      if (events.member().has_work())
        events.member().work(now());
      serve(events);
    }
  }

  void serve(event_store& events) {
    do {
      store_words words = events.words();
      for (const consensus::message& each : words.messages)
        to_others_(each);
      for (const answered_appends& each : words.appends)
        take_answers(each);
      for (const consensus::change_outcome& each : words.changes)
        std::exchange(changed_members_, nullptr)->set_value(each.index.has_value());
      invariant(!events.failure(), "a store of the benchmark failed");
    } while (begin_group(events));
  }

  bool begin_group(event_store& events) {
    if (job_.groups == nullptr || job_.begun == job_.groups->size() ||
        job_.begun - job_.answered >= job_.under_way_max)
      return false;
    for (const append_request& each : (*job_.groups)[job_.begun++])
      invariant(events.take(each), "a group of the benchmark is too large");
    events.close(now());
    return true;
  }

  void take_answers(const answered_appends& given) {
    for (const auto& each : given.answers)
      invariant(each.has_value(), "an append of the benchmark failed");
    if (job_.groups != nullptr && ++job_.answered == job_.groups->size())
      std::exchange(job_, {}).done->set_value();
  }

  local_store store_;
  send to_others_;
  append_job job_;
  std::promise<bool>* changed_members_ = nullptr; ///< Whoever asked for a change waits for it.
  sha256 hash_;
  std::mutex guard_;
  std::condition_variable changed_;
  std::deque<std::string> heard_;
  std::deque<std::function<void()>> asked_;
  bool is_ending_ = false;
  std::thread thread_;
};

voters::voters(const std::filesystem::path& folder, std::size_t count) {
  const auto send = [this](const consensus::message& what) {
    for (const auto& each : members_)
      if (each->id() == what.to)
        each->hear(consensus::to_bytes(what));
  };
  std::optional<uuid> history; // of the first one, which the others join
  for (std::size_t i = 1; i <= count; ++i) {
    members_.push_back(
      std::make_unique<member>(open_store(folder / fmt::format("n{}", i), history), send));
    history = members_.front()->store().identity().history;
  }
  for (const auto& each : members_)
    each->start();
  make_voters();
}

voters::~voters() {
  for (const auto& each : members_) // they speak to each other until all are silent
    each->stop();
}

void voters::make_voters() {
  using act = consensus::member_change::act;
  for (std::size_t i = 1; i < members_.size(); ++i)
    for (const act what : {act::add_learner, act::promote}) {
      const consensus::member who{
        members_[i]->id(), consensus::member_role::learner, fmt::format("n{}", i + 1), {}};
      while (!members_.front()->change({what, who})) {
      }
    }
}

void voters::append(const append_groups& groups, std::size_t under_way_max) {
  members_.front()->append(groups, under_way_max);
}

std::string voters::last_entry() const {
  return bench::last_entry(*members_.front()->store().events());
}

} // namespace aiex::bench
