#include "aiex/persistence/store/replica.hpp"

#include "aiex/persistence/consensus/commit.hpp"
#include "aiex/persistence/consensus/durability.hpp"
#include "aiex/persistence/store/entry_put.hpp"
#include "aiex/persistence/store/log_survey.hpp"
#include "aiex/persistence/store/recovery.hpp"
#include "aiex/persistence/store/replica_reads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace aiex {

namespace {

void move_behind(auto& to, auto& from) {
  to.insert(to.end(), std::move_iterator{from.begin()}, std::move_iterator{from.end()});
}

} // namespace

void replica::take(const consensus::input& given, timestamp now) {
  if (failure_)
    return;
  consensus::outputs out;
  step_(core_, given, out);
  absorb(std::move(out), now);
}

void replica::propose(consensus::entry what, found_streams streams, timestamp now) {
  streams_of_ = what.bytes;
  streams_ = std::move(streams);
  take(consensus::proposal{std::move(what)}, now);
}

void replica::absorb(consensus::outputs out, timestamp now) {
  move_behind(words_.messages, out.messages);
  move_behind(words_.reads_done, out.reads_done);
  move_behind(words_.changes_done, out.changes_done);
  move_behind(refused_, out.refused);
  if (out.role)
    words_.role = out.role;
  if (out.failure)
    return fail_with(std::move(*out.failure));
  if (out.write)
    write_ = std::move(out.write);
  for (const consensus::read_job& each : out.reads) // a peer has one under way to replicate
    if (!each.is_fetch || reads_.size() < jobs_waiting_max)
      reads_.push_back(each);
  for (consensus::repair_job& each : out.repairs) // the last ones, which prove those before them
    repairs_.push_back(std::move(each));
  if (repairs_.size() > jobs_waiting_max)
    repairs_.erase(repairs_.begin(), repairs_.end() - jobs_waiting_max);
  for (const consensus::wanted& each : out.wants)
    propose_wanted(each, now);
}

void replica::propose_wanted(const consensus::wanted& what, timestamp now) {
  const auto behind = end();
  if (!behind)
    return fail_with(behind.error());
  const entry_header header{.kind = what.kind,
    .index = behind->index + 1,
    .term = core_.term(),
    .recorded_at = {},
    .first_position = behind->position.next(),
    .event_count = 0,
    .previous = behind->chain};
  entry_builder builder{header};
  if (what.members)
    builder.set_members(to_bytes(*what.members));
  auto bytes =
    std::make_shared<const std::string>(builder.finish(std::max(now, behind->recorded_at)));
  take(
    consensus::proposal{{{header.index, header.term}, what.kind, std::move(bytes), what.members}},
    now);
}

bool replica::can_apply() const noexcept {
  return applied_.index < core_.told_committed && unreadable_ == 0;
}

replica::work_kind replica::next_work() const noexcept {
  if (failure_)
    return work_kind::none;
  if (write_)
    return work_kind::write;
  if (can_apply())
    return work_kind::apply;
  if (!repairs_.empty())
    return work_kind::repair;
  return reads_.empty() ? work_kind::none : work_kind::read;
}

void replica::work(timestamp now) {
  switch (next_work()) {
  case work_kind::none: invariant(false, "a replica without work is told to work"); break;
  case work_kind::write: {
    const consensus::write_job job = std::move(*std::exchange(write_, {}));
    write(job, now);
    break;
  }
  case work_kind::apply: apply(now); break;
  case work_kind::repair: repair(now); break;
  case work_kind::read: {
    const consensus::read_job job = reads_.front();
    reads_.pop_front();
    read(job, now);
  }
  }
}

void replica::write(const consensus::write_job& job, timestamp now) {
  if (job.term)
    if (auto written = media_.term.write(*job.term); !written)
      return fail_with(std::move(written.error()));
  if (job.cut_from) {
    if (auto cut = media_.log.cut(*job.cut_from); !cut)
      return fail_with(std::move(cut.error()));
  }
  if (!job.entries.empty())
    if (auto done = put(job); !done) {
      if (done.error().code != errc::store_full)
        return fail_with(std::move(done.error()));
      note_unwritten(job);
      return take(consensus::write_refused{job.number}, now);
    }
  take(consensus::written{job.number}, now);
}

