#include "aiex/actors/runtime/node_protocol.hpp"

#include "aiex/persistence/codec/bytes.hpp"

namespace aiex {

std::string encode(const node_card& card) {
  std::string bytes;
  bytes_writer out{bytes};
  out.raw(card.cluster.view());
  out.text(card.name);
  out.raw(card.store.view());
  out.u64(card.incarnation);
  out.text(card.address);
  return bytes;
}

result<node_card> decode_node_card(std::string_view bytes) {
  bytes_reader in{bytes};
  const std::string_view cluster = in.raw(16);
  const std::string_view name = in.text();
  const std::string_view store = in.raw(16);
  const std::uint64_t incarnation = in.u64();
  const std::string_view address = in.text();
  if (!in.ok() || in.remaining() != 0)
    return fail(errc::invalid_argument, "what it says of itself cannot be read");
  if (name.empty() || name.size() > node_name_bytes_max)
    return fail(errc::invalid_argument, "its name is empty or too long");
  if (address.empty() || address.size() > node_address_bytes_max)
    return fail(errc::invalid_argument, "its address is empty or too long");
  node_card card{uuid_from_bytes(cluster), std::string{name}, uuid_from_bytes(store), incarnation,
    std::string{address}};
  if (card.cluster.is_nil() || card.store.is_nil())
    return fail(errc::invalid_argument, "it names no cluster or no store");
  return card;
}

} // namespace aiex
