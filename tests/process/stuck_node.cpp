// A user's program with more handlers that never return than there are workers.
#include "aiex/application/application.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace {

struct go_on {};

} // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(go_on)

namespace {

using namespace std::chrono_literals;

caf::behavior stuck(caf::event_based_actor* self) {
  self->send(self, go_on{});
  return {[](const go_on&) {
    std::promise<void> never;
    never.get_future().wait();
  }};
}

caf::behavior idle(caf::event_based_actor*) {
  return {[](const go_on&) {}};
}

aiex::node_part part(std::string id, aiex::start_function start) {
  return {id, [id, start](const aiex::node_services&, const aiex::supervision_context&) {
            return aiex::worker(
              id, start, {.shutdown = aiex::shutdown::after(10ms), .handler_limit = 100ms});
          }};
}

} // namespace

int main(int argc, char** argv) {
  std::vector<aiex::node_part> parts{part("idle", aiex::spawns(idle))};
  for (unsigned i = 1; i <= std::max(10U, std::thread::hardware_concurrency() + 2); ++i)
    parts.push_back(part("stuck-" + std::to_string(i), aiex::spawns(stuck)));
  return aiex::application{"stuck"}.run(
    argc, argv, aiex::supervisor("bank", aiex::strategy::one_for_one, {}, std::move(parts)));
}
