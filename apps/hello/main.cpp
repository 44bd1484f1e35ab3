#include "aiex/application/application.hpp"

struct deposit { // a command: a wish
  std::int64_t cents = 0;
  static constexpr auto fields = aiex::fields("deposit", &deposit::cents, "cents");
};

struct deposited { // an event: it has happened
  std::int64_t cents = 0;
  static constexpr auto fields = aiex::fields("deposited", &deposited::cents, "cents");
};

struct account { // an aggregate: two pure functions
  static constexpr std::string_view category = "account";
  using commands = aiex::list<deposit>;
  using events = aiex::list<deposited>;
  struct state {
    std::int64_t cents = 0;
    static constexpr auto fields = aiex::fields("account", &state::cents, "cents");
  };

  static aiex::decision<events> decide(const state& now, const deposit& wish) {
    if (wish.cents <= 0 || now.cents + wish.cents > 1'000'000)
      return aiex::refuse("not_accepted");
    return deposited{wish.cents};
  }
  static void apply(state& now, const deposited& event) { now.cents += event.cents; }
};

struct totals { // a projection: a read model, exact through crashes
  static constexpr std::string_view name = "totals", from = "account";
  using events = aiex::list<deposited>;
  using state = account::state;
  static void on(state& now, const deposited& event) { now.cents += event.cents; }
};

int main(int argc, char** argv) { // a node, made of what you list
  return aiex::application{"hello"}.run(argc, argv,
    aiex::supervisor("bank", aiex::strategy::rest_for_one, {.intensity = 3},
      {aiex::aggregates<account>(), aiex::projection<totals>()}));
}
