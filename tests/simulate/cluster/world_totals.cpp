#include "simulate/cluster/world_totals.hpp"

#include "aiex/persistence/store/durable_file.hpp"

#include <fmt/format.h>

#include <sstream>
#include <utility>

namespace aiex::test {

namespace {

constexpr std::pair<std::uint64_t world_totals::*, const char*> all_totals[] = {
  {&world_totals::seeds, "seeds"},
  {&world_totals::entries, "entries"},
  {&world_totals::events, "events"},
  {&world_totals::elections, "elections"},
  {&world_totals::crashes, "crashes"},
  {&world_totals::faults, "faults"},
  {&world_totals::messages, "messages"},
  {&world_totals::appends, "appends"},
  {&world_totals::reads, "reads"},
  {&world_totals::commands, "commands"},
  {&world_totals::steps, "steps"},
};
constexpr const char* next_name = "next_seed";
constexpr std::size_t file_bytes_max = 4'096;

} // namespace

world_totals& world_totals::operator+=(const world_totals& more) {
  for (const auto& [member, name] : all_totals)
    this->*member += more.*member;
  return *this;
}

std::string describe(const world_totals& totals) {
  std::string told;
  for (const auto& [member, name] : all_totals)
    told += fmt::format("{}{} {}", told.empty() ? "" : ", ", totals.*member, name);
  return told;
}

result<totals_file> load_totals(const std::filesystem::path& file) {
  const auto text = read_small_file(file, file_bytes_max);
  if (!text && text.error().code == errc::not_found)
    return totals_file{};
  if (!text)
    return tl::unexpected(text.error());
  totals_file made;
  std::istringstream lines{*text};
  std::string name;
  const auto take = [&](const char* expected, std::uint64_t& into) {
    return static_cast<bool>(lines >> name >> into) && name == expected;
  };
  bool is_whole = take(next_name, made.next_seed);
  for (const auto& [member, expected] : all_totals)
    is_whole = is_whole && take(expected, made.totals.*member);
  if (!is_whole || lines >> name)
    return fail(errc::corrupt, file.string() + " is no file of totals; name another one");
  return made;
}

result<void> save_totals(const std::filesystem::path& file, const totals_file& what) {
  std::string text = fmt::format("{} {}\n", next_name, what.next_seed);
  for (const auto& [member, name] : all_totals)
    text += fmt::format("{} {}\n", name, what.totals.*member);
  return write_durably(file, text);
}

} // namespace aiex::test
