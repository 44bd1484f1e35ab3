// What a node counts, in Prometheus' text format (exposition format 0.0.4). Pure.
#pragma once

#include "aiexd/verbs/diagnosis.hpp"

#include <cstdint>
#include <string>

namespace aiex {

/// Of who was silent there is nothing but `aiex_up`, `aiex_bus_up`, `aiex_projection_up` 0.
std::string metrics_of(const node_findings& found, std::uint64_t resident_bytes);

} // namespace aiex
