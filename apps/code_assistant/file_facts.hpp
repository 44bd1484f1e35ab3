#pragma once

#include "aiex/persistence/codec/fields.hpp"

#include "code_assistant/definition.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aiex::code_assistant {

// Together they keep the facts of one file, as JSON, within one event (limits::data_bytes_max).
inline constexpr std::size_t includes_per_file_max = 1'024;
inline constexpr std::size_t definitions_per_file_max = 2'048;
inline constexpr std::size_t include_name_bytes_max = 255; ///< Longer names are cut.

struct include_directive {
  std::string name{}; ///< Without its quotes or brackets.
  std::uint64_t line{};
  bool angled{};      ///< <…> instead of "…".
  bool conditional{}; ///< Inside an #if that is not the file's include guard.

  bool operator==(const include_directive&) const = default;
  static constexpr auto fields =
    aiex::fields("include", &include_directive::name, "name", &include_directive::line, "line",
      &include_directive::angled, "angled", &include_directive::conditional, "conditional");
};

/// What one file says about itself. Its texts are UTF-8 whatever the file holds.
struct file_facts {
  std::string path{};   ///< As it was given.
  std::string digest{}; ///< `content_digest` of its bytes.
  std::uint64_t bytes{};
  std::uint64_t lines{}; ///< = code_lines + comment_lines + blank_lines
  std::uint64_t code_lines{};
  std::uint64_t comment_lines{};
  std::uint64_t blank_lines{};
  std::vector<include_directive> includes{}; ///< By line; not those that name a macro.
  std::vector<definition> definitions{};     ///< In the order in which they begin.
  definition_counts counts{};                ///< Of all, also those not named above.
  definition longest_function{};             ///< Without a kind if there is none.
  bool cut{}; ///< There are more includes or definitions than the lists hold.

  bool operator==(const file_facts&) const = default;
  static constexpr auto fields = aiex::fields("file_facts", &file_facts::path, "path",
    &file_facts::digest, "digest", &file_facts::bytes, "bytes", &file_facts::lines, "lines",
    &file_facts::code_lines, "code_lines", &file_facts::comment_lines, "comment_lines",
    &file_facts::blank_lines, "blank_lines", &file_facts::includes, "includes",
    &file_facts::definitions, "definitions", &file_facts::counts, "counts",
    &file_facts::longest_function, "longest_function", &file_facts::cut, "cut");
};

/// SHA-256 in 64 hexadecimal digits.
std::string content_digest(std::string_view bytes);

/// Reads a file's bytes in one pass. Nothing fails, whatever they are; the same bytes give the same
/// facts. Less than 4 GiB. Any thread.
file_facts analyse_file(std::string path, std::string_view bytes);

} // namespace aiex::code_assistant
