// A client of a node: what the command line and other programs without actors talk through.
//
// It owns all it needs, an actor system of its own included; no actor and no CAF shows outside.
// When it goes, everything has ended: no thread is left, nothing waits for the node.
#pragma once

#include "aiex/actors/cluster/endpoint.hpp"
#include "aiex/actors/cluster/tls/credentials.hpp"
#include "aiex/actors/runtime/gateway_protocol.hpp"
#include "aiex/actors/runtime/profile.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace aiex {

class gateway_client {
public:
  struct options {
    std::chrono::milliseconds deadline{5'000}; ///< For connecting, hello included.
    std::string name = "aiex";                 ///< Of the program, for the node's logs.
    aiex::profile profile{};
    std::optional<tls_files> certificates{}; ///< Of this client; nothing: links are plain.
  };

  /// Connects and says hello. Cannot be cancelled, so keep the deadline as short as patience is.
  ///
  ///   errors   unreachable | time_out | invalid_argument | io, as link::connect says
  ///            unknown_version   the node speaks another gateway_protocol
  ///            those of tls_credentials::load, and denied: whose certificate is of no use
  static result<gateway_client> connect(const endpoint& node, options wishes);
  static result<gateway_client> connect(const endpoint& node) { return connect(node, options{}); }

  gateway_client(gateway_client&&) noexcept;
  gateway_client& operator=(gateway_client&&) noexcept;
  ~gateway_client();

  /// Sends one request and waits for the reply, but no longer than `deadline`.
  ///
  ///   thread   one at a time; any thread but an actor's
  ///   errors   what the node answers, and
  ///            invalid_argument | data_too_large   not sent
  ///            unreachable       the link was gone before the request was sent
  ///            unknown_outcome   the link went, by the node's death too, after it was sent:
  ///            noticed
  ///                              at once. Whether it was carried out, only a read can tell
  ///            time_out          no reply in time; it may still be carried out
  ///            stopped           cut off by `cancel`; it may still be carried out
  ///
  /// Calls that belong together (the pages of a list) share `is_stopped`: whoever cancels them sets
  /// it first, so that it also counts between two of them.
  result<gateway_reply> call(std::string verb, std::string arguments,
    std::chrono::milliseconds deadline, const std::atomic<bool>* is_stopped = nullptr);

  /// Ends the call that waits now, if any, and no later one. Any thread, and signal handlers.
  void cancel() noexcept;

  /// Who answered the hello.
  const gateway_welcome& node() const noexcept;

private:
  struct session;
  explicit gateway_client(std::unique_ptr<session> opened);

  std::unique_ptr<session> session_;
};

} // namespace aiex
