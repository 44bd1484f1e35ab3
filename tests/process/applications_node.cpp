// A user's program of several applications, which end as their settings say.
#include "aiex/application/application.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include <chrono>
#include <iostream>
#include <stdexcept>

namespace {

struct go_on {
  std::string how;
};

} // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(go_on)

namespace {

/// Ends as it is told: "never", "normal" or "crash"; but when all applications have been started,
/// which is when the gateway is there.
caf::behavior ending(
  caf::event_based_actor* self, const std::string& how, const aiex::registry& names) {
  if (how != "never")
    self->send(self, go_on{how});
  return {[self, names](const go_on& told) {
    if (!names.find("gateway"))
      return self->delayed_send(self, std::chrono::milliseconds{1}, told);
    if (told.how == "crash")
      throw std::runtime_error{"crashed as told"};
    self->quit();
  }};
}

aiex::application_spec of(
  std::string name, std::vector<std::string> dependencies, aiex::application_type type) {
  auto tree = [name](const aiex::application_settings& settings) -> aiex::result<aiex::node_part> {
    const std::string how = settings.text("ends");
    if (how != "never" && how != "normal" && how != "crash")
      return aiex::fail(aiex::errc::invalid_argument,
        name + ".ends is \"" + how + "\": say never, normal or crash");
    return aiex::node_part{
      name, [name, how](const aiex::node_services& services, const aiex::supervision_context&) {
        return aiex::worker(name, aiex::spawns(ending, how, services.names));
      }};
  };
  return {.name = name,
    .tree = std::move(tree),
    .dependencies = std::move(dependencies),
    .type = type,
    .defaults = {{"ends", "never"}},
    .prep_stop = [name] { std::cerr << "prep_stop " << name << std::endl; },
    .stop = [name] { std::cerr << "stop " << name << std::endl; }};
}

} // namespace

int main(int argc, char** argv) {
  using enum aiex::application_type;
  return aiex::application{"shop"}.run(argc, argv,
    std::vector{of("orders", {"mail", "stock"}, permanent), of("mail", {}, temporary),
      of("stock", {}, transient)});
}
