// A real node on a folder, ready to be talked to: aiexd, or a program of a user.
#pragma once

#include "aiex/actors/cluster/gateway_client.hpp"

#include "support/child_process.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

struct running_node {
  child_process child;
  std::string ready = child.read_line();

  explicit running_node(const std::filesystem::path& folder,
    const std::string& program = AIEX_AIEXD, const std::vector<std::string>& more = {})
      : child(command(program, folder, more)) {}

  /// Started by a command of the test's own.
  explicit running_node(std::vector<std::string> own_command) : child(std::move(own_command)) {}

  static std::vector<std::string> command(const std::string& program,
    const std::filesystem::path& folder, const std::vector<std::string>& more) {
    std::vector<std::string> words{
      program, "--name", "tested", "--data", folder.string(), "--http", "off"};
    if (std::ranges::find(more, "--listen") == more.end())
      words.insert(words.end(), {"--listen", "127.0.0.1:0"});
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  /// As in the line it printed: "127.0.0.1:34567".
  std::string address() const {
    const std::string mark = "listen=";
    const auto begin = ready.find(mark) + mark.size();
    return ready.substr(begin, ready.find(' ', begin) - begin);
  }
  endpoint where() const {
    const auto found = parse_endpoint(address());
    REQUIRE_MESSAGE(found, ready);
    return *found;
  }
  gateway_client connected() const {
    auto client = gateway_client::connect(where());
    if (!client)
      FAIL(client.error().message);
    return std::move(*client);
  }
};

} // namespace aiex::test
