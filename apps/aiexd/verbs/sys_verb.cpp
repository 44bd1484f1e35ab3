#include "aiexd/verbs/sys_verb.hpp"

#include "aiex/supervision/process/sys_messages.hpp"

#include "aiexd/verbs/child_target.hpp"
#include "aiexd/verbs/restart_verb.hpp"
#include "aiexd/verbs/tree_verbs.hpp"

namespace aiex {

namespace {

constexpr std::size_t word_shown_bytes_max = 80;

struct sys_wish {
  std::string child;
  std::string what;
  std::string how;
  std::size_t events_max = trace_events_default;
};

error unknown_word(std::string_view word, std::string_view known) {
  return {errc::invalid_argument, "there is no \"" +
                                    std::string{word.substr(0, word_shown_bytes_max)} +
                                    "\" here; there are " + std::string{known}};
}

result<sys_wish> wish_of(const verb_arguments& given) {
  auto child = given.required_text("child");
  if (!child)
    return tl::unexpected(std::move(child.error()));
  auto what = given.required_text("what");
  if (!what)
    return tl::unexpected(std::move(what.error()));
  auto how = given.text("how");
  if (!how)
    return tl::unexpected(std::move(how.error()));
  auto events = given.number("events");
  if (!events)
    return tl::unexpected(std::move(events.error()));
  sys_wish wish{std::move(*child), std::move(*what), std::move(*how).value_or(""),
    static_cast<std::size_t>(events->value_or(trace_events_default))};
  const bool is_trace = wish.what == "trace";
  if (wish.what != "state" && wish.what != "statistics" && wish.what != "suspend" &&
      wish.what != "resume" && !is_trace)
    return tl::unexpected(unknown_word(wish.what, "state, statistics, suspend, resume, trace"));
  if (is_trace && wish.how.empty())
    wish.how = "get";
  if (is_trace && wish.how != "on" && wish.how != "off" && wish.how != "get")
    return tl::unexpected(unknown_word(wish.how, "trace on, trace off, trace get"));
  if (!is_trace && !wish.how.empty())
    return fail(errc::invalid_argument,
      "nothing goes with " + wish.what + ": on, off and get go with trace only");
  if (*events && wish.how != "on")
    return fail(errc::invalid_argument, "a number of events goes with \"trace on\" only");
  if (wish.events_max == 0 || wish.events_max > trace_events_max)
    return fail(errc::invalid_argument, "a trace keeps 1 to " + std::to_string(trace_events_max) +
                                          " events, not " + std::to_string(wish.events_max));
  return wish;
}

/// Whether the node could not be told to resume it, or would stand still until then.
bool is_needed_to_resume(std::string_view path) {
  return carries_node(path) || path.substr(path.find('/') + 1) == "bus";
}

std::int64_t microseconds_in(std::chrono::nanoseconds time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

/// When something was by the wall clock, that was so long ago by the other one.
std::string wall_time(const verb_call& call, std::chrono::nanoseconds ago) {
  return to_string(
    call.services().clock() - std::chrono::duration_cast<std::chrono::microseconds>(ago));
}

void tell_state(verb_call call, const caf::actor& child, const std::string& path) {
  ask<std::string>(std::move(call), child, get_state_call{}, path,
    [path](verb_call& asked, const std::string& text) {
      auto state = json_value::parse(text, nullptr, false);
      if (state.is_discarded())
        state = text;
      asked.answer({{"child", path}, {"state", std::move(state)}});
    });
}

void tell_statistics(verb_call call, const caf::actor& child, const std::string& path) {
  ask<process_statistics>(std::move(call), child, statistics_call{}, path,
    [path](verb_call& asked, const process_statistics& counted) {
      asked.answer({{"child", path}, {"since", wall_time(asked, counted.now - counted.started)},
        {"messages_in", counted.messages_in}, {"handled", counted.handled},
        {"mailbox", counted.waiting}, {"handler_us", microseconds_in(counted.in_turns)},
        {"handler_longest_us", microseconds_in(counted.turn_longest)},
        {"suspended", counted.is_suspended}, {"traced", counted.is_traced}});
    });
}

void tell_trace(verb_call call, const caf::actor& child, const std::string& path) {
  ask<process_trace>(std::move(call), child, get_trace_call{}, path,
    [now = child->home_system().clock().now()](verb_call& asked, const process_trace& trace) {
      std::string lines;
      for (const traced_event& each : trace.events)
        lines +=
          to_text({{"at", wall_time(asked, now - each.at)}, {"message", each.message},
            {"sender", each.sender}, {"us", each.took.count()}, {"outcome", name(each.outcome)}}) +
          "\n";
      asked.answer(lines_reply(std::move(lines)));
    });
}

/// What is answered with nothing; what has become of it is then in its statistics.
template <class Call>
void order(verb_call call, const caf::actor& child, const std::string& path, Call what) {
  ask_to<void>(std::move(call), child, std::move(what), path,
    "it will be when its handler returns; aiex sys " + path +
      " statistics shows it, resume and trace off undo it",
    [child, path](verb_call& asked) { tell_statistics(asked, child, path); });
}

void carry_out(
  verb_call call, const caf::actor& child, const std::string& path, const sys_wish& wish) {
  if (wish.what == "state")
    return tell_state(std::move(call), child, path);
  if (wish.what == "statistics")
    return tell_statistics(std::move(call), child, path);
  if (wish.what == "suspend")
    return order(std::move(call), child, path, suspend_call{});
  if (wish.what == "resume")
    return order(std::move(call), child, path, resume_call{});
  if (wish.how == "get")
    return tell_trace(std::move(call), child, path);
  order(std::move(call), child, path, trace_call{wish.how == "on", wish.events_max});
}

} // namespace

void run_sys(verb_call call) {
  auto given = wish_of(call.given);
  if (!given)
    return call.refuse(given.error());
  with_tree(
    std::move(call), [wish = std::move(*given)](verb_call& asked, const supervision_tree& tree) {
      const auto places = places_of(tree);
      const auto which = find_place(places, wish.child);
      if (!which)
        return asked.refuse(which.error());
      const child_target what = child_target_of(places, *which);
      if (wish.what == "suspend" && is_needed_to_resume(what.path))
        return asked.refuse({errc::refused,
          what.path + " carries the node, which could not resume it: suspend what is below it"});
      with_actor_of(what, asked, [what, wish](verb_call& found, const caf::actor& child) {
        carry_out(found, child, what.path, wish);
      });
    });
}

} // namespace aiex
