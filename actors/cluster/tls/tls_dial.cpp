#include "aiex/actors/cluster/tls/tls_dial.hpp"

#include <arpa/inet.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace aiex {

namespace {

using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

constexpr milliseconds poll_turn_max{60'000}; // poll counts in int

using address_bytes = std::array<unsigned char, sizeof(in6_addr)>;

/// IPv4 as it stands in IPv6, so that one comparison does.
std::optional<address_bytes> bytes_of(const std::string& address) {
  address_bytes bytes{};
  if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1)
    return bytes;
  bytes[10] = bytes[11] = 0xff;
  if (::inet_pton(AF_INET, address.c_str(), bytes.data() + 12) == 1)
    return bytes;
  return std::nullopt;
}

bool may_be_at(const certificate_facts& shown, const endpoint& where) {
  if (shown.addresses.empty() || is_loopback(where))
    return true;
  const auto dialled = bytes_of(where.address);
  return std::any_of(shown.addresses.begin(), shown.addresses.end(),
    [&](const std::string& each) { return bytes_of(each) == dialled; });
}

/// False at the deadline.
bool await(int fd, bool for_room, steady::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - steady::now());
  if (left.count() <= 0)
    return false;
  pollfd event{fd, static_cast<short>(for_room ? POLLOUT : POLLIN), 0};
  return ::poll(&event, 1, static_cast<int>(std::min(left, poll_turn_max).count())) >= 0 ||
         steady::now() < deadline;
}

} // namespace

bool is_of_tls(link_breach breach) noexcept {
  return breach >= link_breach::not_tls && breach <= link_breach::refused_us;
}

error tls_refusal(const endpoint& where, link_breach breach) {
  const std::string words = to_string(where) + " " + std::string{text(breach)};
  switch (breach) {
  case link_breach::not_tls:
  case link_breach::tls_at_plain_port:
    return {errc::unreachable,
      words + ". If it is a node without certificates, leave out --cert, --key and --ca"};
  case link_breach::tls_expected:
    return {errc::denied, words + ". Give yours with --cert, --key and --ca; who keeps the "
                                  "authority makes one with \"aiex cert client\""};
  case link_breach::tls_failed: return {errc::unreachable, words + ". Is it a node of aiex?"};
  case link_breach::refused_us:
    return {errc::denied, words + ": it is of another authority, has expired or been revoked. "
                                  "\"aiex cert show\" says what it is"};
  default: return {errc::denied, words};
  }
}

result<std::unique_ptr<tls_channel>> dial_tls(const tls_credentials& own, int fd,
  const endpoint& where, const std::optional<std::string>& expected, milliseconds deadline) {
  const auto give_up_at = steady::now() + deadline;
  auto channel = own.dial(fd);
  for (;;) {
    const auto step = channel->shake_hands();
    if (step.what == tls_progress::done)
      break;
    if (step.what == tls_progress::broken)
      return tl::unexpected(tls_refusal(where, step.why));
    if (step.what == tls_progress::ended)
      return fail(errc::unreachable, to_string(where) +
                                       " closed the connection during the TLS handshake. A node "
                                       "without certificates? Then leave out --cert, --key and "
                                       "--ca. Or one that is stopping or has no room");
    if (!await(fd, step.wants_room, give_up_at))
      return fail(errc::time_out,
        to_string(where) + " did not complete the TLS handshake in time. Is it a node of aiex?");
  }
  const certificate_facts& shown = channel->shown().facts();
  if (shown.who->kind != peer_kind::node)
    return tl::unexpected(tls_refusal(where, link_breach::not_a_node));
  if (expected && shown.who->name != *expected)
    return fail(errc::denied, to_string(where) + " is " + to_string(*shown.who) + ", and node " +
                                *expected + " was expected there");
  if (!may_be_at(shown, where))
    return fail(errc::denied,
      to_string(where) + " showed the certificate of " + to_string(*shown.who) +
        ", which is for other addresses. Dial one of those, or renew it with --address " +
        where.address);
  return channel;
}

} // namespace aiex
