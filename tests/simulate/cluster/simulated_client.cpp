#include "simulate/cluster/simulated_client.hpp"

#include "support/sample_events.hpp"

#include <fmt/format.h>

#include <utility>

namespace aiex::test {

namespace {

constexpr virtual_us patience = 1'500 * millisecond;
constexpr virtual_us longest_pause = 60 * millisecond;
constexpr std::uint64_t streams = 4;
constexpr std::uint64_t owned = 2; // the first of them

std::string stream_name(std::uint64_t number) {
  return fmt::format("s-{}", number);
}

} // namespace

void simulated_client::plan_next() {
  time_.in(dice_.between(1, longest_pause), [this] { ask(); });
}

void simulated_client::ask() {
  if (is_finishing_ && !again_)
    return;
  client_call call = some_call();
  const op_number number = seen_.call(number_, time_.now(), call);
  open_ = number;
  send_(call, [this, number](client_answer answer) { hear(number, std::move(answer)); });
  time_.in(patience, [this, number] { give_up(number); });
}

void simulated_client::hear(op_number number, client_answer answer) {
  if (open_ != number)
    return;
  open_.reset();
  seen_.answer(number, time_.now(), answer);
  if (const auto* request = std::get_if<append_request>(&seen_.operations[number].asked))
    learn(*request, std::get<result<append_result>>(answer));
  plan_next();
}

void simulated_client::give_up(op_number number) {
  if (open_ != number)
    return;
  open_.reset();
  if (const auto* request = std::get_if<append_request>(&seen_.operations[number].asked))
    if (is_finishing_ || !dice_.one_in(5)) // else nobody ever learns what became of it
      again_ = repeat_of(*request);
  plan_next();
}

void simulated_client::learn(const append_request& request, const result<append_result>& answer) {
  if (answer) {
    if (appended)
      appended(number_, request, *answer);
    for (std::size_t i = 0; i < request.parts.size() && !answer->repeated; ++i)
      versions_[request.parts[i].stream] = answer->parts[i].version;
    if (!request.parts.front().events.empty())
      done_ = request;
    return;
  }
  const errc why = answer.error().code;
  if (leaves_open(why) || why == errc::no_quorum || why == errc::overloaded ||
      why == errc::store_full)
    again_ = repeat_of(request);
  else if (why == errc::wrong_expected_version && request.parts.size() == 1)
    versions_[request.parts.front().stream] = answer.error().actual;
  else if (why == errc::stale_epoch)
    versions_[owner_stream(request.owner->name)] = answer.error().actual;
}

client_call simulated_client::some_call() {
  if (again_)
    return *std::exchange(again_, std::nullopt);
  switch (dice_.below(10)) {
  case 0: return read_head{};
  case 1:
  case 2: return read_stream{stream_name(dice_.below(streams))};
  case 3:
    if (done_) {
      append_request request = repeat_of(*done_);
      if (dice_.one_in(3) && !request.command) // the same ids, for something else
        request.parts.front().events.front().data = fmt::format("{{\"other\":{}}}", ++made_);
      return request;
    }
    [[fallthrough]];
  default: return some_append();
  }
}

/// A repeat of a command may lead to other events: whoever decides again makes new ones.
append_request simulated_client::repeat_of(append_request request) {
  if (request.command && dice_.one_in(2))
    for (append_part& part : request.parts)
      for (event& each : part.events)
        each = some_event();
  return request;
}

append_request simulated_client::some_append() {
  append_request request;
  request.node = "node1";
  const std::uint64_t first = dice_.below(streams);
  if (first < owned && dice_.one_in(4)) { // this client wants to be the owner
    request.system = true;
    request.parts.push_back(some_part(owner_stream(stream_name(first)), 1));
    return request;
  }
  request.parts.push_back(some_part(stream_name(first), dice_.between(1, 3)));
  if (first < owned && dice_.one_in(2))
    request.owner = {stream_name(first), versions_[owner_stream(stream_name(first))]};
  if (dice_.one_in(4))
    request.parts.push_back(some_part(stream_name((first + 1) % streams), dice_.below(3)));
  if (dice_.one_in(4))
    request.command = {id_of(number_ << 32 | ++made_), made_};
  return request;
}

append_part simulated_client::some_part(const std::string& stream, std::size_t events) {
  append_part part{stream};
  switch (dice_.below(4)) {
  case 0: break;
  case 1: part.expected = expected_version::exists(); break;
  default: part.expected = expected_version::exactly(versions_[stream]);
  }
  for (std::size_t i = 0; i < events; ++i)
    part.events.push_back(some_event());
  return part;
}

event simulated_client::some_event() {
  event made;
  made.id = id_of(number_ << 32 | ++made_);
  made.type = "happened";
  made.data = fmt::format("{{\"number\":{}}}", made_);
  return made;
}

} // namespace aiex::test
