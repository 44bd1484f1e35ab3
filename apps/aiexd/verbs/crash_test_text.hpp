// A crash of an aggregate as a C++ test that does it once more. Pure.
#pragma once

#include "aiex/actors/flow/crash_ledger_memory.hpp"
#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/log/event.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace aiex {

/// Of an event, what a test needs.
struct told_event {
  std::string type;
  std::uint32_t schema = 1;
  std::string data;
};

/// Longer streams are no test anybody would read.
inline constexpr std::size_t crash_test_events_max = 1'000;
inline constexpr std::size_t crash_test_bytes_max = std::size_t{1024} * 1024;

/// The source of a doctest test which fails as long as the bug is there. `happened`: the stream up
/// to the version of the crash's site. Errors: invalid_data (the command's data were too large to
/// be kept).
result<std::string> crash_test_text(const crash& seen, std::span<const told_event> happened);

} // namespace aiex
