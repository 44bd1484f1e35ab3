// A supervisor gets another spec while it runs, as in OTP when new code is loaded: what it is to do
// from now on, and which children it has. Nothing is started or stopped because of that.
#include "aiex/supervision/tree/supervisor_core.hpp"

#include <iterator>
#include <utility>

namespace aiex {

/// The wanted children come first, in their new order: those that are known go on as they are under
/// their new specs, the others are there and do not run. Then come those that nobody wants any
/// more, which live on until somebody stops and deletes them. Past restarts still count.
void supervisor_core::ask(request_token token, change_request& request) {
  if (auto sound = check(request.wanted); !sound)
    return answer(token, tl::unexpected(std::move(sound.error())));
  std::list<child> changed;
  for (child_spec& each : request.wanted.children) {
    const auto known = by_id_.find(each.id);
    if (known == by_id_.end()) {
      changed.push_back(child{std::move(each)});
      by_id_.emplace(changed.back().spec.id, std::prev(changed.end()));
      continue;
    }
    const place it = known->second;
    changed.splice(changed.end(), children_, it);
    it->spec = std::move(each);
    if (it->spec.restart == restart::temporary && it->status == child_status::running)
      it->spec.start = nullptr; // it is never started again
  }
  changed.splice(changed.end(), children_);
  children_ = std::move(changed);
  spec_.how = request.wanted.how;
  spec_.ends = request.wanted.ends;
  window_.change(request.wanted.limit);
  answer(token, std::nullopt);
}

} // namespace aiex
