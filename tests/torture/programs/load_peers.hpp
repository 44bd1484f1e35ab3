// One append of a load, to a node of aiex or of etcd. Both are asked in the way that a program
// without code of theirs would choose: ours through the library's gateway client, etcd in JSON over
// HTTP/1.1, as a transaction that compares the key's version and puts.
#pragma once

#include "torture/programs/load_run.hpp"

namespace aiex::test {

/// `node` is ADDR:PORT. They connect, and connect again after a failure, when they are asked.
load_appender open_aiex(const std::string& node);
load_appender open_etcd(const std::string& node);

} // namespace aiex::test
