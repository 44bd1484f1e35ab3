// Which try wrote which events of the final log, and whether it may have: walks the log once.
#pragma once

#include "simulate/cluster/history_log.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace aiex::test {

/// What one append put into the log, from the first position to the last.
struct written_batch {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

class history_writers {
public:
  /// Reports what nobody asked for, or wrote in pieces, or changed, or should not have been
  /// written.
  history_writers(
    const history& of, const history_tries& tries, const history_log& log, history_findings& found);

  /// What the try wrote. Of several that may have written the same it is the one that says so, else
  /// the earliest that could: then the later ones may as well have had no effect.
  std::optional<written_batch> written_by(op_number number) const { return written_[number]; }

  /// Whether appends end there, so that somebody may have seen the log like that.
  bool is_between_appends(std::uint64_t moment) const { return next_[moment] == moment; }
  /// The first such moment, this one or later. Precondition: a moment of the log.
  std::uint64_t between_appends(std::uint64_t moment) const { return next_[moment]; }

private:
  struct match {
    op_number number = 0;
    std::uint64_t ids = 0;    // that stand there in a row
    bool is_same = true;      // in content, too
    bool is_whole = false;    // all of it
    bool is_expected = false; // and its expectations held
    bool says_so = false;     // answered ok
  };
  std::uint64_t take(std::uint64_t first);
  std::optional<match> best_match(std::uint64_t first);
  match match_of(op_number number, std::uint64_t first);
  void report_unasked(std::uint64_t position);
  void report_wrong(const match& found, std::uint64_t first);
  void report_unexpected(op_number number, std::uint64_t first);
  bool is_expected(const append_request& request, std::uint64_t before);
  bool has_its_command(const append_request& request, std::uint64_t first, std::uint64_t events);

  const history& of_;
  const history_tries& tries_;
  const history_log& log_;
  history_findings& found_;
  std::vector<std::optional<written_batch>> written_;
  std::vector<std::uint64_t> next_;
};

} // namespace aiex::test
