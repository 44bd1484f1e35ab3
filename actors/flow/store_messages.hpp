// What goes between the store's actors and those who use them. It never leaves the process, so it
// needs no codec: batches of events are shared, not copied.
#pragma once

#include "aiex/actors/flow/append_gate.hpp"
#include "aiex/actors/flow/read_gate.hpp"
#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/log/append.hpp"
#include "aiex/persistence/state/reader.hpp"
#include "aiex/supervision/process/process_life.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <memory>

namespace aiex {

/// To the writer. Answered with `append_answer`.
struct append_call {
  std::shared_ptr<const append_request> request;
  std::shared_ptr<append_gate::permit> permit;
  std::shared_ptr<const process_life> writer{}; ///< Whose wish it is; nothing: no process of ours.
};
struct append_answer {
  result<append_result> outcome;
};

/// To a reader. Answered with `page_answer`, without a read if it comes too late.
struct read_call {
  query asked;
  page_limits limits;
  read_ticket ticket{};
};
struct page_answer {
  result<shared_page> page;
};

/// To the writer: from now on `receiver` is sent `applied` after each commit, and one at once. It
/// is forgotten when it ends.
struct follow_log {
  caf::actor receiver;
};
/// Every event up to `head` can be read.
struct applied {
  position head;
};

/// To an inline projection: answered with `inline_counted` when everything up to there counts and
/// is saved; at once if it is paused, has stopped, or waits to try again.
struct inline_count_call {
  position until;
};
struct inline_counted {};

/// To the writer: statistics. Answered with `store_statistics`.
struct store_statistics_call {};
struct store_statistics {
  std::uint64_t groups = 0;   ///< Commits.
  std::uint64_t appends = 0;  ///< Accepted and repeated.
  std::uint64_t refusals = 0; ///< Answered with an error.
  std::uint64_t events = 0;   ///< Written.
  std::size_t waiting = 0;    ///< Appends let in and not yet answered.
};

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::append_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::append_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::read_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::page_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::follow_log)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::applied)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::inline_count_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::inline_counted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::store_statistics_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::store_statistics)
