#pragma once

#include "aiex/persistence/consensus/entry.hpp"

#include <vector>

namespace aiex::consensus {

struct fetch_answer {
  std::vector<entry> entries{};

  bool operator==(const fetch_answer&) const = default;
};

} // namespace aiex::consensus
