// Tested by tests/persistence/consensus/message_codec_test.cpp
#include "aiex/persistence/consensus/message.hpp"

namespace aiex::consensus {

namespace {

bool follow(log_place end, const std::vector<entry>& entries, std::uint64_t term_max) {
  for (const entry& each : entries) {
    if (each.place.index != end.index + 1 || each.place.term < end.term ||
        each.place.term > term_max || each.place.term == 0)
      return false;
    end = each.place;
  }
  return entries.size() <= limits::entries_per_message;
}

/// No index reaches it: sums of indexes and small numbers do not overflow.
constexpr std::uint64_t index_max = std::uint64_t{1} << 62;

} // namespace

bool is_sound(const message& given) {
  if (given.from.is_nil() || given.to.is_nil() || given.term > index_max)
    return false;
  if (const auto* request = std::get_if<replicate_request>(&given.what))
    return request->previous.index < index_max && request->committed < index_max &&
           request->acknowledged < index_max && request->previous.term <= given.term &&
           (request->previous.index == 0) == (request->previous.term == 0) &&
           follow(request->previous, request->entries, given.term);
  if (const auto* answer = std::get_if<replicate_answer>(&given.what))
    return answer->asked < index_max && answer->matched < index_max &&
           answer->hint.index < index_max;
  if (const auto* beat = std::get_if<heartbeat>(&given.what))
    return beat->committed < index_max && beat->acknowledged < index_max && beat->last < index_max;
  if (const auto* asked = std::get_if<fetch_request>(&given.what))
    return asked->from > 0 && asked->from <= asked->to && asked->to < index_max;
  if (const auto* answer = std::get_if<fetch_answer>(&given.what))
    return answer->entries.size() <= limits::entries_per_message;
  return true;
}

} // namespace aiex::consensus
