#pragma once

#include "aiex/actors/typed/projection_type.hpp"
#include "aiex/persistence/models/read_models.hpp"
#include "aiex/persistence/store/event_store.hpp"

namespace aiex::code_assistant {

/// Counts what the log holds beyond the position of a read model, page by page: state, rows and
/// position are saved together, so that each event counts once, whenever this is cut off. A state
/// of another form begins anew. Answers what is then saved.
///   errors   those of the projection's handlers and of the store; what was saved stays
///   thread   the models' writer; blocks on the disk
result<projection_record> catch_up(
  const projection_type& projection, const event_store& events, read_models& models);

} // namespace aiex::code_assistant
