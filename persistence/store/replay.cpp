#include "aiex/persistence/store/replay.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace aiex {

result<std::uint64_t> replay(const event_store& events, query asked, event_handler each) {
  const auto head = events.head();
  if (!head)
    return tl::unexpected(head.error());
  asked.up_to = std::min(asked.up_to, head->position);
  std::uint64_t count = 0;
  for (std::optional<query> next = std::move(asked); next;) {
    auto page = events.read(*next);
    if (!page)
      return tl::unexpected(std::move(page.error()));
    for (const recorded_event& event : page->events) {
      if (auto handled = each(event, occasion::replay); !handled)
        return tl::unexpected(std::move(handled.error()));
      ++count;
    }
    next = std::move(page->rest);
  }
  return count;
}

} // namespace aiex
