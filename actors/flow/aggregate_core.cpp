#include "aiex/actors/flow/aggregate_core.hpp"

#include "aiex/persistence/base/passing.hpp"

#include <fmt/format.h>

#include <utility>

namespace aiex {

namespace {

recorded_event as_recorded(
  const event& given, const append_request& request, const append_result& outcome, std::size_t i) {
  const appended_part& part = outcome.parts.front();
  recorded_event made;
  made.position = part.first_position + i;
  made.version = part.first_version + i;
  made.recorded_at = outcome.recorded_at;
  made.id = given.id;
  made.stream = request.parts.front().stream;
  made.type = given.type;
  made.data = given.data;
  made.correlation_id = given.correlation_id;
  made.causation_id = given.causation_id;
  made.node = request.node;
  made.schema = given.schema;
  if (request.owner) {
    made.owner = request.owner->name;
    made.epoch = request.owner->epoch;
  }
  return made;
}

} // namespace

aggregate_core::aggregate_core(
  std::shared_ptr<const aggregate_type> type, std::string id, aggregate_settings settings)
    : type_(std::move(type)), settings_(std::move(settings)),
      stream_(fmt::format("{}-{}", type_->category, id)), fold_(type_) {}

void aggregate_core::restore(const snapshot& taken) {
  invariant(phase_ == phase::idle && !is_loaded_, "a snapshot comes before the events");
  if (fold_.restore(taken, settings_.history, reader_))
    snapshot_version_ = taken.version;
}

aggregate_core::step aggregate_core::begin(dispatch_call call) {
  invariant(phase_ == phase::idle, "one command at a time");
  job_.emplace().call = std::move(call);
  return is_loaded_ ? loaded() : load();
}

aggregate_core::step aggregate_core::begin(const aggregate_state_call& call) {
  invariant(phase_ == phase::idle, "one call at a time");
  job_.reset();
  wanted_ = call.at;
  if (call.rebuild) {
    fold_.reset();
    snapshot_version_ = 0;
    is_snapshot_wanted_ = true;
  }
  return load();
}

aggregate_core::step aggregate_core::load() {
  phase_ = phase::loading;
  is_loaded_ = false;
  query asked;
  asked.stream = stream_;
  asked.from_version = fold_.version() + 1;
  return read{std::move(asked)};
}

aggregate_core::step aggregate_core::on_page(const result<shared_page>& page) {
  if (!page)
    return failed(page.error());
  if (phase_ == phase::reading_original)
    return on_original(**page);
  if (phase_ == phase::looking)
    return on_past(**page);
  if (phase_ == phase::asking_owner)
    return on_owner(**page);
  invariant(phase_ == phase::loading, "a page that was asked for");
  for (const recorded_event& each : (*page)->events)
    if (auto applied = fold_.apply(each, reader_); !applied)
      return failed(std::move(applied.error()));
  if ((*page)->rest)
    return read{*(*page)->rest};
  return loaded();
}

aggregate_core::step aggregate_core::loaded() {
  is_loaded_ = true;
  if (job_ && type_->is_owned && !owner_ && (fold_.version() > 0 || job_->decisions > 0))
    return ask_owner();
  if (job_)
    return decide_again();
  if (fold_.version() == 0)
    return failed(
      {errc::not_found, fmt::format("there is no {}: nothing has happened to it", stream_)});
  if (!wanted_ || *wanted_ == fold_.version())
    return view_of(fold_);
  if (*wanted_ == 0 || *wanted_ > fold_.version())
    return failed({errc::not_found,
      fmt::format(
        "{} has no version {}: its versions are 1 to {}", stream_, *wanted_, fold_.version()),
      fold_.version()});
  phase_ = phase::looking;
  past_.emplace(type_);
  query asked;
  asked.stream = stream_;
  asked.to_version = *wanted_;
  return read{std::move(asked)};
}

aggregate_core::step aggregate_core::ask_owner() {
  phase_ = phase::asking_owner;
  query asked;
  asked.stream = owner_stream(stream_);
  asked.order = direction::descending;
  asked.limit = 1;
  return read{std::move(asked)};
}

aggregate_core::step aggregate_core::on_owner(const event_page& page) {
  owner_.emplace();
  for (const recorded_event& each : page.events) {
    owner_claimed claim;
    if (auto readable = reader_.read(each.data, claim); !readable) {
      owner_.reset();
      return failed(std::move(readable.error()));
    }
    *owner_ = {each.version, std::move(claim.node)};
  }
  return decide_again();
}

bool aggregate_core::is_lost() const {
  return owner_ && owner_->epoch > 0 && owner_->node != settings_.node;
}

aggregate_core::step aggregate_core::refuse_lost() {
  const stream_owner now = *std::exchange(owner_, std::nullopt); // the next command asks again
  return confirm(
    fail(errc::stale_epoch,
      fmt::format("command {} refused: {} is owned by node {} since epoch {}. Send it there",
        job_->call.command, stream_, now.node, now.epoch),
      now.epoch),
    owner_stream(stream_));
}

aggregate_core::step aggregate_core::on_past(const event_page& page) {
  for (const recorded_event& each : page.events)
    if (auto applied = past_->apply(each, reader_); !applied)
      return failed(std::move(applied.error()));
  if (page.rest)
    return read{*page.rest};
  return view_of(*past_);
}

aggregate_core::step aggregate_core::view_of(const stream_fold& fold) {
  auto saved = fold.save();
  if (!saved)
    return failed(std::move(saved.error()));
  return answer_view(aggregate_view{fold.version(), std::move(*saved)});
}

crash_site aggregate_core::site_of_decision() const {
  const dispatch_call& call = job_->call;
  const bool is_kept = call.data.size() <= crash_site::data_bytes_max;
  return {.stream = stream_,
    .version = fold_.version(),
    .command = call.command,
    .data = is_kept ? call.data : std::string{},
    .correlation_id = call.correlation_id,
    .causation_id = call.causation_id.empty() ? to_string(*call.command_id) : call.causation_id};
}

aggregate_core::step aggregate_core::decide_again() {
  aggregate_job& now = *job_;
  const dispatch_call& call = now.call;
  const std::uint64_t version = fold_.version();
  ++now.decisions;
  if (call.expected && *call.expected != version)
    return confirm(fail(errc::wrong_expected_version,
      fmt::format("command {} refused: {} is at version {}, and {} was expected", call.command,
        stream_, version, *call.expected),
      version));
  auto made = at_site([this] { return site_of_decision(); },
    [&] { return decide(*type_, fold_.state(), call.command, call.data, reader_); });
  if (!made)
    return failed(std::move(made.error()));
  if (made->refused)
    return confirm(fail(errc::refused, made->refused->reason, version));
  now.events = std::move(made->events);
  if (now.events.empty())
    return confirm(dispatched{.version = version});
  if (is_lost())
    return refuse_lost();
  auto request = append_for(hash_, identity(), call, version, now.events);
  if (!request)
    return failed(std::move(request.error()));
  if (call.dry_run) {
    if (auto checked = check(*request); !checked)
      return failed(std::move(checked.error()));
    return confirm(dispatched{.version = version, .events = std::move(now.events)});
  }
  phase_ = phase::writing;
  now.verdict.reset();
  now.request = std::move(*request);
  return write{now.request};
}

aggregate_core::step aggregate_core::confirm(result<dispatched> verdict, std::string claims) {
  auto request = append_for(hash_, identity(), job_->call, fold_.version(), {});
  if (!request)
    return failed(std::move(request.error()));
  if (!claims.empty()) {
    request->parts.push_back({std::move(claims)});
    request->system = true;
  }
  phase_ = phase::writing;
  job_->verdict = std::move(verdict);
  job_->request = std::move(*request);
  return write{job_->request};
}

aggregate_core::step aggregate_core::on_appended(const result<append_result>& outcome) {
  invariant(phase_ == phase::writing, "an answer to an append");
  if (!outcome)
    return outcome.error().code == errc::wrong_expected_version ? on_conflict(outcome.error())
                                                                : on_failed_append(outcome.error());
  if (outcome->repeated)
    return read_original(*outcome);
  if (job_->verdict) {
    const std::uint64_t version = outcome->parts.front().version;
    if (version != fold_.version()) // nothing to append is never a conflict for the store
      return on_conflict({errc::wrong_expected_version, {}, version});
    const bool asks_claims = job_->request.parts.size() > 1;
    if (asks_claims && outcome->parts.back().version != job_->verdict->error().actual)
      return on_conflict({errc::wrong_expected_version, {}, version}); // claimed by somebody since
    return answer(std::move(*job_->verdict));
  }
  return on_written(*outcome);
}

aggregate_core::step aggregate_core::on_conflict(const error& why) {
  const aggregate_job& now = *job_;
  const bool claims =
    !now.verdict && now.request.parts.size() > 1; // then `actual` may be of the other stream
  if (claims)
    owner_.reset();
  if (!claims && now.call.expected && *now.call.expected != why.actual)
    return failed({errc::wrong_expected_version,
      fmt::format("command {} refused: {} is at version {}, and {} was expected", now.call.command,
        stream_, why.actual, *now.call.expected),
      why.actual});
  if (now.decisions >= decisions_max)
    return failed({errc::wrong_expected_version,
      fmt::format("command {} given up: {} has changed {} times while it was decided. Repeat it a "
                  "little later",
        now.call.command, stream_, decisions_max),
      why.actual});
  if (!claims && why.actual < fold_.version())
    fold_.reset(); // not the stream that this state came from
  return load();
}

aggregate_core::step aggregate_core::on_failed_append(const error& why) {
  aggregate_job& now = *job_;
  if (why.code == errc::stale_epoch) { // somebody else has claimed it, and may have written
    owner_.reset();
    is_loaded_ = false;
  }
  if (why.code == errc::unknown_outcome && now.repeats < repeats_max) {
    ++now.repeats;
    return write{now.request, repeat_delay * now.repeats};
  }
  if (now.repeats > 0 && is_passing(why.code))
    return failed({errc::unknown_outcome,
      fmt::format("command {} on {} may have been done or not ({}). Repeat it with the same id: it "
                  "is then done once",
        now.call.command, stream_, why.message)});
  return failed(why);
}

aggregate_core::step aggregate_core::on_written(const append_result& outcome) {
  const aggregate_job& now = *job_;
  const appended_part& part = outcome.parts.front();
  if (now.request.parts.size() > 1)
    owner_ = stream_owner{outcome.parts.back().version, settings_.node};
  const std::vector<event>& events = now.request.parts.front().events;
  for (std::size_t i = 0; i < events.size() && is_loaded_; ++i)
    if (!fold_.apply(as_recorded(events[i], now.request, outcome, i), reader_))
      is_loaded_ = false; // it is in the log: the next call reads it, and says what is wrong
  return answer(dispatched{part.version, now.events, false, part.last_position, outcome});
}

aggregate_core::step aggregate_core::read_original(const append_result& outcome) {
  const appended_part& part = outcome.parts.front();
  is_loaded_ = is_loaded_ && part.version <= fold_.version();
  phase_ = phase::reading_original;
  job_->original = dispatched{part.version, {}, true, part.last_position, outcome};
  query asked;
  asked.stream = stream_;
  asked.from_version = part.first_version;
  asked.to_version = part.version;
  return read{std::move(asked)};
}

aggregate_core::step aggregate_core::on_original(const event_page& page) {
  for (const recorded_event& each : page.events)
    job_->original.events.push_back({std::string{each.type}, each.schema, std::string{each.data}});
  if (page.rest)
    return read{*page.rest};
  const appended_part& part = job_->original.appended->parts.front();
  if (job_->original.events.size() != part.version - part.first_version + 1)
    return failed(
      {errc::unknown_outcome, // read from a store that lags behind the one that answered
        fmt::format(
          "command {} on {} was done before, but what came of it cannot be read here yet. "
          "Repeat it with the same id",
          job_->call.command, stream_)});
  return answer(std::move(job_->original));
}

aggregate_core::step aggregate_core::answer(result<dispatched> outcome) {
  phase_ = phase::idle;
  job_.reset();
  return outcome;
}

aggregate_core::step aggregate_core::answer_view(result<aggregate_view> outcome) {
  phase_ = phase::idle;
  past_.reset();
  return outcome;
}

aggregate_core::step aggregate_core::failed(error why) {
  if (job_)
    return answer(tl::unexpected(std::move(why)));
  return answer_view(tl::unexpected(std::move(why)));
}

std::optional<snapshot> aggregate_core::take_snapshot() {
  const std::uint64_t version = fold_.version();
  if (version < snapshot_version_)
    snapshot_version_ = 0; // it was replayed from the beginning
  const bool is_due = version - snapshot_version_ >= settings_.snapshot_every;
  if (!fold_.has_form() || version == 0 || !is_loaded_ || !(is_due || is_snapshot_wanted_))
    return std::nullopt;
  snapshot_version_ = version; // also if it fails: the next attempt as many events later
  is_snapshot_wanted_ = false;
  auto saved = fold_.save();
  if (!saved || saved->size() > limits::snapshot_bytes_max)
    return std::nullopt;
  return snapshot{version, type_->fingerprint, settings_.history, std::move(*saved)};
}

bool aggregate_core::is_over() const {
  return is_loaded_ && type_->is_over != nullptr && type_->is_over(fold_.state());
}

append_identity aggregate_core::identity() const {
  return {type_->category, stream_, settings_.node, type_->is_owned, owner_ ? owner_->epoch : 0};
}

} // namespace aiex
