#include "aiex/actors/cluster/frame_guard.hpp"

#include "aiex/persistence/base/error.hpp"

#include <algorithm>

namespace aiex {

namespace {

using basp::operation;

/// An empty forwarding stack, then the name of a message with one value of this type.
std::string content_of(std::string_view type) {
  const std::string name = "@<>+" + std::string(type);
  invariant(name.size() < 0x80, "frame_guard: a type's name is too long");
  return std::string(3, '\0') + static_cast<char>(name.size()) + name;
}

/// A message that nobody has passed on: its forwarding stack is empty.
constexpr std::string_view no_stages{"\0", 1};

} // namespace

frame_guard::frame_guard(link_rules rules) : rules_(std::move(rules)) {
  for (const auto& type : rules_.types) {
    contents_.push_back(content_of(type));
    content_bytes_max_ = std::max(content_bytes_max_, contents_.back().size());
  }
}

std::size_t frame_guard::wanted() const noexcept {
  return phase_ == phase::header ? header_.size() - header_collected_ : payload_left_;
}

guard_verdict frame_guard::feed(std::string_view bytes) {
  switch (phase_) {
  case phase::closed: return guard_verdict::close;
  case phase::header: return feed_header(bytes);
  case phase::passing:
  case phase::swallowing: return feed_payload(bytes);
  }
  return guard_verdict::close;
}

guard_verdict frame_guard::close(link_breach breach) {
  phase_ = phase::closed;
  breach_ = breach;
  return guard_verdict::close;
}

guard_verdict frame_guard::feed_header(std::string_view bytes) {
  invariant(bytes.size() <= wanted(), "frame_guard: fed more than wanted");
  std::copy(bytes.begin(), bytes.end(), header_.begin() + header_collected_);
  header_collected_ += bytes.size();
  if (header_collected_ < header_.size())
    return guard_verdict::more;

  header_collected_ = 0;
  head_ = basp::read_header(header());
  phase_ = phase::passing;
  is_of_node_ = is_node();
  if (const auto breach = judge(head_); breach != link_breach::none)
    return close(breach);
  judged_.clear();
  judged_wanted_ = judged_bytes();
  payload_left_ = head_.payload_bytes;
  if (phase_ == phase::swallowing)
    return guard_verdict::more;
  if (payload_left_ == 0)
    phase_ = phase::header;
  return guard_verdict::pass_header;
}

guard_verdict frame_guard::feed_payload(std::string_view bytes) {
  invariant(bytes.size() <= wanted(), "frame_guard: fed more than wanted");
  payload_left_ -= bytes.size();
  if (judged_.size() < judged_wanted_) {
    judged_ += bytes.substr(0, judged_wanted_ - judged_.size());
    if (judged_.size() == judged_wanted_)
      if (const auto breach = judge_payload(); breach != link_breach::none)
        return close(breach);
  }
  if (payload_left_ == 0)
    phase_ = phase::header;
  return guard_verdict::more;
}

/// How much of the current payload is judged: its beginning.
std::size_t frame_guard::judged_bytes() const {
  const std::size_t all = head_.payload_bytes;
  switch (static_cast<operation>(head_.operation)) {
  case operation::routed_message: return 0;
  case operation::direct_message:
    if (phase_ == phase::swallowing)
      return all;
    return std::min(all, is_of_node_ ? no_stages.size() : content_bytes_max_);
  case operation::down_message:
    return is_of_node_ ? std::min(all, 2 * basp::node_id_bytes) : all; // any reason
  default: return all;
  }
}

// -- headers -------------------------------------------------------------------------------------

link_breach frame_guard::judge(const basp::header& head) {
  if (head.operation > static_cast<std::uint8_t>(operation::heartbeat) || head.padding != 0)
    return link_breach::not_basp;
  const auto op = static_cast<operation>(head.operation);
  if (head.payload_bytes > payload_bytes_max(head))
    return peer_ ? link_breach::frame_too_large : link_breach::handshake_malformed;
  if (op == operation::server_handshake || op == operation::client_handshake)
    return judge_handshake(head);
  if (!peer_)
    return link_breach::handshake_expected;

  switch (op) {
  case operation::direct_message: return judge_message(head);
  case operation::routed_message: return swallow_routed(head);
  case operation::monitor_message: return judge_monitor(head);
  case operation::down_message: return judge_down(head);
  case operation::heartbeat: {
    const bool plain = head.flags == 0 && head.payload_bytes == 0 && head.operation_data == 0 &&
                       head.source == 0 && head.receiver == 0;
    return plain ? link_breach::none : link_breach::not_basp;
  }
  default: return link_breach::not_basp;
  }
}

std::size_t frame_guard::payload_bytes_max(const basp::header& head) const {
  const auto messages = is_node() ? rules_.node_message_bytes_max : rules_.message_bytes_max;
  switch (static_cast<operation>(head.operation)) {
  case operation::direct_message: return peer_ ? messages : head.payload_bytes;
  case operation::routed_message:
  case operation::down_message: return is_node() ? messages : control_bytes_max;
  default: return control_bytes_max;
  }
}

link_breach frame_guard::judge_handshake(const basp::header& head) {
  const bool server = head.operation == static_cast<std::uint8_t>(operation::server_handshake);
  if (server != (rules_.side == link_side::opened))
    return link_breach::handshake_expected;
  if (head.source != 0 || head.receiver != 0)
    return link_breach::not_basp;
  if (server) {
    if (peer_)
      return link_breach::handshake_repeated;
    if (head.flags != 0 || head.payload_bytes <= basp::node_id_bytes)
      return link_breach::handshake_malformed;
    return head.operation_data == basp::protocol_version ? link_breach::none
                                                         : link_breach::other_protocol;
  }
  if (head.operation_data != 0 || head.payload_bytes != basp::node_id_bytes)
    return link_breach::handshake_malformed;
  if (head.flags != (peer_ ? basp::select_connection_flag : 0))
    return peer_ ? link_breach::handshake_repeated : link_breach::handshake_malformed;
  if (selected_)
    return link_breach::handshake_repeated;
  selected_ = peer_.has_value();
  return link_breach::none;
}

link_breach frame_guard::judge_message(const basp::header& head) {
  if (head.flags == basp::named_receiver_flag)
    return judge_named_message(head);
  if (head.flags != 0 || head.payload_bytes == 0 || head.receiver == 0)
    return link_breach::not_basp;
  if (!is_node())
    if (const auto breach = judge_client_message(head); breach != link_breach::none)
      return breach;
  if (head.source != 0)
    sources_.insert(head.source); // CAF keeps a proxy until we hear of its end
  const auto most = is_node() ? rules_.node_sources_max : rules_.sources_max;
  return sources_.size() > most ? link_breach::too_many_sources : link_breach::none;
}

link_breach frame_guard::judge_client_message(const basp::header& head) const {
  if (rules_.side == link_side::opened)
    return basp::is_response(head.operation_data) ? link_breach::none : link_breach::not_a_response;
  if (head.receiver != rules_.gateway)
    return link_breach::receiver_refused;
  return basp::is_request(head.operation_data) && head.source != 0 ? link_breach::none
                                                                   : link_breach::not_a_request;
}

/// Of a node: CAF asks a third node about an actor whose handle it was sent, and lets it know that
/// it watches. Nobody passes that on; the link takes the handle for one of a dead actor.
link_breach frame_guard::swallow_routed(const basp::header& head) {
  if (!is_node() || head.payload_bytes == 0)
    return link_breach::routing_refused;
  phase_ = phase::swallowing;
  return link_breach::none;
}

link_breach frame_guard::judge_named_message(const basp::header& head) {
  if (head.receiver != basp::spawn_server || head.operation_data != basp::asynchronous ||
      head.payload_bytes != basp::spawn_server_question.size() || asked_)
    return link_breach::named_receiver;
  asked_ = true;
  phase_ = phase::swallowing;
  return link_breach::none;
}

link_breach frame_guard::judge_monitor(const basp::header& head) const {
  if (head.flags != 0 || head.operation_data != 0 || head.source != 0 || head.receiver == 0)
    return link_breach::not_basp;
  if (head.payload_bytes != 2 * basp::node_id_bytes)
    return link_breach::payload_malformed;
  if (!is_node() && rules_.side == link_side::accepted && head.receiver != rules_.gateway)
    return link_breach::receiver_refused;
  return link_breach::none;
}

link_breach frame_guard::judge_down(const basp::header& head) const {
  if (head.flags != 0 || head.operation_data != 0 || head.source == 0 || head.receiver != 0)
    return link_breach::not_basp;
  return head.payload_bytes >= 2 * basp::node_id_bytes + basp::plain_error_bytes
           ? link_breach::none
           : link_breach::payload_malformed;
}

// -- payloads ------------------------------------------------------------------------------------

link_breach frame_guard::judge_payload() {
  switch (static_cast<operation>(head_.operation)) {
  case operation::client_handshake: return judge_client_handshake();
  case operation::server_handshake: return judge_server_handshake();
  case operation::direct_message:
    if (phase_ == phase::swallowing)
      return judged_ == basp::spawn_server_question ? link_breach::none
                                                    : link_breach::named_receiver;
    return judge_content();
  case operation::monitor_message: return judge_nodes();
  case operation::down_message: return judge_reason();
  default: return link_breach::not_basp;
  }
}

link_breach frame_guard::judge_client_handshake() {
  if (!basp::is_node_id(judged_))
    return link_breach::handshake_malformed;
  if (judged_ == basp::view(rules_.self))
    return link_breach::own_node;
  if (peer_)
    return judged_ == basp::view(*peer_) ? link_breach::none : link_breach::foreign_node;
  peer_.emplace();
  std::copy(judged_.begin(), judged_.end(), peer_->begin());
  return link_breach::none;
}

/// Node id, one application identifier, the id of the published actor, no interface.
link_breach frame_guard::judge_server_handshake() {
  const std::string_view payload = judged_;
  const std::string_view node = payload.substr(0, basp::node_id_bytes);
  if (!basp::is_node_id(node))
    return link_breach::handshake_malformed;
  if (node == basp::view(rules_.self))
    return link_breach::own_node;
  invariant(rules_.protocol.size() < 0x80, "frame_guard: the protocol's name is too long");
  const std::string expected =
    std::string("\x01") + static_cast<char>(rules_.protocol.size()) + rules_.protocol;
  const std::string_view rest = payload.substr(basp::node_id_bytes);
  if (!rest.starts_with(expected) || rest.size() != expected.size() + 9)
    return link_breach::other_protocol;
  const std::string_view actor = rest.substr(expected.size(), 8);
  if (basp::big_endian(actor) == 0)
    return link_breach::nothing_published;
  if (rest.back() != 0)
    return link_breach::other_protocol;
  peer_.emplace();
  std::copy(node.begin(), node.end(), peer_->begin());
  return link_breach::none;
}

link_breach frame_guard::judge_content() const {
  if (is_of_node_)
    return judged_ == no_stages ? link_breach::none : link_breach::routing_refused;
  const bool listed = std::any_of(contents_.begin(), contents_.end(),
    [this](const std::string& content) { return judged_.starts_with(content); });
  return listed ? link_breach::none : link_breach::content_refused;
}

/// Two node ids: theirs, then ours.
link_breach frame_guard::judge_nodes() const {
  const std::string_view payload = judged_;
  const bool ours =
    payload.substr(0, basp::node_id_bytes) == basp::view(*peer_) &&
    payload.substr(basp::node_id_bytes, basp::node_id_bytes) == basp::view(rules_.self);
  return ours ? link_breach::none : link_breach::foreign_node;
}

/// Two node ids, then an error: a code, a category, and a context that CAF would unpack. Clients
/// end without context; a node's gateway may end with a text.
link_breach frame_guard::judge_reason() {
  if (const auto breach = judge_nodes(); breach != link_breach::none)
    return breach;
  sources_.erase(head_.source);
  if (is_of_node_)
    return link_breach::none;
  constexpr std::size_t code_and_category_bytes = 9;
  const std::string_view context =
    std::string_view(judged_).substr(2 * basp::node_id_bytes + code_and_category_bytes);
  const bool text = rules_.side == link_side::opened && context.starts_with(basp::text_message);
  if (context != basp::empty_message && !text)
    return link_breach::payload_malformed;
  return link_breach::none;
}

} // namespace aiex
