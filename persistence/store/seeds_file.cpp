#include "aiex/persistence/store/seeds_file.hpp"

#include "aiex/persistence/store/durable_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace aiex {

namespace {

constexpr std::size_t address_bytes_max = 255;
constexpr std::size_t file_bytes_max = seeds_max * (address_bytes_max + 1);

std::filesystem::path seeds_file_of(const std::filesystem::path& folder) {
  return folder / "seeds";
}

bool is_line(const std::string& address) {
  return !address.empty() && address.size() <= address_bytes_max &&
         address.find('\n') == std::string::npos;
}

} // namespace

result<void> write_seeds(
  const std::filesystem::path& folder, const std::vector<std::string>& addresses) {
  if (addresses.size() > seeds_max || !std::ranges::all_of(addresses, is_line))
    return fail(errc::invalid_argument,
      fmt::format("a node remembers up to {} addresses of others, of 1 to {} bytes each", seeds_max,
        address_bytes_max));
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed)
    return fail(errc::io, fmt::format("cannot make {}: {}", folder.string(), failed.message()));
  std::string text;
  for (const std::string& each : addresses)
    text += each + "\n";
  return write_durably(seeds_file_of(folder), text);
}

result<std::vector<std::string>> read_seeds(const std::filesystem::path& folder) {
  const auto text = read_small_file(seeds_file_of(folder), file_bytes_max);
  if (!text && text.error().code == errc::not_found)
    return std::vector<std::string>{};
  if (!text && text.error().code != errc::data_too_large)
    return tl::unexpected(text.error());
  std::vector<std::string> addresses;
  std::istringstream lines{text.value_or(std::string{})};
  for (std::string line; std::getline(lines, line);)
    addresses.push_back(line);
  if (!text || addresses.size() > seeds_max || !std::ranges::all_of(addresses, is_line))
    return fail(errc::corrupt,
      fmt::format("{} is not a list of addresses; name the nodes of the cluster with --join",
        seeds_file_of(folder).string()));
  return addresses;
}

} // namespace aiex
