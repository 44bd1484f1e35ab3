#include "aiexd/verbs/projection_rebuild.hpp"

#include "aiexd/verbs/projection_call.hpp"
#include "aiexd/verbs/projection_json.hpp"

#include <fmt/format.h>

#include <charconv>

namespace aiex {

namespace {

/// "<generation>.<target>"
std::string to_cursor(const rebuild_look& look) {
  return fmt::format("{}.{}", look.generation, look.target.value);
}

std::optional<rebuild_look> parse_rebuild(std::string_view cursor) {
  rebuild_look look;
  const char* const end = cursor.data() + cursor.size();
  const auto first = std::from_chars(cursor.data(), end, look.generation);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.')
    return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, look.target.value);
  if (second.ec != std::errc{} || second.ptr != end)
    return std::nullopt;
  return look;
}

void answer(verb_call& call, const rebuild_look& look, const projection_info& info) {
  if (info.generation != look.generation)
    return call.refuse({errc::stopped,
      fmt::format("projection {} was told to rebuild once more meanwhile", look.name)});
  // What it has yet to count lies behind its position.
  if (info.position >= look.target || info.lag_events == 0)
    return call.answer(reply_with(to_object(info)));
  if (info.status == projection_status::paused)
    return call.refuse({errc::stopped,
      fmt::format("projection {} was paused while it was rebuilt: say resume", look.name)});
  if (info.status == projection_status::stopped)
    return call.refuse({errc::stopped,
      fmt::format("projection {} has stopped behind position {} while it was rebuilt: {}. Say "
                  "resume or skip",
        look.name, info.position.value, info.last_error)});
  gateway_reply progress = reply_with(fmt::format(
    R"({{"done":{},"total":{},"unit":"events"}})", info.position.value, look.target.value));
  progress.next = to_cursor(look);
  call.answer(std::move(progress));
}

void go_on(verb_call call, std::string_view cursor) {
  auto look = parse_rebuild(cursor);
  auto name = call.given.required_text("name");
  if (!name)
    return call.refuse(name.error());
  if (!look)
    return call.refuse({errc::invalid_history,
      "\"cursor\" is not one that this verb answered: begin again without it"});
  gateway_actor* self = call.self;
  look->name = std::move(*name);
  look->call = std::make_shared<verb_call>(std::move(call));
  self->delayed_send(self, rebuild_look_wait, std::move(*look));
}

} // namespace

void run_projection_rebuild(verb_call call) {
  const auto cursor = call.given.text("cursor");
  if (!cursor)
    return call.refuse(cursor.error());
  if (*cursor)
    return go_on(std::move(call), **cursor);
  with_control(std::move(call), projection_control::rebuild,
    [](const verb_call& asked, const std::string& name, const caf::actor& projection) {
      with_info(asked, name, projection, [name](verb_call& begun, const projection_info& info) {
        answer(begun, {nullptr, name, info.generation, info.head}, info);
      });
    });
}

void look_at_rebuild(rebuild_look look) {
  verb_call& call = *look.call;
  const auto found = projection_named(call.services().names, look.name);
  if (!found)
    return call.refuse(found.error());
  with_info(call, look.name, *found,
    [look](verb_call& asked, const projection_info& info) { answer(asked, look, info); });
}

} // namespace aiex
