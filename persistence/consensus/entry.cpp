#include "aiex/persistence/consensus/entry.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/log/entry_layout.hpp"

#include <string_view>
#include <utility>

namespace aiex::consensus {

bool entry::operator==(const entry& other) const {
  const bool has_same_bytes =
    bytes == other.bytes || (bytes && other.bytes && *bytes == *other.bytes);
  return place == other.place && kind == other.kind && members == other.members && has_same_bytes;
}

result<entry> entry_of(std::shared_ptr<const std::string> bytes, sha256& hash) {
  if (bytes->size() > aiex::limits::entry_bytes_max)
    return fail(errc::invalid_argument, "an entry is larger than an entry may be");
  const auto view = entry_view::parse(*bytes);
  if (!view)
    return tl::unexpected(view.error());
  if (auto sound = view->verify(hash); !sound)
    return tl::unexpected(std::move(sound.error()));
  const entry_header& header = view->header();
  if (header.index == 0 || header.term == 0)
    return fail(errc::corrupt, "an entry has no index or no term");
  entry made{{header.index, header.term}, header.kind, {}, {}};
  if (header.kind == entry_kind::configuration) {
    auto members = configuration_of(std::string_view{*bytes}.substr(entry_layout::prefix_bytes));
    if (!members)
      return tl::unexpected(std::move(members.error()));
    made.members = std::move(*members);
  }
  made.bytes = std::move(bytes);
  return made;
}

} // namespace aiex::consensus
