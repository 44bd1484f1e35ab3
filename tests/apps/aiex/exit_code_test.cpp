#include "aiex/exit_code.hpp"

#include <doctest/doctest.h>

#include <map>

namespace aiex::tool {
namespace {

TEST_CASE("exit_code: every code has its number") {
  const std::map<int, std::vector<errc>> table{
    {1, {errc::state_too_large, errc::unknown_version, errc::refused, errc::io, errc::stopped,
          errc::session_closed}},
    {2,
      {errc::invalid_argument, errc::invalid_id, errc::invalid_stream, errc::invalid_type,
        errc::invalid_data, errc::invalid_metadata, errc::invalid_tag, errc::invalid_correlation_id,
        errc::missing_required_fields, errc::data_too_large, errc::batch_too_large,
        errc::too_many_tags, errc::reserved_name, errc::unknown_type, errc::invalid_history}},
    {3, {errc::not_found, errc::session_not_found}},
    {4, {errc::wrong_expected_version, errc::duplicate_id, errc::already_exists,
          errc::history_changed, errc::stale_epoch}},
    {5, {errc::overloaded, errc::time_out, errc::unknown_outcome, errc::store_full, errc::no_quorum,
          errc::in_use, errc::unreachable, errc::not_leader}},
    {6, {errc::denied}},
    {7, {errc::corrupt, errc::checksum_mismatch, errc::lost_events}},
  };
  std::size_t tested = 0;
  for (const auto& [exit, codes] : table)
    for (const auto code : codes) {
      CAPTURE(name(code));
      CHECK(exit_code_of(code) == exit);
      ++tested;
    }
  std::size_t known = 0;
  for (int code = 0; code < 256; ++code)
    known += name(static_cast<errc>(code)) != "unknown" ? 1 : 0;
  CHECK(tested == known);
  CHECK(exit_code_of(static_cast<errc>(255)) == 1);
}

TEST_CASE("exit_code: an error is one line that ends with its code") {
  CHECK(error_line({errc::not_found, "no such session"}) == "error: no such session. [not_found]");
  CHECK(error_line({errc::refused, "a\nb."}) == "error: a b. [refused]");
}

} // namespace
} // namespace aiex::tool
