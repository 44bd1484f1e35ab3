#include "code_assistant/catch_up.hpp"

namespace aiex::code_assistant {
namespace {

/// A projection's state, its rows and how far it is.
class read_model_writer {
public:
  read_model_writer(const projection_type& projection, read_models& models)
      : projection_(projection), models_(models) {}

  result<void> load() {
    auto saved = models_.load(projection_.name);
    if (!saved)
      return tl::unexpected(std::move(saved.error()));
    record_.fingerprint = projection_.state.fingerprint;
    if (!*saved)
      return {};
    if ((*saved)->fingerprint != record_.fingerprint) {
      record_.generation = (*saved)->generation + 1;
      return {};
    }
    record_ = std::move(**saved);
    return projection_.state.load(state_.get(), record_.state, reader_);
  }

  result<void> count(const event_page& page) {
    for (const recorded_event& event : page.events) {
      event_context context{event, reader_, &rows_};
      const auto applied = apply_event(projection_.events, state_.get(), context);
      if (!applied)
        return tl::unexpected(applied.error());
      record_.at = event.position;
    }
    return {};
  }

  result<void> save() {
    auto state = projection_.state.save(state_.get());
    if (!state)
      return tl::unexpected(std::move(state.error()));
    record_.state = std::move(*state);
    const projection_save save{std::string{projection_.name}, record_, rows_.take_changes()};
    return models_.save({&save, 1});
  }

  const projection_record& record() const noexcept { return record_; }

private:
  result<std::optional<std::string>> saved_row(std::string_view key) const {
    auto row = models_.row(projection_.name, record_.generation, key);
    if (row)
      return std::move(*row);
    if (row.error().code == errc::not_found)
      return std::nullopt;
    return tl::unexpected(std::move(row.error()));
  }

  const projection_type& projection_;
  read_models& models_;
  projection_record record_;
  any_state state_ = projection_.state.fresh();
  row_table rows_{[this](std::string_view key) { return saved_row(key); }};
  json_reader reader_;
};

} // namespace

result<projection_record> catch_up(
  const projection_type& projection, const event_store& events, read_models& models) {
  read_model_writer model{projection, models};
  if (auto loaded = model.load(); !loaded)
    return tl::unexpected(std::move(loaded.error()));
  query next;
  next.after = model.record().at;
  if (!projection.from.empty())
    next.categories = {std::string{projection.from}};
  for (std::optional<query> asked = next; asked;) {
    auto page = events.read(*asked);
    if (!page)
      return tl::unexpected(std::move(page.error()));
    auto counted = model.count(*page);
    if (counted && !page->events.empty())
      counted = model.save();
    if (!counted)
      return tl::unexpected(std::move(counted.error()));
    asked = std::move(page->rest);
  }
  return model.record();
}

} // namespace aiex::code_assistant
