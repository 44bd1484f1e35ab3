#pragma once

#include "aiex/actors/cluster/link_book.hpp"
#include "aiex/actors/cluster/tls/credentials.hpp"

#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace aiex {

/// Looks at the files of `own` every `interval`, and closes the links whose certificates are not
/// believed any more: revoked, or expired meanwhile. `warn` is told once what is wrong with a
/// changed file. Spawn it detached: it reads files.
caf::behavior watch_certificates(caf::event_based_actor* self, std::shared_ptr<tls_credentials> own,
  std::shared_ptr<link_book> book, std::chrono::milliseconds interval,
  std::function<void(const std::string&)> warn);

} // namespace aiex
