#pragma once

#include "aiex/actors/typed/projection_type.hpp"
#include "aiex/persistence/models/read_models.hpp"

#include <memory>
#include <string>

namespace aiex {

/// What a projection has made of its events so far: the user's state and rows, on top of what is
/// saved of them. Thread: one at a time.
class projection_model {
public:
  projection_model(const projection_type& type, std::shared_ptr<const read_models> models);

  /// As it is saved of this generation, or fresh. False: what is saved cannot be read.
  bool load(std::uint64_t generation);

  /// Fresh, in a new generation.
  void begin_anew(std::uint64_t generation);

  /// Hands an event to the user's function. What that throws is a failure of the event, not of the
  /// node. After an error the model is half changed: `load` it again.
  result<void> apply(const recorded_event& event);

  /// What is to be saved for `record`; then its rows have no changes any more. Errors: those of
  /// `encode`.
  result<projection_save> save(const projection_record& record);

  /// Empty if it has none or it cannot be written.
  std::string state_json() const;
  std::size_t changed_bytes() const noexcept { return rows_.changed_bytes(); }

private:
  result<std::optional<std::string>> saved_row(std::string_view key) const;

  const projection_type& type_;
  std::string name_;
  std::shared_ptr<const read_models> models_;
  std::uint64_t generation_ = 0;
  any_state state_;
  row_table rows_;
  json_reader reader_;
};

} // namespace aiex