/// What came since the job was made counts: members may be others, and the entry cut.
bool replica::commits_by_sync(const consensus::write_job& job) const {
  const consensus::log_place place = job.entries.front().place;
  return job.entries.size() == 1 && applied_.index + 1 == place.index &&
         core_.terms.term_at(place.index) == place.term &&
         consensus::committed_if_durable(core_, place.index) >= place.index;
}

/// The rows of one entry that its sync commits are put beside the sync.
result<void> replica::put(const consensus::write_job& job) {
  const consensus::entry& first = job.entries.front();
  if (!commits_by_sync(job))
    return put_in_log(media_, job.entries);
  found_streams streams;
  if (streams_of_ == first.bytes)
    streams.swap(streams_);
  auto end = put_in_both(media_, first, std::move(streams));
  if (!end)
    return tl::unexpected(std::move(end.error()));
  applied_ = *end;
  return {};
}

/// What others were sent may be committed without this node.
void replica::note_unwritten(const consensus::write_job& job) {
  if (!core_.is_leader())
    return;
  const bool is_alone = consensus::was_alone_before(core_, job.entries.front().place.index);
  for (const consensus::entry& each : job.entries)
    refused_.push_back({each.place.index, is_alone ? errc::store_full : errc::unknown_outcome});
}

void replica::apply(timestamp now) {
  const std::uint64_t next = applied_.index + 1;
  if (auto applied = apply_step(media_.log, media_.state, next, core_.told_committed); !applied) {
    const bool is_unreadable =
      applied.error().code == errc::corrupt && !read_entry(media_.log, next);
    if (!is_unreadable || !core_.record_is_stored)
      return fail_with(std::move(applied.error()));
    unreadable_ = next;
    return take(consensus::damaged{next}, now);
  }
  const auto head = read_head(media_.state);
  if (!head)
    return fail_with(head.error());
  applied_ = *head;
}

/// From the last one on: each is proven by the one behind it.
void replica::repair(timestamp now) {
  const auto last = std::ranges::max_element(
    repairs_, {}, [](const consensus::repair_job& each) { return each.what.place.index; });
  const consensus::repair_job job = std::move(*last);
  repairs_.erase(last);
  const consensus::entry& entry = job.what;
  if (!core_.standing.damaged().contains(entry.place.index) || !core_.terms.may_be(entry.place))
    return; // meanwhile it was cut
  const auto fits = fits_in(media_.log, applied_, job);
  if (!fits)
    return fail_with(fits.error());
  if (!*fits)
    return;
  if (auto done = media_.log.replace({entry.place.index, *entry.bytes}); !done)
    return fail_with(std::move(done.error()));
  if (entry.members && entry.place.index > applied_.index)
    return fail_with({errc::stopped,
      fmt::format("entry {}, which says who belongs to the cluster, could not be read and is "
                  "repaired. It counts from the next start on: start the node again",
        entry.place.index),
      0});
  if (unreadable_ == entry.place.index)
    unreadable_ = 0;
  take(consensus::repaired{entry.place}, now);
}

void replica::read(const consensus::read_job& job, timestamp now) {
  auto found = read_entries(media_.log, job);
  if (!found)
    return fail_with(std::move(found.error()));
  take(std::move(*found), now);
}

void replica::fail_with(error why) {
  failure_ = std::move(why);
  write_.reset();
  reads_.clear();
  repairs_.clear();
}

result<chain_end> replica::end() const {
  const consensus::log_place last = core_.last();
  if (last.index == applied_.index)
    return applied_;
  const auto& unsynced = core_.writes.unsynced;
  if (!unsynced.empty() && unsynced.back().place == last)
    return end_behind(unsynced.back());
  const auto entry = read_entry(media_.log, last.index);
  return entry ? end_behind(*entry) : tl::unexpected(entry.error());
}

} // namespace aiex
