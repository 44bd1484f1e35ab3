#include "aiex/actors/typed/aggregate_type.hpp"

namespace aiex {

result<decided> decide(const aggregate_type& type, const void* state, std::string_view command,
  std::string_view json, json_reader& reader) {
  std::string known;
  for (const command_row& row : type.commands) {
    if (row.type == command)
      return row.decide(state, json, reader);
    known += (known.empty() ? "" : ", ") + std::string{row.type};
  }
  return fail(errc::unknown_type, "'" + std::string{type.category} + "' knows no command '" +
                                    std::string{command} + "', but these: " + known);
}

} // namespace aiex
