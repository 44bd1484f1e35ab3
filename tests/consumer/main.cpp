// Uses a piece of every layer that is installed, so that a header or library that was left out of
// the package, or a dependency that its CMake files do not name, does not go unnoticed.
#include "aiex/actors/cluster/session_type.hpp"
#include "aiex/actors/testing/actor_world.hpp"
#include "aiex/actors/typed/given.hpp"
#include "aiex/application/application_spec.hpp"
#include "aiex/persistence/base/digest.hpp"
#include "aiex/persistence/base/timestamp.hpp"
#include "aiex/persistence/base/uuid.hpp"
#include "aiex/persistence/codec/zstd.hpp"
#include "aiex/supervision/port/port.hpp"
#include "aiex/supervision/process/sys_messages.hpp"
#include "aiex/supervision/tree/restart_window.hpp"

#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>

#include <iostream>

namespace {

struct deposited {
  std::int64_t cents = 0;

  static constexpr auto fields = aiex::fields("deposited", &deposited::cents, "cents");
};

struct totals {
  static constexpr std::string_view name = "totals", from = "account";
  using events = aiex::list<deposited>;

  struct state {
    std::int64_t cents = 0;

    static constexpr auto fields = aiex::fields("totals", &state::cents, "cents");
  };

  static void on(state& now, const deposited& event) { now.cents += event.cents; }
};

/// Whether an actor that is told something in an hour hears it then, and not before.
bool waits_for_its_clock() {
  using namespace std::chrono_literals;
  aiex::testing::actor_world world;
  bool has_heard = false;
  world.system.spawn([&has_heard](caf::event_based_actor* self) -> caf::behavior {
    self->delayed_send(self, 1h, std::uint64_t{7});
    return {[&has_heard, self](std::uint64_t) {
      has_heard = true;
      self->quit();
    }};
  });
  world.settle(); // it begins
  world.advance(59min);
  const bool is_early = has_heard;
  world.advance(1min);
  return !is_early && has_heard;
}

} // namespace

int main() {
  aiex::uuid_maker ids{aiex::system_random};
  const auto id = ids.make(1'700'000'000'000);

  const std::string text(1'000, 'x');
  std::string frame;
  std::string content;
  const bool smaller = aiex::zstd_compressor{}.compress(text, frame);
  const auto read = aiex::zstd_decompressor{}.decompress(frame, text.size(), content);

  aiex::sha256 hash;
  hash.update("abc");

  aiex::restart_window window{{.intensity = 1}};
  const bool counts = window.allow({}) && !window.allow({});

  const aiex::application_settings mail{"mail", {{"tries", {"7", "default"}}}};
  const bool is_configured = mail.number("tries", 1, 9) == 7;
  const bool is_framed = aiex::port_outbox{{}}.add("x") == aiex::port_outcome::ok;

  const bool is_traced = aiex::trace_call{}.events_max == aiex::trace_events_default;

  const bool works =
    is_traced && is_configured && is_framed && aiex::parse_uuid(aiex::to_string(id)) == id &&
    smaller && read && content == text && counts &&
    aiex::to_hex(hash.finish()).starts_with("ba7816bf") &&
    aiex::to_string(aiex::timestamp{}) == "1970-01-01T00:00:00.000000Z" &&
    aiex::check(aiex::create_session{"ann", "/home/ann/engine"}) &&
    aiex::projected<totals>(deposited{500}, deposited{7}).cents == 507 && waits_for_its_clock();
  std::cout << (works ? "works\n" : "broken\n");
  return works ? 0 : 1;
}
