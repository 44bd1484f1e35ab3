#include "aiexd/node_certificates.hpp"

#include <fmt/format.h>

namespace aiex {

result<std::shared_ptr<tls_credentials>> certificates_of(const node_config& config) {
  if (!config.certificates)
    return std::shared_ptr<tls_credentials>{};
  auto loaded = tls_credentials::load(*config.certificates);
  if (!loaded)
    return fail(loaded.error().code == errc::denied ? errc::denied : errc::invalid_argument,
      "certificates: " + loaded.error().message);
  const auto who = (*loaded)->own().who;
  if (who->kind != peer_kind::node)
    return fail(errc::denied,
      fmt::format("certificates: {} is that of {}, and a node needs a node's. Make one with \"aiex "
                  "cert node {}\"",
        config.certificates->certificate, to_string(*who), config.name));
  if (who->name != config.name)
    return fail(errc::denied,
      fmt::format(
        "certificates: {} is that of {}, and this node's name is {}. Start it with --name "
        "{}, or make another with \"aiex cert node {}\"",
        config.certificates->certificate, to_string(*who), config.name, who->name, config.name));
  return loaded;
}

} // namespace aiex
