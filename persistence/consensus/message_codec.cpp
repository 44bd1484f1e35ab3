#include "aiex/persistence/consensus/message_codec.hpp"

#include "aiex/persistence/codec/bytes.hpp"
#include "aiex/persistence/codec/sealed.hpp"

#include <utility>

namespace aiex::consensus {

namespace {

constexpr std::uint8_t format = 1;

void put(bytes_writer& write, log_place place) {
  write.varint(place.index);
  write.varint(place.term);
}
void put(bytes_writer& write, const std::vector<entry>& entries) {
  write.varint(entries.size());
  for (const entry& each : entries)
    write.text(each.bytes ? std::string_view{*each.bytes} : std::string_view{});
}

void put(bytes_writer& write, const pre_vote_request& what) {
  write.varint(what.for_term);
  put(write, what.last);
}
void put(bytes_writer& write, const pre_vote_answer& what) {
  write.varint(what.for_term);
  write.u8(what.granted ? 1 : 0);
}
void put(bytes_writer& write, const vote_request& what) {
  put(write, what.last);
  write.u8(what.is_transfer ? 1 : 0);
}
void put(bytes_writer& write, const vote_answer& what) {
  write.u8(what.granted ? 1 : 0);
}
void put(bytes_writer& write, const replicate_request& what) {
  put(write, what.previous);
  put(write, what.entries);
  write.varint(what.committed);
  write.varint(what.acknowledged);
}
void put(bytes_writer& write, const replicate_answer& what) {
  write.varint(what.asked);
  write.u8(what.matches ? 1 : 0);
  write.varint(what.matched);
  put(write, what.hint);
}
void put(bytes_writer& write, const heartbeat& what) {
  write.varint(what.committed);
  write.varint(what.read_round);
  write.varint(what.acknowledged);
  write.varint(what.last);
  write.varint(what.heard_run);
}
void put(bytes_writer& write, const heartbeat_answer& what) {
  write.varint(what.read_round);
}
void put(bytes_writer&, const timeout_now&) {}
void put(bytes_writer& write, const read_request& what) {
  write.varint(what.ticket);
}
void put(bytes_writer& write, const read_answer& what) {
  write.varint(what.ticket);
  write.u8(what.index ? 1 : 0);
  write.varint(what.index.value_or(0));
  write.varint(what.run);
}
void put(bytes_writer& write, const fetch_request& what) {
  write.varint(what.from);
  write.varint(what.to);
}
void put(bytes_writer& write, const fetch_answer& what) {
  put(write, what.entries);
}

/// Reads payloads field by field. What is wrong beyond the bytes themselves is kept in `refused`.
struct payload_reader {
  bytes_reader& read;
  sha256& hash;
  std::optional<error> refused{};

  void get(std::uint64_t& number) { number = read.varint(); }
  void get(bool& flag) {
    const std::uint8_t byte = read.u8();
    flag = byte == 1;
    if (byte > 1)
      refuse({errc::corrupt, "a message between members has a flag that is neither 0 nor 1"});
  }
  void get(log_place& place) {
    place.index = read.varint();
    place.term = read.varint();
  }
  void get(std::vector<entry>& entries) {
    const std::uint64_t count = read.varint();
    if (count > limits::entries_per_message)
      return refuse({errc::corrupt, "a message between members has more entries than one may"});
    for (std::uint64_t i = 0; i < count && read.ok() && !refused; ++i) {
      const std::string_view bytes = read.text();
      if (!read.ok())
        return;
      if (auto made = entry_of(std::make_shared<const std::string>(bytes), hash))
        entries.push_back(std::move(*made));
      else
        refuse(std::move(made.error()));
    }
  }
  void get(std::optional<std::uint64_t>& number) {
    bool is_there = false;
    get(is_there);
    const std::uint64_t value = read.varint();
    if (is_there)
      number = value;
    else if (value != 0)
      refuse({errc::corrupt, "a message between members has a number that it says is not there"});
  }
  void refuse(error why) {
    if (!refused)
      refused = std::move(why);
  }

  void all(pre_vote_request& to) { fields(to.for_term, to.last); }
  void all(pre_vote_answer& to) { fields(to.for_term, to.granted); }
  void all(vote_request& to) { fields(to.last, to.is_transfer); }
  void all(vote_answer& to) { fields(to.granted); }
  void all(replicate_request& to) {
    fields(to.previous, to.entries, to.committed, to.acknowledged);
  }
  void all(replicate_answer& to) { fields(to.asked, to.matches, to.matched, to.hint); }
  void all(heartbeat& to) {
    fields(to.committed, to.read_round, to.acknowledged, to.last, to.heard_run);
  }
  void all(heartbeat_answer& to) { fields(to.read_round); }
  void all(timeout_now&) {}
  void all(read_request& to) { fields(to.ticket); }
  void all(read_answer& to) { fields(to.ticket, to.index, to.run); }
  void all(fetch_request& to) { fields(to.from, to.to); }
  void all(fetch_answer& to) { fields(to.entries); }

  template <class... Fields>
  void fields(Fields&... each) {
    (get(each), ...);
  }
};

template <std::size_t... Kind>
std::optional<payload> empty_payload(std::size_t kind, std::index_sequence<Kind...>) {
  std::optional<payload> made;
  ((Kind == kind ? void(made.emplace(std::in_place_index<Kind>)) : void()), ...);
  return made;
}

} // namespace

std::string to_bytes(const message& given) {
  std::string bytes;
  bytes_writer write{bytes};
  write.u8(format);
  write.u8(static_cast<std::uint8_t>(given.what.index()));
  write.raw(given.from.view());
  write.raw(given.to.view());
  write.raw(given.history.view());
  write.varint(given.term);
  write.varint(given.run);
  std::visit([&](const auto& what) { put(write, what); }, given.what);
  return sealed(bytes);
}

result<message> message_of(std::string_view bytes, sha256& hash) {
  if (bytes.size() > limits::message_bytes_max)
    return fail(errc::invalid_argument, "a message between members is larger than one may be");
  const auto inner = unsealed(bytes);
  if (!inner)
    return fail(errc::corrupt, "a message between members fails its checksum; it is dropped");
  bytes_reader read{*inner};
  const std::uint8_t found = read.u8();
  const std::uint8_t kind = read.u8();
  auto what = empty_payload(kind, std::make_index_sequence<std::variant_size_v<payload>>{});
  if (read.ok() && (found != format || !what))
    return fail(errc::unknown_version,
      "a message between members has a format or kind that a newer aiex wrote; use that one here");
  const std::string_view from = read.raw(16);
  const std::string_view to = read.raw(16);
  const std::string_view history = read.raw(16);
  if (!read.ok() || !what)
    return fail(errc::corrupt, "a message between members is shorter than its head");
  message made{
    uuid_from_bytes(from), uuid_from_bytes(to), uuid_from_bytes(history), 0, 0, std::move(*what)};
  made.term = read.varint();
  made.run = read.varint();
  payload_reader fields{read, hash};
  std::visit([&](auto& into) { fields.all(into); }, made.what);
  if (fields.refused)
    return tl::unexpected(std::move(*fields.refused));
  if (!read.ok() || read.remaining() != 0 || !is_sound(made))
    return fail(errc::corrupt, "a message between members is not what a member sends");
  return made;
}

} // namespace aiex::consensus
