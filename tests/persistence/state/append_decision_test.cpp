#include "aiex/persistence/log/entry.hpp"
#include "aiex/persistence/state/append_decision.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace aiex {
namespace {

uuid id_of(char name) {
  uuid id;
  id.bytes[0] = static_cast<std::uint8_t>(name);
  return id;
}

/// Events are letters: the id is the letter, the data the letter too, unless it is written "a=x".
std::vector<event> events_of(std::string_view letters) {
  std::vector<event> made;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    event each{.id = id_of(letters[i]), .type = "t", .data = std::string(1, letters[i])};
    if (i + 2 < letters.size() && letters[i + 1] == '=') {
      each.data = letters[i + 2];
      i += 2;
    }
    made.push_back(std::move(each));
  }
  return made;
}

/// A log of letters: "s:abc t:d" has a, b, c in stream s and d in stream t, in this order.
struct letter_log {
  std::vector<known_event> events;
  std::map<std::string, std::uint64_t, std::less<>> versions;
  std::map<uuid, known_command> commands;
  sha256 hash;

  void write(const std::string& stream, std::string_view letters) {
    for (const event& each : events_of(letters)) {
      const digest content = content_digest(hash, stream, each.type, each.data, each.metadata);
      events.push_back({stream, ++versions[stream], {events.size() + 1}, timestamp{}, content});
      ids[each.id] = events.size() - 1;
    }
  }
  std::map<uuid, std::size_t> ids;

  result<append_decision> decide(const append_request& request) {
    std::vector<digest> contents;
    for (const append_part& part : request.parts)
      for (const event& each : part.events)
        contents.push_back(content_digest(hash, part.stream, each.type, each.data, each.metadata));
    const auto version_of = [&](std::string_view stream) {
      const auto found = versions.find(stream);
      return found == versions.end() ? 0 : found->second;
    };
    const auto by_id = [&](const uuid& id) {
      const auto found = ids.find(id);
      return found == ids.end() ? std::nullopt : std::optional{events[found->second]};
    };
    const auto at = [&](position where) { return events.at(where.value - 1); };
    const auto command = [&](const uuid& id) {
      const auto found = commands.find(id);
      return found == commands.end() ? std::nullopt : std::optional{found->second};
    };
    return decide_append(request, contents, {version_of, by_id, at, command});
  }
};

constexpr auto any = expected_version::any();
constexpr auto exists = expected_version::exists();
constexpr auto none = expected_version::none();
constexpr auto at(std::uint64_t version) {
  return expected_version::exactly(version);
}

/// "accepted after 2", "repeated 1-3 at 1-3", "at 5" (nothing to do) or "wrong_expected_version 3".
std::string words(const result<append_decision>& verdict) {
  if (!verdict)
    return std::string{name(verdict.error().code)} +
           (verdict.error().code == errc::duplicate_id
               ? ""
               : " " + std::to_string(verdict.error().actual));
  std::string said;
  if (const auto* yes = std::get_if<accepted>(&*verdict)) {
    said = "accepted after";
    for (const std::uint64_t version : yes->versions_before)
      said += ' ' + std::to_string(version);
    return said;
  }
  const auto& answer = std::get<append_result>(*verdict);
  for (const appended_part& part : answer.parts) {
    if (!said.empty())
      said += ", ";
    if (part.first_version == 0)
      said += "at " + std::to_string(part.version);
    else
      said += "repeated " + std::to_string(part.first_version) + '-' +
              std::to_string(part.version) + " at " + std::to_string(part.first_position.value) +
              '-' + std::to_string(part.last_position.value);
  }
  return said;
}

