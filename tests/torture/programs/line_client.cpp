// line_client [--cert F --key F --ca F]: a client of nodes for programs that have none of their
// own. It takes requests as lines of JSON and answers each with one, whatever became of it:
//
//   {"lane":3,"node":"127.0.0.1:4100","verb":"append","arguments":{…},"deadline_ms":1000}
//   {"lane":3,"called_us":…,"answered_us":…,"code":"ok","body":"…","next":"",
//    "stale":false}
//   {"lane":3,"called_us":…,"answered_us":…,"code":"no_quorum","actual":0,"message":"…"}
//
// Requests of one lane are done one after the other, those of several at once. A lane keeps a link
// to each node it has asked; one that is gone is opened again by the next request. Times are of the
// steady clock. Ends when its input does.
#include "aiex/actors/cluster/gateway_client.hpp"

#include "torture/programs/certificate_options.hpp"

#include <nlohmann/json.hpp>

#include <condition_variable>
#include <deque>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

namespace {

using aiex::gateway_client;
using json = nlohmann::ordered_json; // what is sent on keeps its order

constexpr std::size_t lanes_max = 256;
constexpr std::size_t links_per_lane_max = 16;
constexpr std::size_t waiting_per_lane_max = 1'024;

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
    std::chrono::steady_clock::now().time_since_epoch())
    .count();
}

/// Lines of several lanes, one at a time.
void print_line(const std::string& line) {
  static std::mutex guard;
  const std::scoped_lock lock{guard};
  std::cout << line << std::endl;
}

class lane {
public:
  lane(std::uint64_t number, std::optional<aiex::tls_files> certificates)
      : number_(number), certificates_(std::move(certificates)), thread_([this] { run(); }) {}
  ~lane() {
    {
      const std::scoped_lock lock{guard_};
      is_ending_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  lane(const lane&) = delete;
  lane& operator=(const lane&) = delete;

  void take(json request) {
    const std::scoped_lock lock{guard_};
    aiex::invariant(waiting_.size() < waiting_per_lane_max, "a lane has too many requests waiting");
    waiting_.push_back(std::move(request));
    wake_.notify_one();
  }

private:
  void run() {
    for (;;) {
      std::unique_lock lock{guard_};
      wake_.wait(lock, [this] { return is_ending_ || !waiting_.empty(); });
      if (waiting_.empty())
        return;
      const json request = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      print_line(answer(request).dump(-1, ' ', false, json::error_handler_t::replace));
    }
  }

  json answer(const json& request) {
    json told{{"lane", number_}, {"called_us", now_us()}};
    const auto reply = ask(request);
    told["answered_us"] = now_us();
    if (reply) {
      told.update(
        {{"code", "ok"}, {"body", reply->body}, {"next", reply->next}, {"stale", reply->is_stale}});
    } else {
      const aiex::error& why = reply.error();
      told.update({{"code", name(why.code)}, {"actual", why.actual}, {"message", why.message}});
    }
    return told;
  }

  aiex::result<aiex::gateway_reply> ask(const json& request) {
    const std::string node = request.at("node");
    const std::chrono::milliseconds deadline{request.at("deadline_ms").get<std::int64_t>()};
    auto found = links_.find(node);
    if (found == links_.end()) {
      const auto where = aiex::parse_endpoint(node);
      if (!where)
        return tl::unexpected(where.error());
      auto opened = gateway_client::connect(
        *where, {.deadline = deadline, .name = "line_client", .certificates = certificates_});
      if (!opened)
        return tl::unexpected(opened.error());
      if (links_.size() == links_per_lane_max)
        links_.clear();
      found = links_.emplace(node, std::move(*opened)).first;
    }
    auto reply = found->second.call(request.at("verb"), request.at("arguments").dump(), deadline);
    const auto is_gone = [](aiex::errc code) {
      return code == aiex::errc::unreachable || code == aiex::errc::unknown_outcome;
    };
    if (!reply && is_gone(reply.error().code))
      links_.erase(found);
    return reply;
  }

  std::uint64_t number_;
  std::optional<aiex::tls_files> certificates_;
  std::map<std::string, gateway_client> links_; // of the thread alone
  std::mutex guard_;
  std::condition_variable wake_;
  std::deque<json> waiting_;
  bool is_ending_ = false;
  std::thread thread_; // last: it uses the others
};

} // namespace

int main(int argument_count, char** arguments) {
  std::vector<std::string> words(arguments + 1, arguments + argument_count);
  const auto certificates = aiex::test::take_certificates(words);
  if (!words.empty()) {
    std::cerr << "line_client [--cert FILE --key FILE --ca FILE]\n";
    return 2;
  }
  std::map<std::uint64_t, lane> lanes;
  for (std::string line; std::getline(std::cin, line);) {
    json request = json::parse(line);
    const std::uint64_t number = request.at("lane");
    aiex::invariant(number < lanes_max, "there are not that many lanes");
    lanes.try_emplace(number, number, certificates).first->second.take(std::move(request));
  }
}
