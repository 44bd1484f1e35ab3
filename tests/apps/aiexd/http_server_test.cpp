#include "aiexd/http_server.hpp"
#include "support/eventually.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>

namespace aiex {
namespace {

/// What is answered to the request, until the server closes.
std::string answer_of(const endpoint& where, const std::string& request) {
  const int peer = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(where.port);
  ::inet_pton(AF_INET, where.address.c_str(), &address.sin_addr);
  const timeval most{test::patience.count() / 1'000, 0};
  ::setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
  REQUIRE(::connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  CHECK(::send(peer, request.data(), request.size(), MSG_NOSIGNAL) ==
        static_cast<ssize_t>(request.size()));
  std::string answer;
  char piece[4096];
  for (ssize_t count = 0; (count = ::recv(peer, piece, sizeof piece, 0)) > 0;)
    answer.append(piece, static_cast<std::size_t>(count));
  ::close(peer);
  return answer;
}

std::string get(const endpoint& where, const std::string& path) {
  return answer_of(where, "GET " + path + " HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n");
}

struct served_node {
  std::atomic<bool> is_healthy{true};
  result<http_server> server = http_server::start(
    {"127.0.0.1", 0}, {.health = [] { return std::string{R"({"health":"single_node"})"}; },
                        .is_healthy = [this] { return is_healthy.load(); },
                        .metrics = [] { return std::string{"aiex_up 1\n"}; }});
  endpoint where() const {
    REQUIRE(server);
    return server->where();
  }
};

TEST_CASE("http_server: health by its status, metrics as text, nothing else") {
  served_node node;
  CHECK(node.where().port != 0);
  const auto healthy = get(node.where(), "/health");
  CHECK(healthy.starts_with("HTTP/1.1 200 "));
  CHECK(healthy.find("application/json") != std::string::npos);
  CHECK(healthy.ends_with("{\"health\":\"single_node\"}\n"));
  node.is_healthy = false;
  const auto ill = get(node.where(), "/health");
  CHECK(ill.starts_with("HTTP/1.1 503 "));
  CHECK(ill.ends_with("{\"health\":\"single_node\"}\n"));
  const auto metrics = get(node.where(), "/metrics");
  CHECK(metrics.find("text/plain") != std::string::npos);
  CHECK(metrics.ends_with("\r\n\r\naiex_up 1\n"));
  CHECK(get(node.where(), "/").starts_with("HTTP/1.1 404 "));
}

TEST_CASE("http_server: what is too large or no request is refused, and it serves on") {
  served_node node;
  CHECK(answer_of(node.where(), "POST /health HTTP/1.1\r\nHost: node\r\nConnection: close\r\n"
                                "Content-Length: 70000\r\n\r\n" +
                                  std::string(70'000, 'x'))
          .starts_with("HTTP/1.1 4"));
  (void)answer_of(node.where(), "nonsense\r\n\r\n");
  CHECK(get(node.where(), "/health").starts_with("HTTP/1.1 200 "));
}

TEST_CASE("http_server: an address that is taken is said, and free again after its end") {
  endpoint where;
  {
    served_node node;
    where = node.where();
    const auto second = http_server::start(where, {});
    REQUIRE_FALSE(second);
    CHECK(second.error().code == errc::in_use);
    CHECK(second.error().message.find(to_string(where)) != std::string::npos);
    CHECK(second.error().message.find("--http") != std::string::npos);
  }
  CHECK(http_server::start(where, {.health = [] { return std::string{}; },
                                    .is_healthy = [] { return true; },
                                    .metrics = [] { return std::string{}; }}));
}

} // namespace
} // namespace aiex
