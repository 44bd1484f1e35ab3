// error: aiex: an event of the projection has no `static void on(state&, const Event&)`
#include "aiex/actors/typed/projection_type.hpp"

struct opened {
  static constexpr auto fields = aiex::fields("opened");
};

struct totals {
  static constexpr std::string_view name = "totals", from = "account";
  using events = aiex::list<opened>;
  struct state {
    static constexpr auto fields = aiex::fields("totals");
  };
};

const auto totals_type = aiex::projection_type_of<totals>();
