#include "aiex/persistence/state/append_group.hpp"
#include "aiex/persistence/store/verify.hpp"

#include "support/append_model.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <optional>
#include <string>
#include <vector>

namespace aiex {
namespace {

using test::append_model;
using test::at_us;
using test::id_of;

std::uint64_t below(std::uint64_t count) {
  return *rc::gen::inRange<std::uint64_t>(0, count);
}
bool one_in(std::uint64_t count) {
  return below(count) == 0;
}

/// Appends as a confused crowd makes them: new events, repeats of all or of some, in another order,
/// with other content, to another stream; each with any expectation.
class random_appends {
public:
  std::vector<append_request> group(const append_model& model) {
    std::vector<append_request> made(1 + below(5));
    for (append_request& each : made)
      each = request(model);
    if (one_in(4))
      made.push_back(made[below(made.size())]); // sent again before it was answered
    return made;
  }

private:
  append_request request(const append_model& model) {
    append_request made;
    made.node = "node1";
    std::vector<std::string> streams{"a-1", "a-2", "b"};
    for (std::uint64_t parts = one_in(3) ? 2 + below(2) : 1; parts > 0; --parts) {
      const auto chosen = streams.begin() + static_cast<std::ptrdiff_t>(below(streams.size()));
      made.parts.push_back(part(model, *chosen));
      streams.erase(chosen);
    }
    return made;
  }

  append_part part(const append_model& model, const std::string& stream) {
    append_part made;
    made.stream = stream;
    if (!model.log.empty() && one_in(2))
      made.events = known(model, stream);
    else if (!one_in(8))
      for (std::uint64_t count = 1 + below(3); count > 0; --count)
        made.events.push_back(with_content(id_of(++last_id_), "{}"));
    if (made.events.size() > 1 && one_in(6))
      std::swap(made.events.front(), made.events.back());
    if (!made.events.empty() && one_in(8))
      made.events.push_back(made.events[below(made.events.size())]);
    if (!made.events.empty() && one_in(8))
      change(made.events[below(made.events.size())]);
    for (event& each : made.events) // never compared
      each = with_surroundings(std::move(each));
    made.expected = expectation(model, stream, made.events);
    return made;
  }

  /// Events of the stream that stand behind each other, or some with a gap.
  static std::vector<event> known(const append_model& model, const std::string& stream) {
    std::vector<event> of_stream;
    const std::string from = one_in(10) ? model.log[below(model.log.size())].stream : stream;
    for (const append_model::row& each : model.log)
      if (each.stream == from)
        of_stream.push_back(each.given);
    std::vector<event> taken;
    const std::uint64_t wanted = 1 + below(4);
    const std::uint64_t step = one_in(8) ? 2 : 1;
    for (std::uint64_t at = below(of_stream.size() + 1);
         at < of_stream.size() && taken.size() < wanted; at += step)
      taken.push_back(of_stream[at]);
    return taken;
  }

  static expected_version expectation(
    const append_model& model, const std::string& stream, const std::vector<event>& events) {
    std::uint64_t version = model.version_of(stream);
    if (!events.empty())
      for (const append_model::row& each : model.log)
        if (each.given.id == events.front().id && !one_in(4))
          version = each.version - 1; // what its first append may have expected
    switch (below(6)) {
    case 0: return expected_version::exists();
    case 1: return expected_version::none();
    case 2: return expected_version::exactly(below(version + 3));
    case 3: return expected_version::exactly(version);
    default: return expected_version::any();
    }
  }

  static event with_content(const uuid& id, std::string data) {
    return {.id = id, .type = "t", .data = std::move(data)};
  }
  static event with_surroundings(event given) {
    given.correlation_id = one_in(2) ? "c" + std::to_string(below(3)) : "";
    given.causation_id = one_in(2) ? "d" : "";
    given.tags.assign(below(2), "tag");
    return given;
  }
  static void change(event& each) {
    switch (below(3)) {
    case 0: each.type = "u"; break;
    case 1: each.data = "[]"; break;
    default: each.metadata = "{}";
    }
  }

