// A message as it arrives on the other side.
#pragma once

#include "aiex/persistence/consensus/message_codec.hpp"

#include <stdexcept>
#include <utility>
#include <vector>

namespace aiex::test {

/// Through bytes and back, all but its entries: those of a net of cores have none of a log.
inline consensus::message through_codec(consensus::message what) {
  std::vector<consensus::entry> entries;
  auto* request = std::get_if<consensus::replicate_request>(&what.what);
  if (request != nullptr)
    entries.swap(request->entries);
  if (auto* answer = std::get_if<consensus::fetch_answer>(&what.what))
    entries.swap(answer->entries);
  sha256 hash;
  auto made = consensus::message_of(consensus::to_bytes(what), hash);
  if (!made || *made != what)
    throw std::runtime_error{"codec: a message of a core is not what was sent"};
  if (auto* read = std::get_if<consensus::replicate_request>(&made->what))
    read->entries = std::move(entries);
  if (auto* read = std::get_if<consensus::fetch_answer>(&made->what))
    read->entries = std::move(entries);
  return std::move(*made);
}

} // namespace aiex::test
