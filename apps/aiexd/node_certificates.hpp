#pragma once

#include "aiex/actors/cluster/tls/credentials.hpp"

#include "aiexd/node_config.hpp"

#include <memory>

namespace aiex {

/// Loads a node's certificates, as its configuration names them; nothing if it names none. Errors:
/// invalid_argument or denied: a file is not what it should be, or the certificate is not that of
/// a node of this name.
result<std::shared_ptr<tls_credentials>> certificates_of(const node_config& config);

} // namespace aiex
