// Changes of the cluster: who belongs to it, and who leads it. Each waits until the log says so, as
// long as its client does.
#pragma once

#include "aiexd/verbs/verb_call.hpp"

namespace aiex {

void run_cluster_add(verb_call call);
void run_cluster_remove(verb_call call);
void run_cluster_replace(verb_call call);
void run_cluster_transfer(verb_call call);
void run_cluster_drain(verb_call call);

/// Waits until every node that can be reached has applied what is committed now.
void run_cluster_sync(verb_call call);

/// "pong", and how long it took; "pang" without an answer.
void run_cluster_ping(verb_call call);

} // namespace aiex
