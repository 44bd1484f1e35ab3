#include "aiex/actors/cluster/gateway_client.hpp"

#include "aiex/actors/cluster/gateway_call.hpp"
#include "aiex/actors/cluster/link.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include <atomic>

namespace aiex {

namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds end_deadline{1'000}; // for our own actor to end; it never blocks

milliseconds left_until(clock::time_point deadline) {
  return std::max(milliseconds{1}, std::chrono::ceil<milliseconds>(deadline - clock::now()));
}

} // namespace

/// Declared in the order in which they are needed: destroyed in the other one.
struct gateway_client::session {
  session(std::unique_ptr<caf::actor_system_config> filled, std::shared_ptr<tls_credentials> shown)
      : config(std::move(filled)), link(system, {}, std::move(shown)) {}
  ~session();

  result<void> open(const endpoint& node, const options& wishes);
  gateway_answer ask(gateway_question question, milliseconds deadline,
    const std::atomic<bool>* is_stopped = nullptr);

  std::shared_ptr<gateway_exchange> exchange = std::make_shared<gateway_exchange>();
  std::atomic<bool> cancelled = false;
  gateway_welcome welcome;

  std::unique_ptr<caf::actor_system_config> config;
  caf::actor_system system{*config};
  aiex::link link;
  caf::actor caller;
};

gateway_client::session::~session() {
  if (!caller)
    return;
  caf::anon_send_exit(caller, caf::exit_reason::kill);
  const auto deadline = clock::now() + end_deadline;
  while (!exchange->has_ended() && exchange->signal().wait_until(deadline))
    ; // woken by a late answer: wait on
}

result<void> gateway_client::session::open(const endpoint& node, const options& wishes) {
  const auto deadline = clock::now() + wishes.deadline;
  const auto gateway = link.connect(node, wishes.deadline);
  if (!gateway)
    return tl::unexpected(gateway.error());
  caller = system.spawn<caf::hidden>(gateway_caller, *gateway, exchange);
  const auto answer = ask(gateway_hello{.client = wishes.name}, left_until(deadline));
  if (!answer)
    return tl::unexpected(answer.error());
  welcome = std::get<gateway_welcome>(*answer);
  if (welcome.protocol != gateway_protocol)
    return fail(errc::unknown_version,
      "node " + welcome.node + " (version " + welcome.version + ") speaks gateway protocol " +
        std::to_string(welcome.protocol) + ", this program " + std::to_string(gateway_protocol) +
        ". Use the program of the node's version");
  return {};
}

gateway_answer gateway_client::session::ask(
  gateway_question question, milliseconds deadline, const std::atomic<bool>* is_stopped) {
  const auto give_up_at = clock::now() + deadline;
  const auto has_stopped = [is_stopped] { return is_stopped != nullptr && *is_stopped; };
  cancelled = false;
  if (has_stopped()) // whoever sets it later wakes us below
    return fail(errc::stopped, "cancelled before it was sent");
  exchange->ask(std::move(question), deadline);
  caf::anon_send(caller, caf::tick_atom::value);
  while (exchange->signal().wait_until(give_up_at)) {
    if (auto answer = exchange->take_answer())
      return std::move(*answer);
    if (cancelled || has_stopped()) {
      exchange->forget();
      return fail(errc::stopped, "cancelled; the request may still be carried out");
    }
  }
  if (auto answer = exchange->take_answer()) // in the last moment
    return std::move(*answer);
  exchange->forget();
  return fail(errc::time_out, "no reply within " + std::to_string(deadline.count()) +
                                " ms; the request may still be carried out");
}

gateway_client::gateway_client(std::unique_ptr<session> opened) : session_(std::move(opened)) {}
gateway_client::gateway_client(gateway_client&&) noexcept = default;
gateway_client& gateway_client::operator=(gateway_client&&) noexcept = default;
gateway_client::~gateway_client() = default;

result<gateway_client> gateway_client::connect(const endpoint& node, options wishes) {
  auto config = std::make_unique<caf::actor_system_config>();
  if (auto filled = configure_client(*config, wishes.profile); !filled)
    return tl::unexpected(filled.error());
  std::shared_ptr<tls_credentials> shown;
  if (wishes.certificates) {
    auto loaded = tls_credentials::load(*wishes.certificates);
    if (!loaded)
      return tl::unexpected(std::move(loaded.error()));
    shown = std::move(*loaded);
  }
  auto opened = std::make_unique<session>(std::move(config), std::move(shown));
  if (auto outcome = opened->open(node, wishes); !outcome)
    return tl::unexpected(outcome.error());
  return gateway_client(std::move(opened));
}

result<gateway_reply> gateway_client::call(std::string verb, std::string arguments,
  milliseconds deadline, const std::atomic<bool>* is_stopped) {
  gateway_request request{std::move(verb), std::move(arguments),
    static_cast<std::uint32_t>(std::clamp<milliseconds::rep>(deadline.count(), 0, UINT32_MAX))};
  if (auto fits = check_size(request); !fits)
    return tl::unexpected(fits.error());
  auto answer = session_->ask(std::move(request), deadline, is_stopped);
  if (!answer)
    return tl::unexpected(std::move(answer.error()));
  return to_result(std::get<gateway_reply>(std::move(*answer)));
}

void gateway_client::cancel() noexcept {
  session_->cancelled = true;
  session_->exchange->signal().wake();
}

const gateway_welcome& gateway_client::node() const noexcept {
  return session_->welcome;
}

} // namespace aiex
