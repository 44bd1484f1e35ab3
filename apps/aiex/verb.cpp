#include "aiex/verb.hpp"

#include <algorithm>

namespace aiex::tool {

namespace {

using enum value_kind;

const parameter stream{"STREAM", "stream", text, true};
const parameter name_of_it{"NAME", "name", text, true};
const parameter id_of_it{"ID", "id", text, true};
const parameter expect{"--expect", "expect", expected, false, false, "N, none, any or exists"};
const parameter decided_on{"--expect", "expect", expected, false, false, "N, none or any"};
const parameter command_id{
  "--id", "command_id", text, false, false, "UUID; with it the command can be repeated"};
const parameter correlation{"--correlation", "correlation_id"};
const parameter causation{"--causation", "causation_id"};
const parameter tag{"--tag", "tags", text, false, true, "may be repeated"};
const parameter metadata{"--metadata", "metadata", json};
const parameter dry_run{"--dry-run", "dry_run", flag, false, false, "only say what would be done"};
const parameter yes{"--yes", "", flag, false, false, "do not ask"};
const parameter data_folder{
  "--data", "", text, false, false, "work on this folder, while no node runs there"};

std::vector<parameter> filters(std::vector<parameter> more) {
  std::vector<parameter> all{
    {"--type", "types", text, false, true, "may be repeated"},
    tag,
    {"--category", "category"},
    {"--since", "since", text, false, false, "RFC 3339, or -1h"},
    {"--until", "until", text, false, false, "RFC 3339, or -1h"},
    correlation,
    {"--all", "all", flag, false, false, "with the system's own streams"},
    {"--history", "history", text, false, false, "of which positions are; another is refused"},
  };
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::vector<verb> event_verbs() {
  return {
    {"append", "append", "append one event, or a batch: all or none",
      {"aiex append account-42 deposited '{\"cents\":500}' --expect 7",
        "aiex append account-42 --batch events.jsonl"},
      {stream, {"TYPE", "type"}, {"JSON", "data", json, false, false, "- reads it from stdin"}},
      {expect, {"--id", "id"}, correlation, causation, metadata, tag,
        {"--batch", "", text, false, false, "a file of JSON Lines, or -"}}},
    {"publish", "publish", "append an event given as one JSON object",
      {"aiex publish '{\"type\":\"opened\",\"aggregate_id\":\"account-42\",\"data\":{}}'"},
      {{"EVENT", "event", json, true}}},
    {"events", "events", "recorded events, in their order",
      {"aiex events account-42", "aiex events --type deposited --since -1h --limit 20"},
      {{"STREAM", "stream"}},
      filters({{"--from", "from", number}, {"--to", "to", number}, {"--after", "after", number},
        {"--limit", "limit", number}, {"--desc", "desc", flag}}),
      view::events},
    {"tail", "tail", "events as they are recorded, until interrupted",
      {"aiex tail", "aiex tail account-42 --from 1"}, {{"STREAM", "stream"}},
      filters({{"--from", "from", number}}), view::events, false, true},
    {"replay", "replay", "a range of events into a scratch copy of a projection",
      {"aiex replay --to totals", "aiex replay account-42 --to totals --up-to 1000"},
      {{"STREAM", "stream"}},
      filters({{"--to", "to", text, true}, {"--from", "from", number},
        {"--up-to", "up_to", number, false, false, "the last position"}}),
      view::fields, true},
  };
}

std::vector<verb> store_verbs() {
  return {
    {"status", "status", "how the node is", {"aiex status", "aiex --json status"}},
    {"store stats", "store_stats", "sizes and counts of the store", {"aiex store stats"}, {},
      {data_folder}},
    {"store verify", "store_verify", "check every byte of the store",
      {"aiex store verify", "aiex store verify --data aiex-data"}, {}, {data_folder}, view::fields,
      true},
    {"store backup", "store_backup", "write the log into one file, on the node's machine",
      {"aiex store backup /backup/monday.aiex"}, {{"FILE", "file", text, true}},
      {{"--level", "level", number, false, false, "of zstd, 0 to 19"}, data_folder}, view::fields,
      true},
    {"store restore", "", "make a node's folder from a backup; what was there is kept",
      {"aiex store restore monday.aiex --data aiex-data --dry-run"}, {{"FILE", "", text, true}},
      {{"--data", "", text, true}, yes, {"--dry-run", "", flag, false, false, "only check"}},
      view::fields, false, false, true},
  };
}

std::vector<verb> program_verbs() {
  return {
    {"state", "state", "an aggregate's state",
      {"aiex state account 42", "aiex state account 42 --at 3"},
      {{"CATEGORY", "category", text, true}, id_of_it}, {{"--at", "at", number}}},
    {"dispatch", "dispatch", "a command to an aggregate",
      {"aiex dispatch account 42 deposit '{\"cents\":500}'"},
      {{"CATEGORY", "category", text, true}, id_of_it, {"COMMAND", "command", text, true},
        {"JSON", "data", json, true}},
      {command_id, decided_on, correlation, causation, dry_run}},
    {"projections", "projections", "all projections", {"aiex projections"}, {}, {}, view::rows},
    {"projection show", "projection_show", "one projection", {"aiex projection show totals"},
      {name_of_it},
      {{"--rows", "rows", flag}, {"--prefix", "prefix"}, {"--limit", "limit", number}}},
    {"projection rebuild", "projection_rebuild", "count again from the first event",
      {"aiex projection rebuild totals"}, {name_of_it}, {}, view::fields, true},
    {"projection pause", "projection_pause", "stop counting", {"aiex projection pause totals"},
      {name_of_it}},
    {"projection resume", "projection_resume", "go on counting", {"aiex projection resume totals"},
      {name_of_it}},
    {"projection skip", "projection_skip", "leave out the event it stopped at",
      {"aiex projection skip totals"}, {name_of_it}},
  };
}

std::vector<verb> session_verbs() {
  return {
    {"session create", "session_create", "a new session",
      {"aiex session create --user ada --path /home/ada/engine"}, {},
      {{"--user", "user_id", text, true}, {"--path", "project_path", text, true},
        {"--interface", "interface"}, {"--prefer", "node_preference"}, metadata, {"--id", "id"}}},
    {"session show", "session_show", "one session", {"aiex session show ID"}, {id_of_it}},
    {"session list", "session_list", "sessions", {"aiex session list --user ada --status active"},
      {},
      {{"--user", "user_id"}, {"--interface", "interface"}, {"--node", "node"},
        {"--status", "status"}},
      view::rows},
    {"session close", "session_close", "end a session", {"aiex session close ID"}, {id_of_it},
      {command_id}},
    {"session archive", "session_archive", "put a closed session away", {"aiex session archive ID"},
      {id_of_it}, {command_id}},
    {"session stats", "session_stats", "how many sessions", {"aiex session stats"}},
  };
}

std::vector<verb> cluster_verbs() {
  return {
    {"cluster status", "cluster_status", "this node's place in its cluster",
      {"aiex cluster status"}},
    {"cluster health", "cluster_health", "how the cluster is, and why", {"aiex cluster health"}},
    {"cluster members", "cluster_members", "who belongs to it, and how far each is",
      {"aiex cluster members"}, {}, {}, view::rows},
    {"cluster add", "cluster_add", "take in a node that is linked and no member",
      {"aiex cluster add n4"}, {name_of_it}},
    {"cluster remove", "cluster_remove", "take a member out, for good",
      {"aiex cluster remove n3 --yes"}, {name_of_it}, {yes}, view::fields, false, false, true},
    {"cluster replace", "cluster_replace", "put a new node in a member's place",
      {"aiex cluster replace n3 --yes", "aiex cluster replace n3 n4 --yes"},
      {{"OLD", "old", text, true},
        {"NEW", "new", text, false, false, "the same name unless said: a new, empty folder"}},
      {yes}, view::fields, false, false, true},
    {"cluster transfer", "cluster_transfer", "let another node lead", {"aiex cluster transfer n2"},
      {name_of_it}},
    {"cluster drain", "cluster_drain", "take the lead away from a node, before it is stopped",
      {"aiex cluster drain n1"}, {name_of_it}},
    {"cluster sync", "cluster_sync", "wait until all nodes have applied what is committed now",
      {"aiex cluster sync"}},
    {"cluster ping", "cluster_ping", "pong and how long it took, or pang", {"aiex cluster ping n2"},
      {name_of_it}},
  };
}

std::vector<verb> operator_verbs() {
  return {
    {"tree", "tree", "the supervision tree", {"aiex tree"}, {}, {}, view::tree},
    {"groups", "groups", "process groups, or the members of one",
      {"aiex groups", "aiex groups room-7", "aiex groups --scope chat"}, {{"NAME", "name"}},
      {{"--scope", "scope", text, false, false, "aiex unless said"}}, view::rows, false, false,
      false, "nothing: nobody has joined"},
    {"ps", "ps", "actors", {"aiex ps"}, {}, {}, view::rows},
    {"why", "why", "a child's crashes, newest last; how many since when",
      {"aiex why bank/totals", "aiex why account/live/42 --chain"},
      {{"CHILD", "child", text, true}},
      {{"--chain", "chain", flag, false, false, "the events of what the last one belongs to"}},
      view::rows, false, false, false, "nothing: it has not crashed"},
    {"crash test", "crash_test", "an aggregate's last crash as a C++ test that repeats it",
      {"aiex crash test account/live/42 > account_crash_test.cpp"},
      {{"CHILD", "child", text, true}}, {}, view::text},
    {"restart", "restart", "end a child; its supervisor starts it again",
      {"aiex restart bank/totals --yes"}, {{"CHILD", "child", text, true}}, {dry_run, yes},
      view::fields, false, false, true},
    {"sys", "sys", "an actor while it runs: its state, statistics, trace; hold it, let it go on",
      {"aiex sys bank/totals state", "aiex sys bank/totals statistics",
        "aiex sys bank/totals suspend", "aiex sys bank/totals resume",
        "aiex sys bank/totals trace on --events 50", "aiex sys bank/totals trace get"},
      {{"CHILD", "child", text, true},
        {"WHAT", "what", text, true, false, "state, statistics, suspend, resume or trace"},
        {"HOW", "how", text, false, false, "of a trace: on, off, or get"}},
      {{"--events", "events", number, false, false,
        "a trace keeps: 100 unless said, 1000 at most"}},
      view::rows, false, false, false, "nothing: it is not traced, or has heard nothing since"},
    {"application list", "application_list", "the program's applications, in the order of start",
      {"aiex application list"}, {}, {}, view::rows, false, false, false,
      "nothing: the program is not made of applications"},
    {"application start", "application_start", "start an application",
      {"aiex application start mail", "aiex application start shop --together"}, {name_of_it},
      {{"--together", "together", flag, false, false, "with what it depends on"}}},
    {"application stop", "application_stop", "stop an application; the node goes on",
      {"aiex application stop mail --yes"}, {name_of_it}, {yes}, view::fields, false, false, true},
    {"metrics", "metrics", "counters, as Prometheus reads them", {"aiex metrics"}, {}, {},
      view::text},
    {"doctor", "doctor", "what is wrong, and what to do", {"aiex doctor"}, {}, {}, view::rows},
    {"names", "names", "live names, for completion", {"aiex names streams --prefix account-"},
      {{"KIND", "kind", text, true}}, {{"--prefix", "prefix"}}, view::rows},
    {"explain", "", "what the code of an error means, and what to do",
      {"aiex explain wrong_expected_version", "aiex explain"}, {{"CODE", ""}}, {}, view::rows},
    {"completion", "", "a script for bash, zsh or fish", {"source <(aiex completion bash)"},
      {{"SHELL", "", text, true}}},
    {"shell", "", "these verbs without `aiex`; \\help there says more",
      {"aiex shell", "aiex shell 127.0.0.1:4100", "aiex shell -c 'store stats'"},
      {{"ADDR:PORT", ""}}, {{"-c", "", text, false, true, "run this line, then leave"}}},
  };
}

std::vector<verb> cert_verbs() {
  const parameter folder{"--dir", "", text, false, false, "of the authority; certs unless said"};
  const parameter length{"--days", "", text, false, false, "how long it is valid"};
  const parameter replaces{"--yes", "", flag, false, false, "replace what is there"};
  const parameter made_for{"NAME", "", text, true};
  return {
    {"cert ca", "", "make an authority: it signs the certificates of a cluster",
      {"aiex cert ca --dir certs", "aiex cert ca --dir certs --name bank --days 3650"}, {},
      {folder, {"--name", "", text, false, false, "of the authority; aiex unless said"}, length,
        replaces}},
    {"cert node", "", "make a node's certificate and key",
      {"aiex cert node bank-1 --dir certs",
        "aiex cert node bank-1 --dir certs --address 10.0.0.1 --days 90"},
      {made_for},
      {folder,
        {"--address", "", text, false, true, "the only ones it may be dialled by; may be repeated"},
        length, replaces}},
    {"cert client", "", "make a client's certificate and key",
      {"aiex cert client ada --role reader --dir certs"}, {made_for},
      {folder,
        {"--role", "", text, true, false, "observer, reader, writer, operator, auditor or admin"},
        length, replaces}},
    {"cert renew", "", "put a longer valid certificate in a file's place; the key stays",
      {"aiex cert renew certs/node-bank-1.crt --dir certs",
        "aiex cert renew certs/client-ada.crt --new-key --yes"},
      {{"FILE", "", text, true}},
      {folder, {"--days", "", text, false, false, "as long as before unless said"},
        {"--new-key", "", flag, false, false, "replace the key beside it, too"}, replaces}},
    {"cert revoke", "", "take a certificate back, for ever",
      {"aiex cert revoke certs/client-ada.crt --dir certs", "aiex cert revoke 6f1c0a… --dir certs"},
      {{"FILE|SERIAL", "", text, true}}, {folder}},
    {"cert show", "", "what a certificate says and whether it counts; or all that were made",
      {"aiex cert show certs/node-bank-1.crt", "aiex cert show --dir certs"}, {{"FILE", ""}},
      {folder}, view::rows},
  };
}

} // namespace

const std::vector<verb>& verbs() {
  static const std::vector<verb> all = [] {
    std::vector<verb> rows = event_verbs();
    for (auto& group : {store_verbs(), program_verbs(), session_verbs(), cluster_verbs(),
           operator_verbs(), cert_verbs()})
      rows.insert(rows.end(), group.begin(), group.end());
    return rows;
  }();
  return all;
}

const std::vector<parameter>& options_of_all() {
  static const std::vector<parameter> all{{"--at-least", "", number}, {"--ca", ""}, {"--cert", ""},
    {"--crl", ""}, {"--json", "", flag}, {"--key", ""}, {"--no-input", "", flag}, {"--node", ""},
    {"--plain", "", flag}, {"--read", ""}, {"--timeout", ""}};
  return all;
}

const verb* find_verb(std::string_view words) {
  const auto found = std::ranges::find(verbs(), words, &verb::words);
  return found == verbs().end() ? nullptr : &*found;
}

std::string help_of(const verb& row) {
  std::string help;
  for (const auto example : row.examples)
    help += "  " + std::string(example) + "\n";
  help += "\n" + std::string(row.words) + ": " + std::string(row.summary) + "\n\nusage: aiex " +
          std::string(row.words);
  for (const auto& positional : row.positionals)
    help += positional.is_required ? " " + std::string(positional.name)
                                   : " [" + std::string(positional.name) + "]";
  help += "\n";
  for (const auto& option : row.options) {
    std::string line = "  " + std::string(option.name) + (option.kind == flag ? "" : " VALUE");
    line.resize(std::max<std::size_t>(line.size() + 2, 26), ' ');
    line += option.is_required && option.what.empty() ? "required" : std::string(option.what);
    help += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return help;
}

} // namespace aiex::tool
