#include "application/application_config.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

application_spec of(std::string name, std::vector<std::string> dependencies = {}) {
  auto tree = [name](const application_settings&) -> result<node_part> {
    return node_part{name, {}};
  };
  return {.name = name,
    .tree = std::move(tree),
    .dependencies = std::move(dependencies),
    .defaults = {{"server", "localhost"}, {"tries", "3"}, {"quiet", "false"}}};
}

settings one(const std::string& key, const std::string& value) {
  return {{key, {value, "here"}}};
}

TEST_CASE("application_config: the first place that says something counts, key by key") {
  const std::vector<settings> layers{one("app.mail.tries", "5"),
    {{"app.mail.tries", {"7", "there"}}, {"app.mail.server", {"b", "x"}}}};
  const std::vector<application_spec> specs{of("mail"), of("bank")};
  const auto made = settings_of_applications(specs, layers);
  REQUIRE(made);
  CHECK((*made)[0].text("tries") == "5");
  CHECK((*made)[0].text("server") == "b");
  CHECK((*made)[1].text("tries") == "3");
  CHECK_THROWS_AS((void)(*made)[0].text("tires"), broken_invariant);
  CHECK(explain_applications(specs, *made) == "app.mail.quiet  false  (default)\n"
                                              "app.mail.server  b  (x)\n"
                                              "app.mail.tries  5  (here)\n"
                                              "app.bank.quiet  false  (default)\n"
                                              "app.bank.server  localhost  (default)\n"
                                              "app.bank.tries  3  (default)\n");
}

TEST_CASE("application_config: what there is none of is refused, with what there is") {
  const std::pair<const char*, const char*> table[] = {
    {"app.mail.sever",
      "unknown key \"sever\" of the application mail in here; it has: quiet, server, tries"},
    {"app.mail", "unknown key \"\" of the application mail in here; it has: quiet, server, tries"},
    {"app.mial.server", "here is about an application \"mial\", which this program does not have; "
                        "it has: mail, bank"},
  };
  for (const auto& [key, message] : table) {
    CAPTURE(key);
    const auto refused = settings_of_applications({of("mail"), of("bank")}, {one(key, "x")});
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == error{errc::invalid_argument, message});
  }
  const auto none = settings_of_applications({}, {one("app.mail.server", "x")});
  REQUIRE_FALSE(none);
  CHECK(none.error().message.ends_with("it has: none"));
}

TEST_CASE("application_config: names and keys are words that a variable can hold") {
  for (const std::string name :
    {"", "Mail", "1mail", "ma il", "mail_", "ma__il", "ma.il", "ma-il", "_mail"}) {
    CAPTURE(name);
    CHECK_FALSE(settings_of_applications({of(name)}, {}));
    application_spec key = of("mail");
    key.defaults.emplace(name, "x");
    CHECK_FALSE(settings_of_applications({key}, {}));
  }
  CHECK(settings_of_applications({of("a_1_b2")}, {}));
  CHECK(settings_of_applications({of(std::string(application_word_bytes_max, 'a'))}, {}));
  CHECK_FALSE(settings_of_applications({of(std::string(application_word_bytes_max + 1, 'a'))}, {}));
}

TEST_CASE("application_settings: numbers and truths say what would be one") {
  const auto with = [](const std::string& tries, const std::string& quiet) {
    return application_settings{
      "mail", {{"tries", {tries, "aiex.toml:3"}}, {"quiet", {quiet, "aiex.toml:4"}}}};
  };
  CHECK(with("7", "true").number("tries", 1, 9) == 7);
  CHECK(with("-7", "true").number("tries", -9, 9) == -7);
  CHECK(with("7", "true").flag("quiet") == true);
  CHECK(with("7", "false").flag("quiet") == false);
  for (const std::string wrong : {"", "x", "7x", " 7", "0", "10", "7.5", "99999999999999999999"}) {
    CAPTURE(wrong);
    const auto refused = with(wrong, wrong).number("tries", 1, 9);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message ==
          "mail.tries (aiex.toml:3) is \"" + wrong + "\": give it a whole number from 1 to 9");
    CHECK_FALSE(with(wrong, wrong).flag("quiet"));
  }
}

TEST_CASE("application_config: the order and the trees are looked at before a node starts") {
  const auto part_of = [](const std::vector<application_spec>& specs) {
    return part_of_applications(specs, *settings_of_applications(specs, {}), {});
  };
  CHECK(part_of({of("bank", {"mail"}), of("mail")})->id == "applications");
  const auto circle = part_of({of("bank", {"mail"}), of("mail", {"bank"})});
  REQUIRE_FALSE(circle);
  CHECK(circle.error().message.find("in a circle") != std::string::npos);
  application_spec other = of("mail");
  other.name = "bank";
  CHECK(part_of({other}).error().message ==
        "the tree of the application 'bank' is called 'mail': give both the same name");
  application_spec empty = of("mail");
  empty.tree = nullptr;
  CHECK(part_of({empty}).error().message == "application 'mail' has no tree");
  application_spec refusing = of("mail");
  refusing.tree = [](const application_settings&) -> result<node_part> {
    return fail(errc::invalid_argument, "no such server");
  };
  CHECK(part_of({refusing}).error().message == "no such server");
}

} // namespace
} // namespace aiex
