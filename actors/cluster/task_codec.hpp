// Appends and changes on their way to the node that leads, and its answers: as bytes.
//
//   sealed { format 1, kind, number, fields }
//
// Bytes of another node are not believed: every length and every number is looked at.
#pragma once

#include "aiex/persistence/consensus/configuration.hpp"
#include "aiex/persistence/consensus/input.hpp"
#include "aiex/persistence/log/append.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace aiex {

/// What a member asks of the one that leads.
struct sent_task {
  std::uint64_t number = 0;
  std::variant<std::shared_ptr<const append_request>, consensus::member_change, consensus::transfer>
    what{};
};

/// What it is answered. `index`: what the leader had applied then.
struct sent_answer {
  std::uint64_t number = 0;
  std::uint64_t index = 0;
  result<append_result> outcome{};
};

std::string to_bytes(const sent_task& task);
std::string to_bytes(const sent_answer& answer);

/// Either. Of the rules of `check` an append keeps those that bound its memory; the leader looks at
/// the others. Errors: corrupt, unknown_version.
result<std::variant<sent_task, sent_answer>> task_of(std::string_view bytes);

} // namespace aiex
