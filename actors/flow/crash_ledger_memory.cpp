#include "aiex/actors/flow/crash_ledger_memory.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/encoded.hpp"
#include "aiex/persistence/codec/json_reader.hpp"
#include "aiex/persistence/codec/utf8.hpp"
#include "aiex/supervision/process/exit_kind.hpp"

#include <algorithm>

namespace aiex {

namespace {

constexpr bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

/// Something that can be stored, whatever an exception had to say.
std::string as_text(std::string_view given) {
  std::string text{given};
  const bool is_text = is_utf8(given);
  std::replace_if(
    text.begin(), text.end(),
    [is_text](char byte) {
      const auto value = static_cast<unsigned char>(byte);
      return value < 0x20 || value == 0x7f || (!is_text && value >= 0x80);
    },
    '?');
  return text;
}

std::string beginning(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max)
    return text;
  std::size_t end = bytes_max;
  while (end > 0 && continues(text[end]))
    --end;
  text.resize(end);
  return text;
}

/// As an event may have it; empty otherwise: who crashes is not to be forgotten for its id.
std::string storable_id(const std::string& id) {
  return id.size() <= limits::correlation_id_bytes_max && as_text(id) == id && is_utf8(id)
           ? id
           : std::string{};
}

/// What an actor said about where it was, if it is a site.
std::optional<crash_site> site_of(const supervision_event& what) {
  crash_site site;
  json_reader reader;
  if (what.site.empty() || !reader.read(what.site, site))
    return std::nullopt;
  return site;
}

} // namespace

bool is_recorded(const supervision_event& what) {
  switch (what.what) {
  case child_change::started:
  case child_change::stopped: return false;
  case child_change::exited:
    return what.kind == exit_kind::abnormal && what.reason != exit_text({}) &&
           what.reason != exit_text(shutdown_reason());
  case child_change::restarting:
  case child_change::failed_to_start:
  case child_change::killed:
  case child_change::abandoned:
  case child_change::gave_up:
  case child_change::shutdown_error:
  case child_change::stuck:
  case child_change::returned: return true;
  }
  return true;
}

std::string type_of(child_change what) {
  return "child_" + std::string{name(what)};
}

std::vector<std::string> types_of_crashes() {
  return {type_of(child_change::exited), type_of(child_change::failed_to_start),
    type_of(child_change::killed)};
}

std::string_view last_part(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos || slash + 1 == path.size() ? path
                                                                     : path.substr(slash + 1);
}

std::string to_tag(std::string_view name) {
  std::string text = as_text(name);
  if (text.size() <= limits::tag_bytes_max)
    return text;
  std::size_t begin = text.size() - limits::tag_bytes_max;
  while (begin < text.size() && continues(text[begin]))
    ++begin;
  return text.substr(begin);
}

bool crash_ledger_memory::note(const supervision_event& what) {
  if (!is_recorded(what))
    return false;
  std::function<void()> writer;
  {
    const std::lock_guard guard{lock_};
    keep(what);
    writer = writer_;
  }
  if (writer)
    writer();
  return true;
}

void crash_ledger_memory::wakes(std::function<void()> writer) {
  bool is_work = false;
  {
    const std::lock_guard guard{lock_};
    writer_ = writer;
    is_work = !waiting_.empty();
  }
  if (is_work)
    writer();
}

void crash_ledger_memory::keep(const supervision_event& what) {
  if (waiting_.size() >= waiting_max) {
    ++lost_;
    ++lost_untold_;
    return;
  }
  const timestamp now = clock_();
  crash seen{as_text(what.path), beginning(as_text(what.reason), reason_bytes_max), what.restarts,
    to_string(now), std::exchange(lost_untold_, 0)};
  if (!what.last_message.empty())
    seen.last_message = beginning(as_text(what.last_message), reason_bytes_max);
  if (what.ran_for) {
    seen.handler_since = to_string(now - *what.ran_for);
    seen.handler_ms = static_cast<std::uint64_t>(what.ran_for->count());
  }
  std::size_t site_bytes = 0;
  if (site_bytes_ + what.site.size() <= site_bytes_max)
    if (seen.site = site_of(what); seen.site)
      site_bytes = what.site.size();
  site_bytes_ += site_bytes;
  waiting_.push_back({make_id_(), what.what, std::move(seen), site_bytes});
}

std::optional<event> crash_ledger_memory::front() const {
  noted oldest;
  {
    const std::lock_guard guard{lock_};
    if (waiting_.empty())
      return std::nullopt;
    oldest = waiting_.front();
  }
  auto stored = encode(oldest.seen);
  invariant(stored.has_value(), "what is noted has been made storable");
  event made;
  made.id = oldest.id;
  made.type = type_of(oldest.what);
  made.data = std::move(stored->data);
  if (oldest.seen.site) {
    made.correlation_id = storable_id(oldest.seen.site->correlation_id);
    made.causation_id = storable_id(oldest.seen.site->causation_id);
  }
  made.tags = {to_tag(oldest.seen.child)};
  if (std::string last = to_tag(last_part(oldest.seen.child)); last != made.tags.front())
    made.tags.push_back(std::move(last));
  return made;
}

void crash_ledger_memory::forget(const uuid& id) {
  const std::lock_guard guard{lock_};
  if (waiting_.empty() || waiting_.front().id != id)
    return;
  site_bytes_ -= waiting_.front().site_bytes;
  waiting_.pop_front();
}

std::size_t crash_ledger_memory::waiting() const {
  const std::lock_guard guard{lock_};
  return waiting_.size();
}

std::uint64_t crash_ledger_memory::lost() const {
  const std::lock_guard guard{lock_};
  return lost_;
}

} // namespace aiex
