#include "aiex/actors/cluster/task_codec.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/bytes.hpp"
#include "aiex/persistence/codec/sealed.hpp"

#include <algorithm>
#include <utility>

namespace aiex {

namespace {

using consensus::member_change;
using consensus::member_role;

constexpr std::uint8_t format = 1;
enum class kind : std::uint8_t { append = 1, change = 2, transfer = 3, answer = 4, applied = 5 };

// -- writing -------------------------------------------------------------------------------------

void put(bytes_writer& write, const uuid& id) {
  write.raw(id.view());
}

void put(bytes_writer& write, const event& what) {
  put(write, what.id);
  write.text(what.type);
  write.text(what.data);
  write.text(what.metadata);
  write.text(what.correlation_id);
  write.text(what.causation_id);
  write.varint(what.tags.size());
  for (const std::string& each : what.tags)
    write.text(each);
  write.varint(what.schema);
  write.u8(static_cast<std::uint8_t>(what.content));
}

void put(bytes_writer& write, const append_part& part) {
  write.text(part.stream);
  write.u8(static_cast<std::uint8_t>(part.expected.what()));
  write.varint(part.expected.version());
  write.varint(part.events.size());
  for (const event& each : part.events)
    put(write, each);
}

void put(bytes_writer& write, const append_request& request) {
  write.varint(request.parts.size());
  for (const append_part& each : request.parts)
    put(write, each);
  write.u8(request.owner ? 1 : 0);
  if (request.owner) {
    write.text(request.owner->name);
    write.varint(request.owner->epoch);
  }
  write.u8(request.command ? 1 : 0);
  if (request.command) {
    put(write, request.command->id);
    write.u64(request.command->digest);
  }
  write.text(request.node);
  write.u8(request.system ? 1 : 0);
}

void put(bytes_writer& write, const member_change& change) {
  write.u8(static_cast<std::uint8_t>(change.what));
  put(write, change.subject.id);
  write.u8(static_cast<std::uint8_t>(change.subject.role));
  write.text(change.subject.name);
  write.text(change.subject.address);
}

void put(bytes_writer& write, const append_result& done) {
  write.varint(done.parts.size());
  for (const appended_part& each : done.parts) {
    write.varint(each.first_version);
    write.varint(each.version);
    write.varint(each.first_position.value);
    write.varint(each.last_position.value);
  }
  write.u8(done.repeated ? 1 : 0);
  write.u64(static_cast<std::uint64_t>(microseconds_of(done.recorded_at)));
}

std::string begun(kind what, std::uint64_t number) {
  std::string bytes;
  bytes_writer write{bytes};
  write.u8(format);
  write.u8(static_cast<std::uint8_t>(what));
  write.varint(number);
  return bytes;
}

// -- reading -------------------------------------------------------------------------------------

/// Reads field by field; what is wrong beyond the bytes themselves is kept in `is_sound`.
struct task_reader {
  bytes_reader& from;
  bool is_sound = true;

  template <class Number>
  Number number(std::uint64_t most) {
    const std::uint64_t value = from.varint();
    is_sound = is_sound && value <= most;
    return static_cast<Number>(std::min(value, most));
  }
  /// How many follow: each has at least one byte.
  std::size_t count(std::size_t most) {
    return number<std::size_t>(std::min(most, from.remaining()));
  }
  bool truth() {
    const std::uint8_t byte = from.u8();
    is_sound = is_sound && byte <= 1;
    return byte == 1;
  }
  std::string text() { return std::string{from.text()}; }
  uuid id() {
    const std::string_view bytes = from.raw(16);
    return bytes.size() == 16 ? uuid_from_bytes(bytes) : uuid{};
  }

  event read_event() {
    event made;
    made.id = id();
    made.type = text();
    made.data = text();
    made.metadata = text();
    made.correlation_id = text();
    made.causation_id = text();
    made.tags.resize(count(limits::tags_per_event_max));
    for (std::string& each : made.tags)
      each = text();
    made.schema = number<std::uint32_t>(UINT32_MAX);
    const std::uint8_t content = from.u8();
    is_sound = is_sound && (content == 1 || content == 2);
    made.content = content == 2 ? content_type::bytes : content_type::json;
    return made;
  }

  expected_version expected() {
    const std::uint8_t what = from.u8();
    const std::uint64_t version = from.varint();
    switch (static_cast<expected_version::kind>(what)) {
    case expected_version::kind::any: return expected_version::any();
    case expected_version::kind::exists: return expected_version::exists();
    case expected_version::kind::exact: return expected_version::exactly(version);
    }
    is_sound = false;
    return expected_version::any();
  }

