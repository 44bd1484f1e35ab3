// Tested by tests/actors/cluster/link_connection_test.cpp
#include "aiex/actors/cluster/certificate_watch.hpp"

#include <utility>

namespace aiex {

caf::behavior watch_certificates(caf::event_based_actor* self, std::shared_ptr<tls_credentials> own,
  std::shared_ptr<link_book> book, std::chrono::milliseconds interval,
  std::function<void(const std::string&)> warn) {
  self->delayed_send(self, interval, caf::tick_atom::value);
  return {
    [=, judged = own->loads()](caf::tick_atom) mutable {
      self->delayed_send(self, interval, caf::tick_atom::value);
      if (const auto looked = own->look(); !looked && warn)
        warn("certificates: " + looked.error().message + ". What was loaded before still counts");
      const auto loads = own->loads(); // another link may have looked first
      const bool is_new = std::exchange(judged, loads) != loads;
      const auto now = std::chrono::system_clock::now();
      book->peers().judge_all([&](const certificate& shown) {
        return is_new || shown.facts().not_after < now ? own->judge(shown) : link_breach::none;
      });
    },
  };
}

} // namespace aiex
