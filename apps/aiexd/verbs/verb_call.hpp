// What a verb of the gateway is, and what it is given when it is called.
//
// A verb is a plain value: its name, the keys of its arguments, and what it does. Whoever adds to a
// node adds to the table that the gateway is given.
#pragma once

#include "aiex/actors/cluster/tls/credentials.hpp"
#include "aiex/actors/flow/node_services.hpp"
#include "aiex/actors/runtime/gateway_protocol.hpp"
#include "aiex/actors/runtime/message_types.hpp"
#include "aiex/persistence/state/query.hpp"

#include "aiexd/caller.hpp"
#include "aiexd/node_address.hpp"
#include "aiexd/verbs/long_job.hpp"
#include "aiexd/verbs/verb_arguments.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aiex {

/// What a node says about itself.
struct node_facts {
  std::filesystem::path folder;
  std::shared_ptr<node_address> where = std::make_shared<node_address>();
  std::chrono::steady_clock::time_point started_at;
  std::shared_ptr<const tls_credentials> certificates{}; ///< Nothing: links are plain.
};

struct verb;

struct gateway_environment {
  node_services services;
  node_facts facts;
  std::vector<verb> verbs;
};

using gateway_promise = caf::typed_response_promise<gateway_reply>;

struct parked_tail {
  std::uint64_t number = 0;
  query asked;
  uuid history;
  gateway_promise promise;
  bool is_reading = false; ///< One read at a time; what comes meanwhile is looked for behind it.
};

/// Work that a verb has begun.
struct begun_job {
  std::string_view verb;
  std::unique_ptr<long_job> work;
  std::chrono::steady_clock::time_point asked_at; ///< When somebody last asked after it.
};

struct gateway_state {
  static inline const char* name = "gateway";
  position head;
  std::list<parked_tail> tails;
  std::uint64_t last_tail = 0;
  std::map<std::string, begun_job> jobs; ///< By cursor.
};

using gateway_actor = caf::stateful_actor<gateway_state>;
using gateway_environment_pointer = std::shared_ptr<const gateway_environment>;

/// How long an append or a read may take.
inline constexpr std::chrono::milliseconds gateway_patience{30'000};

/// A request on its way through a verb, which answers it sooner or later.
struct verb_call {
  gateway_actor* self = nullptr;
  gateway_environment_pointer node;
  std::string_view name; ///< The verb's.
  verb_arguments given;
  std::uint32_t deadline_ms = 0;
  gateway_promise promise;
  caf::actor_clock::time_point asked_at{};
  caller from{};
  std::optional<position> stale_at{}; ///< What it reads may be old: it is of this position.

  const node_services& services() const { return node->services; }

  /// How long the verb may still wait for others, at most `longest`: in all less than its client
  /// waits, whom its answer has to reach.
  std::chrono::milliseconds patience(std::chrono::milliseconds longest = gateway_patience) const {
    if (deadline_ms == 0) // the client did not say
      return longest;
    const auto most = std::chrono::milliseconds{deadline_ms} * 3 / 4;
    const auto waited =
      std::chrono::duration_cast<std::chrono::milliseconds>(self->clock().now() - asked_at);
    return std::min(longest, std::max(most - waited, std::chrono::milliseconds{1}));
  }

  void answer(gateway_reply reply);
  void answer(const json_value& object) { answer(reply_with(to_text(object))); }
  void refuse(const error& why) { answer(reply_with(why)); }
};

/// The least role whose callers may call a verb. Has no default: none can be forgotten.
struct needs {
  explicit constexpr needs(caller_role least) : role(least) {}
  caller_role role;
};

struct verb {
  std::string_view name;
  needs least;
  std::vector<std::string_view> keys;
  void (*run)(verb_call);
};

/// Lines of JSON as a reply; `next` is where to go on.
inline gateway_reply lines_reply(std::string lines, std::string next = {}) {
  gateway_reply reply;
  reply.format = reply_format::lines;
  reply.body = std::move(lines);
  reply.next = std::move(next);
  return reply;
}

} // namespace aiex
