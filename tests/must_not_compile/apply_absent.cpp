// error: aiex: an event has no `static void apply(state&, const Event&)`
#include "aiex/actors/typed/aggregate_type.hpp"

struct opened {
  static constexpr auto fields = aiex::fields("opened");
};

struct open {
  static constexpr auto fields = aiex::fields("open");
};

struct account {
  static constexpr std::string_view category = "account";
  using commands = aiex::list<open>;
  using events = aiex::list<opened>;
  struct state {};

  static aiex::decision<events> decide(const state&, const open&) { return opened{}; }
};

const auto account_type = aiex::aggregate_type_of<account>();
