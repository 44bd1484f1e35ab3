// error: aiex: this struct needs `static constexpr auto fields =
#include "aiex/actors/typed/projection_type.hpp"

struct opened {
  static constexpr auto fields = aiex::fields("opened");
};

struct totals {
  static constexpr std::string_view name = "totals", from = "account";
  using events = aiex::list<opened>;
  struct state {};

  static void on(state&, const opened&) {}
};

const auto totals_type = aiex::projection_type_of<totals>();
