#include "code_assistant/session_writer.hpp"

namespace aiex::code_assistant {

session_writer::session_writer(event_store& events, std::string node,
  std::function<timestamp()> clock, std::function<uuid()> make_id)
    : events_(events), node_(std::move(node)), clock_(std::move(clock)),
      make_id_(std::move(make_id)), correlation_id_(to_string(make_id_())),
      stream_(std::string{session::category} + '-' + correlation_id_) {}

result<void> session_writer::decide_and_keep(const encoded& command) {
  const auto made = decide(type_, state_.get(), command.type, command.data, reader_);
  if (!made)
    return tl::unexpected(made.error());
  if (made->refused)
    return fail(errc::refused, stream_ + " refused " + command.type + ": " + made->refused->reason);
  for (const encoded& each : made->events) {
    if (auto applied = apply(each); !applied)
      return applied;
    kept_bytes_ += each.data.size();
    kept_.push_back({.id = make_id_(),
      .type = each.type,
      .data = each.data,
      .correlation_id = correlation_id_,
      .schema = each.schema});
  }
  const bool is_much = kept_.size() >= events_per_append || kept_bytes_ >= bytes_per_append;
  return is_much ? flush() : result<void>{};
}

result<void> session_writer::apply(const encoded& event) {
  recorded_event recorded;
  recorded.stream = stream_;
  recorded.type = event.type;
  recorded.schema = event.schema;
  recorded.data = event.data;
  event_context context{recorded, reader_};
  const auto applied = apply_event(type_.events, state_.get(), context);
  if (!applied)
    return tl::unexpected(applied.error());
  return {};
}

result<void> session_writer::flush() {
  if (kept_.empty())
    return {};
  append_request request;
  request.node = node_;
  request.parts.push_back({stream_, expected_version::exactly(version_), std::exchange(kept_, {})});
  kept_bytes_ = 0;
  const append_request* const all[] = {&request};
  const auto appended = std::move(events_.append(all, clock_()).front());
  if (!appended)
    return tl::unexpected(appended.error());
  version_ = appended->parts.front().version;
  return {};
}

} // namespace aiex::code_assistant
