// Tested by tests/apps/aiexd/verbs/doctor_verb_test.cpp
#include "aiexd/verbs/node_look.hpp"

#include "aiex/actors/flow/crash_ledger_memory.hpp"
#include "aiex/actors/flow/projections.hpp"
#include "aiex/persistence/codec/json_reader.hpp"

#include "aiexd/verbs/projection_call.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

namespace aiex {

namespace {

constexpr std::string_view handler_names = "handler/";

/// Nothing where there is no /proc/meminfo.
std::optional<std::uint64_t> memory_available() {
  std::ifstream file{"/proc/meminfo"};
  for (std::string key; file >> key;) {
    std::uint64_t kibibytes = 0;
    if (key == "MemAvailable:" && file >> kibibytes)
      return kibibytes << 10;
    std::getline(file, key);
  }
  return std::nullopt;
}

std::uint64_t open_files_max() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

/// What the last hour has of these types. Nothing: it cannot be read.
std::optional<node_findings::recorded> look_at_ledger(
  const event_store& events, std::vector<std::string> types, timestamp now) {
  query asked{.stream = std::string{supervision_stream}, .since = now - std::chrono::hours{1}};
  asked.types = std::move(types);
  const auto counted = events.count(asked);
  if (!counted)
    return std::nullopt;
  node_findings::recorded made{*counted, {}};
  if (made.count == 0)
    return made;
  const auto latest = events.latest(std::move(asked));
  crash seen;
  json_reader reader;
  if (latest && !latest->empty() && reader.read((*latest)[0].data, seen))
    made.last = seen.child;
  return made;
}

void look_at_log(const event_store& events, node_findings& found) {
  const auto last = events.latest({.system = true});
  if (!last)
    found.log_error = last.error().message;
  else if (!last->empty())
    found.last_recorded_at = (*last)[0].recorded_at;
  found.crashes = look_at_ledger(events, types_of_crashes(), found.now);
  found.stuck = look_at_ledger(events, {type_of(child_change::stuck)}, found.now);
}

node_findings look_around(const verb_call& call) {
  const node_services& services = call.services();
  node_findings found;
  found.folder = call.node->facts.folder.string();
  found.is_folder_writable = ::access(found.folder.c_str(), W_OK | X_OK) == 0;
  found.bytes_free = services.events.events().media().bytes_free();
  found.memory_available_bytes = memory_available();
  found.now = services.clock();
  found.open_files_max = open_files_max();
  if (const auto& own = call.node->facts.certificates)
    found.certificate_ends_at = own->own().not_after;
  if (const auto head = services.events.events().head())
    found.head = head->position;
  look_at_log(services.events.events(), found);
  return found;
}

/// Goes on when the last one that was asked has answered, or has not.
struct round {
  verb_call call;
  std::function<void(verb_call&, const node_findings&)> then;
  node_findings found;
  std::size_t missing = 0;

  void heard() {
    if (--missing == 0)
      then(call, found);
  }
};

/// `then(found, answer)` if there is one.
template <class Answer, class Message, class Then>
void ask_one(
  const std::shared_ptr<round>& of, const caf::actor& other, Message message, Then then) {
  ++of->missing;
  const calls& asking = of->call.services().events.calls();
  asking.call<Answer>(of->call.self, other, node_look_patience, std::move(message),
    [of, then](tl::expected<Answer, call_error> answer) {
      if (answer)
        then(of->found, *answer);
      of->heard();
    });
}

} // namespace

void look_at_node(verb_call call, std::function<void(verb_call&, const node_findings&)> then) {
  const registry names = call.services().names;
  const caf::actor writer = call.services().events.writer();
  node_findings found = look_around(call);
  const auto asked =
    std::make_shared<round>(round{std::move(call), std::move(then), std::move(found)});
  ask_one<store_statistics>(asked, writer, store_statistics_call{},
    [](node_findings& into, const store_statistics& told) { into.store = told; });
  if (const auto bus = names.find("bus"))
    ask_one<bus_statistics>(asked, *bus, bus_statistics_call{},
      [](node_findings& into, const bus_statistics& told) { into.bus = told; });
  const auto projections = registered_projections(names);
  for (std::size_t i = 0; i < projections.size(); ++i) {
    asked->found.projections.push_back({projections[i], std::nullopt});
    if (const auto projection = projection_named(names, projections[i]))
      ask_one<projection_info>(asked, *projection, projection_info_call{},
        [i](node_findings& into, const projection_info& told) { into.projections[i].info = told; });
  }
  const auto handlers = names.names(handler_names);
  for (std::size_t i = 0; i < handlers.size(); ++i) {
    asked->found.handlers.push_back({handlers[i].substr(handler_names.size()), std::nullopt});
    if (const auto handler = names.find(handlers[i]))
      ask_one<handler_statistics>(asked, *handler, handler_statistics_call{},
        [i](node_findings& into, const handler_statistics& told) {
          into.handlers[i].counted = told;
        });
  }
}

} // namespace aiex
