#pragma once

#include <cstdio>
#include <memory>
#include <string>

namespace aiex::bench {

/// Erlang with a module of benchmarks/otp, which does what it is told a line at a time and answers
/// each with a line.
class otp_peer {
public:
  /// Null if there is no `erl` or `erlc` here, or the module cannot be compiled.
  static std::unique_ptr<otp_peer> start(const std::string& module);
  ~otp_peer();
  otp_peer(const otp_peer&) = delete;
  otp_peer& operator=(const otp_peer&) = delete;

  /// Returns when it is done. Throws broken_invariant if Erlang has ended.
  void tell(const std::string& line);

private:
  otp_peer(int child, std::FILE* to, std::FILE* from) : child_(child), to_(to), from_(from) {}

  int child_;
  std::FILE* to_;
  std::FILE* from_;
};

} // namespace aiex::bench
