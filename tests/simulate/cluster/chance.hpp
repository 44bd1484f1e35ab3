#pragma once

#include <cstdint>
#include <random>

namespace aiex::test {

/// The only source of chance in a simulation: all of it follows from one seed.
class chance {
public:
  explicit chance(std::uint64_t seed) : random_(seed) {}

  std::uint64_t any() { return random_(); }
  std::uint64_t below(std::uint64_t end) { return random_() % end; }
  /// Both included.
  std::uint64_t between(std::uint64_t first, std::uint64_t last) {
    return first + below(last - first + 1);
  }
  bool one_in(std::uint64_t many) { return below(many) == 0; }
  bool per_mille(std::uint64_t share) { return below(1'000) < share; }

private:
  std::mt19937_64 random_;
};

} // namespace aiex::test
