// Tested by tests/actors/cluster/link_test.cpp
#include "aiex/actors/cluster/link_scribe.hpp"

#include <caf/io/basp_broker.hpp>
#include <caf/make_counted.hpp>
#include <caf/send.hpp>

namespace aiex {

using caf::io::network::default_multiplexer;

link_scribe::link_scribe(default_multiplexer& multiplexer, int fd,
  std::shared_ptr<link_connection> connection, std::size_t send_buffer_bytes_max)
    // CAF names connections by socket number and cleans up after the number is free again. An id
    // that never comes back keeps the clean-up of a dead link away from its successor.
    : scribe(caf::io::connection_handle::from_int(static_cast<std::int64_t>(connection->id()))),
      connection_(connection), send_buffer_bytes_max_(send_buffer_bytes_max),
      stream_(multiplexer, fd, std::move(connection)) {}

void link_scribe::configure_read(caf::io::receive_policy::config config) {
  stream_.configure_read(config);
  if (std::exchange(launched_, true))
    return;
  connection_->when_ready([this] { flush(); }); // called by our stream
  stream_.start(this);
}

void link_scribe::ack_writes(bool enable) {
  stream_.ack_writes(enable);
}

std::vector<char>& link_scribe::wr_buf() {
  return stream_.wr_buf();
}

std::vector<char>& link_scribe::rd_buf() {
  return stream_.rd_buf();
}

void link_scribe::graceful_shutdown() {
  stream_.graceful_shutdown();
  detach(&stream_.backend(), false);
}

/// Called after each frame CAF writes. A peer that does not read must not fill our memory.
void link_scribe::flush() {
  if (stream_.wr_buf().size() > send_buffer_bytes_max_)
    connection_->abort(link_breach::send_buffer_full);
  if (connection_->breach() != link_breach::none)
    stream_.wr_buf().clear();
  if (connection_->is_ready())
    stream_.flush(this);
}

std::string link_scribe::addr() const {
  const auto address = caf::io::network::remote_addr_of_fd(stream_.fd());
  return address ? *address : std::string{};
}

std::uint16_t link_scribe::port() const {
  const auto port = caf::io::network::remote_port_of_fd(stream_.fd());
  return port ? *port : std::uint16_t{0};
}

void link_scribe::add_to_loop() {
  stream_.activate(this);
}

void link_scribe::remove_from_loop() {
  stream_.passivate();
}

bool link_scribe::consume(caf::execution_unit* context, const void* bytes, std::size_t size) {
  const bool more = scribe::consume(context, bytes, size);
  dismiss_spawn_servers();
  return more;
}

/// At each handshake CAF starts an actor that asks the other node for its spawn server, and keeps
/// its handle for as long as the process lives. The other guard swallows the question, and a node
/// that thousands of clients visit must not keep thousands of handles.
///
/// It does the same when it first sees the handle of an actor of a third node: it then takes the
/// node that sent it for a way to there. It is none, and the handle is that of a dead actor.
void link_scribe::dismiss_spawn_servers() {
  auto* broker = static_cast<caf::io::basp_broker*>(parent());
  if (broker == nullptr)
    return; // CAF closed the link over its handshake
  for (const auto& [node, server] : broker->spawn_servers) {
    caf::anon_send_exit(server, caf::exit_reason::kill);
    broker->instance.tbl().erase_indirect(node);
  }
  broker->spawn_servers.clear();
}

linked_socket make_linked_socket(default_multiplexer& multiplexer, tcp_socket socket,
  link_rules rules, const link_limits& limits, const std::shared_ptr<link_book>& book,
  std::unique_ptr<tls_channel> tls) {
  tune_tcp(socket.fd(), limits.unread_max);
  auto connection = std::make_shared<link_connection>(
    socket.fd(), book->next_id(), std::move(rules), book, std::move(tls));
  book->opened(connection->id(), connection);
  auto scribe = caf::make_counted<link_scribe>(
    multiplexer, socket.release(), connection, limits.send_buffer_bytes_max);
  return {std::move(connection), std::move(scribe)};
}

} // namespace aiex
