#include "aiexd/node.hpp"

#include "aiex/actors/cluster/cluster_health.hpp"
#include "aiex/actors/cluster/link.hpp"
#include "aiex/actors/runtime/profile.hpp"
#include "aiex/persistence/store/local_store.hpp"
#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/watchdog/watchdog.hpp"

#include "aiexd/http_server.hpp"
#include "aiexd/join.hpp"
#include "aiexd/node_certificates.hpp"
#include "aiexd/node_tree.hpp"
#include "aiexd/system_end.hpp"
#include "aiexd/verbs/cluster_verbs.hpp"
#include "aiexd/verbs/node_verbs.hpp"

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <fmt/format.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace aiex {

namespace {

constexpr std::chrono::seconds page_patience{3};
constexpr std::chrono::seconds drain_max{10}; // then it stops all the same
constexpr std::chrono::seconds hand_over_max{2};
constexpr std::chrono::milliseconds hand_over_look{20};

timestamp wall_clock() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

/// Makes version 7 ids, from any thread.
std::function<uuid()> make_id_source() {
  struct locked_maker {
    std::mutex lock; // guards maker
    uuid_maker maker{system_random};
  };
  return [shared = std::make_shared<locked_maker>()] {
    const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(wall_clock().time_since_epoch());
    const std::lock_guard guard{shared->lock};
    return shared->maker.make(static_cast<std::uint64_t>(now.count()));
  };
}

/// Passes the first reason on, and no other.
std::function<void(const std::string&)> once(std::function<void(const std::string&)> say) {
  return [flag = std::make_shared<std::once_flag>(), say = std::move(say)](
           const std::string& why) { std::call_once(*flag, say, why); };
}

/// Tells the ledger of everything, and `warn` of handlers that run for too long.
observer warning(observer ledger, std::function<void(const std::string&)> warn) {
  return [ledger = std::move(ledger), warn = std::move(warn)](const supervision_event& event) {
    ledger(event); // first: `warn` may throw
    if (warn && (event.what == child_change::stuck || event.what == child_change::returned))
      warn(fmt::format("{}: {} ({})", event.path, event.reason, event.last_message));
  };
}

tl::unexpected<error> not_started(const caf::error& why) {
  return fail(errc::stopped, "the node's tree cannot be started: " + exit_text(why));
}

} // namespace

struct node::parts {
  explicit parts(local_store opened) : store_files(std::move(opened)) {}

  local_store store_files;
  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
  store_actors store;
  std::shared_ptr<cluster_sight> sight = std::make_shared<cluster_sight>();
  std::vector<std::string> seeds;
  gateway_environment_pointer environment;
  std::unique_ptr<caf::scoped_actor> self;
  caf::actor top;
  caf::actor door;
  std::unique_ptr<aiex::link> gate;
  std::optional<http_server> http;
  node_config asked;
  std::shared_ptr<tls_credentials> shown; // nothing: links are plain
  std::function<void(const std::string&)> warn;
  std::shared_ptr<process_table> processes = process_table::make();
  std::optional<watchdog_thread> watched;
  std::shared_ptr<std::atomic<bool>> is_stopping = std::make_shared<std::atomic<bool>>(false);

  void start_store(const std::function<void(const std::string&)>& on_end) {
    store = spawn_store(*system, store_files.events(),
      {wall_clock, [on_end](const error& why) { on_end("the store has failed: " + why.message); },
        system_random, sight});
  }

  /// Stops an actor, if there is one, and waits for its end.
  void end(const caf::actor& actor) {
    if (!actor)
      return;
    (*self)->send<caf::message_priority::high>(
      actor, caf::exit_msg{(*self)->address(), caf::exit_reason::user_shutdown});
    (*self)->wait_for(actor);
  }

  /// Another node leads from now on, if there is one: nobody has to miss this one first.
  void hand_over() {
    if (!environment || sight->view().role != consensus::role::leader)
      return;
    const auto next = successor_of(cluster_seen_by(environment->services), sight->view().self);
    if (!next)
      return;
    // CAF's own request: it blocks, which `calls` cannot.
    (*self)
      ->request(store.writer, hand_over_max, change_members{consensus::transfer{next->id}})
      .receive([](const members_changed&) {}, [](const caf::error&) {}); // then it is missed
    const auto until = std::chrono::steady_clock::now() + hand_over_max;
    while (
      sight->view().role == consensus::role::leader && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(hand_over_look);
  }

  /// No new work; what clients have begun is finished and answered.
  void drain() {
    if (!door)
      return;
    // CAF's own request: it blocks, which `calls` cannot.
    (*self)
      ->request(door, drain_max, close_door{})
      .receive([](door_closed) {}, [](const caf::error&) {}); // they are told `unknown_outcome`
  }

  mesh_options mesh_of(const node_services& services) const {
    mesh_options options;
    // A cluster is known by the history of its log.
    options.self = {services.history, services.node, services.store_id,
      static_cast<std::uint64_t>(wall_clock().time_since_epoch().count()), {}};
    options.seeds = seeds;
    options.links = gate->nodes();
    options.names = services.names;
    options.address = [where = environment->facts.where] { return where->reached_at(); };
    options.warn = warn;
    return options;
  }

  result<void> start_tree(
    std::vector<node_part> user, const std::function<void(const std::string&)>& on_end) {
    const auto head = store_files.events()->head();
    if (!head)
      return tl::unexpected(head.error());
    const node_services& services = environment->services;
    const auto crashes = std::make_shared<crash_ledger_memory>(services.clock, services.make_id);
    const supervision_context context{warning(observer_of(crashes), warn), "aiexd", processes};
    const watchdog_options looks;
    watched.emplace(
      *system, watchdog{*system, processes, context.observe, warn, looks}, looks.period);
    const node_tree_parts tree{environment, store, mesh_of(services), sight,
      std::make_shared<bus_memory>(head->position), crashes, std::move(user),
      [on_end](
        const error& why) { on_end("read models cannot be written any more: " + why.message); }};
    auto outcome = start_supervisor(*system, node_tree(tree, context), context);
    if (const auto* unfinished = std::get_if<failing>(&outcome)) {
      top = unfinished->actor; // it still stops in order, and needs the store for that
      return not_started(unfinished->reason);
    }
    if (const auto* refused = std::get_if<caf::error>(&outcome))
      return not_started(*refused);
    top = std::get<started>(outcome).actor;
    processes->enter(top, context.path, handler_limit_of_supervisors);
    if (const auto named = environment->services.names.register_name("top", top); !named)
      return not_started(caf::make_error(caf::sec::runtime_error, named.error().message));
    top->attach_functor([on_end, stopping = is_stopping](const caf::error& why) {
      if (!*stopping)
        on_end("the node's tree has given up (" + exit_text(why) + ")");
    });
    return {};
  }

  result<void> serve(const endpoint& listen) {
    door = system->spawn(gateway_door, environment->services.node, environment->services.names,
      [peers = gate->peers(), local_role = asked.local_role](
        const caf::node_id& node) { return caller_over_link(peers(node), local_role); });
    const auto port = gate->listen(door, listen);
    if (!port)
      return tl::unexpected(port.error());
    asked.listen.port = *port;
    environment->facts.where->set_listen(to_string(asked.listen));
    return {};
  }

  /// The gateway's answer to a verb, or an empty one if it has none in time.
  json_value ask_gateway(const char* verb) const {
    json_value answer = json_value::object();
    const auto behind = environment->services.names.find("gateway");
    if (!behind)
      return answer;
    caf::scoped_actor asker{*system};
    // CAF's own request: it blocks, too.
    asker->request(*behind, page_patience, gateway_request{verb, "{}", 0})
      .receive(
        [&](const gateway_reply& reply) {
          if (reply.code == 0)
            answer = json_value::parse(reply.body, nullptr, false);
        },
        [](const caf::error&) {});
    return answer;
  }

  http_pages pages() const {
    return {[this] { return to_text(status_of(*environment, system->registry().running())); },
      [this] { return ask_gateway("metrics").value("up", false); },
      [this] { // who asks a node that does not answer learns that, and nothing else
        return ask_gateway("metrics").value("text", std::string{"aiex_up 0\n"});
      }};
  }
};

result<std::unique_ptr<node>> node::start(const node_config& config, std::vector<node_part> parts,
  std::function<void(const std::string& why)> on_end,
  std::function<void(const std::string& line)> warn, const std::function<bool()>& is_told_to_end) {
  auto certificates = certificates_of(config);
  if (!certificates)
    return tl::unexpected(std::move(certificates.error()));
  const auto make_id = make_id_source();
  auto cluster = find_cluster(config, is_told_to_end, warn);
  if (!cluster)
    return tl::unexpected(std::move(cluster.error()));
  auto opened = local_store::open(
    {.folder = config.data, .node = config.name, .make_id = make_id, .joins = cluster->history});
  if (!opened)
    return tl::unexpected(std::move(opened.error()));
  const auto said = once(std::move(on_end));
  auto parts_of = std::make_unique<node::parts>(std::move(*opened));
  node::parts& made = *parts_of;
  std::unique_ptr<node> running{new node{std::move(parts_of)}};
  made.asked = config;
  made.shown = std::move(*certificates);
  made.seeds = std::move(cluster->seeds);
  made.warn = std::move(warn);
  if (auto configured = configure_node(made.config); !configured)
    return tl::unexpected(std::move(configured.error()));
  made.system = std::make_unique<caf::actor_system>(made.config);
  made.self = std::make_unique<caf::scoped_actor>(*made.system);
  made.gate = std::make_unique<aiex::link>(*made.system, link_limits{}, made.shown, made.warn);
  made.start_store(said);
  const store_identity& identity = made.store_files.identity();
  node_services services{config.name, identity.store, identity.history,
    made.store.as_store(made.store_files.events()), made.store_files.models(),
    made.store_files.aggregate_snapshots(), registry{}, wall_clock, make_id, made.sight};
  made.environment = std::make_shared<gateway_environment>(gateway_environment{std::move(services),
    {.folder = config.data,
      .started_at = std::chrono::steady_clock::now(),
      .certificates = made.shown},
    node_verbs()});
  if (config.advertise)
    made.environment->facts.where->set_advertised(to_string(*config.advertise));
  if (auto tree = made.start_tree(std::move(parts), said); !tree)
    return tl::unexpected(std::move(tree.error()));
  if (config.http) {
    auto http = http_server::start(*config.http, made.pages());
    if (!http)
      return tl::unexpected(std::move(http.error()));
    made.asked.http = http->where();
    made.environment->facts.where->set_http(to_string(http->where()));
    made.http = std::move(*http);
  }
  if (auto served = made.serve(config.listen); !served)
    return tl::unexpected(std::move(served.error()));
  return running;
}

node::node(std::unique_ptr<parts> running) : parts_(std::move(running)) {}

node::~node() {
  (void)stop(); // whoever wants to know calls it before
}

std::string node::ready_line() const {
  return fmt::format("ready name={} listen={} http={}", parts_->asked.name,
    to_string(parts_->asked.listen), parts_->asked.http ? to_string(*parts_->asked.http) : "off");
}

const endpoint& node::listen() const {
  return parts_->asked.listen;
}

const std::optional<tls_files>& node::certificates() const {
  return parts_->asked.certificates;
}

const node_services& node::services() const {
  return parts_->environment->services;
}

caf::actor_system& node::system() const {
  return *parts_->system;
}

node_end node::stop() {
  if (!parts_)
    return {};
  parts& ending = *parts_;
  *ending.is_stopping = true;
  ending.http.reset();
  ending.hand_over();
  ending.drain();
  ending.gate.reset();
  ending.end(ending.top);
  ending.end(ending.store.writer); // runs without a tree if that could not be started
  for (const caf::actor& each : ending.store.readers)
    ending.end(each);
  ending.end(ending.door); // so long it has told clients that the node is being stopped
  ending.store = {};
  ending.environment.reset();
  ending.door = ending.top = nullptr;
  ending.self.reset();
  ending.watched.reset();
  node_end made;
  if (ending.system)
    made.left = end_system(std::move(ending.system), *ending.processes);
  made.closed = ending.store_files.close();
  if (made.left.empty())
    parts_.reset();
  else
    (void)parts_.release(); // what still runs may look at it
  return made;
}

} // namespace aiex
