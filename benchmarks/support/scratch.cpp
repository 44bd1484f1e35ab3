#include "support/scratch.hpp"

#include <fmt/format.h>

#include <random>

namespace aiex::bench {

namespace {

constexpr std::uint64_t scatter = 7'919; // a prime: neighbours in time are not in one stream
constexpr std::size_t group_size = 64;
constexpr std::uint64_t rarity = 10'007;

std::string data_of(std::uint64_t number) {
  std::string text = fmt::format(
    R"({{"user":"user_{}","file":"lib/example_{}.cpp","note":")", number % 977, number % 313);
  text.append(data_bytes - 2 - text.size(), 'x');
  return text.append(R"("})");
}

} // namespace

scratch_folder::scratch_folder() {
  std::string pattern = (std::filesystem::current_path() / "bench-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw std::runtime_error{"no folder can be made here"};
  path_ = pattern;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored; // nothing can be done about it here
  std::filesystem::remove_all(path_, ignored);
}

local_store open_store(const std::filesystem::path& folder, std::optional<uuid> joins) {
  event_source source;
  auto opened = local_store::open({.folder = folder,
    .node = "node1",
    .make_id = [&] { return source.next_id(); },
    .joins = joins});
  if (!opened)
    throw std::runtime_error{opened.error().message};
  return std::move(*opened);
}

std::string last_entry(const event_store& store) {
  std::string bytes;
  const auto read = store.media().log.read(
    std::uint64_t{1} << 62, direction::descending, [&](const log_record& record) {
      bytes = record.bytes;
      return false;
    });
  invariant(read && !bytes.empty(), "the log cannot be read");
  return bytes;
}

timestamp now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

event_source::event_source(std::uint64_t streams)
    : ids_([random = std::mt19937_64{std::random_device{}()}]() mutable { return random(); }),
      streams_(streams) {}

uuid event_source::next_id() {
  const auto since = now().time_since_epoch();
  return ids_.make(static_cast<std::uint64_t>(
    std::chrono::duration_cast<std::chrono::milliseconds>(since).count()));
}

event event_source::next() {
  const std::uint64_t number = made_++;
  const bool is_rare = number % rarity == 0;
  return {.id = next_id(),
    .type = std::string{is_rare ? "session_closed" : types.at(number % types.size())},
    .data = data_of(number)};
}

append_request event_source::append(std::size_t count) {
  append_request request;
  request.node = "node1";
  append_part& part = request.parts.emplace_back();
  part.stream = fmt::format("session-{}", made_ * scatter % streams_);
  for (std::size_t i = 0; i < count; ++i)
    part.events.push_back(next());
  return request;
}

void fill(event_store& store, event_source& source, std::size_t events) {
  const std::size_t groups = events / group_size;
  const timestamp start = now() - std::chrono::milliseconds{groups};
  for (std::size_t group = 0; group < groups; ++group) {
    std::vector<append_request> requests;
    for (std::size_t i = 0; i < group_size; ++i)
      requests.push_back(source.append(1));
    std::vector<const append_request*> given;
    for (const append_request& each : requests)
      given.push_back(&each);
    for (const auto& answer : store.append(given, start + std::chrono::milliseconds{group}))
      invariant(answer.has_value(), "the store of the benchmark cannot be filled");
  }
}

} // namespace aiex::bench
