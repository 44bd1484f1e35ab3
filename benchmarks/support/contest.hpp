// Ours and its peers, measured in turns within one run: a slice of A, a slice of B, the other way
// around, and so on. A disk or a machine that changes its pace does so for both, and a ratio stands
// where absolute figures do not.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace aiex::bench {

struct contender {
  std::string name{};
  std::function<void()> prepare{}; ///< Before each operation, not measured; may be empty.
  std::function<void()> operation{};
  double steps = 1; ///< One operation does so much one after another; p50 and p99 are of one step.
};

class contest {
public:
  /// The first is ours, the others are its peers. `slice`: operations before it is another's turn.
  contest(std::vector<contender> all, std::size_t slice);

  /// A slice of each; answers the seconds that ours took.
  double round();

  /// Of each: `<name>_per_s` (median of the slices), `<name>_p50_us` and `<name>_p99_us` of one
  /// operation. Of each peer: `ratio_<name>`, our rate by its rate, the median of all rounds.
  /// `items`: how many of `what` ("events") one operation is.
  void report(benchmark::State& state, double items, const char* what) const;

private:
  struct record {
    std::vector<double> operations; // seconds of each
    std::vector<double> slices;     // seconds of each
  };
  void run_slice(std::size_t number);

  std::vector<contender> all_;
  std::vector<record> records_;
  std::size_t slice_;
  bool backwards_ = false;
};

/// Rounds for as long as `state` asks for them, then the report.
void measure(benchmark::State& state, contest measured, double items, const char* what);

/// The value below which `share` (0 to 1) of `values` lie. Precondition: there are some.
double quantile(std::vector<double> values, double share);

} // namespace aiex::bench
