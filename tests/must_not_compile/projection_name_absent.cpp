// error: aiex: a projection has `name`, `from` (a category), `state` and the list `events`
#include "aiex/actors/typed/projection_type.hpp"

struct opened {
  static constexpr auto fields = aiex::fields("opened");
};

struct totals {
  using events = aiex::list<opened>;
  struct state {
    static constexpr auto fields = aiex::fields("totals");
  };

  static void on(state&, const opened&) {}
};

const auto totals_type = aiex::projection_type_of<totals>();
