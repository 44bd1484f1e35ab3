// Where mutations of histories find what they can make wrong.
#pragma once

#include "simulate/cluster/history_teller.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace aiex::test {

/// An append that was answered: it wrote this. No other try had its ids, unless it says so.
struct sure_append {
  op_number number = 0;
  std::uint64_t first = 0; // positions
  std::uint64_t last = 0;
  bool is_only_try = true;
};

inline append_request& request_of(told_history& told, op_number number) {
  return std::get<append_request>(told.seen.operations[number].asked);
}
inline append_result& answer_of(told_history& told, op_number number) {
  return *std::get<result<append_result>>(*told.seen.operations[number].answer);
}
inline seen_until& read_of(told_history& told, op_number number) {
  return *std::get<result<seen_until>>(*told.seen.operations[number].answer);
}

inline std::vector<uuid> ids_of(const append_request& request) {
  std::vector<uuid> ids;
  for (const append_part& part : request.parts)
    for (const event& each : part.events)
      ids.push_back(each.id);
  return ids;
}

inline std::vector<sure_append> sure_appends(told_history& told) {
  std::map<uuid, int> tries;
  std::vector<sure_append> all;
  for (op_number number = 0; number < told.seen.operations.size(); ++number) {
    const operation& done = told.seen.operations[number];
    const auto* request = std::get_if<append_request>(&done.asked);
    if (request == nullptr)
      continue;
    for (const uuid& id : ids_of(*request))
      ++tries[id];
    const append_result* answer = appended(done);
    if (answer == nullptr || answer->repeated || ids_of(*request).empty())
      continue;
    sure_append each{number, told.log.size(), 0};
    for (const appended_part& part : answer->parts)
      if (part.first_position.value != 0) {
        each.first = std::min(each.first, part.first_position.value);
        each.last = std::max(each.last, part.last_position.value);
      }
    all.push_back(each);
  }
  for (sure_append& each : all)
    for (const uuid& id : ids_of(request_of(told, each.number)))
      each.is_only_try = each.is_only_try && tries[id] == 1;
  return all;
}

/// Those that nobody else tried.
inline std::vector<sure_append> lone_appends(told_history& told) {
  auto all = sure_appends(told);
  std::erase_if(all, [](const sure_append& each) { return !each.is_only_try; });
  return all;
}

inline std::vector<op_number> reads(const told_history& told, bool of_head) {
  std::vector<op_number> all;
  for (op_number number = 0; number < told.seen.operations.size(); ++number)
    if (const operation& done = told.seen.operations[number]; seen(done) != nullptr)
      if (std::holds_alternative<read_head>(done.asked) == of_head)
        all.push_back(number);
  return all;
}

/// Refused for one exact version of one stream, as nobody's owner, and never written by any try.
inline std::vector<op_number> wrong_versions(const told_history& told) {
  std::map<uuid, bool> logged;
  for (const logged_event& each : told.log)
    logged[each.id] = true;
  std::vector<op_number> all;
  for (op_number number = 0; number < told.seen.operations.size(); ++number) {
    const operation& done = told.seen.operations[number];
    const error* why = failure_of(done);
    if (why == nullptr || why->code != errc::wrong_expected_version)
      continue;
    const auto& request = std::get<append_request>(done.asked);
    const auto ids = ids_of(request);
    if (request.parts.size() == 1 && !request.owner && !request.command &&
        request.parts.front().expected.what() == expected_version::kind::exact &&
        std::none_of(ids.begin(), ids.end(), [&](const uuid& id) { return logged.contains(id); }))
      all.push_back(number);
  }
  return all;
}

/// Whether one was answered before the other was called.
class real_time {
public:
  explicit real_time(const history& of) : called_(of.operations.size()), answered_(called_) {
    for (std::size_t i = 0; i < of.moments.size(); ++i)
      (of.moments[i].is_answer ? answered_ : called_)[of.moments[i].operation] = i;
  }
  /// Precondition: `one` was answered.
  bool is_before(op_number one, op_number other) const { return answered_[one] < called_[other]; }

private:
  std::vector<std::size_t> called_;
  std::vector<std::size_t> answered_;
};

template <class Each>
std::optional<Each> pick(const std::vector<Each>& from, std::mt19937_64& random) {
  return from.empty() ? std::nullopt : std::optional{from[random() % from.size()]};
}

/// One of the pairs that fit.
template <class One, class Other, class Fits>
std::optional<std::pair<One, Other>> pick_pair(const std::vector<One>& ones,
  const std::vector<Other>& others, std::mt19937_64& random, Fits fits) {
  std::vector<std::pair<One, Other>> pairs;
  for (const One& one : ones)
    for (const Other& other : others)
      if (fits(one, other))
        pairs.emplace_back(one, other);
  return pick(pairs, random);
}

} // namespace aiex::test
