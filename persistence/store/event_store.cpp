#include "aiex/persistence/store/event_store.hpp"

#include "aiex/persistence/state/stored_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace aiex {

namespace {

struct request_size {
  std::size_t events = 0;
  std::size_t bytes = 0;
};

request_size size_of(const append_request& request) {
  request_size size;
  for (const append_part& part : request.parts)
    for (const event& each : part.events) {
      ++size.events;
      size.bytes += each.data.size() + each.metadata.size();
    }
  return size;
}

bool is_full(const append_group& group, const append_request& next) {
  const request_size size = size_of(next);
  return !group.empty() && (group.event_count() + size.events > limits::events_per_group_max ||
                             group.bytes() + size.bytes > limits::bytes_per_group_max);
}

} // namespace

result<event_store> event_store::open(
  store_media media, const consensus::core_options& who, consensus::stepper step) {
  auto opened = replica::open(std::move(media), who, std::move(step));
  if (!opened)
    return tl::unexpected(std::move(opened.error()));
  return event_store{std::move(*opened)};
}

bool event_store::take(const append_request& request) {
  if (!group_) {
    settle(); // what comes meanwhile is looked at when the group is closed
    if (auto opened = open_group_behind_log(); !opened)
      replica_.fail_with(std::move(opened.error()));
  } else if (group_->answers.size() >= limits::events_per_group_max ||
             is_full(group_->decided, request)) {
    return false;
  }
  group_->answers.push_back(decide(request, *group_));
  return true;
}

result<void> event_store::open_group_behind_log() {
  const consensus::core_state& core = replica_.core();
  const auto end = core.is_leader() ? replica_.end() : replica_.applied();
  group_ = std::make_unique<open_group>(
    open_group{append_group{end ? *end : replica_.applied(), core.term()}, core.last()});
  group_->is_of_leader = core.is_leader();
  return end ? result<void>{} : tl::unexpected(end.error());
}

/// Deciding writes nothing: what cannot be decided, because what it asks for is damaged, is refused
/// alone.
result<append_result> event_store::decide(const append_request& request, open_group& group) {
  if (auto checked = check(request); !checked)
    return tl::unexpected(std::move(checked.error()));
  if (auto leads = check_leads(); !leads)
    return tl::unexpected(std::move(leads.error()));
  group.rests_on_facts = true;
  if (group.streams_at != replica_.applied().index) {
    group.streams.clear();
    group.streams_at = replica_.applied().index;
  }
  result<append_result> answer;
  auto read = media().state.read([&](const table_reader& tables) {
    if (group.decided.empty()) // else that was looked at
      if (auto same = check_state(tables); !same) {
        answer = tl::unexpected(std::move(same.error()));
        return;
      }
    const stored_facts stored{tables, media().log, group.streams};
    answer = waiting_.with_facts(
      stored, [&](const append_facts& facts) { return group.decided.add(request, facts); });
  });
  return read ? std::move(answer) : tl::unexpected(std::move(read.error()));
}

/// The state says where it ends, but is only compared with what was applied and never believed.
result<void> event_store::check_state(const table_reader& tables) {
  const chain_end& end = replica_.applied();
  try {
    if (head_of(tables) == end)
      return {};
  } catch (const storage_failure&) { // it cannot even be read
  }
  error why{errc::corrupt,
    fmt::format("the state is damaged: it does not end where the log does, with entry {}. It is "
                "rebuilt from the log at the next start",
      end.index),
    end.position.value};
  replica_.fail_with(why);
  return tl::unexpected(std::move(why));
}

/// It is decided against the state and what is under way, so all of the log must be in these.
result<void> event_store::check_leads() {
  const consensus::core_state& core = replica_.core();
  if (failure() || group_->lost)
    return tl::unexpected(failure() ? *failure() : *group_->lost);
  if (!core.is_leader() || !group_->is_of_leader || group_->decided.term() != core.term())
    return tl::unexpected(why_not_here(core));
  if (whole_in_ != core.term()) {
    if (!decides())
      return fail(errc::overloaded,
        "append refused: what others wrote before is not confirmed yet. Nothing was written; "
        "repeat it in a moment");
    whole_in_ = core.term();
  }
  if (waiting_.is_full())
    return fail(errc::overloaded,
      fmt::format("append refused: {} groups are under way and not confirmed by the other nodes "
                  "yet. Nothing was written; repeat it in a moment",
        waiting_groups::groups_max));
  return {};
}

