#include "aiexd/command_line.hpp"
#include "aiexd/node_config.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

TEST_CASE("node_config: without any setting, the defaults") {
  CHECK(config_of({}) == node_config{});
}

TEST_CASE("node_config: flag, then variable, then files") {
  const auto line = parse_command_line({"--name", "flag"});
  const auto variables =
    settings_of_variables({"AIEX_NAME=variable", "AIEX_DATA=/variable", "PATH=/bin"});
  const auto file = settings_of_file(
    "name = 'file'\ndata = '/file'\nlisten = '127.0.0.1:1'\nhttp = 'off'\n", "aiex.toml");
  REQUIRE(line);
  REQUIRE(variables);
  REQUIRE(file);
  const auto config = config_of({line->given, *variables, *file});
  REQUIRE(config);
  CHECK(config->name == "flag");
  CHECK(config->data == "/variable");
  CHECK(config->listen == endpoint{"127.0.0.1", 1});
  CHECK_FALSE(config->http);
}

TEST_CASE("node_config: an unknown key is named with file, line and the nearest key") {
  const auto file = settings_of_file("name = 'x'\n\nlsiten = '127.0.0.1:1'\n", "aiex.toml");
  REQUIRE_FALSE(file);
  CHECK(file.error().message == "unknown key \"lsiten\" in aiex.toml:3; did you mean \"listen\"?");
  const auto variable = settings_of_variables({"AIEX_NMAE=x"});
  REQUIRE_FALSE(variable);
  CHECK(variable.error().message.find("\"name\"") != std::string::npos);
  CHECK(settings_of_variables(
    {"AIEX_NODE=127.0.0.1:1", "AIEX_TIMEOUT=9s", "AIEX_READ=local"})); // the client's
}

TEST_CASE("node_config: certificates, all three files or none") {
  const auto given = [](std::initializer_list<const char*> keys, const char* listen) {
    settings layer{{"listen", {listen, "--listen"}}};
    for (const char* key : keys)
      layer[key] = {std::string{key} + ".pem", "a flag"};
    return config_of({layer});
  };
  const auto all = given({"cert", "key", "ca", "crl"}, "10.0.0.1:4100");
  REQUIRE(all);
  CHECK(all->certificates == tls_files{"cert.pem", "key.pem", "ca.pem", "crl.pem"});
  CHECK(given({"cert", "key", "ca"}, "0.0.0.0:0")->certificates->revocations.empty());
  CHECK_FALSE(given({}, "127.0.0.1:0")->certificates);
  const std::pair<std::initializer_list<const char*>, std::string> rows[] = {
    {{"cert", "key"}, "ca is not given"},
    {{"cert", "ca"}, "key is not given"},
    {{"key", "ca"}, "cert is not given"},
    {{"crl"}, "cert is not given"},
  };
  for (const auto& [keys, words] : rows) {
    const auto refused = given(keys, "127.0.0.1:0");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::missing_required_fields);
    CHECK(refused.error().message.starts_with(words));
  }
  const auto open = given({}, "10.0.0.1:4100");
  REQUIRE_FALSE(open);
  CHECK(open.error().code == errc::denied);
  CHECK(open.error().message.find("aiex cert ca") != std::string::npos);
  const auto line = parse_command_line({"--cert", "c", "--key=k", "--ca", "a", "--crl", "r"});
  const auto variables = settings_of_variables({"AIEX_CERT=c", "AIEX_KEY=k", "AIEX_CA=a"});
  REQUIRE(line);
  REQUIRE(variables);
  CHECK(config_of({line->given})->certificates == tls_files{"c", "k", "a", "r"});
  CHECK(config_of({*variables})->certificates == tls_files{"c", "k", "a", ""});
}

TEST_CASE("node_config: what a local client may do") {
  const auto role = [](const char* text) {
    return config_of({{{"local_role", {text, "--local-role"}}}});
  };
  CHECK(node_config{}.local_role == caller_role::admin);
  CHECK(role("reader")->local_role == caller_role::reading);
  CHECK(role("operator")->local_role == caller_role::operating);
  CHECK_FALSE(role("none")->local_role);
  const auto refused = role("root");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message ==
        "local_role (--local-role) is \"root\"; it can be observer, reader, writer, operator, "
        "auditor, admin, or none");
  const auto line = parse_command_line({"--local-role", "observer"});
  REQUIRE(line);
  CHECK(line->given == settings{{"local_role", {"observer", "--local-role"}}});
  CHECK(settings_of_file("local_role = 'none'\n", "aiex.toml"));
  CHECK(settings_of_variables({"AIEX_LOCAL_ROLE=none"}));
}

TEST_CASE("node_config: a file that is no TOML, or holds no text, is refused with its line") {
  const auto broken = settings_of_file("name = 'x'\nhttp = [\n", "a.toml");
  REQUIRE_FALSE(broken);
  CHECK(broken.error().message.starts_with("a.toml:"));
  const auto number = settings_of_file("name = 7\n", "a.toml");
  REQUIRE_FALSE(number);
  CHECK(number.error().message.find("a.toml:1") != std::string::npos);
}

