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

result<event_store> event_store::open(store_media media, const consensus::core_options& who) {
  auto opened = replica::open(std::move(media), who);
  if (!opened)
    return tl::unexpected(std::move(opened.error()));
  return event_store{std::move(*opened)};
}

bool event_store::take(const append_request& request) {
  if (!group_)
    group_ = std::make_unique<open_group>(replica_.applied(), replica_.core().term());
  else if (group_->answers.size() >= limits::events_per_group_max ||
           is_full(group_->decided, request))
    return false;
  group_->answers.push_back(decide(request, *group_));
  return true;
}

/// Deciding writes nothing: what cannot be decided, because what it asks for is damaged, is refused
/// alone.
result<append_result> event_store::decide(const append_request& request, open_group& group) {
  if (auto checked = check(request); !checked)
    return tl::unexpected(std::move(checked.error()));
  if (auto leads = check_leads(); !leads)
    return tl::unexpected(std::move(leads.error()));
  result<append_result> answer;
  auto read = media().state.read([&](const table_reader& tables) {
    if (group.decided.empty()) // else that was looked at
      if (auto same = check_state(tables); !same) {
        answer = tl::unexpected(std::move(same.error()));
        return;
      }
    const stored_facts facts{tables, media().log, group.streams};
    const auto version_of = [&](std::string_view stream) { return facts.version_of(stream); };
    const auto event_by_id = [&](const uuid& id) { return facts.event_by_id(id); };
    const auto event_at = [&](position where) { return facts.event_at(where); };
    const auto command_by_id = [&](const uuid& id) { return facts.command_by_id(id); };
    answer = group.decided.add(request, {version_of, event_by_id, event_at, command_by_id});
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

/// It is decided against the state, so all of the log must be in it.
result<void> event_store::check_leads() const {
  const consensus::core_state& core = replica_.core();
  if (!core.is_leader())
    return fail(errc::no_quorum, "append refused: this node does not lead its cluster");
  if (replica_.applied().index != core.last().index)
    return fail(errc::overloaded,
      "append refused: what was written before is not confirmed by the other nodes yet");
  return {};
}

std::vector<result<append_result>> event_store::commit(timestamp now) {
  if (!group_)
    return {};
  const std::unique_ptr<open_group> taken = std::move(group_);
  open_group& group = *taken;
  result<void> written;
  if (!failure() && !group.decided.empty())
    written = write(group, now);
  if (failure())
    written = tl::unexpected(*failure());
  if (!written) // also what was refused or repeated rests on what was not written
    group.answers.assign(group.answers.size(), tl::unexpected(written.error()));
  for (result<append_result>& answer : group.answers)
    if (answer)
      group.decided.date(*answer);
  return std::move(group.answers);
}

result<void> event_store::write(open_group& group, timestamp now) {
  const consensus::log_place place{group.decided.index(), group.decided.term()};
  auto bytes = std::make_shared<const std::string>(group.decided.finish(now));
  replica_.propose(
    {place, entry_kind::events, std::move(bytes), {}}, std::move(group.streams), now);
  while (replica_.has_work())
    replica_.work(now);
  return outcome_of(place);
}

result<void> event_store::outcome_of(consensus::log_place place) {
  for (const consensus::refusal& each : replica_.refused())
    if (each.index == place.index) {
      if (each.why == errc::store_full)
        return fail(errc::store_full,
          "append refused: the disk or the map of the store is nearly full. Nothing was written "
          "and reads go on; make room and repeat it");
      if (each.why != errc::unknown_outcome)
        return fail(each.why, "append refused: this node no longer leads its cluster");
    }
  if (replica_.applied().index >= place.index &&
      replica_.core().terms.term_at(place.index) == place.term)
    return {};
  return fail(errc::unknown_outcome,
    "the other nodes have not confirmed the append yet; repeat it, with the same ids");
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
