#include "aiex/actors/flow/projection_model.hpp"

#include "aiex/actors/flow/internal/projection_event.hpp"

#include <utility>

namespace aiex {

projection_model::projection_model(
  const projection_type& type, std::shared_ptr<const read_models> models)
    : type_(type), name_(type.name), models_(std::move(models)), state_(type.state.fresh()),
      rows_([this](std::string_view key) { return saved_row(key); }) {}

bool projection_model::load(std::uint64_t generation) {
  begin_anew(generation);
  const auto saved = models_->load(name_);
  invariant(saved.has_value(), "a read model that could be read cannot be read any more");
  if (!*saved || (*saved)->generation != generation || type_.state.load == nullptr)
    return true;
  if (type_.state.load(state_.get(), (*saved)->state, reader_))
    return true;
  state_ = type_.state.fresh();
  return false;
}

void projection_model::begin_anew(std::uint64_t generation) {
  generation_ = generation;
  state_ = type_.state.fresh();
  rows_.drop_changes();
}

result<std::optional<std::string>> projection_model::saved_row(std::string_view key) const {
  auto found = models_->row(name_, generation_, key);
  if (found)
    return std::optional{std::move(*found)};
  if (found.error().code == errc::not_found)
    return std::optional<std::string>{};
  return tl::unexpected(std::move(found.error()));
}

result<void> projection_model::apply(const recorded_event& event) {
  event_context context{event, reader_, &rows_};
  return handle_event(type_, state_.get(), context);
}

result<projection_save> projection_model::save(const projection_record& record) {
  auto state = type_.state.save ? type_.state.save(state_.get()) : result<std::string>{};
  if (!state)
    return tl::unexpected(std::move(state.error()));
  projection_save made{name_, record, rows_.take_changes()};
  made.record.state = std::move(*state);
  return made;
}

std::string projection_model::state_json() const {
  return type_.state.save ? type_.state.save(state_.get()).value_or("") : "";
}

} // namespace aiex
