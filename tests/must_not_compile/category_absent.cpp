// error: aiex: an aggregate has `category`, `state`, and the lists `commands` and `events`
#include "aiex/actors/typed/aggregate_type.hpp"

struct opened {
  static constexpr auto fields = aiex::fields("opened");
};

struct open {
  static constexpr auto fields = aiex::fields("open");
};

struct account {
  using commands = aiex::list<open>;
  using events = aiex::list<opened>;
  struct state {};

  static aiex::decision<events> decide(const state&, const open&) { return opened{}; }
  static void apply(state&, const opened&) {}
};

const auto account_type = aiex::aggregate_type_of<account>();