TEST_CASE("node_config: values that cannot be are refused") {
  const std::tuple<const char*, const char*, errc> rows[] = {
    {"listen", "0.0.0.0:4100", errc::denied},
    {"http", "10.0.0.1:80", errc::denied},
    {"listen", "nonsense", errc::invalid_argument},
    {"name", "", errc::invalid_argument},
    {"name", "two words", errc::invalid_argument},
    {"data", "", errc::invalid_argument},
  };
  for (const auto& [key, value, code] : rows) {
    CAPTURE(value);
    const auto config = config_of({{{key, {value, "a flag"}}}});
    REQUIRE_FALSE(config);
    CHECK(config.error().code == code);
  }
  CHECK(config_of({{{"name", {std::string(64, 'n'), "a flag"}}}}));
  CHECK_FALSE(config_of({{{"name", {std::string(65, 'n'), "a flag"}}}}));
}

TEST_CASE("node_config: says what counts, and where it is said") {
  const std::vector<settings> layers{{{"name", {"bank", "--name"}}},
    {{"name", {"other", "AIEX_NAME"}}, {"http", {"off", "AIEX_HTTP"}}},
    {{"listen", {"127.0.0.1:5000", "aiex.toml:3"}}}};
  const auto made = config_of(layers);
  REQUIRE(made);
  CHECK(explain_config(*made, layers) == "name        bank  (--name)\n"
                                         "data        ./aiex-data  (default)\n"
                                         "listen      127.0.0.1:5000  (aiex.toml:3)\n"
                                         "advertise   where it listens  (default)\n"
                                         "join        nobody  (default)\n"
                                         "http        off  (AIEX_HTTP)\n"
                                         "cert        none  (default)\n"
                                         "key         none  (default)\n"
                                         "ca          none  (default)\n"
                                         "crl         none  (default)\n"
                                         "local_role  admin  (default)\n");
}

TEST_CASE("node_config: seeds, from flags, a variable or a file, and where others reach it") {
  const auto line = parse_command_line({"--join", "127.0.0.1:1", "--join", "[::1]:2"});
  REQUIRE(line);
  CHECK(config_of({line->given})->join == std::vector<std::string>{"127.0.0.1:1", "[::1]:2"});
  const auto file = settings_of_file("join = 'localhost:1, 127.0.0.1:2'\n", "aiex.toml");
  REQUIRE(file);
  CHECK(config_of({*file})->join == std::vector<std::string>{"127.0.0.1:1", "127.0.0.1:2"});
  CHECK(config_of({{{"join", {"here", "AIEX_JOIN"}}}}).error().message.find("AIEX_JOIN") !=
        std::string::npos);
  CHECK(config_of({{{"join", {"127.0.0.1:1,", "x"}}}})->join.size() == 1);
  CHECK(config_of({{{"join", {"127.0.0.1:1,,127.0.0.1:2", "x"}}}}).error().code ==
        errc::invalid_argument);
  CHECK(config_of({{{"advertise", {"127.0.0.1:7", "x"}}}})->advertise == endpoint{"127.0.0.1", 7});
}

TEST_CASE("node_config: settings of applications, from a flag, a variable and a file") {
  const auto line =
    parse_command_line({"--set", "mail.server=a=b", "--set=mail.tries=2", "--name", "x"});
  REQUIRE(line);
  CHECK(line->given == settings{{"name", {"x", "--name"}},
                         {"app.mail.server", {"a=b", "--set mail.server"}},
                         {"app.mail.tries", {"2", "--set mail.tries"}}});
  for (const std::string wrong : {"mail.server", "server=x", "=x", "server=mail.x"})
    CHECK(parse_command_line({"--set", wrong}).error().message.find("APPLICATION.KEY=VALUE") !=
          std::string::npos);
  const auto variables = settings_of_variables({"AIEX_MAIL__SERVER_NAME=c"});
  REQUIRE(variables);
  CHECK(*variables == settings{{"app.mail.server_name", {"c", "AIEX_MAIL__SERVER_NAME"}}});
  const auto file = settings_of_file("name = 'x'\n[app.mail]\nserver = 'd'\ntries = 7\nquiet = "
                                     "true\nshare = 0.5\n",
    "aiex.toml");
  REQUIRE(file);
  CHECK(*file == settings{{"name", {"x", "aiex.toml:1"}}, {"app.mail.server", {"d", "aiex.toml:3"}},
                   {"app.mail.tries", {"7", "aiex.toml:4"}},
                   {"app.mail.quiet", {"true", "aiex.toml:5"}},
                   {"app.mail.share", {"0.5", "aiex.toml:6"}}});
  for (const std::string wrong : {"app = 7\n", "[app]\nmail = 7\n", "[app.mail]\nx = [1]\n"}) {
    CAPTURE(wrong);
    const auto refused = settings_of_file(wrong, "aiex.toml");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("(aiex.toml:") != std::string::npos);
  }
}

TEST_CASE("command_line: help, checks, and what it does not know") {
  CHECK(parse_command_line({"--help"})->help.find("--data") != std::string::npos);
  CHECK(parse_command_line({"--check-config", "--config", "x"})->only_checks);
  CHECK(parse_command_line({"--nmae", "x"}).error().code == errc::invalid_argument);
}

} // namespace
} // namespace aiex
