#include "simulate/cluster/history_teller.hpp"

#include "support/sample_events.hpp"

#include <fmt/format.h>

#include <utility>

namespace aiex::test {

namespace {

constexpr std::uint64_t streams = 4;
constexpr std::uint64_t owned = 2; // the first of them
constexpr errc nothing_written[] = {errc::no_quorum, errc::overloaded, errc::store_full};

std::string stream_name(std::uint64_t number) {
  return fmt::format("s-{}", number);
}

} // namespace

told_history history_teller::tell() {
  for (std::size_t who = 0; who < clients_.size(); ++who)
    plan(later(20), happening::asks, who);
  while (!to_come_.empty()) {
    const event_to_come next = to_come_.top();
    to_come_.pop();
    now_ = next.at;
    switch (next.what) {
    case happening::asks: ask(next.who); break;
    case happening::takes_effect: take_effect(next.who); break;
    case happening::answers:
      told_.answer(next.who, now_, std::move(effects_.at(next.who)));
      effects_.erase(next.who);
      learn(next.who);
      break;
    case happening::gives_up:
      if (one_in(2) && std::holds_alternative<append_request>(told_.operations[next.who].asked))
        told_.answer(next.who, now_,
          result<append_result>{fail(errc::unknown_outcome, "repeat it with the same ids")});
      learn(next.who);
    }
  }
  return {std::move(told_), store_.log()};
}

/// A call, and what will become of it.
void history_teller::ask(std::size_t who) {
  if (told_.operations.size() == operations_)
    return;
  const op_number number = told_.call(who, now_, some_call(clients_[who]));
  const bool is_append = std::holds_alternative<append_request>(told_.operations[number].asked);
  if (is_append && one_in(6)) { // unknown; its effect comes early, or after others, or never
    if (!one_in(3))
      plan(later(200), happening::takes_effect, number);
    return plan(later(60), happening::gives_up, number);
  }
  if (is_append && one_in(15)) { // refused without being looked at
    effects_.emplace(
      number, result<append_result>{fail(nothing_written[below(3)], "try again later")});
    return plan(later(20), happening::answers, number);
  }
  if (!is_append && one_in(15))
    return plan(later(60), happening::gives_up, number);
  const std::uint64_t effect = later(30);
  plan(effect, happening::takes_effect, number);
  plan(effect + below(30), happening::answers, number);
}

client_call history_teller::some_call(client& by) {
  if (by.again) {
    append_request request = repeat_of(*std::exchange(by.again, std::nullopt));
    return request;
  }
  switch (below(10)) {
  case 0:
  case 1: return read_head{};
  case 2:
  case 3: return read_stream{stream_name(below(streams))};
  case 4:
    if (!by.done.empty() && one_in(2)) {
      append_request again = repeat_of(by.done[below(by.done.size())]);
      if (one_in(3) && !again.command) // the same ids, for something else
        again.parts.front().events.front().data = fmt::format("{{\"other\":{}}}", ++made_);
      return again;
    }
    [[fallthrough]];
  default: return some_append(by);
  }
}

/// A repeat of a command may lead to other events: whoever decides again makes new ones.
append_request history_teller::repeat_of(const append_request& request) {
  append_request again = request;
  if (request.command && one_in(2))
    for (append_part& part : again.parts)
      for (event& each : part.events)
        each = some_event();
  return again;
}

append_request history_teller::some_append(client& by) {
  append_request request;
  request.node = "node1";
  const std::uint64_t first = below(streams);
  if (first < owned && one_in(4)) { // somebody else becomes the owner
    request.system = true;
    request.parts.push_back(some_part(by, owner_stream(stream_name(first)), 1));
    return request;
  }
  request.parts.push_back(some_part(by, stream_name(first), 1 + below(3)));
  if (first < owned && one_in(2))
    request.owner = {stream_name(first), known_version(by, owner_stream(stream_name(first)))};
  if (one_in(4))
    request.parts.push_back(some_part(by, stream_name((first + 1) % streams), below(3)));
  if (one_in(4))
    request.command = {id_of(++made_), made_};
  if (one_in(20))
    for (append_part& part : request.parts)
      part.events.clear();
  else if (request.parts.front().events.size() > 1 && one_in(20))
    request.parts.front().events.back().id = request.parts.front().events.front().id;
  if (request.parts.front().events.empty())
    request.command.reset(); // a command without events is not remembered
  return request;
}

append_part history_teller::some_part(client& by, const std::string& stream, std::size_t events) {
  append_part part{stream};
  switch (below(5)) {
  case 0: break;
  case 1: part.expected = expected_version::exists(); break;
  default: part.expected = expected_version::exactly(known_version(by, stream));
  }
  for (std::size_t i = 0; i < events; ++i)
    part.events.push_back(some_event());
  return part;
}

event history_teller::some_event() {
  event made;
  made.id = id_of(++made_);
  made.type = "happened";
  made.data = fmt::format("{{\"number\":{}}}", made_);
  return made;
}

/// Mostly what is there, so that not all are refused; at times what the client has last seen.
std::uint64_t history_teller::known_version(client& by, const std::string& stream) {
  if (one_in(2))
    by.versions[stream] = store_.version_of(stream);
  return by.versions[stream];
}

void history_teller::take_effect(op_number number) {
  const operation& done = told_.operations[number];
  if (const auto* request = std::get_if<append_request>(&done.asked))
    effects_.insert_or_assign(
      number, store_.append(*request, at_us(static_cast<std::int64_t>(now_))));
  else
    effects_.insert_or_assign(number, result<seen_until>{store_.look(done.asked)});
}

/// The client goes on, after an unknown outcome mostly with the same again.
void history_teller::learn(op_number number) {
  const operation& done = told_.operations[number];
  client& who = clients_[done.client];
  plan(later(20), happening::asks, done.client);
  const auto* request = std::get_if<append_request>(&done.asked);
  if (request == nullptr)
    return;
  if (outcome_of(done) == client_outcome::unknown && !one_in(4))
    who.again = *request;
  const append_result* answer = appended(done);
  if (answer == nullptr || request->parts.front().events.empty())
    return;
  who.done.push_back(*request);
  for (std::size_t i = 0; i < request->parts.size() && !answer->repeated; ++i)
    who.versions[request->parts[i].stream] = answer->parts[i].version;
}

} // namespace aiex::test
