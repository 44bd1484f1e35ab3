// Writers that append as fast as they are answered, each to a stream of its own, and what it took.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace aiex::test {

struct load_append {
  std::string stream;
  std::uint64_t expected = 0; ///< The stream's version before.
  std::string id;
  std::string data; ///< A JSON object.
};

/// Does one append, and returns once it is answered: whether it was accepted. Used by one thread.
using load_appender = std::function<bool(const load_append& asked)>;
using load_opener = std::function<load_appender(const std::string& node)>;

struct load_wishes {
  std::vector<std::string> nodes; ///< Writers are spread over them.
  std::size_t writers = 1;
  std::chrono::seconds warm_up{1}; ///< Not counted.
  std::chrono::seconds length{5};
  std::size_t payload_bytes = 100;
  std::string run; ///< Begins the streams' names: of another run others.
};

struct load_report {
  std::uint64_t appends = 0;
  std::uint64_t failures = 0; ///< A writer whose append failed goes on with a new stream.
  double seconds = 0;
  std::vector<double> latencies_ms; ///< Sorted.
};

load_report run_load(const load_wishes& wishes, const load_opener& open);

} // namespace aiex::test
