#include "aiex/actors/flow/models_writer.hpp"

#include "aiex/persistence/base/limits.hpp"

#include <utility>

namespace aiex {

namespace {

/// The writer's word to itself: write what waits. It stands behind all that has come meanwhile.
struct flush_models {};

} // namespace
} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::flush_models)

namespace aiex {

namespace {

using writer_actor = caf::stateful_actor<models_writer_state>;
using waiting_saves = std::vector<models_writer_state::waiting_save>;

std::size_t bytes_of(const projection_save& save) {
  std::size_t bytes = save.record.state.size() + save.record.last_error.size();
  for (const row_change& row : save.rows)
    bytes += row.key.size() + (row.value ? row.value->size() : 0);
  return bytes;
}

class writer_handlers {
public:
  writer_handlers(writer_actor* self, std::shared_ptr<read_models> models,
    std::shared_ptr<snapshots> aggregate_snapshots, models_writer_limits most,
    on_models_failure on_failure)
      : self_(self), models_(std::move(models)), snapshots_(std::move(aggregate_snapshots)),
        most_(most), on_failure_(std::move(on_failure)) {}

  caf::typed_response_promise<saved> save(const save_projection_call& call) const {
    models_writer_state& state = self_->state;
    auto promise = self_->make_response_promise<saved>();
    const std::size_t bytes = bytes_of(*call.save);
    const bool fits = state.waiting.size() < most_.saves &&
                      (state.waiting.empty() || state.waiting_bytes + bytes <= most_.bytes);
    if (!fits) {
      answer(promise, fail(errc::overloaded,
                        "too many read models wait to be saved: the same again in a moment"));
      return promise;
    }
    state.waiting.push_back({call.save, promise});
    state.waiting_bytes += bytes;
    flush_soon();
    return promise;
  }

  void keep(const save_snapshot& call) const {
    auto& waiting = self_->state.waiting_snapshots;
    const bool fits = waiting.size() < most_.snapshots || waiting.contains(call.stream);
    if (!fits || call.taken.state.size() > limits::snapshot_bytes_max) {
      ++self_->state.counted.snapshots_dropped;
      return;
    }
    waiting.insert_or_assign(call.stream, call);
    flush_soon();
  }

  void flush() const {
    models_writer_state& state = self_->state;
    state.is_flush_due = false;
    state.waiting_bytes = 0;
    const waiting_saves all = std::exchange(state.waiting, {});
    for (std::size_t begin = 0; begin < all.size();) {
      std::size_t end = begin;
      for (std::size_t bytes = 0; end < all.size(); ++end) {
        bytes += bytes_of(*all[end].save);
        if (end > begin && bytes > most_.transaction_bytes)
          break;
      }
      write(all, begin, end);
      begin = end;
    }
    write_snapshots();
  }

  saved forget(const std::string& name) const {
    flush(); // what came before it counts before it
    auto done = looked_at(models_->forget(name));
    while (done) {
      const auto dropped = looked_at(models_->clean(name, 0, most_.rows_cleaned));
      if (!dropped)
        return {tl::unexpected(dropped.error())};
      if (*dropped == 0)
        break;
    }
    return {done};
  }

  void clean(const clean_projection& call) const {
    const auto dropped = looked_at(models_->clean(call.name, call.generation, most_.rows_cleaned));
    if (!dropped)
      self_->state.counted.last_failure = dropped.error().message;
    else if (*dropped > 0)
      self_->send(self_, call); // behind what has come meanwhile
  }

private:
  void flush_soon() const {
    if (!std::exchange(self_->state.is_flush_due, true))
      self_->send(self_, flush_models{});
  }

  /// What came of a write. What it says of itself is the caller's business.
  template <class Outcome>
  Outcome looked_at(Outcome outcome) const {
    const bool is_failure =
      !outcome && (outcome.error().code == errc::io || outcome.error().code == errc::corrupt);
    if (is_failure && on_failure_)
      on_failure_(outcome.error());
    return outcome;
  }

  void answer(caf::typed_response_promise<saved> to, result<void> outcome) const {
    models_writer_statistics& counted = self_->state.counted;
    ++(outcome ? counted.saves : counted.refusals);
    if (!outcome)
      counted.last_failure = outcome.error().message;
    to.deliver(saved{std::move(outcome)});
  }

  /// Together, or, if that fails, each alone: nobody's save fails because of another's.
  void write(const waiting_saves& all, std::size_t begin, std::size_t end) const {
    std::vector<projection_save> group;
    group.reserve(end - begin);
    for (std::size_t i = begin; i < end; ++i)
      group.push_back(*all[i].save);
    ++self_->state.counted.transactions;
    const auto together = looked_at(models_->save(group));
    for (std::size_t i = begin; i < end; ++i) {
      const bool is_alone = end - begin == 1;
      answer(all[i].promise,
        together || is_alone ? together : looked_at(models_->save({&group[i - begin], 1})));
    }
  }

  /// As many as one transaction holds.
  void write_snapshots() const {
    auto& waiting = self_->state.waiting_snapshots;
    std::vector<snapshot_save> group;
    for (std::size_t bytes = 0; !waiting.empty(); waiting.erase(waiting.begin())) {
      save_snapshot& first = waiting.begin()->second;
      bytes += first.taken.state.size();
      if (!group.empty() && bytes > most_.transaction_bytes)
        break;
      group.push_back({std::move(first.stream), std::move(first.taken)});
    }
    if (group.empty())
      return;
    models_writer_statistics& counted = self_->state.counted;
    ++counted.snapshot_transactions;
    const auto done = looked_at(snapshots_->save(group));
    (done ? counted.snapshots : counted.snapshots_dropped) += group.size();
    if (!done)
      counted.last_failure = done.error().message;
    if (!waiting.empty())
      flush_soon();
  }

  writer_actor* self_;
  std::shared_ptr<read_models> models_;
  std::shared_ptr<snapshots> snapshots_;
  models_writer_limits most_;
  on_models_failure on_failure_;
};

} // namespace

caf::behavior models_writer(writer_actor* self, std::shared_ptr<read_models> models,
  std::shared_ptr<snapshots> aggregate_snapshots, models_writer_limits most,
  on_models_failure on_failure) {
  const writer_handlers its{
    self, std::move(models), std::move(aggregate_snapshots), most, std::move(on_failure)};
  return {
    [its](const save_projection_call& call) { return its.save(call); },
    [its](const save_snapshot& call) { its.keep(call); },
    [its](flush_models) { its.flush(); },
    [its](const forget_projection_call& call) { return its.forget(call.name); },
    [its](const clean_projection& call) { its.clean(call); },
    [self](models_writer_statistics_call) { return self->state.counted; },
  };
}

} // namespace aiex