bool event_store::decides() const noexcept {
  const consensus::core_state& core = replica_.core();
  return core.is_leader() &&
         (whole_in_ == core.term() ||
           (core.leading->ready && replica_.applied().index == core.last().index));
}

std::uint64_t event_store::close(timestamp now) {
  settle();
  if (!group_)
    return 0;
  const std::unique_ptr<open_group> group = std::move(group_);
  const std::uint64_t number = ++groups_;
  const std::optional<error>& lost = failure() ? failure() : group->lost;
  if (lost)
    group->answers.assign(group->answers.size(), tl::unexpected(*lost));
  if (lost || !group->rests_on_facts) {
    words_.appends.push_back({number, std::move(group->answers)});
  } else if (group->decided.empty()) {
    const consensus::core_state& core = replica_.core();
    const std::uint64_t ticket = ++tickets_;
    waiting_.add(
      number, {core.last().index, group->decided.term()}, ticket, std::move(group->answers));
    replica_.take(consensus::read{ticket}, now);
  } else {
    propose(*group, number, now);
  }
  return number;
}

void event_store::propose(open_group& group, std::uint64_t number, timestamp now) {
  const consensus::core_state& core = replica_.core();
  if (core.last() != group.behind && core.term() == group.decided.term()) {
    const auto end = replica_.end();
    if (!end)
      replica_.fail_with(end.error());
    else
      group.decided.follow(*end);
  }
  const bool is_alone = !waiting_.has_written() && group.streams_at == replica_.applied().index;
  const consensus::log_place place{group.decided.index(), group.decided.term()};
  auto bytes = std::make_shared<const std::string>(group.decided.finish(now));
  waiting_.add(number, std::move(group.decided), std::move(group.answers));
  replica_.propose({place, entry_kind::events, std::move(bytes), {}},
    is_alone ? std::move(group.streams) : found_streams{}, now);
}

/// What the replica has said since this was looked at last.
void event_store::settle() {
  replica_words said = replica_.words();
  const auto move_behind = [](auto& to, auto& from) {
    to.insert(to.end(), std::move_iterator{from.begin()}, std::move_iterator{from.end()});
  };
  move_behind(words_.messages, said.messages);
  move_behind(words_.changes, said.changes_done);
  if (said.role)
    words_.role = said.role;
  for (const consensus::refusal& each : replica_.refused()) {
    waiting_.refuse(each, replica_.core());
    if (group_ && each.index <= group_->behind.index && !group_->lost)
      group_->lost = why_decided_anew(each.why, replica_.core());
  }
  for (const consensus::read_state& each : said.reads_done)
    if (!waiting_.confirm(each, replica_.core()))
      take_read(each);
  if (failure())
    waiting_.fail_all(*failure());
  waiting_.settle(replica_.core(), replica_.applied().index);
  auto answered = waiting_.answered();
  move_behind(words_.appends, answered);
  answer_reads();
}

std::uint64_t event_store::begin_read(timestamp now) {
  const std::uint64_t ticket = ++tickets_;
  if (failure() || reads_.size() >= reads_max) {
    words_.reads.push_back({ticket,
      failure()
        ? tl::unexpected(*failure())
        : fail(errc::overloaded, fmt::format("{} reads are under way; ask again", reads_max))});
    return ticket;
  }
  reads_.push_back({ticket, {}});
  replica_.take(consensus::read{ticket}, now);
  return ticket;
}

void event_store::take_read(const consensus::read_state& done) {
  const auto found = std::ranges::find(reads_, done.ticket, &waiting_read::ticket);
  if (found == reads_.end())
    return;
  found->index = done.index;
  if (done.index)
    return;
  words_.reads.push_back({done.ticket,
    fail(errc::no_quorum, "read refused: no leader could confirm that it still leads; repeat it")});
  reads_.erase(found);
}

void event_store::answer_reads() {
  std::erase_if(reads_, [&](const waiting_read& each) {
    if (failure())
      words_.reads.push_back({each.ticket, tl::unexpected(*failure())});
    else if (each.index && *each.index <= replica_.applied().index)
      words_.reads.push_back({each.ticket, {}});
    else
      return false;
    return true;
  });
}

