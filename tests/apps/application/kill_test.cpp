// A node that is killed under load, again and again: what it had answered is there, once, and state
// and read model are what the log adds up to.
#include "support/gateway_answers.hpp"
#include "support/running_node.hpp"
#include "support/temporary_folder.hpp"

#include <csignal>
#include <map>
#include <mutex>
#include <random>
#include <thread>

namespace aiex {
namespace {

using nlohmann::json;
using test::object;
using test::patience;
using test::running_node;

constexpr int rounds = 50;
constexpr int answers_before_kill_max = 40;

/// Sends one thing after the other, with an id each. What was not answered is sent again, with the
/// same id, to the node of the next round.
class writer {
public:
  /// An even one appends events, an odd one gives commands.
  explicit writer(int number) : number_(number) {}

  /// Until the node is gone. `answers` counts up.
  void write(const endpoint& where, std::atomic<int>& answers) {
    auto client = gateway_client::connect(where);
    while (client && send(*client)) {
      acknowledged.push_back(test::id_text(next_));
      next_ += 10;
      ++answers;
    }
    ++answers; // so that nobody waits for a writer that has ended
  }

  std::vector<std::string> acknowledged;
  std::string unanswered() const { return test::id_text(next_); }
  bool appends() const { return number_ % 2 == 0; }

private:
  bool send(gateway_client& client) const {
    const std::string id = test::id_text(next_);
    const std::string name = std::to_string(number_);
    const json wish = appends()
                        ? json{{"stream", "note-" + name}, {"type", "noted"}, {"id", id}}
                        : json{{"category", "account"}, {"id", name}, {"command", "deposit"},
                            {"data", {{"cents", 1 + next_ % 7}}}, {"command_id", id}};
    return client.call(appends() ? "append" : "dispatch", wish.dump(), patience).has_value();
  }

  int number_;
  int next_ = 10 + number_;
};

/// How often each id stands in the log: of appended events, and of the commands of the others.
/// Checks positions and versions on the way, and adds up the deposits of each account.
struct whole_log {
  std::map<std::string, int> found;
  std::map<std::string, std::uint64_t> versions;
  std::map<std::string, std::int64_t> cents;
  std::uint64_t head = 0;

  explicit whole_log(gateway_client& client) {
    for (const json& each : test::all_events(client, {{"all", true}})) {
      const std::string stream = each["stream"];
      CHECK(each["position"] == ++head);
      CHECK(each["version"] == ++versions[stream]);
      if (each["type"] == "deposited") {
        cents[stream] += each["data"]["cents"].get<std::int64_t>();
        ++found[each["causation_id"]];
      } else {
        ++found[each["id"]];
      }
    }
  }
};

TEST_CASE("a node killed fifty times under load has what it acknowledged, exactly once") {
  const test::temporary_folder folder;
  std::minstd_rand random{7}; // the moment of each kill
  std::vector<writer> writers{writer{0}, writer{1}, writer{2}, writer{3}};
  for (int round = 0; round < rounds; ++round) {
    running_node node{folder.path() / "data", AIEX_HELLO};
    const int answers_before_kill = 1 + static_cast<int>(random() % answers_before_kill_max);
    std::atomic<int> answers{0};
    std::vector<std::thread> threads;
    for (writer& each : writers)
      threads.emplace_back([&, where = node.where()] { each.write(where, answers); });
    CHECK(test::eventually([&] { return answers >= answers_before_kill; }));
    node.child.send_signal(SIGKILL);
    for (std::thread& each : threads)
      each.join();
    CHECK(node.child.wait());
  }
  running_node node{folder.path() / "data", AIEX_HELLO};
  auto client = node.connected();
  whole_log log{client};
  for (const writer& each : writers) {
    CHECK(each.acknowledged.size() > std::size_t{rounds} / 10);
    for (const std::string& id : each.acknowledged)
      CHECK_MESSAGE(log.found[id] == 1, id);
    CHECK(log.found[each.unanswered()] <= 1);
  }

  std::int64_t total = 0;
  for (const auto& [stream, cents] : log.cents) {
    const json state = object(client, "state",
      {{"category", "account"}, {"id", stream.substr(std::string{"account-"}.size())}});
    CHECK(state["version"] == log.versions[stream]);
    CHECK(state["state"]["cents"] == cents);
    total += cents;
  }
  CHECK(log.cents.size() == 2);
  json totals;
  CHECK(test::eventually([&] {
    totals = object(client, "projection_show", {{"name", "totals"}});
    return totals["lag_events"] == 0;
  }));
  CHECK(totals["state"]["cents"] == total);
}

} // namespace
} // namespace aiex