  std::uint64_t last_id_ = 0;
};

/// A store in memory beside the model, in groups.
class compared_store {
public:
  compared_store() { open(); }

  const append_model& model() const { return model_; }

  void append(const std::vector<append_request>& group) {
    const auto answers = append_to_store(group);
    for (std::size_t i = 0; i < group.size(); ++i)
      RC_ASSERT(test::words(answers[i]) == model_.append(group[i]));
  }

  /// The sync of this group fails: nothing new in it is acknowledged, and after the next start
  /// either all of it is there or nothing.
  void append_in_vain(const std::vector<append_request>& group, bool is_kept) {
    append_model after = model_;
    std::vector<bool> is_new;
    for (const append_request& each : group) {
      const std::size_t before = after.log.size();
      after.append(each);
      is_new.push_back(after.log.size() > before);
    }
    media_.log.fail_next_sync(is_kept);
    const auto answers = append_to_store(group);
    for (std::size_t i = 0; i < group.size(); ++i)
      RC_ASSERT(!is_new[i] || !answers[i]);
    lose_power(true);
    if (is_kept)
      model_ = after;
    RC_ASSERT(store_->head()->position.value == model_.log.size());
  }

  void reopen() {
    store_.reset();
    open();
  }
  void lose_power(bool with_state) {
    store_.reset();
    media_.log.crash();
    if (with_state)
      media_.state.crash();
    open();
  }

  /// Everything is there once, as the model has it.
  void check_all() const {
    std::size_t at = 0;
    for (std::optional<query> next = query{}; next;) {
      const auto page = store_->read(*next);
      RC_ASSERT(page.has_value());
      for (const recorded_event& each : page->events) {
        RC_ASSERT(at < model_.log.size());
        const append_model::row& row = model_.log[at++];
        RC_ASSERT(each.position.value == at);
        RC_ASSERT(each.stream == row.stream);
        RC_ASSERT(each.version == row.version);
        RC_ASSERT(each.id == row.given.id);
        RC_ASSERT(each.data == row.given.data);
      }
      next = page->rest;
    }
    RC_ASSERT(at == model_.log.size());
    const auto report = verify(media_.log.storage(), media_.state.storage(), [](std::uint64_t) {});
    RC_ASSERT(report && report->is_sound());
  }

private:
  void open() {
    auto opened = event_store::open(media_.media());
    RC_ASSERT(opened.has_value());
    store_.emplace(std::move(*opened));
  }
  std::vector<result<append_result>> append_to_store(const std::vector<append_request>& group) {
    std::vector<const append_request*> all;
    for (const append_request& each : group)
      all.push_back(&each);
    auto answers = store_->append(all, at_us(1));
    RC_ASSERT(answers.size() == group.size());
    return answers;
  }

  test::memory_media media_;
  std::optional<event_store> store_;
  append_model model_;
};

TEST_CASE("append group: random groups are answered as the plain rules say, across restarts") {
  CHECK(rc::check("groups", [] {
    compared_store store;
    random_appends crowd;
    for (std::uint64_t steps = 5 + below(20); steps > 0; --steps) {
      store.append(crowd.group(store.model()));
      if (one_in(6))
        store.reopen();
    }
    store.check_all();
  }));
}

TEST_CASE("append group: what was acknowledged is there after any failed sync and loss of power") {
  CHECK(rc::check("failures", [] {
    compared_store store;
    random_appends crowd;
    for (std::uint64_t steps = 5 + below(20); steps > 0; --steps) {
      switch (below(6)) {
      case 0: store.append_in_vain(crowd.group(store.model()), one_in(2)); break;
      case 1: store.lose_power(one_in(2)); break;
      default: store.append(crowd.group(store.model()));
      }
    }
    store.check_all();
  }));
}

} // namespace
} // namespace aiex
