// Whether what clients noted fits to the log as it stands in the end, by any order of effects that
// real time allows: every operation takes effect once between its call and its answer, or, if its
// outcome is unknown, at any time after its call or never.
//
// That is linearizability. It is hard in general; here the log is the order of all writes, and an
// answer tells by its versions, positions and ids between which of them it was given. So one sweep
// in the order of calls and answers decides: each operation takes the earliest moment of the log
// that fits to its answer and is not before the moments of those that were answered before its
// call. No other choice can do better, since moments only push later ones forward.
//
// Steps grow with the events of requests and log and with the operations, not faster.
#pragma once

#include "simulate/cluster/history_findings.hpp"

namespace aiex::test {

/// Without violations all is well.
history_report check(const history& of, const final_log& log);

} // namespace aiex::test
