#include "simulate/cluster/cluster_world.hpp"

#include "aiex/persistence/consensus/message_codec.hpp"

#include "simulate/cluster/cluster_operator.hpp"
#include "simulate/cluster/planted_faults.hpp"
#include "simulate/cluster/world_events.hpp"

#include <algorithm>

namespace aiex::test {

namespace {

uuid history_id() {
  uuid made;
  made.bytes[0] = 0xb0;
  return made;
}

/// All voters begin with the entry that says so.
void found(simulated_disk& disk, std::size_t voters) {
  consensus::configuration members{history_id(), {}};
  for (node_number each = 0; each < voters; ++each) {
    const consensus::member_id id = simulated_machine::id_of_store(each, 0);
    members.members.push_back(
      {id, consensus::member_role::voter, simulated_machine::name_of(id), {}});
  }
  entry_builder builder{{.kind = entry_kind::configuration,
    .index = 1,
    .term = 1,
    .recorded_at = {},
    .first_position = {1}}};
  builder.set_members(to_bytes(members));
  const std::string bytes = builder.finish(timestamp{std::chrono::seconds{1}});
  const log_record record{1, bytes};
  (void)disk.log.storage().append({&record, 1});
  (void)disk.log.storage().sync();
  disk.put({.term = 1});
}

} // namespace

cluster_world::cluster_world(const world_options& options, std::optional<planted_fault> planted)
    : dice(options.seed), network(time, dice,
                            [this](node_number to, const simulated_network::bytes& what) {
                              machines[to].node->receive(what);
                            }),
      options_(options), planted_(planted), rules_([this](consensus::member_id id) {
        const simulated_machine* found = machine_of(id);
        return found != nullptr ? found->node.get() : nullptr;
      }) {
  network.quality = options.network;
  machines.resize(options.machines);
  for (node_number at = 0; at < options.machines; ++at)
    add_machine(at, options.voters);
  for (std::uint64_t i = 0; i < options.clients; ++i) {
    clients_.push_back(std::make_unique<simulated_client>(
      i, time, dice, seen_, [this](const client_call& call, simulated_client::answer_to answer) {
        ask(call, std::move(answer));
      }));
    clients_.back()->appended = [this](std::uint64_t client, const append_request& request,
                                  const append_result& answer) {
      ++counted_.appends;
      rules_.answered(client, request, answer);
    };
  }
  for (std::uint64_t i = 0; i < options.hosts; ++i)
    hosts_.push_back(std::make_unique<session_host>(options.clients + i, surroundings_of_hosts()));
}

void cluster_world::add_machine(node_number at, std::size_t voters) {
  simulated_machine& machine = machines[at];
  machine.number = at;
  machine.disk = std::make_unique<simulated_disk>();
  if (at >= voters)
    machine.disk->put({.joins = true});
  else if (voters > 1)
    found(*machine.disk, voters);
  make_node(machine);
}

void cluster_world::make_node(simulated_machine& machine) {
  consensus::core_options core;
  core.self = machine.id();
  core.history = history_id();
  core.pre_vote = options_.pre_vote;
  core.check_quorum = options_.check_quorum;
  machine.node = std::make_unique<simulated_node>(
    machine.number, core, *machine.disk, surroundings_of(machine.number));
  machine.node->planted = planted_;
  machine.node->clock.tick = dice.between(45, 55) * millisecond;
}

node_surroundings cluster_world::surroundings_of(node_number at) {
  return {time, dice, [this](const consensus::message& what) { send(what); },
    [this](const simulated_node& node) { rules_.started(node); },
    [this](
      simulated_node& node, const consensus::input& given) { rules_.before_step(node, given); },
    [this](simulated_node& node, consensus::core_state& core, const consensus::input& given,
      consensus::outputs& out) {
      if (planted_)
        spoil(*planted_, core, given, out);
      if (trace.is_on)
        tell(trace, time.now(), machines[node.number()].name(), given, out);
      rules_.stepped(node, out);
    },
    [this](const chain_end& head) { rules_.applied(head); },
    [this](
      const simulated_node& node, const projection_save& save) { rules_.projected(node, save); },
    [this, at] {
      ++counted_.crashes;
      time.in(dice.between(10, 500) * millisecond, [this, at] { start(at); });
    }};
}

void cluster_world::send(const consensus::message& what) {
  if (const auto* request = std::get_if<consensus::replicate_request>(&what.what))
    for (const consensus::entry& each : request->entries)
      if (each.members && each.place.index > rules_.agreed().size())
        sent_members_[{each.place.index, each.place.term}] = *each.members;
  const node_number from = simulated_machine::number_of(what.from);
  const simulated_machine* to = machine_of(what.to);
  if (to != nullptr) // else nobody answers there
    network.send(from, to->number, std::make_shared<const std::string>(consensus::to_bytes(what)));
}

simulated_machine* cluster_world::machine_of(consensus::member_id id) {
  const node_number at = simulated_machine::number_of(id);
  return at < machines.size() && machines[at].id() == id ? &machines[at] : nullptr;
}

/// Clients mostly find a leader, not always the right one.
void cluster_world::ask(const client_call& call, simulated_client::answer_to answer) {
  node_number to = dice.below(machines.size());
  if (std::holds_alternative<append_request>(call) && !dice.one_in(5))
    for (std::size_t i = 0; i < machines.size() && !machines[to].leads(); ++i)
      to = (to + 1) % machines.size();
  const network_quality& net = network.quality;
  if (dice.per_mille(net.lost_per_mille))
    return;
  const auto back = [this, answer = std::move(answer)](auto said) {
    const network_quality& then = network.quality;
    if (!dice.per_mille(then.lost_per_mille))
      time.in(dice.between(then.delay_min, then.delay_max),
        [answer, said = std::move(said)] { answer(said); });
  };
  time.in(dice.between(net.delay_min, net.delay_max), [this, to, call, back] {
    simulated_node& node = *machines[to].node;
    if (const auto* request = std::get_if<append_request>(&call))
      node.append(*request, back);
    else
      node.read(call, [this, back](result<seen_until> seen) {
        counted_.reads += seen ? 1 : 0;
        back(std::move(seen));
      });
  });
}

void cluster_world::run_for(virtual_us span) {
  for (simulated_machine& each : machines)
    each.node->start();
  for (const auto& each : clients_)
    each->start();
  for (const auto& each : hosts_)
    each->start();
  cluster_operator runs{*this};
  world_events events{*this};
  const virtual_us end = time.now() + span;
  while (time.now() < end && time.step()) {
  }
  counted_.faults = events.faults();
  events.stop();
  while (time.now() < end + 2 * second && time.step()) { // what events have begun ends by itself
  }
  runs.stop();
}

void cluster_world::crash(node_number at, bool is_power_lost) {
  if (!machines[at].node->is_up())
    return;
  ++counted_.crashes;
  trace.add(time.now(), machines[at].name(), is_power_lost ? "loses power" : "is killed");
  machines[at].node->crash(is_power_lost);
}

void cluster_world::start(node_number at) {
  if (machines[at].node->is_up())
    return;
  trace.add(time.now(), machines[at].name(), "starts");
  machines[at].node->start();
}

void cluster_world::replace(node_number at) {
  crash(at, true);
  simulated_machine& machine = machines[at];
  ++machine.stores;
  trace.add(time.now(), machine.name(), "gets an empty store");
  machine.disk->log = memory_log{};
  machine.disk->state = memory_tables{};
  machine.disk->models = memory_tables{};
  machine.disk->forget_rot();
  machine.disk->put({.joins = true});
  machine.node->become(machine.id());
}

simulated_machine* cluster_world::leader() {
  simulated_machine* found = nullptr;
  for (simulated_machine& each : machines)
    if (each.leads() && (found == nullptr || each.node->core().term() > found->node->core().term()))
      found = &each;
  return found;
}

bool cluster_world::is_impaired(consensus::member_id id) {
  const simulated_machine* machine = machine_of(id);
  if (machine == nullptr || !machine->node->is_up() || !machine->disk->rotten().empty())
    return true;
  const consensus::core_state& core = machine->node->core();
  return !core.standing.may_lead(core.last_durable());
}

bool cluster_world::can_go_on(const consensus::configuration& with, consensus::member_id without) {
  std::size_t impaired = 0;
  for (const consensus::member& each : with.members)
    if (each.role == consensus::member_role::voter)
      impaired += each.id == without || is_impaired(each.id) ? 1 : 0;
  return with.voters() == 0 || impaired <= (with.voters() - 1) / 2;
}

bool cluster_world::may_be_gone(node_number at) {
  const std::uint64_t agreed = rules_.agreed().size();
  const bool is_sent =
    std::ranges::any_of(sent_members_, [&](const auto& each) { return each.first.first > agreed; });
  const bool is_there = std::ranges::any_of(machines, [&](const simulated_machine& each) {
    return each.node->is_up() && each.node->core().members.index() > agreed;
  });
  return !is_sent && !is_there && may_lose(at);
}

bool cluster_world::may_lose(node_number at) {
  const consensus::member_id id = machines[at].id();
  for (const auto& [place, members] : sent_members_) // they may still arrive
    if (place.first > rules_.agreed().size() && members.is_voter(id) && !can_go_on(members, id))
      return false;
  return std::ranges::all_of(machines, [&](const simulated_machine& each) {
    const consensus::configuration members =
      each.node->is_up() ? each.node->core().members.current() : each.node->members_on_disk();
    return !members.is_voter(id) || can_go_on(members, id);
  });
}

world_outcome run(cluster_world& world) {
  world_outcome made;
  try {
    world.run_for(world.options().lasts);
    world.settle();
    world.rejoin();
    world.compare();
  } catch (const broken_rule& broken) {
    made.rule = broken.rule;
    made.what = broken.what();
  } catch (const std::exception& thrown) {
    made.rule = "no_exception";
    made.what = thrown.what();
  }
  made.totals = world.totals();
  return made;
}

world_totals cluster_world::totals() const {
  world_totals made = counted_;
  made.seeds = 1;
  made.steps = time.steps();
  made.entries = rules_.agreed().size();
  made.events = rules_.agreed().events().size();
  made.elections = rules_.elections();
  made.messages = network.delivered();
  return made;
}

} // namespace aiex::test
