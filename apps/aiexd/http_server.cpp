#include "aiexd/http_server.hpp"

#include <httplib.h>

#include <thread>

namespace aiex {

namespace {

constexpr std::size_t http_threads = 2;
constexpr std::size_t http_request_bytes_max = 64 << 10;
constexpr std::chrono::seconds http_patience{2};

} // namespace

struct http_server::parts {
  httplib::Server server;
  endpoint where;
  std::thread thread;

  ~parts() {
    server.stop();
    if (thread.joinable())
      thread.join();
  }
};

result<http_server> http_server::start(const endpoint& where, http_pages pages) {
  auto made = std::make_unique<parts>();
  httplib::Server& server = made->server;
  server.new_task_queue = [] { return new httplib::ThreadPool{http_threads}; };
  server.set_socket_options([](socket_t socket) { // the library's own let two nodes share a port
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  server.set_payload_max_length(http_request_bytes_max);
  server.set_read_timeout(http_patience);
  server.set_write_timeout(http_patience);
  server.set_keep_alive_timeout(1);
  server.Get("/health", [pages](const httplib::Request&, httplib::Response& answer) {
    answer.status = pages.is_healthy() ? 200 : 503;
    answer.set_content(pages.health() + "\n", "application/json");
  });
  server.Get("/metrics", [pages](const httplib::Request&, httplib::Response& answer) {
    answer.set_content(pages.metrics(), "text/plain; version=0.0.4");
  });
  made->where = where;
  if (where.port == 0) {
    const int port = server.bind_to_any_port(where.address);
    if (port <= 0)
      return fail(errc::in_use, "cannot listen for HTTP at " + to_string(where));
    made->where.port = static_cast<std::uint16_t>(port);
  } else if (!server.bind_to_port(where.address, where.port)) {
    return fail(errc::in_use, "cannot listen for HTTP at " + to_string(where) +
                                "; choose another address with --http, or --http off");
  }
  made->thread = std::thread{[&server] { server.listen_after_bind(); }};
  while (!server.is_running()) // before that it cannot be stopped
    std::this_thread::yield();
  return http_server{std::move(made)};
}

http_server::http_server(std::unique_ptr<parts> running) : parts_(std::move(running)) {}
http_server::http_server(http_server&&) noexcept = default;
http_server& http_server::operator=(http_server&&) noexcept = default;
http_server::~http_server() = default;

const endpoint& http_server::where() const noexcept {
  return parts_->where;
}

} // namespace aiex
