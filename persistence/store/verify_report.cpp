// Tested by tests/persistence/store/event_store_test.cpp
#include "aiex/persistence/store/verify_report.hpp"

#include <utility>

namespace aiex {

void verify_report::add(finding what) {
  ++findings_total;
  if (findings.size() < findings_max)
    findings.push_back(std::move(what));
}

position verify_report::first_bad() const noexcept {
  position first;
  for (const finding& each : findings)
    if (each.where.value != 0 && (first.value == 0 || each.where < first))
      first = each.where;
  return first;
}

} // namespace aiex
