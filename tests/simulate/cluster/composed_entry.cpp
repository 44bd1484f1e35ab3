#include "simulate/cluster/composed_entry.hpp"

#include "aiex/persistence/base/checksum.hpp"
#include "aiex/persistence/codec/bytes.hpp"
#include "aiex/persistence/log/entry_layout.hpp"

#include <algorithm>

namespace aiex::test {

std::string composed_entry(
  const consensus::wanted& what, const chain_end& end, std::uint64_t term, timestamp now) {
  const std::string members = what.members ? to_bytes(*what.members) : std::string{};
  std::string out;
  bytes_writer write{out};
  write.u32(entry_layout::magic);
  write.u8(entry_layout::format);
  write.u8(static_cast<std::uint8_t>(what.kind));
  write.u16(0);
  write.u64(end.index + 1);
  write.u64(term);
  write.u64(static_cast<std::uint64_t>(microseconds_of(std::max(now, end.recorded_at))));
  write.u64(end.position.next().value);
  write.u32(0);
  write.u32(static_cast<std::uint32_t>(members.size()));
  write.raw(view(end.chain));
  write.u64(checksum64(out, 0));
  return out.append(members);
}

chain_end end_behind(std::string_view bytes, sha256& hash) {
  const auto entry = entry_view::parse(bytes);
  invariant(entry.has_value(), "the end of a log is asked behind an entry that is none");
  const entry_header& header = entry->header();
  return {header.index, entry->chain_digest(hash), {header.next_position().value - 1},
    header.recorded_at};
}

} // namespace aiex::test
