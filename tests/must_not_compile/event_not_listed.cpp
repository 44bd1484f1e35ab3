// error: aiex: `decide` answers with an event that is not in the aggregate
#include "aiex/actors/typed/aggregate_type.hpp"

struct opened {
  static constexpr auto fields = aiex::fields("opened");
};

struct closed {
  static constexpr auto fields = aiex::fields("closed");
};

struct open {
  static constexpr auto fields = aiex::fields("open");
};

struct account {
  static constexpr std::string_view category = "account";
  using commands = aiex::list<open>;
  using events = aiex::list<opened>;
  struct state {};

  static aiex::decision<events> decide(const state&, const open&) { return closed{}; }
  static void apply(state&, const opened&) {}
};

const auto account_type = aiex::aggregate_type_of<account>();
