#include "aiexd/verbs/projection_verbs.hpp"

#include "aiex/actors/flow/projections.hpp"

#include "aiexd/verbs/projection_call.hpp"
#include "aiexd/verbs/projection_json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace aiex {

const std::vector<std::string_view> projection_show_keys{"name", "rows", "prefix", "limit"};

namespace {

result<wanted_rows> rows_of(const verb_arguments& given) {
  auto rows = given.flag("rows");
  auto prefix = given.text("prefix");
  auto limit = given.number("limit");
  if (!rows)
    return tl::unexpected(std::move(rows.error()));
  if (!prefix)
    return tl::unexpected(std::move(prefix.error()));
  if (!limit)
    return tl::unexpected(std::move(limit.error()));
  if (limit->value_or(0) > rows_shown_max)
    return fail(errc::invalid_argument,
      fmt::format("\"limit\" is at most {} rows; a \"prefix\" leads to others", rows_shown_max));
  return wanted_rows{
    *rows || *prefix || *limit, prefix->value_or(""), limit->value_or(rows_shown_default)};
}

void control(verb_call call, projection_control what) {
  with_control(std::move(call), what,
    [](const verb_call& asked, const std::string& name, const caf::actor& projection) {
      with_info(asked, name, projection, [](verb_call& done, const projection_info& info) {
        done.answer(reply_with(to_object(info)));
      });
    });
}

/// All lines of a list, each in its place, although the answers come in any order.
struct projection_list {
  std::vector<std::string> lines;
  std::size_t missing = 0;
};

void add(verb_call& call, projection_list& list, std::size_t i, std::string line) {
  list.lines[i] = std::move(line);
  if (--list.missing == 0)
    call.answer(lines_reply(fmt::format("{}", fmt::join(list.lines, ""))));
}

} // namespace

void run_projections(verb_call call) {
  std::vector<std::pair<std::string, caf::actor>> asked;
  for (std::string& name : registered_projections(call.services().names))
    if (auto found = projection_named(call.services().names, name))
      asked.emplace_back(std::move(name), std::move(*found));
  if (asked.empty())
    return call.answer(lines_reply({}));
  const auto list = std::make_shared<projection_list>();
  list->lines.resize(asked.size());
  list->missing = asked.size();
  const calls& asking = call.services().events.calls();
  for (std::size_t i = 0; i < asked.size(); ++i)
    asking.call<projection_info>(call.self, asked[i].second, projection_list_patience,
      projection_info_call{},
      [call, list, i, name = asked[i].first](
        const tl::expected<projection_info, call_error>& info) mutable {
        if (info)
          return add(call, *list, i, to_line(*info));
        const json_value silent{{"name", name}, {"status", "silent"}};
        add(call, *list, i, to_text(silent) + "\n");
      });
}

void run_projection_show(verb_call call) {
  auto wanted = rows_of(call.given);
  if (!wanted)
    return call.refuse(wanted.error());
  const auto show = [wanted = *wanted](verb_call& asked, const projection_info& info) {
    if (!wanted.any)
      return asked.answer(reply_with(to_object(info)));
    const auto rows = rows_text(*asked.services().models, info, wanted);
    if (!rows)
      return asked.refuse(rows.error());
    asked.answer(reply_with(to_object(info, *rows)));
  };
  with_projection(std::move(call),
    [show](verb_call found, const std::string& name, const caf::actor& projection) {
      with_info(std::move(found), name, projection, show);
    });
}

void run_projection_pause(verb_call call) {
  control(std::move(call), projection_control::pause);
}

void run_projection_resume(verb_call call) {
  control(std::move(call), projection_control::resume);
}

void run_projection_skip(verb_call call) {
  control(std::move(call), projection_control::skip);
}

} // namespace aiex
