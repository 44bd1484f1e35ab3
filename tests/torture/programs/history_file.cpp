#include "torture/programs/history_file.hpp"

#include "aiex/persistence/log/entry.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <istream>
#include <unordered_map>

namespace aiex::test {

namespace {

using nlohmann::ordered_json;

/// Without spaces, members in their order: the same for what was asked and what was recorded.
std::string same_form(const ordered_json& data) {
  return data.dump();
}

uuid id_in(const ordered_json& object) {
  const auto id = parse_uuid(object.at("id").get<std::string>());
  invariant(id.has_value(), "an id is no UUID");
  return *id;
}

timestamp time_in(const ordered_json& object) {
  const auto time = parse_timestamp(object.at("recorded_at").get<std::string>(), {});
  invariant(time.has_value(), "recorded_at is no time");
  return *time;
}

expected_version expected_in(const ordered_json& call) {
  const ordered_json& told = call.at("expect");
  if (told.is_number_unsigned())
    return expected_version::exactly(told.get<std::uint64_t>());
  if (told == "none")
    return expected_version::none();
  if (told == "exists")
    return expected_version::exists();
  invariant(told == "any", "expect is neither a version nor any, none, exists");
  return expected_version::any();
}

client_call call_in(const ordered_json& line) {
  const auto kind = line.at("call").get<std::string>();
  if (kind == "head")
    return read_head{};
  const auto stream = line.at("stream").get<std::string>();
  if (kind == "read")
    return read_stream{stream};
  invariant(kind == "append", "a call is neither append nor read nor head");
  append_request request;
  request.parts.push_back({stream, expected_in(line)});
  for (const ordered_json& each : line.at("events"))
    request.parts.back().events.push_back({.id = id_in(each),
      .type = each.at("type").get<std::string>(),
      .data = same_form(ordered_json::parse(each.at("data").get<std::string>()))});
  return request;
}

errc error_in(const std::string& word) {
  for (int code = 1; code < 256; ++code)
    if (name(static_cast<errc>(code)) == word)
      return static_cast<errc>(code);
  throw broken_invariant{"an answer is no error's name: " + word};
}

append_result result_in(const ordered_json& line, const final_log& log) {
  appended_part part;
  part.first_version = line.at("first_version");
  part.version = line.at("version");
  part.first_position.value = line.at("first_position");
  part.last_position.value = line.at("position");
  append_result told{{part}, line.value("repeated", false), {}};
  if (line.contains("recorded_at"))
    told.recorded_at = time_in(line);
  else if (part.last_position.value >= 1 && part.last_position.value <= log.size())
    told.recorded_at = log[part.last_position.value - 1].recorded_at;
  return told;
}

client_answer answer_in(const ordered_json& line, bool is_append, const final_log& log) {
  const auto kind = line.at("answer").get<std::string>();
  if (kind == "ok")
    return result<append_result>{result_in(line, log)};
  if (kind == "sees") {
    seen_until read{line.at("seen").get<std::uint64_t>()};
    if (line.contains("id"))
      read.last = id_in(line);
    return result<seen_until>{read};
  }
  const auto why = fail(error_in(kind), "", line.value("actual", std::uint64_t{0}));
  if (is_append)
    return result<append_result>{why};
  return result<seen_until>{why};
}

/// Does `use` with each line, and says which one it could not be done with.
template <class Use>
void each_line(std::istream& lines, const char* what, Use use) {
  std::size_t number = 0;
  for (std::string text; std::getline(lines, text);) {
    ++number;
    try {
      use(ordered_json::parse(text));
    } catch (const std::exception& why) {
      throw broken_invariant{
        std::string{what} + ", line " + std::to_string(number) + ": " + why.what()};
    }
  }
}

append_request foreign_request(const ordered_json& line) {
  event asked{.id = id_in(line),
    .type = line.at("type").get<std::string>(),
    .data = same_form(line.contains("data") ? line.at("data") : line.at("data_base64"))};
  append_request request;
  request.parts.push_back(
    {line.at("stream").get<std::string>(), expected_version::any(), {std::move(asked)}});
  return request;
}

/// The log, and requests for what is foreign in it.
final_log read_log(std::istream& lines, const foreign_categories& foreign,
  std::vector<append_request>& foreign_requests) {
  sha256 hash;
  final_log log;
  each_line(lines, "the log", [&](const ordered_json& line) {
    const append_request request = foreign_request(line);
    const append_part& part = request.parts.front();
    logged_event each;
    each.stream = part.stream;
    each.version = line.at("version");
    each.id = part.events.front().id;
    each.content =
      content_digest(hash, part.stream, part.events.front().type, part.events.front().data, "");
    if (line.contains("recorded_at"))
      each.recorded_at = time_in(line);
    log.push_back(std::move(each));
    invariant(line.at("position") == log.size(), "its position does not follow the one before");
    if (foreign.has(part.stream))
      foreign_requests.push_back(request);
  });
  return log;
}

/// As asked for before all else, by somebody who never heard an answer. Their numbers are behind
/// those of the others, which keep theirs of the file.
void add_foreign(history& to, std::vector<append_request> requests) {
  constexpr std::uint64_t nobody = UINT64_MAX;
  const auto own = static_cast<std::ptrdiff_t>(to.moments.size());
  for (append_request& each : requests)
    to.call(nobody, 0, std::move(each));
  std::rotate(to.moments.begin(), to.moments.begin() + own, to.moments.end());
}

} // namespace

bool foreign_categories::has(std::string_view stream) const {
  return stream.starts_with('$') || names.contains(std::string{stream.substr(0, stream.find('-'))});
}

recorded_run read_run(
  std::istream& history_lines, std::istream& log_lines, const foreign_categories& foreign) {
  recorded_run run;
  std::vector<append_request> foreign_requests;
  run.log = read_log(log_lines, foreign, foreign_requests);
  std::unordered_map<std::uint64_t, op_number> numbers;
  each_line(history_lines, "the history", [&](const ordered_json& line) {
    const auto op = line.at("op").get<std::uint64_t>();
    const auto at = line.at("at").get<std::uint64_t>();
    if (line.contains("call")) {
      const auto client = line.at("client").get<std::uint64_t>();
      const auto number = run.seen.call(client, at, call_in(line));
      invariant(numbers.emplace(op, number).second, "this op was called before");
      return;
    }
    const op_number number = numbers.at(op);
    const bool is_append =
      std::holds_alternative<append_request>(run.seen.operations[number].asked);
    run.seen.answer(number, at, answer_in(line, is_append, run.log));
  });
  add_foreign(run.seen, std::move(foreign_requests));
  return run;
}

} // namespace aiex::test
