#include "aiex/persistence/store/store_origin.hpp"

#include "aiex/persistence/store/durable_file.hpp"

#include <fmt/format.h>

#include <sstream>

namespace aiex {

namespace {

constexpr std::size_t text_bytes_max = 4'096;
constexpr int origin_format = 1;

std::string text_of(const store_origin& origin) {
  return fmt::format("format {}\nstore {}\nhistory {}\nentry {}\nposition {}\nrecorded_at_us {}\n"
                     "chain {}\narchived_at_us {}\nrestored_at_us {}\n",
    origin_format, to_string(origin.store), to_string(origin.history), origin.at.index,
    origin.at.position.value, microseconds_of(origin.at.recorded_at), to_hex(origin.at.chain),
    microseconds_of(origin.archived_at), microseconds_of(origin.restored_at));
}

/// Words in pairs: what it is, and its value. Looked up in the order in which they were written.
class word_pairs {
public:
  explicit word_pairs(const std::string& text) : text_(text) {}

  template <class Value>
  Value next(std::string_view name) {
    std::string word;
    Value value{};
    text_ >> word >> value;
    ok_ = ok_ && text_ && word == name;
    return value;
  }
  timestamp next_time(std::string_view name) {
    return timestamp{std::chrono::microseconds{next<std::int64_t>(name)}};
  }
  bool ok() const { return ok_; }

private:
  std::istringstream text_;
  bool ok_ = true;
};

} // namespace

result<void> write_origin(const std::filesystem::path& folder, const store_origin& origin) {
  return write_durably(folder / "origin", text_of(origin));
}

result<std::optional<store_origin>> read_origin(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "origin";
  const auto text = read_small_file(file, text_bytes_max);
  if (!text && text.error().code == errc::not_found)
    return std::nullopt;
  if (!text)
    return tl::unexpected(text.error());
  word_pairs words{*text};
  if (const int found = words.next<int>("format"); words.ok() && found > origin_format)
    return fail(errc::unknown_version,
      fmt::format("{} has format {}: a newer aiex wrote it; use that one", file.string(), found));
  store_origin origin;
  const auto store = parse_uuid(words.next<std::string>("store"));
  const auto history = parse_uuid(words.next<std::string>("history"));
  origin.at.index = words.next<std::uint64_t>("entry");
  origin.at.position.value = words.next<std::uint64_t>("position");
  origin.at.recorded_at = words.next_time("recorded_at_us");
  const auto chain = digest_from_hex(words.next<std::string>("chain"));
  origin.archived_at = words.next_time("archived_at_us");
  origin.restored_at = words.next_time("restored_at_us");
  if (!words.ok() || !store || !history || !chain)
    return fail(errc::corrupt, fmt::format("{} cannot be read", file.string()));
  origin.store = *store;
  origin.history = *history;
  origin.at.chain = *chain;
  return origin;
}

} // namespace aiex
