// A user's domain, with a bit of everything that can be stored.
#pragma once

#include "aiex/actors/typed/aggregate_type.hpp"
#include "aiex/actors/typed/projection_type.hpp"

namespace aiex::test::bank {

enum class currency : std::uint8_t { eur, usd };
constexpr auto names(currency) {
  return aiex::enum_names(currency::eur, "eur", currency::usd, "usd");
}

struct contact {
  std::string email{};
  std::optional<std::string> phone{};

  static constexpr auto fields =
    aiex::fields("contact", &contact::email, "email", &contact::phone, "phone");
};

struct opened_v1 { // what old logs hold
  std::string name{};

  static constexpr auto fields = aiex::fields("opened", &opened_v1::name, "name");
};

struct opened {
  std::string owner{};
  currency money = currency::eur;
  std::vector<contact> contacts{};

  static constexpr auto fields = aiex::fields("opened", aiex::schema{2}, &opened::owner, "owner",
    &opened::money, "currency", &opened::contacts, "contacts");
  using previous = opened_v1;
  static opened upcast(opened_v1 old) { return {std::move(old.name), currency::eur, {}}; }
};

struct deposited {
  std::int64_t cents = 0;
  std::string note{};
  bool cash = false;

  static constexpr auto fields = aiex::fields(
    "deposited", &deposited::cents, "cents", &deposited::note, "note", &deposited::cash, "cash");
};

struct withdrawn {
  std::int64_t cents = 0;

  static constexpr auto fields = aiex::fields("withdrawn", &withdrawn::cents, "cents");
};

struct rated {
  double percent = 0;

  static constexpr auto fields = aiex::fields("rated", &rated::percent, "percent");
};

struct open {
  std::string owner{};
  currency money = currency::eur;

  static constexpr auto fields =
    aiex::fields("open", &open::owner, "owner", &open::money, "currency");
};

struct deposit {
  std::int64_t cents = 0;

  static constexpr auto fields = aiex::fields("deposit", &deposit::cents, "cents");
};

struct withdraw {
  std::int64_t cents = 0;

  static constexpr auto fields = aiex::fields("withdraw", &withdraw::cents, "cents");
};

struct rate {
  double percent = 0;

  static constexpr auto fields = aiex::fields("rate", &rate::percent, "percent");
};

struct account {
  static constexpr std::string_view category = "account";
  using commands = aiex::list<open, deposit, withdraw, rate>;
  using events = aiex::list<opened, deposited, withdrawn, rated>;

  struct state {
    bool is_open = false;
    std::int64_t balance_cents = 0;

    static constexpr auto fields =
      aiex::fields("account", &state::is_open, "open", &state::balance_cents, "balance_cents");
  };

  static aiex::decision<events> decide(const state& now, const open& wish) {
    if (now.is_open)
      return aiex::refuse("already_open");
    return aiex::events(opened{wish.owner, wish.money, {}}, rated{0.5});
  }
  static aiex::decision<events> decide(const state& now, const deposit& wish) {
    if (!now.is_open)
      return aiex::refuse("not_open");
    if (wish.cents == 0)
      return aiex::events(); // nothing to do is not a refusal
    return deposited{wish.cents, "", false};
  }
  static aiex::decision<events> decide(const state& now, const withdraw& wish) {
    if (wish.cents > now.balance_cents)
      return aiex::refuse("insufficient_funds");
    return withdrawn{wish.cents};
  }
  static aiex::decision<events> decide(const state&, const rate& wish) {
    return rated{wish.percent * 1e308};
  }

  static void apply(state& now, const opened&) { now.is_open = true; }
  static void apply(state& now, const opened_v1&) { now.is_open = true; }
  static void apply(state& now, const deposited& event) { now.balance_cents += event.cents; }
  static void apply(state& now, const withdrawn& event) { now.balance_cents -= event.cents; }
  static void apply(state&, const rated&) {}
};

/// A projection of a state.
struct totals {
  static constexpr std::string_view name = "totals", from = "account";
  using events = aiex::list<deposited, withdrawn>;

  struct state {
    std::int64_t cents = 0;

    static constexpr auto fields = aiex::fields("totals", &state::cents, "cents");
  };

  static void on(state& now, const deposited& event) { now.cents += event.cents; }
  static void on(state& now, const withdrawn& event, const recorded_event&) {
    now.cents -= event.cents;
  }
};

/// A projection of rows: how often, by stream.
struct movement {
  std::uint64_t count = 0;

  static constexpr auto fields = aiex::fields("movement", &movement::count, "count");
};

struct movements {
  static constexpr std::string_view name = "movements", from = "account";
  using events = aiex::list<deposited, withdrawn>;
  static constexpr aiex::projection_options options{.on_failure = failure_policy::skip};

  struct state {
    std::uint64_t streams = 0;

    static constexpr auto fields = aiex::fields("movements", &state::streams, "streams");
  };

  template <class Event>
  static void on(state& now, row_table& rows, const Event&, const recorded_event& recorded) {
    auto before = rows.get_as<movement>(recorded.stream);
    if (!before)
      ++now.streams;
    rows.put(recorded.stream, movement{before.value_or(movement{}).count + 1});
  }
};

/// A projection of events as they come.
struct sizes {
  static constexpr std::string_view name = "sizes", from = "";

  struct state {
    std::uint64_t bytes = 0;

    static constexpr auto fields = aiex::fields("sizes", &state::bytes, "bytes");
  };

  static void on(state& now, const recorded_event& event) { now.bytes += event.data.size(); }
};

} // namespace aiex::test::bank
