#include "support/scratch.hpp"

#include <fmt/format.h>

#include <array>
#include <random>

namespace aiex::bench {

namespace {

constexpr std::uint64_t streams = 10'000;
constexpr std::uint64_t scatter = 7'919; // a prime: neighbours in time are not in one stream
constexpr std::array types{"context_loaded", "file_opened", "analysis_requested", "answered"};

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

local_store open_store(const std::filesystem::path& folder) {
  event_source source;
  auto opened = local_store::open(
    {.folder = folder, .node = "node1", .make_id = [&] { return source.next_id(); }});
  if (!opened)
    throw std::runtime_error{opened.error().message};
  return std::move(*opened);
}

timestamp now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

event_source::event_source()
    : ids_([random = std::mt19937_64{std::random_device{}()}]() mutable { return random(); }) {}

uuid event_source::next_id() {
  const auto since = now().time_since_epoch();
  return ids_.make(static_cast<std::uint64_t>(
    std::chrono::duration_cast<std::chrono::milliseconds>(since).count()));
}

event event_source::next() {
  const std::uint64_t number = made_++;
  return {.id = next_id(), .type = types.at(number % types.size()), .data = data_of(number)};
}

append_request event_source::append(std::size_t count) {
  append_request request;
  request.node = "node1";
  append_part& part = request.parts.emplace_back();
  part.stream = fmt::format("session-{}", made_ * scatter % streams);
  for (std::size_t i = 0; i < count; ++i)
    part.events.push_back(next());
  return request;
}

} // namespace aiex::bench
