#include "aiex/actors/cluster/link_doorman.hpp"

#include "aiex/actors/cluster/link_scribe.hpp"

#include <caf/io/abstract_broker.hpp>
#include <caf/send.hpp>

namespace aiex {

link_doorman::link_doorman(caf::io::network::default_multiplexer& multiplexer, tcp_socket socket,
  link_rules rules, link_limits limits, std::shared_ptr<link_book> book, caf::actor watch,
  std::shared_ptr<const tls_credentials> own)
    : doorman_impl(multiplexer, socket.release()), rules_(std::move(rules)), limits_(limits),
      book_(std::move(book)), watch_(std::move(watch)), own_(std::move(own)) {}

bool link_doorman::new_connection() {
  tcp_socket socket(acceptor_.accepted_socket());
  if (detached())
    return false;
  auto& multiplexer = acceptor_.backend();
  auto tls = own_ ? own_->accept(socket.fd()) : nullptr;
  auto linked =
    make_linked_socket(multiplexer, std::move(socket), rules_, limits_, book_, std::move(tls));
  const auto handle = linked.scribe->hdl();
  book_->accepted(linked.connection->id(), linked.connection);
  caf::anon_send(watch_, caf::tick_atom::value);
  parent()->add_scribe(std::move(linked.scribe));
  return doorman::new_connection(&multiplexer, handle);
}

} // namespace aiex
