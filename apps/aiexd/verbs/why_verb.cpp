#include "aiexd/verbs/why_verb.hpp"

#include "aiexd/verbs/event_query.hpp"

#include <utility>

namespace aiex {

namespace {

json_value line_of(const logged_crash& each) {
  json_value line{{"at", each.seen.at}, {"child", each.seen.child}, {"what", each.what},
    {"reason", each.seen.reason}, {"restarts", each.seen.restarts}};
  if (each.seen.last_message)
    line["last_message"] = *each.seen.last_message;
  if (each.seen.handler_since)
    line["handler_since"] = *each.seen.handler_since;
  if (each.seen.handler_ms)
    line["handler_ms"] = *each.seen.handler_ms;
  if (each.seen.lost > 0)
    line["lost"] = each.seen.lost; // before it, because too many came at once
  return line;
}

json_value total_of(const crash_log& found) {
  json_value line{{"at", found.newest_first.front().seen.at},
    {"child", found.newest_first.front().seen.child}, {"what", "total"},
    {"reason", std::to_string(found.crashes) + " since " + found.since}, {"count", found.crashes},
    {"since", found.since}};
  if (found.crashes == crashes_counted_max)
    line["more"] = true;
  return line;
}

void answer_crashes(verb_call call, const crash_log& found) {
  if (found.newest_first.empty())
    return with_known_child(
      std::move(call), found.child, [](verb_call& asked) { asked.answer(lines_reply({})); });
  std::string lines;
  for (auto each = found.newest_first.rbegin(); each != found.newest_first.rend(); ++each)
    lines += to_text(line_of(*each)) + "\n";
  if (found.crashes > 0)
    lines += to_text(total_of(found)) + "\n";
  call.answer(lines_reply(std::move(lines)));
}

void answer_chain(verb_call call, const crash_log& found) {
  if (!found.sited || found.sited->site->correlation_id.empty())
    return call.refuse({errc::not_found, "no crash of \"" + found.child +
                                           "\" says what it belongs to: only those of aggregates "
                                           "do, for a command with a correlation"});
  query asked;
  asked.correlation_id = found.sited->site->correlation_id;
  asked.system = true; // the crash itself is one of them
  asked.limit = crashes_told_max;
  call.services().events.read(
    call.self, std::move(asked), call.patience(), [call](const result<shared_page>& page) mutable {
      if (!page)
        return call.refuse(page.error());
      std::string lines;
      for (const recorded_event& each : (*page)->events)
        lines += to_line(each);
      call.answer(lines_reply(std::move(lines)));
    });
}

} // namespace

void run_why(verb_call call) {
  auto child = call.given.required_text("child");
  if (!child)
    return call.refuse(child.error());
  const auto chain = call.given.flag("chain");
  if (!chain)
    return call.refuse(chain.error());
  find_crashes(std::move(call), std::move(*child),
    [is_chain = *chain](verb_call asked, const crash_log& found) {
      return is_chain ? answer_chain(std::move(asked), found)
                      : answer_crashes(std::move(asked), found);
    });
}

} // namespace aiex
