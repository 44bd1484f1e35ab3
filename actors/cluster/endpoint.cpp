#include "aiex/actors/cluster/endpoint.hpp"

#include <arpa/inet.h>

#include <charconv>

namespace aiex {

namespace {

bool is_ipv4(const std::string& address, in_addr& bytes) {
  return ::inet_pton(AF_INET, address.c_str(), &bytes) == 1;
}

bool is_ipv6(const std::string& address, in6_addr& bytes) {
  return ::inet_pton(AF_INET6, address.c_str(), &bytes) == 1;
}

auto refuse(std::string_view text) {
  return fail(errc::invalid_argument,
    "'" + std::string(text) + "' is no address and port; write for example 127.0.0.1:4100");
}

} // namespace

result<endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return refuse(text);
  std::string_view address = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const bool bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
  if (bracketed)
    address = address.substr(1, address.size() - 2);

  endpoint where{std::string(address)};
  if (where.address == "localhost")
    where.address = "127.0.0.1";
  const auto [end, problem] =
    std::from_chars(digits.data(), digits.data() + digits.size(), where.port);
  if (digits.empty() || problem != std::errc{} || end != digits.data() + digits.size())
    return refuse(text);
  in_addr v4{};
  in6_addr v6{};
  if (bracketed ? !is_ipv6(where.address, v6) : !is_ipv4(where.address, v4))
    return refuse(text);
  return where;
}

std::string to_string(const endpoint& where) {
  const bool v6 = where.address.find(':') != std::string::npos;
  return (v6 ? "[" + where.address + "]" : where.address) + ":" + std::to_string(where.port);
}

bool is_loopback(const endpoint& where) {
  in_addr v4{};
  if (is_ipv4(where.address, v4))
    return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return is_ipv6(where.address, v6) && IN6_IS_ADDR_LOOPBACK(&v6);
}

endpoint dialled(const endpoint& listening) {
  in_addr v4{};
  if (is_ipv4(listening.address, v4) && v4.s_addr == htonl(INADDR_ANY))
    return {"127.0.0.1", listening.port};
  in6_addr v6{};
  if (is_ipv6(listening.address, v6) && IN6_IS_ADDR_UNSPECIFIED(&v6))
    return {"::1", listening.port};
  return listening;
}

} // namespace aiex
