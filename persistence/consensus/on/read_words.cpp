// Tested by tests/persistence/consensus/reads_test.cpp
#include "aiex/persistence/consensus/durability.hpp"
#include "aiex/persistence/consensus/on/handlers.hpp"
#include "aiex/persistence/consensus/reads.hpp"

namespace aiex::consensus {

void on(core_state& core, const message& from, const read_request& what, outputs& out) {
  if (core.is_leader())
    add_read(core, {.peer = from.from, .ticket = what.ticket, .run = from.run}, out);
  else
    send(core, from.from, read_answer{what.ticket, {}, from.run}, out);
}

void on(core_state& core, const message& from, const read_answer& what, outputs& out) {
  if (core.leader == from.from && core.record.run == what.run &&
      core.asked_reads.erase(what.ticket) > 0)
    out.reads_done.push_back({what.ticket, what.index});
}

} // namespace aiex::consensus
