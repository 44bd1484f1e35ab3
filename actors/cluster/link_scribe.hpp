// CAF's two ends of a socket, with ours in between: the scribe of a connection and the doorman of
// a listening port. Both live in CAF's multiplexer thread.
#pragma once

#include "aiex/actors/cluster/link_book.hpp"
#include "aiex/actors/cluster/link_connection.hpp"
#include "aiex/actors/cluster/tcp.hpp"

#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/stream_impl.hpp>
#include <caf/io/scribe.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace aiex {

/// A scribe of CAF whose stream reads and writes through a `link_connection`.
class link_scribe final : public caf::io::scribe {
public:
  link_scribe(caf::io::network::default_multiplexer& multiplexer, int fd,
    std::shared_ptr<link_connection> connection, std::size_t send_buffer_bytes_max);

  void configure_read(caf::io::receive_policy::config config) override;
  void ack_writes(bool enable) override;
  std::vector<char>& wr_buf() override;
  std::vector<char>& rd_buf() override;
  void graceful_shutdown() override;
  void flush() override;
  std::string addr() const override;
  std::uint16_t port() const override;
  void add_to_loop() override;
  void remove_from_loop() override;
  bool consume(caf::execution_unit* context, const void* bytes, std::size_t size) override;

private:
  void dismiss_spawn_servers();

  bool launched_ = false;
  std::shared_ptr<link_connection> connection_;
  std::size_t send_buffer_bytes_max_;
  caf::io::network::stream_impl<link_policy> stream_;
};

/// Makes the connection and the scribe of a socket, tuned; takes the socket.
struct linked_socket {
  std::shared_ptr<link_connection> connection;
  caf::io::scribe_ptr scribe;
};
linked_socket make_linked_socket(caf::io::network::default_multiplexer& multiplexer,
  tcp_socket socket, link_rules rules, const link_limits& limits,
  const std::shared_ptr<link_book>& book, std::unique_ptr<tls_channel> tls = {});

} // namespace aiex
