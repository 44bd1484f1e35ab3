#pragma once

#include "simulate/cluster/planted_faults.hpp"

#include <cstdint>
#include <string>

namespace aiex::test {

/// How a planted fault was found.
struct found_fault {
  std::uint64_t seeds = 0; ///< So many it took, or as many as there were.
  std::string rule{};      ///< Empty: not at all.
};

/// Runs worlds with the fault, from seed `first` on, until a rule is broken.
found_fault look_for(planted_fault what, std::uint64_t first, std::uint64_t seeds_max);

/// A line of a table: the median of the seeds it takes from `starts` different first ones, of which
/// none is used twice, and the rules that found it.
std::string median_line(planted_fault what, std::size_t starts);

} // namespace aiex::test
