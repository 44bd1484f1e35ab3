// The check of a store in a process of its own: what that process does, and what it says.
//
// Through a pipe it sends messages: length u32, then a kind u8 and
//   1 progress   events u64
//   2 report     entries, events, streams, head u64; whether there is a state u8, its head u64;
//                how much was found in each part u64; count u32; each finding:
//                part u8, position u64, index u64, text behind its length (varint)
//   3 failure    code u8, actual u64, text behind its length
// Progress any number of times, then one of the others. Whoever ends without one has died.
#pragma once

#include "aiex/persistence/store/verify_folder.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace aiex {

/// The first argument of a program that is to be the checker; then the folder and the scope's name.
inline constexpr std::string_view verify_child_argument = "--verify-store-as-child";

/// "log-and-state", "log", "models", "readers".
std::string_view name(verify_scope scope) noexcept;

/// The descriptor that the checker writes to.
inline constexpr int verify_child_output = 3;

/// For the first line of a program's `main`: does the work if the program was started for it, and
/// answers the exit status; else nothing. Nothing may have been opened or started before.
std::optional<int> run_as_verify_child(int argument_count, const char* const* arguments);

/// Verifies and writes messages to the descriptor `output`. 0 if a report or failure was written.
int verify_main(const std::filesystem::path& folder, verify_scope scope, int output);

struct verify_progress {
  std::uint64_t events = 0;
};
using verify_message = std::variant<verify_progress, verify_report, error>;

/// With its length in front. Texts are cut to 1,000 bytes.
std::string to_bytes(const verify_message& message);

/// Takes messages from bytes that come in pieces.
class verify_messages {
public:
  static constexpr std::size_t message_bytes_max = 256 << 10;

  void feed(std::string_view bytes) { bytes_.append(bytes); }

  /// The next one, or nothing if more bytes are needed. Errors: corrupt.
  result<std::optional<verify_message>> next();

private:
  std::string bytes_;
};

} // namespace aiex
