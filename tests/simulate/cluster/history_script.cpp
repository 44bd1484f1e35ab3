#include "simulate/cluster/history_script.hpp"

#include "aiex/persistence/log/entry.hpp"

#include "support/sample_events.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <sstream>
#include <string>

namespace aiex::test {

namespace {

std::uint64_t number_of(const std::string& word) {
  invariant(!word.empty() && std::all_of(word.begin(), word.end(),
                               [](char each) { return each >= '0' && each <= '9'; }),
    "a script of a history has a word where a number belongs");
  return std::stoull(word);
}

std::uint64_t next_number(std::istringstream& words) {
  std::string word;
  words >> word;
  return number_of(word);
}

std::string data_of(std::uint64_t number) {
  return "{\"number\":" + std::to_string(number) + "}";
}

/// Pieces between the commas, or lines.
std::vector<std::string> pieces(std::string_view text, char between) {
  std::vector<std::string> all;
  std::istringstream words{std::string{text}};
  for (std::string piece; std::getline(words, piece, between);)
    if (piece.find_first_not_of(' ') != std::string::npos)
      all.push_back(piece);
  return all;
}

void take_word(append_request& request, const std::string& word, std::istringstream& words) {
  append_part& part = request.parts.back();
  std::string next;
  if (word == "if") {
    words >> next;
    part.expected =
      next == "some" ? expected_version::exists() : expected_version::exactly(number_of(next));
  } else if (word == "data") {
    part.events.back().data = data_of(next_number(words));
  } else if (word == "command") {
    const std::uint64_t number = next_number(words);
    request.command = {id_of(number), number};
  } else if (word == "other") {
    ++request.command->digest;
  } else if (word == "owner") {
    words >> next;
    request.owner = {next, next_number(words)};
  } else {
    const std::uint64_t number = number_of(word);
    part.events.push_back({.id = id_of(number), .type = "happened", .data = data_of(number)});
  }
}

append_request request_of(const std::string& text) {
  append_request request;
  for (const std::string& piece : pieces(text, ',')) {
    std::istringstream words{piece};
    request.parts.emplace_back();
    words >> request.parts.back().stream;
    for (std::string word; words >> word;)
      take_word(request, word, words);
  }
  return request;
}

append_result result_of(std::istringstream& words, bool repeated) {
  append_result answer;
  answer.repeated = repeated;
  std::array<char, 3> marks{};
  appended_part part;
  while (words >> part.first_version >> marks[0] >> part.version >> marks[1] >>
         part.first_position.value >> marks[2] >> part.last_position.value) {
    invariant(marks == std::array<char, 3>{'-', '@', '-'}, "a part is written 4-5@1-2");
    answer.parts.push_back(part);
  }
  return answer;
}

errc error_of(const std::string& word) {
  for (int code = 1; code < 256; ++code)
    if (name(static_cast<errc>(code)) == word)
      return static_cast<errc>(code);
  throw broken_invariant{"a script of a history has a verb that is none: " + word};
}

client_answer answer_of(const operation& done, const std::string& verb, std::istringstream& words) {
  if (verb == "sees") {
    seen_until read{next_number(words)};
    std::string word;
    if (words >> word && word == "id")
      read.last = id_of(next_number(words));
    return result<seen_until>{read};
  }
  if (verb == "ok" || verb == "repeated")
    return result<append_result>{result_of(words, verb == "repeated")};
  std::uint64_t actual = 0;
  words >> actual;
  if (std::holds_alternative<append_request>(done.asked))
    return result<append_result>{fail(error_of(verb), "", actual)};
  return result<seen_until>{fail(error_of(verb), "", actual)};
}

} // namespace

history history_of(std::string_view lines) {
  history told;
  std::map<std::string, op_number> operations;
  std::uint64_t now = 0;
  for (const std::string& line : pieces(lines, '\n')) {
    std::istringstream words{line};
    std::string who;
    std::string verb;
    words >> who >> verb;
    ++now;
    std::string rest;
    if (verb == "append") {
      std::getline(words, rest);
      operations[who] = told.call(operations.size(), now, request_of(rest));
    } else if (verb == "head") {
      operations[who] = told.call(operations.size(), now, read_head{});
    } else if (verb == "read") {
      words >> rest;
      operations[who] = told.call(operations.size(), now, read_stream{rest});
    } else {
      invariant(operations.contains(who), "a script of a history answers what was not called");
      const op_number number = operations[who];
      told.answer(number, now, answer_of(told.operations[number], verb, words));
    }
  }
  return told;
}

final_log log_of(std::string_view events) {
  final_log log;
  sha256 hash;
  std::map<std::string, std::uint64_t> versions;
  for (const std::string& piece : pieces(events, ',')) {
    std::istringstream words{piece};
    logged_event each;
    words >> each.stream;
    const std::uint64_t id = next_number(words);
    std::string data = data_of(id);
    for (std::string word; words >> word;)
      if (word == "data") {
        data = data_of(next_number(words));
      } else if (word == "command") {
        const std::uint64_t number = next_number(words);
        each.command = {id_of(number), number};
      } else if (word == "of") {
        each.command_events = next_number(words);
      }
    each.id = id_of(id);
    each.version = ++versions[each.stream];
    each.content = content_digest(hash, each.stream, "happened", data, "");
    log.push_back(std::move(each));
  }
  return log;
}

} // namespace aiex::test
