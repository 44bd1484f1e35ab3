#pragma once

#include "aiex/persistence/consensus/jobs.hpp"
#include "aiex/persistence/log/entry_chain.hpp"

#include <cstdint>
#include <string>

namespace aiex::test {

/// A no-op or a configuration behind `end`.
std::string composed_entry(
  const consensus::wanted& what, const chain_end& end, std::uint64_t term, timestamp now);

/// Where a log stands behind the entry in `bytes`. Precondition: sound.
chain_end end_behind(std::string_view bytes, sha256& hash);

} // namespace aiex::test