  append_request read_request() {
    append_request made;
    made.parts.resize(count(limits::streams_per_append_max));
    for (append_part& part : made.parts) {
      part.stream = text();
      part.expected = expected();
      part.events.resize(count(limits::events_per_append_max));
      for (event& each : part.events)
        each = read_event();
    }
    if (truth()) {
      std::string name = text();
      made.owner = owner_epoch{std::move(name), from.varint()};
    }
    if (truth()) {
      const uuid command = id();
      made.command = command_reference{command, from.u64()};
    }
    made.node = text();
    made.system = truth();
    return made;
  }

  member_change change() {
    member_change made;
    const std::uint8_t what = from.u8();
    is_sound = is_sound && what <= static_cast<std::uint8_t>(member_change::act::rename);
    made.what = static_cast<member_change::act>(what);
    made.subject.id = id();
    const std::uint8_t role = from.u8();
    is_sound = is_sound && (role == 1 || role == 2);
    made.subject.role = role == 2 ? member_role::learner : member_role::voter;
    made.subject.name = text();
    made.subject.address = text();
    return made;
  }

  append_result done() {
    append_result made;
    made.parts.resize(count(limits::streams_per_append_max));
    for (appended_part& each : made.parts) {
      each.first_version = from.varint();
      each.version = from.varint();
      each.first_position = {from.varint()};
      each.last_position = {from.varint()};
    }
    made.repeated = truth();
    made.recorded_at = timestamp{std::chrono::microseconds{static_cast<std::int64_t>(from.u64())}};
    return made;
  }

  sent_answer answer(std::uint64_t of) {
    sent_answer made{of, {from.varint(), {}}};
    const std::uint8_t code = from.u8();
    if (code == 0) {
      made.done.outcome = done();
      return made;
    }
    std::string message = text();
    made.done.outcome = fail(static_cast<errc>(code), std::move(message), from.varint());
    return made;
  }
};

} // namespace

std::string to_bytes(const sent_task& task) {
  if (const auto* const request = std::get_if<std::shared_ptr<const append_request>>(&task.what)) {
    std::string bytes = begun(kind::append, task.number);
    bytes_writer write{bytes};
    put(write, **request);
    return sealed(bytes);
  }
  if (const auto* const change = std::get_if<member_change>(&task.what)) {
    std::string bytes = begun(kind::change, task.number);
    bytes_writer write{bytes};
    put(write, *change);
    return sealed(bytes);
  }
  if (std::holds_alternative<tell_applied>(task.what))
    return sealed(begun(kind::applied, task.number));
  std::string bytes = begun(kind::transfer, task.number);
  bytes_writer write{bytes};
  put(write, std::get<consensus::transfer>(task.what).to);
  return sealed(bytes);
}

std::string to_bytes(const sent_answer& answer) {
  std::string bytes = begun(kind::answer, answer.number);
  bytes_writer write{bytes};
  write.varint(answer.done.index);
  if (const auto& outcome = answer.done.outcome) {
    write.u8(0);
    put(write, *outcome);
  } else {
    write.u8(static_cast<std::uint8_t>(outcome.error().code));
    write.text(outcome.error().message);
    write.varint(outcome.error().actual);
  }
  return sealed(bytes);
}

result<std::variant<sent_task, sent_answer>> task_of(std::string_view bytes) {
  const auto content = unsealed(bytes);
  if (!content)
    return fail(errc::corrupt, "a task of another node is damaged");
  bytes_reader read{*content};
  if (const std::uint8_t version = read.u8(); version != format)
    return fail(errc::unknown_version,
      "a task of another node has format " + std::to_string(version) + ", which is not known here");
  const std::uint8_t what = read.u8();
  const std::uint64_t number = read.varint();
  task_reader fields{read};
  std::variant<sent_task, sent_answer> made;
  switch (static_cast<kind>(what)) {
  case kind::append:
    made = sent_task{number, std::make_shared<const append_request>(fields.read_request())};
    break;
  case kind::change: made = sent_task{number, fields.change()}; break;
  case kind::transfer: made = sent_task{number, consensus::transfer{fields.id()}}; break;
  case kind::applied: made = sent_task{number, tell_applied{}}; break;
  case kind::answer: made = fields.answer(number); break;
  default: return fail(errc::corrupt, "a task of another node is of no kind there is");
  }
  if (!read.ok() || read.remaining() != 0 || !fields.is_sound)
    return fail(errc::corrupt, "a task of another node is malformed");
  return made;
}

} // namespace aiex
