// Tested by tests/actors/cluster/link_connection_test.cpp
#include "aiex/actors/cluster/certificate_watch.hpp"

namespace aiex {

caf::behavior watch_certificates(caf::event_based_actor* self, std::shared_ptr<tls_credentials> own,
  std::shared_ptr<link_book> book, std::chrono::milliseconds interval,
  std::function<void(const std::string&)> warn) {
  self->delayed_send(self, interval, caf::tick_atom::value);
  return {
    [=](caf::tick_atom) {
      self->delayed_send(self, interval, caf::tick_atom::value);
      if (const auto looked = own->look(); !looked && warn)
        warn("certificates: " + looked.error().message + ". What was loaded before still counts");
      book->peers().judge_all([&](const certificate& shown) { return own->judge(shown); });
    },
  };
}

} // namespace aiex
