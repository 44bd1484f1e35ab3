#include "aiex/actors/flow/inline_readers.hpp"

#include <algorithm>
#include <utility>

namespace aiex {

namespace {

bool listens(const query& to, const append_request& request) {
  recorded_event probe;
  probe.position = position{1};
  for (const append_part& part : request.parts) {
    probe.stream = part.stream;
    for (const event& each : part.events) {
      probe.type = each.type;
      if (matches(to, probe))
        return true;
    }
  }
  return false;
}

} // namespace

void inline_readers::add(const caf::actor& reader, query listens_to) const {
  {
    const std::lock_guard guard{all_->lock};
    all_->entries.push_back({reader, std::move(listens_to)});
  }
  // At once if it has ended already, so not under the lock.
  reader->attach_functor([all = std::weak_ptr{all_}, id = reader.id()](const caf::error&) {
    std::vector<entry> ended; // let go of outside the lock: it may be the last handle
    if (const auto known = all.lock()) {
      const std::lock_guard guard{known->lock};
      const auto first = std::partition(known->entries.begin(), known->entries.end(),
        [id](const entry& each) { return each.reader.id() != id; });
      std::move(first, known->entries.end(), std::back_inserter(ended));
      known->entries.erase(first, known->entries.end());
    }
  });
}

std::vector<caf::actor> inline_readers::of(const append_request& request) const {
  std::vector<caf::actor> found;
  const std::lock_guard guard{all_->lock};
  for (const entry& each : all_->entries)
    if (listens(each.listens_to, request))
      found.push_back(each.reader);
  return found;
}

} // namespace aiex
