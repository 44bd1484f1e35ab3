#include "simulate/cluster/history_mutations.hpp"
#include "simulate/cluster/history_places.hpp"
#include "support/sample_events.hpp"

#include <map>

namespace aiex::test {

namespace {

using named = std::optional<std::vector<op_number>>;
using dice = std::mt19937_64;

constexpr std::uint64_t fresh = 1'000'000'000; // no id of a told history is as great

std::uint64_t version_of(const told_history& told, const std::string& stream) {
  return static_cast<std::uint64_t>(std::count_if(told.log.begin(), told.log.end(),
    [&](const logged_event& each) { return each.stream == stream; }));
}

uuid last_of(const told_history& told, const std::string& stream, std::uint64_t version) {
  for (const logged_event& each : told.log)
    if (each.stream == stream && each.version == version)
      return each.id;
  return {};
}

/// The first part of the append that writes to the stream, as it was answered; null: none does.
const appended_part* part_of(told_history& told, op_number number, const std::string& stream) {
  const auto& parts = request_of(told, number).parts;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (parts[i].stream == stream && !parts[i].events.empty())
      return &answer_of(told, number).parts[i];
  return nullptr;
}

/// A read of the head sees it before an append that was answered before the read was called.
named read_stale_head(told_history& told, dice& random) {
  const real_time time{told.seen};
  const auto pair = pick_pair(reads(told, true), sure_appends(told), random,
    [&](op_number read, const sure_append& one) { return time.is_before(one.number, read); });
  if (!pair)
    return {};
  const std::uint64_t at = pair->second.first - 1;
  read_of(told, pair->first) = {at, at == 0 ? uuid{} : told.log[at - 1].id};
  return {{pair->first}};
}

/// The same of a stream.
named read_stale_stream(told_history& told, dice& random) {
  const real_time time{told.seen};
  const auto stream = [&](op_number read) -> const std::string& {
    return std::get<read_stream>(told.seen.operations[read].asked).name;
  };
  const auto pair = pick_pair(
    reads(told, false), sure_appends(told), random, [&](op_number read, const sure_append& one) {
      return time.is_before(one.number, read) && part_of(told, one.number, stream(read)) != nullptr;
    });
  if (!pair)
    return {};
  const std::uint64_t at =
    part_of(told, pair->second.number, stream(pair->first))->first_version - 1;
  read_of(told, pair->first) = {at, last_of(told, stream(pair->first), at)};
  return {{pair->first}};
}

/// A read sees less than another did that was answered before it was called.
named read_back(told_history& told, dice& random) {
  const real_time time{told.seen};
  const auto heads = reads(told, true);
  const auto pair = pick_pair(heads, heads, random, [&](op_number one, op_number other) {
    return time.is_before(one, other) && read_of(told, one).at > 0;
  });
  if (!pair)
    return {};
  read_of(told, pair->second) = {};
  return {{pair->second}};
}

/// A read sees an append that was called after the read was answered, and by nobody else.
named read_ahead(told_history& told, dice& random) {
  const real_time time{told.seen};
  const auto pair = pick_pair(reads(told, true), lone_appends(told), random,
    [&](op_number read, const sure_append& one) { return time.is_before(read, one.number); });
  if (!pair)
    return {};
  const std::uint64_t at = pair->second.last;
  read_of(told, pair->first) = {at, told.log[at - 1].id};
  return {{pair->first, pair->second.number}};
}

/// A read sees half of an append.
named read_torn(told_history& told, dice& random) {
  auto all = sure_appends(told);
  std::erase_if(all, [](const sure_append& each) { return each.first == each.last; });
  const auto one = pick(all, random);
  const auto read = pick(reads(told, true), random);
  if (!one || !read)
    return {};
  read_of(told, *read) = {one->first, told.log[one->first - 1].id};
  return {{*read}};
}

/// A read has seen what is not there in the end.
named read_lost(told_history& told, dice& random) {
  const auto read = pick(reads(told, random() % 2 == 0), random);
  if (!read)
    return {};
  read_of(told, *read).at = told.log.size() + 1;
  return {{*read}};
}

/// A read has seen another event in a place of the log: there were two logs.
named read_forked(told_history& told, dice& random) {
  auto all = reads(told, random() % 2 == 0);
  std::erase_if(all, [&](op_number each) { return read_of(told, each).at == 0; });
  const auto read = pick(all, random);
  if (!read)
    return {};
  read_of(told, *read).last = id_of(fresh);
  return {{*read}};
}

/// A refusal names a version older than what was answered before the call: it rests on the past.
named refuse_stale(told_history& told, dice& random) {
  const real_time time{told.seen};
  const auto fits = [&](op_number refused, const sure_append& one) {
    const append_part& part = request_of(told, refused).parts.front();
    const auto* there = part_of(told, one.number, part.stream);
    return time.is_before(one.number, refused) && there != nullptr &&
           !part.expected.holds_at(there->first_version - 1);
  };
  const auto pair = pick_pair(wrong_versions(told), sure_appends(told), random, fits);
  if (!pair)
    return {};
  const std::string& stream = request_of(told, pair->first).parts.front().stream;
  const auto* there = part_of(told, pair->second.number, stream);
  std::get<result<append_result>>(*told.seen.operations[pair->first].answer) =
    fail(errc::wrong_expected_version, "", there->first_version - 1);
  return {{pair->first}};
}

/// A refusal names the very version that was expected.
named refuse_expected(told_history& told, dice& random) {
  auto all = wrong_versions(told);
  std::erase_if(all, [&](op_number each) {
    const append_part& part = request_of(told, each).parts.front();
    return part.expected.version() > version_of(told, part.stream);
  });
  const auto one = pick(all, random);
  if (!one)
    return {};
  std::get<result<append_result>>(*told.seen.operations[*one].answer) =
    fail(errc::wrong_expected_version, "", request_of(told, *one).parts.front().expected.version());
  return {{*one}};
}

/// What was refused stands in the log, and nobody else has tried it.
named refuse_and_write(told_history& told, dice& random) {
  const auto one = pick(lone_appends(told), random);
  if (!one)
    return {};
  std::get<result<append_result>>(*told.seen.operations[one->number].answer) =
    fail(errc::no_quorum, "");
  return {{one->number}};
}

std::vector<op_number> repeats(told_history& told) {
  std::vector<op_number> all;
  for (op_number number = 0; number < told.seen.operations.size(); ++number)
    if (const auto* answer = appended(told.seen.operations[number]))
      if (answer->repeated)
        all.push_back(number);
  return all;
}

/// A repeat is answered with another place than the one where the original stands.
named fork_repeat(told_history& told, dice& random) {
  const auto one = pick(repeats(told), random);
  if (!one)
    return {};
  for (appended_part& part : answer_of(told, *one).parts)
    if (part.first_position.value != 0) {
      part.first_position.value += 1;
      part.last_position.value += 1;
    }
  return {{*one}};
}

/// A repeat is answered with another time than the log has.
named fork_time(told_history& told, dice& random) {
  const auto one = pick(repeats(told), random);
  if (!one)
    return {};
  answer_of(told, *one).recorded_at += std::chrono::microseconds{1};
  return {{*one}};
}

/// Somebody else was told the same places for other events: two logs went on from one.
named fork(told_history& told, dice& random) {
  const auto one = pick(sure_appends(told), random);
  if (!one)
    return {};
  append_request request = request_of(told, one->number);
  std::uint64_t made = fresh;
  for (append_part& part : request.parts)
    for (event& each : part.events)
      each.id = id_of(++made);
  request.command.reset();
  const std::uint64_t end =
    told.seen.operations[told.seen.moments.back().operation].called_at + 1'000;
  const append_result answer = answer_of(told, one->number);
  const op_number other = told.seen.call(99, end, request);
  told.seen.answer(other, end, result<append_result>{answer});
  return {{other}};
}

/// Two tries of the same ids are told that they wrote it.
named double_answer(told_history& told, dice& random) {
  std::map<uuid, op_number> written;
  for (const sure_append& each : sure_appends(told))
    written[ids_of(request_of(told, each.number)).front()] = each.number;
  auto all = repeats(told);
  std::erase_if(all, [&](op_number each) {
    const auto ids = ids_of(request_of(told, each));
    return request_of(told, each).command || ids.empty() || !written.contains(ids.front());
  });
  const auto one = pick(all, random);
  if (!one)
    return {};
  answer_of(told, *one).repeated = false;
  return {{*one, written[ids_of(request_of(told, *one)).front()]}};
}

/// It is said to have been there already, and nobody else has tried it.
named repeat_first(told_history& told, dice& random) {
  const auto one = pick(lone_appends(told), random);
  if (!one)
    return {};
  answer_of(told, one->number).repeated = true;
  return {{one->number}};
}

/// It was written where its expectation does not hold.
named accept_wrong(told_history& told, dice& random) {
  auto all = lone_appends(told);
  std::erase_if(all, [&](const sure_append& each) {
    return request_of(told, each.number).parts.front().expected.what() !=
           expected_version::kind::exact;
  });
  const auto one = pick(all, random);
  if (!one)
    return {};
  expected_version& expected = request_of(told, one->number).parts.front().expected;
  expected = expected_version::exactly(expected.version() + 1);
  return {{one->number}};
}

/// It was written as of an owner whose epoch was over, or to come.
named write_as_owner(told_history& told, dice& random) {
  auto all = lone_appends(told);
  std::erase_if(all, [&](const sure_append& each) { return !request_of(told, each.number).owner; });
  const auto one = pick(all, random);
  if (!one)
    return {};
  request_of(told, one->number).owner->epoch += random() % 2 == 0 ? 1 : 1'000;
  return {{one->number}};
}

constexpr history_mutation mutations[] = {
  {"read_stale_head", history_rule::stale, read_stale_head},
  {"read_stale_stream", history_rule::stale, read_stale_stream},
  {"read_back", history_rule::stale, read_back},
  {"read_ahead", history_rule::premature, read_ahead},
  {"read_torn", history_rule::torn, read_torn},
  {"read_lost", history_rule::lost, read_lost},
  {"read_forked", history_rule::forked, read_forked},
  {"refuse_stale", history_rule::stale, refuse_stale},
  {"refuse_expected", history_rule::wrong_refusal, refuse_expected},
  {"refuse_and_write", history_rule::wrong_refusal, refuse_and_write},
  {"fork_repeat", history_rule::forked, fork_repeat},
  {"fork_time", history_rule::forked, fork_time},
  {"fork", history_rule::two_winners, fork},
  {"double_answer", history_rule::doubled, double_answer},
  {"repeat_first", history_rule::wrong_repeat, repeat_first},
  {"accept_wrong", history_rule::wrong_accept, accept_wrong},
  {"write_as_owner", history_rule::stale_owner, write_as_owner},
};

} // namespace

std::span<const history_mutation> mutations_of_answers() {
  return mutations;
}

} // namespace aiex::test