TEST_CASE("append decision: one stream") {
  struct example {
    std::string_view batch;
    expected_version expected;
    const char* verdict;
    const char* stream = "s";
  };
  // The log: x in stream r, then a, b, c in stream s. Positions 1; 2, 3, 4.
  const example table[] = {
    // none known
    {"d", any, "accepted after 3"},
    {"de", any, "accepted after 3"},
    {"d", exists, "accepted after 3"},
    {"d", at(3), "accepted after 3"},
    {"d", at(2), "wrong_expected_version 3"},
    {"d", at(4), "wrong_expected_version 3"},
    {"d", none, "wrong_expected_version 3"},
    {"d", any, "accepted after 0", "new"},
    {"d", none, "accepted after 0", "new"},
    {"d", exists, "wrong_expected_version 0", "new"},
    {"d", at(1), "wrong_expected_version 0", "new"},
    // all known, here, in order, equal
    {"abc", any, "repeated 1-3 at 2-4"},
    {"bc", any, "repeated 2-3 at 3-4"},
    {"b", exists, "repeated 2-2 at 3-3"},
    {"abc", none, "repeated 1-3 at 2-4"},
    {"bc", at(1), "repeated 2-3 at 3-4"},
    {"ab", none, "repeated 1-2 at 2-3"},
    {"bc", none, "wrong_expected_version 3"},
    {"abc", at(3), "wrong_expected_version 3"},
    {"a", at(1), "wrong_expected_version 3"},
    {"c", at(7), "wrong_expected_version 3"},
    // anything else
    {"abcd", any, "duplicate_id"},
    {"da", any, "duplicate_id"},
    {"cd", at(2), "duplicate_id"},
    {"ba", any, "duplicate_id"},
    {"ac", any, "duplicate_id"},
    {"a=z", any, "duplicate_id"},
    {"a=z", at(3), "duplicate_id"},
    {"x", any, "duplicate_id"},
    {"a", any, "duplicate_id", "new"},
    {"a", none, "duplicate_id", "new"},
    {"dd", any, "duplicate_id"},
    {"dd", at(9), "duplicate_id"},
    {"aa", any, "duplicate_id"},
    // empty
    {"", any, "at 3"},
    {"", at(3), "at 3"},
    {"", at(7), "at 3"},
    {"", none, "at 3"},
    {"", any, "at 0", "new"},
  };
  for (const example& row : table) {
    CAPTURE(row.batch);
    CAPTURE(row.stream);
    CAPTURE(to_string(row.expected));
    letter_log log;
    log.write("r", "x");
    log.write("s", "abc");
    CHECK(words(log.decide({.parts = {{row.stream, row.expected, events_of(row.batch)}}})) ==
          row.verdict);
  }
}

TEST_CASE("append decision: several streams, all or none") {
  struct part {
    const char* stream;
    std::string_view batch;
    expected_version expected;
  };
  struct example {
    std::vector<part> parts;
    const char* verdict;
  };
  // The log: a, b in stream s; c in stream t.
  const example table[] = {
    {{{"s", "d", at(2)}, {"t", "e", at(1)}}, "accepted after 2 1"},
    {{{"s", "d", at(2)}, {"t", "e", at(2)}}, "wrong_expected_version 1"},
    {{{"s", "d", at(2)}, {"t", "", at(1)}}, "accepted after 2 1"},
    {{{"s", "d", at(2)}, {"t", "", none}}, "wrong_expected_version 1"},
    {{{"s", "d", any}, {"u", "", exists}}, "wrong_expected_version 0"},
    {{{"s", "b", at(1)}, {"t", "c", none}}, "repeated 2-2 at 2-2, repeated 1-1 at 3-3"},
    {{{"s", "b", at(1)}, {"t", "", at(9)}}, "repeated 2-2 at 2-2, at 1"},
    {{{"s", "b", at(1)}, {"t", "c", at(1)}}, "wrong_expected_version 1"},
    {{{"s", "b", at(7)}, {"t", "c=z", none}}, "duplicate_id"}, // whichever part is looked at first
    {{{"s", "b=z", at(1)}, {"t", "c", at(7)}}, "duplicate_id"},
    {{{"s", "b", any}, {"t", "e", any}}, "duplicate_id"},
    {{{"s", "c", any}, {"t", "b", any}}, "duplicate_id"},
    {{{"s", "d", any}, {"t", "d", any}}, "duplicate_id"},
    {{{"s", "", none}, {"t", "", any}}, "at 2, at 1"},
  };
  for (const example& row : table) {
    letter_log log;
    log.write("s", "ab");
    log.write("t", "c");
    append_request request;
    for (const part& each : row.parts)
      request.parts.push_back({each.stream, each.expected, events_of(each.batch)});
    CAPTURE(row.verdict);
    CHECK(words(log.decide(request)) == row.verdict);
  }
}

TEST_CASE("append decision: a command's id is answered with its original") {
  letter_log log;
  log.write("s", "abc");
  log.commands[id_of('C')] = {77, {2}, 2}; // it led to b and c
  const auto ask = [&](std::uint64_t digest, std::string_view batch) {
    return words(log.decide({.parts = {{"s", none, events_of(batch)}},
      .command = command_reference{id_of('C'), digest}}));
  };
  CHECK(ask(77, "d") == "repeated 2-3 at 2-3");
  CHECK(ask(77, "") == "repeated 2-3 at 2-3");
  CHECK(ask(78, "d") == "duplicate_id");
}

TEST_CASE("append decision: only the newest epoch writes, but a repeat is answered") {
  letter_log log;
  log.write("s", "ab");
  log.write("$owner-session-7", "cd"); // epoch 2
  const auto ask = [&](std::uint64_t epoch, std::string_view batch) {
    return words(log.decide(
      {.parts = {{"s", any, events_of(batch)}}, .owner = owner_epoch{"session-7", epoch}}));
  };
  CHECK(ask(2, "e") == "accepted after 2");
  CHECK(ask(1, "e") == "stale_epoch 2");
  CHECK(ask(3, "e") == "stale_epoch 2");
  CHECK(ask(1, "ab") == "repeated 1-2 at 1-2");
}

} // namespace
} // namespace aiex
