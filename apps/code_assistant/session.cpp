#include "code_assistant/session.hpp"

namespace aiex::code_assistant {

using made = aiex::decision<session::events>;

namespace {

/// Why no file can be reported now; nothing if one can.
const char* why_not_working(const session::state& now) {
  if (now.has_ended)
    return "session_ended";
  if (!now.is_started)
    return "not_started";
  return now.is_loaded ? nullptr : "not_loaded";
}

} // namespace

made session::decide(const state& now, const start_session& wish) {
  if (now.is_started)
    return aiex::refuse("already_started");
  return session_started{wish.user, wish.project};
}

made session::decide(const state& now, const load_context& wish) {
  if (now.has_ended)
    return aiex::refuse("session_ended");
  if (!now.is_started)
    return aiex::refuse("not_started");
  if (now.is_loaded)
    return aiex::refuse("already_loaded");
  context_loaded loaded = wish.context;
  loaded.project = now.project;
  return loaded;
}

made session::decide(const state& now, const complete_analyses& wish) {
  if (const char* why = why_not_working(now))
    return aiex::refuse(why);
  made all = aiex::events();
  for (const file_facts& each : wish.files)
    all.add(code_analysis_completed{now.project, each});
  return all;
}

made session::decide(const state& now, const remove_source& wish) {
  if (const char* why = why_not_working(now))
    return aiex::refuse(why);
  return source_removed{now.project, wish.path};
}

made session::decide(const state& now, const resolve_includes& wish) {
  if (const char* why = why_not_working(now))
    return aiex::refuse(why);
  return includes_resolved{now.project, wish.figures};
}

made session::decide(const state& now, const end_session&) {
  if (now.has_ended)
    return aiex::refuse("session_ended");
  if (!now.is_started)
    return aiex::refuse("not_started");
  return session_ended{now.analysed};
}

void session::apply(state& now, const session_started& event) {
  now.is_started = true;
  now.user = event.user;
  now.project = event.project;
}

void session::apply(state& now, const context_loaded&) {
  now.is_loaded = true;
}

void session::apply(state& now, const code_analysis_completed&) {
  ++now.analysed;
}

void session::apply(state& now, const source_removed&) {
  ++now.removed;
}

void session::apply(state&, const includes_resolved&) {} // the read model's alone

void session::apply(state& now, const session_ended&) {
  now.has_ended = true;
}

} // namespace aiex::code_assistant
