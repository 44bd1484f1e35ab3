// compiles
// What the other files here are, without their mistakes: it shows that they fail because of them.
#include "aiex/actors/typed/aggregate_type.hpp"
#include "aiex/actors/typed/projection_type.hpp"

struct opened_v1 {
  std::string name{};

  static constexpr auto fields = aiex::fields("opened", &opened_v1::name, "name");
};

struct opened {
  std::string owner{};
  std::int64_t cents = 0;

  static constexpr auto fields =
    aiex::fields("opened", aiex::schema{2}, &opened::owner, "owner", &opened::cents, "cents");
  using previous = opened_v1;
  static opened upcast(opened_v1 old) { return {std::move(old.name), 0}; }
};

struct open {
  std::string owner{};

  static constexpr auto fields = aiex::fields("open", &open::owner, "owner");
};

struct account {
  static constexpr std::string_view category = "account";
  using commands = aiex::list<open>;
  using events = aiex::list<opened>;
  struct state {};

  static aiex::decision<events> decide(const state&, const open& wish) {
    return opened{wish.owner, 0};
  }
  static void apply(state&, const opened&) {}
};

struct totals {
  static constexpr std::string_view name = "totals", from = "account";
  using events = aiex::list<opened>;
  struct state {
    std::int64_t accounts = 0;

    static constexpr auto fields = aiex::fields("totals", &state::accounts, "accounts");
  };

  static void on(state& now, const opened&) { ++now.accounts; }
};

const auto account_type = aiex::aggregate_type_of<account>();
const auto totals_type = aiex::projection_type_of<totals>();
