#include "simulate/cluster/history_tries.hpp"

#include "aiex/persistence/log/entry.hpp"

#include <cstring>

namespace aiex::test {

std::size_t history_tries::digest_hash::operator()(const digest& value) const noexcept {
  std::size_t some = 0;
  std::memcpy(&some, value.data(), sizeof some);
  return some;
}

bool history_tries::may_have_written(const operation& done) noexcept {
  if (const append_result* answer = appended(done))
    return !answer->repeated;
  return outcome_of(done) == client_outcome::unknown;
}

history_tries::history_tries(const history& of, history_findings& found) : found_(found) {
  events_.resize(of.operations.size());
  has_twice_.resize(of.operations.size());
  for (op_number number = 0; number < of.operations.size(); ++number) {
    const operation& done = of.operations[number];
    found.step();
    if (const auto* request = std::get_if<append_request>(&done.asked))
      take(number, *request, may_have_written(done));
  }
}

void history_tries::take(op_number number, const append_request& request, bool may_write) {
  auto& events = events_[number];
  for (const append_part& part : request.parts)
    for (const event& each : part.events) {
      found_.step();
      events.push_back({&part.stream, each.id,
        content_digest(hash_, part.stream, each.type, each.data, each.metadata)});
      by_content_.emplace(events.back().content, number);
      const auto [known, is_new] = by_id_.emplace(each.id, holder{number, number, may_write});
      if (is_new)
        continue;
      if (known->second.last == number)
        has_twice_[number] = true;
      if (may_write && !known->second.may_write)
        known->second = {number, number, true};
      known->second.last = number;
    }
  if (!events.empty())
    beginning_with_[events.front().id].push_back(number);
}

std::span<const op_number> history_tries::beginning_with(const uuid& id) const {
  const auto found = beginning_with_.find(id);
  return found == beginning_with_.end() ? std::span<const op_number>{} : found->second;
}

std::vector<op_number> history_tries::one_of(const uuid& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? std::vector<op_number>{} : std::vector{found->second.best};
}

std::vector<op_number> history_tries::one_of(const digest& content) const {
  const auto found = by_content_.find(content);
  return found == by_content_.end() ? std::vector<op_number>{} : std::vector{found->second};
}

} // namespace aiex::test
