// What a node answers a client, as JSON.
#pragma once

#include "aiex/actors/cluster/gateway_client.hpp"

#include "support/eventually.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <sstream>
#include <string>
#include <vector>

namespace aiex::test {

inline gateway_reply answered(
  gateway_client& client, const char* verb, const nlohmann::json& arguments) {
  auto reply = client.call(verb, arguments.dump(), patience);
  if (!reply)
    FAIL(reply.error().message);
  return *reply;
}

inline nlohmann::json object(gateway_client& client, const char* verb,
  const nlohmann::json& arguments = nlohmann::json::object()) {
  return nlohmann::json::parse(answered(client, verb, arguments).body);
}

inline std::vector<nlohmann::json> lines_of(const gateway_reply& reply) {
  std::vector<nlohmann::json> lines;
  std::istringstream text{reply.body};
  for (std::string line; std::getline(text, line);)
    lines.push_back(nlohmann::json::parse(line));
  return lines;
}

inline std::vector<nlohmann::json> all_events(gateway_client& client, nlohmann::json arguments) {
  std::vector<nlohmann::json> events;
  for (std::string next = "first"; !next.empty();) {
    const auto reply = answered(client, "events", arguments);
    for (nlohmann::json& each : lines_of(reply))
      events.push_back(std::move(each));
    next = reply.next;
    arguments["cursor"] = next;
  }
  return events;
}

/// The UUIDs with the numbers 1, 2, 3, …, as text.
inline std::string id_text(int number) {
  const std::string digits = std::to_string(number);
  return "01932c4e-0000-7000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

} // namespace aiex::test
