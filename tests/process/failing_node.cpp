// A user's program with a child that fails whenever it is started.
#include "aiex/application/application.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include <stdexcept>

namespace {

struct go_on {};

} // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(go_on)

namespace {

caf::behavior broken(caf::event_based_actor* self) {
  self->send(self, go_on{});
  return {[](const go_on&) { throw std::runtime_error{"broken as told"}; }};
}

} // namespace

int main(int argc, char** argv) {
  return aiex::application{"failing"}.run(
    argc, argv, {"broken", [](const aiex::node_services&, const aiex::supervision_context&) {
                   return aiex::worker("broken", aiex::spawns(broken));
                 }});
}
