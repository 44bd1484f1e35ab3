#include "aiex/actors/flow/store.hpp"

#include <fmt/format.h>

#include <utility>

namespace aiex {

caf::behavior store_reader(
  caf::event_based_actor* self, std::shared_ptr<const event_store> events) {
  return {
    [self, events](const read_call& call) -> page_answer {
      if (call.ticket.until < self->clock().now())
        return {
          fail(errc::time_out, "the read came to its turn when nobody waited for it any more")};
      auto page = events->read(call.asked, call.limits);
      if (!page)
        return {tl::unexpected(std::move(page.error()))};
      return {std::make_shared<const event_page>(std::move(*page))};
    },
  };
}

store::store(caf::actor writer, std::vector<caf::actor> readers,
  std::shared_ptr<const event_store> events, std::shared_ptr<append_gate> gate,
  std::shared_ptr<read_gate> reads)
    : parts_(std::make_shared<parts>()) {
  parts_->writer = std::move(writer);
  parts_->readers = std::move(readers);
  parts_->events = std::move(events);
  parts_->gate = std::move(gate);
  parts_->reads = std::move(reads);
  if (parts_->writer)
    parts_->calling = aiex::calls{parts_->writer.home_system()};
}

const caf::actor& store::next_reader() const {
  const std::size_t turn = parts_->turn.fetch_add(1, std::memory_order_relaxed);
  return parts_->readers[turn % parts_->readers.size()];
}

std::string store::overloaded_message() const {
  return fmt::format("append refused: {} appends or {} bytes are waiting already. Nothing was "
                     "written; repeat it a little later",
    parts_->gate->most().appends, parts_->gate->most().bytes);
}

std::string store::too_many_reads_message() const {
  return fmt::format(
    "read refused: {} reads are waiting already. Repeat it a little later", parts_->reads->most());
}

std::string store::no_answer_message(const call_error& why) {
  return "the store did not answer (" + text(why) +
         "). Repeat it with the same ids: it is then done once";
}

} // namespace aiex
