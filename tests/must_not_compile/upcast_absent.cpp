// error: aiex: `previous` is the same stored type one schema older
#include "aiex/actors/typed/aggregate_type.hpp"

struct opened_v1 {
  static constexpr auto fields = aiex::fields("opened");
};

struct opened {
  static constexpr auto fields = aiex::fields("opened", aiex::schema{2});
  using previous = opened_v1;
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
  static void apply(state&, const opened&) {}
};

const auto account_type = aiex::aggregate_type_of<account>();
