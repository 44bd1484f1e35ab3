#include "code_assistant/definition.hpp"

#include "aiex/persistence/base/error.hpp"

#include <string_view>
#include <utility>

namespace aiex::code_assistant {
namespace {

constexpr std::pair<std::string_view, std::uint64_t definition_counts::*> kinds[] = {
  {"function", &definition_counts::functions}, {"class", &definition_counts::classes},
  {"struct", &definition_counts::structs}, {"union", &definition_counts::unions},
  {"enum", &definition_counts::enums}, {"namespace", &definition_counts::namespaces},
  {"macro", &definition_counts::macros}};

} // namespace

void count(definition_counts& counts, const std::string& kind) {
  for (const auto& [name, member] : kinds)
    if (kind == name) {
      ++(counts.*member);
      return;
    }
  invariant(false, "a definition of no known kind");
}

void add(definition_counts& counts, const definition_counts& more) {
  for (const auto& [name, member] : kinds)
    counts.*member += more.*member;
}

} // namespace aiex::code_assistant
