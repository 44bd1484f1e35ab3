#include "aiex/actors/typed/aggregate_type.hpp"

#include "aiex/persistence/codec/form_fingerprint.hpp"

namespace aiex {

std::uint64_t fold_fingerprint(const aggregate_type& type, std::uint64_t state_version) {
  form_hash hash;
  hash.add(type.state.fingerprint);
  hash.add(state_version);
  for (const event_row& row : type.events) {
    hash.add(row.type);
    hash.add(std::uint64_t{row.schema});
  }
  return hash.value();
}

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
