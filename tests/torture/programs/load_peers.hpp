// One append of a load, to a node of aiex or of etcd. Each is asked as its own clients ask: ours
// through the library's gateway client, etcd by gRPC where that is installed (CMake looks for it).
// etcd's other way, JSON over HTTP/1.1, needs nothing, and costs its nodes about as much again.
#pragma once

#include "torture/programs/certificate_options.hpp"
#include "torture/programs/load_run.hpp"

namespace aiex::test {

/// `node` is ADDR:PORT. They connect, and connect again after a failure, when they are asked.
load_appender open_aiex(const std::string& node, const std::optional<tls_files>& certificates);
load_appender open_etcd(const std::string& node); ///< Only if AIEX_HAS_GRPC.
load_appender open_etcd_json(const std::string& node);

} // namespace aiex::test
