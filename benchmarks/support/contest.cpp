#include "support/contest.hpp"

#include <algorithm>
#include <chrono>

namespace aiex::bench {

namespace {

double seconds_of(const std::function<void()>& operation) {
  const auto start = std::chrono::steady_clock::now();
  operation();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

contest::contest(std::vector<contender> all, std::size_t slice)
    : all_(std::move(all)), records_(all_.size()), slice_(slice) {}

void contest::run_slice(std::size_t number) {
  const contender& its = all_[number];
  double slice = 0;
  for (std::size_t i = 0; i < slice_; ++i) {
    if (its.prepare)
      its.prepare();
    records_[number].operations.push_back(seconds_of(its.operation));
    slice += records_[number].operations.back();
  }
  records_[number].slices.push_back(slice);
}

double contest::round() {
  for (std::size_t i = 0; i < all_.size(); ++i)
    run_slice(backwards_ ? all_.size() - 1 - i : i);
  backwards_ = !backwards_;
  return records_.front().slices.back();
}

void contest::report(benchmark::State& state, double items, const char* what) const {
  state.SetLabel(what);
  const record& ours = records_.front();
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const record& its = records_[i];
    const std::string& name = all_[i].name;
    const double done = items * static_cast<double>(slice_);
    state.counters[name + "_per_s"] = done / quantile(its.slices, 0.5);
    state.counters[name + "_p50_us"] = 1e6 * quantile(its.operations, 0.5) / all_[i].steps;
    state.counters[name + "_p99_us"] = 1e6 * quantile(its.operations, 0.99) / all_[i].steps;
    if (i == 0)
      continue;
    std::vector<double> ratios;
    for (std::size_t round = 0; round < its.slices.size(); ++round)
      ratios.push_back(its.slices[round] / ours.slices[round]);
    state.counters["ratio_" + name] = quantile(std::move(ratios), 0.5);
  }
}

void measure(benchmark::State& state, contest measured, double items, const char* what) {
  for (auto _ : state)
    state.SetIterationTime(measured.round());
  measured.report(state, items, what);
}

double quantile(std::vector<double> values, double share) {
  const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

} // namespace aiex::bench
