#include "aiex/persistence/base/passing.hpp"

namespace aiex {

bool is_passing(errc code) noexcept {
  switch (code) {
  case errc::overloaded:
  case errc::time_out:
  case errc::unknown_outcome:
  case errc::store_full:
  case errc::no_quorum:
  case errc::unreachable:
  case errc::not_leader:
  case errc::corrupt:
  case errc::io:
  case errc::stopped: return true;
  default: return false;
  }
}

} // namespace aiex