store_words event_store::words() {
  settle();
  return std::exchange(words_, {});
}

append_outcomes event_store::commit(timestamp now) {
  const std::uint64_t number = close(now);
  if (number == 0)
    return {};
  while (replica_.has_work())
    replica_.work(now);
  settle();
  auto& all = words_.appends;
  const auto found = std::ranges::find(all, number, &answered_appends::group);
  if (found == all.end()) // the others have not confirmed it
    return waiting_.abandon(number);
  append_outcomes answers = std::move(found->answers);
  all.erase(found);
  return answers;
}

std::vector<result<append_result>> event_store::append(
  std::span<const append_request* const> requests, timestamp now) {
  invariant(!group_, "appends that were taken are not committed yet");
  std::vector<result<append_result>> all;
  all.reserve(requests.size());
  const auto commit_taken = [&] {
    auto answers = commit(now);
    std::move(answers.begin(), answers.end(), std::back_inserter(all));
  };
  for (const append_request* const request : requests)
    if (!take(*request)) {
      commit_taken();
      take(*request);
    }
  commit_taken();
  return all;
}

result<state_head> event_store::head() const {
  state_head head;
  auto read = media().state.read([&](const table_reader& tables) { head = head_of(tables); });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return head;
}

result<event_page> event_store::read(const query& asked, page_limits limits) const {
  result<event_page> page;
  auto read = media().state.read(
    [&](const table_reader& tables) { page = read_page(tables, media().log, asked, limits); });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return page;
}

result<std::optional<stream_state>> event_store::stream(std::string_view name) const {
  std::optional<stream_state> found;
  auto read =
    media().state.read([&](const table_reader& tables) { found = find_stream(tables, name); });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return found;
}

result<std::uint64_t> event_store::streams() const {
  std::uint64_t count = 0;
  auto read =
    media().state.read([&](const table_reader& tables) { count = count_streams(tables); });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return count;
}

result<std::vector<std::string>> event_store::names(
  name_kind kind, std::string_view prefix, std::size_t most) const {
  std::vector<std::string> found;
  auto read = media().state.read(
    [&](const table_reader& tables) { found = find_names(tables, kind, prefix, most); });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return found;
}

result<event_batch> event_store::event(const uuid& id) const {
  std::optional<position> where;
  auto read =
    media().state.read([&](const table_reader& tables) { where = find_event(tables, id); });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  if (!where)
    return fail(errc::not_found, fmt::format("there is no event {}", to_string(id)));
  query one;
  one.after = {where->value - 1};
  one.up_to = *where;
  one.system = true;
  auto page = this->read(one);
  if (!page)
    return tl::unexpected(std::move(page.error()));
  return std::move(page->events);
}

result<event_batch> event_store::latest(query asked) const {
  asked.order = direction::descending;
  asked.limit = 1;
  for (std::optional<query> next = std::move(asked); next;) {
    auto page = read(*next);
    if (!page)
      return tl::unexpected(std::move(page.error()));
    if (!page->events.empty())
      return std::move(page->events);
    next = std::move(page->rest);
  }
  return event_batch{};
}

result<std::optional<append_result>> event_store::command(const command_reference& command) const {
  result<std::optional<append_result>> answer;
  auto read = media().state.read([&](const table_reader& tables) {
    found_streams none;
    const stored_facts facts{tables, media().log, none};
    const auto known = facts.command_by_id(command.id);
    if (!known)
      return;
    const auto event_at = [&](position where) { return facts.event_at(where); };
    auto original = original_of_command(command, *known, event_at);
    if (original)
      answer = std::move(*original);
    else
      answer = tl::unexpected(std::move(original.error()));
  });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return answer;
}

result<std::uint64_t> event_store::count(query asked) const {
  const std::optional<std::uint64_t> limit = asked.limit;
  asked.limit.reset();
  std::uint64_t total = 0;
  for (std::optional<query> next = std::move(asked); next && (!limit || total < *limit);) {
    result<counted_page> page;
    auto read = media().state.read(
      [&](const table_reader& tables) { page = count_page(tables, media().log, *next); });
    if (!read)
      return tl::unexpected(std::move(read.error()));
    if (!page)
      return tl::unexpected(std::move(page.error()));
    total += page->count;
    next = std::move(page->rest);
  }
  return limit ? std::min(total, *limit) : total;
}

} // namespace aiex
