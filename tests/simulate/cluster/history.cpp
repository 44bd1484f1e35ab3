#include "simulate/cluster/history.hpp"

#include <fmt/format.h>

#include <utility>

namespace aiex::test {

bool leaves_open(errc code) noexcept {
  switch (code) {
  case errc::unknown_outcome:
  case errc::time_out:
  case errc::unreachable:
  case errc::stopped:
  case errc::io:
  case errc::corrupt: return true;
  default: return false;
  }
}

const append_result* appended(const operation& done) noexcept {
  const auto* answer = done.answer ? std::get_if<result<append_result>>(&*done.answer) : nullptr;
  return answer != nullptr && *answer ? &**answer : nullptr;
}

const seen_until* seen(const operation& done) noexcept {
  const auto* answer = done.answer ? std::get_if<result<seen_until>>(&*done.answer) : nullptr;
  return answer != nullptr && *answer ? &**answer : nullptr;
}

const error* failure_of(const operation& done) noexcept {
  if (!done.answer)
    return nullptr;
  if (const auto* append = std::get_if<result<append_result>>(&*done.answer))
    return *append ? nullptr : &append->error();
  const auto& read = std::get<result<seen_until>>(*done.answer);
  return read ? nullptr : &read.error();
}

client_outcome outcome_of(const operation& done) noexcept {
  if (appended(done) != nullptr || seen(done) != nullptr)
    return client_outcome::ok;
  const error* why = failure_of(done);
  return why == nullptr || leaves_open(why->code) ? client_outcome::unknown
                                                  : client_outcome::refused;
}

namespace {

std::string asked_in_words(const client_call& asked) {
  if (std::holds_alternative<read_head>(asked))
    return "read of the head";
  if (const auto* read = std::get_if<read_stream>(&asked))
    return "read of " + read->name;
  const auto& request = std::get<append_request>(asked);
  std::size_t events = 0;
  std::string streams;
  for (const append_part& part : request.parts) {
    events += part.events.size();
    streams += (streams.empty() ? "" : ", ") + part.stream;
  }
  return fmt::format("append of {} event{} to {}", events, events == 1 ? "" : "s", streams);
}

std::string answer_in_words(const operation& done) {
  if (const append_result* answer = appended(done)) {
    std::string said = answer->repeated ? "repeated" : "ok";
    for (const appended_part& part : answer->parts)
      said += fmt::format(" {}-{} at {}-{}", part.first_version, part.version,
        part.first_position.value, part.last_position.value);
    return said;
  }
  if (const seen_until* read = seen(done))
    return fmt::format("at {}", read->at);
  const error* why = failure_of(done);
  return why == nullptr ? "nothing" : fmt::format("{} {}", name(why->code), why->actual);
}

} // namespace

std::string describe(op_number number, const operation& done) {
  const std::string answered =
    done.answer ? fmt::format("answered at {}: {}", done.answered_at, answer_in_words(done))
                : "never answered";
  return fmt::format("op {} (client {}, {}, called at {}, {})", number, done.client,
    asked_in_words(done.asked), done.called_at, answered);
}

op_number history::call(std::uint64_t client, std::uint64_t at, client_call asked) {
  const op_number number = operations.size();
  operations.push_back({client, std::move(asked), at});
  moments.push_back({number, false});
  return number;
}

void history::answer(op_number number, std::uint64_t at, client_answer answer) {
  operation& done = operations.at(number);
  invariant(!done.answer && at >= done.called_at, "an operation is answered once, after its call");
  invariant(std::holds_alternative<append_request>(done.asked) ==
              std::holds_alternative<result<append_result>>(answer),
    "an append is answered as an append, a read as a read");
  done.answer = std::move(answer);
  done.answered_at = at;
  moments.push_back({number, true});
}

} // namespace aiex::test
