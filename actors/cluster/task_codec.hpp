// What members ask of each other, most of it of the one that leads, and the answers: as bytes.
//
//   sealed { format 1, kind, number, fields }
//
// Bytes of another node are not believed: every length and every number is looked at.
#pragma once

#include "aiex/actors/flow/member_task.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace aiex {

struct sent_task {
  std::uint64_t number = 0;
  member_task what{};
};
struct sent_answer {
  std::uint64_t number = 0;
  task_done done{};
};

std::string to_bytes(const sent_task& task);
std::string to_bytes(const sent_answer& answer);

/// Either. Of the rules of `check` an append keeps those that bound its memory; the leader looks at
/// the others. Errors: corrupt, unknown_version.
result<std::variant<sent_task, sent_answer>> task_of(std::string_view bytes);

} // namespace aiex
