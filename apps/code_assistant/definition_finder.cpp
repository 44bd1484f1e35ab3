#include "code_assistant/definition_finder.hpp"

#include <algorithm>
#include <utility>

namespace aiex::code_assistant {

void definition_finder::add(const token& seen) {
  if (is_dead())
    return;
  line_ = seen.line_end;
  if (now_.unnamed.defines && seen.kind == token_kind::identifier)
    now_.unnamed.defines->name = seen.text.substr(0, name_bytes_max);
  keep_unnamed();
  if (seen.is("{"))
    open();
  else if (seen.is("}"))
    close();
  else if (now_.braces > 0)
    return;
  else if (seen.is(";"))
    now_.head = {};
  else
    now_.head.add(seen);
}

void definition_finder::open() {
  using opens = declaration_head::opens;
  if (now_.braces > 0) {
    ++now_.braces;
    return;
  }
  const auto what = now_.head.what();
  const bool has_members =
    what == opens::record || what == opens::name_space || what == opens::linkage;
  if (has_members && now_.scopes.size() < scopes_max) {
    now_.scopes.push_back(named_by_head());
    now_.head = {};
    return;
  }
  now_.passed = named_by_head();
  now_.braces = 1;
}

/// What the '{' just met begins.
definition_finder::scope definition_finder::named_by_head() {
  using opens = declaration_head::opens;
  const auto what = now_.head.what();
  if (what == opens::value || what == opens::linkage)
    return {};
  scope begun;
  begun.order = kept_.size();
  kept_.push_back(false);
  begun.is_typedef = now_.head.is_typedef();
  auto& defined = begun.defines.emplace();
  defined.kind = what == opens::function ? std::string_view{"function"} : now_.head.key();
  defined.line = now_.head.line();
  defined.name = what == opens::name_space ? now_.head.name() : qualified(now_.head.name());
  return begun;
}

/// With the names of the classes around it, not of the namespaces.
std::string definition_finder::qualified(const std::string& name) const {
  if (name.empty() || now_.scopes.empty() || !now_.scopes.back().defines)
    return name;
  const auto& around = *now_.scopes.back().defines;
  if (around.kind == "namespace" || around.name.empty())
    return name;
  return (around.name + "::" + name).substr(0, name_bytes_max);
}

void definition_finder::close() {
  if (now_.braces > 0) {
    if (--now_.braces > 0)
      return;
    if (!now_.passed.defines)
      return now_.head.value_closed();
    close_scope(std::exchange(now_.passed, {}));
  } else if (!now_.scopes.empty()) {
    auto closed = std::move(now_.scopes.back());
    now_.scopes.pop_back();
    close_scope(std::move(closed));
  }
  now_.head = {}; // also behind a '}' that nothing opened
}

void definition_finder::close_scope(scope closed) {
  if (!closed.defines)
    return;
  closed.defines->lines = line_ - closed.defines->line + 1;
  if (closed.is_typedef && closed.defines->name.empty())
    now_.unnamed = std::move(closed);
  else
    keep(std::move(closed));
}

void definition_finder::keep(scope closed) {
  if (kept_[closed.order])
    return;
  kept_[closed.order] = true;
  count(counts_, closed.defines->kind);
  ++total_;
  if (closed.defines->kind == "function" && closed.defines->lines > longest_.lines)
    longest_ = *closed.defines;
  if (found_.size() < kept_max_)
    found_.push_back(std::move(closed));
}

void definition_finder::keep_unnamed() {
  if (now_.unnamed.defines)
    keep(std::exchange(now_.unnamed, {}));
}

void definition_finder::add(const directive& seen) {
  using what = directive::what;
  if (seen.kind == what::if_begins) {
    begin_conditional(seen.never);
  } else if (seen.kind == what::else_begins) {
    begin_branch();
  } else if (seen.kind == what::endif) {
    end_conditional();
  } else if (seen.kind == what::define && !is_dead() && !seen.name.empty()) {
    const auto name = std::string{seen.name.substr(0, name_bytes_max)};
    kept_.push_back(false);
    keep({definition{"macro", name, seen.line, seen.line_end - seen.line + 1}, kept_.size() - 1});
  }
}

void definition_finder::begin_conditional(bool never) {
  if (is_dead()) {
    ++dead_depth_;
  } else if (conditionals_.size() >= conditionals_max) {
    ++conditionals_passed_;
  } else {
    conditionals_.push_back({now_, std::nullopt, never});
    dead_depth_ = never ? 1 : 0;
  }
}

void definition_finder::begin_branch() {
  if (dead_depth_ > 1 || conditionals_passed_ > 0 || conditionals_.empty())
    return;
  auto& innermost = conditionals_.back();
  dead_depth_ = 0;
  if (!std::exchange(innermost.never, false) && !innermost.after_first)
    innermost.after_first = std::move(now_);
  now_ = innermost.before;
}

void definition_finder::end_conditional() {
  if (dead_depth_ > 1) {
    --dead_depth_;
  } else if (conditionals_passed_ > 0) {
    --conditionals_passed_;
  } else if (!conditionals_.empty()) {
    dead_depth_ = 0;
    if (auto& first = conditionals_.back().after_first)
      now_ = std::move(*first);
    conditionals_.pop_back();
  }
}

void definition_finder::finish() {
  keep_unnamed();
  if (now_.braces > 0)
    close_scope(std::exchange(now_.passed, {}));
  for (; !now_.scopes.empty(); now_.scopes.pop_back()) {
    keep_unnamed();
    close_scope(std::move(now_.scopes.back()));
  }
  keep_unnamed();
  std::sort(found_.begin(), found_.end(),
    [](const scope& left, const scope& right) { return left.order < right.order; });
  for (auto& each : found_)
    sorted_.push_back(std::move(*each.defines));
  found_.clear();
}

} // namespace aiex::code_assistant
