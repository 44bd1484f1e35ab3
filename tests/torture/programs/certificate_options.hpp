// The certificate that a client of nodes shows, from its command line.
#pragma once

#include "aiex/actors/cluster/tls/credentials.hpp"

#include <optional>
#include <string>
#include <vector>

namespace aiex::test {

/// Takes "--cert F --key F --ca F" from the front of `words`, if they stand there.
inline std::optional<tls_files> take_certificates(std::vector<std::string>& words) {
  if (words.size() < 6 || words[0] != "--cert" || words[2] != "--key" || words[4] != "--ca")
    return std::nullopt;
  tls_files files{words[1], words[3], words[5]};
  words.erase(words.begin(), words.begin() + 6);
  return files;
}

} // namespace aiex::test
