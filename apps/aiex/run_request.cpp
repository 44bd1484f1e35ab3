#include "aiex/run_request.hpp"

#include "aiex/progress_bar.hpp"
#include "aiex/rendering.hpp"
#include "aiex/soundness.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace aiex::tool {

namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds tail_wait{1'000}; // of a node for the next event

/// `addition` behind the members of a JSON object.
std::string with_member(const std::string& object, const std::string& addition) {
  const std::string start = object.substr(0, object.size() - 1);
  return start + (start.size() == 1 ? "" : ",") + addition + "}";
}

request with_cursor(const request& first, const std::string& next) {
  return {first.verb, with_member(first.arguments, "\"cursor\":" + json(next).dump())};
}

/// The first `lines` lines, and how many there are.
std::pair<std::string_view, std::uint64_t> first_lines(std::string_view text, std::uint64_t lines) {
  std::size_t end = 0;
  std::uint64_t count = 0;
  while (count < lines && end < text.size()) {
    const auto next = text.find('\n', end);
    end = next == std::string_view::npos ? text.size() : next + 1;
    ++count;
  }
  return {text.substr(0, end), count};
}

void report_progress(const std::string& body, const run_context& context) {
  const json progress = json::parse(body, nullptr, false);
  if (!progress.is_object())
    return;
  const auto number = [&](const char* key) -> std::uint64_t {
    const auto found = progress.find(key);
    return found != progress.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
  };
  const auto unit = progress.find("unit");
  context.report(progress_bar(number("done"), number("total"),
    unit != progress.end() && unit->is_string() ? unit->get<std::string>() : "steps"));
}

std::string shown_text(
  const invocation& wish, std::string body, const run_context& context, table_form& form) {
  if (wish.shown != output::json)
    return render(body, {wish.what->shown, wish.shown == output::plain, context.has_colour}, &form);
  return body.empty() || body.ends_with('\n') ? body : std::move(body) + "\n";
}

std::uint64_t lines_wanted(const invocation& wish) {
  const std::string text = wish.what->shown == view::events ? wish.value("--limit") : "";
  std::uint64_t limit = UINT64_MAX;
  std::from_chars(text.data(), text.data() + text.size(), limit);
  return limit;
}

} // namespace

result<void> run_request(const invocation& wish, const request& first, const run_context& context) {
  request start = first;
  auto deadline = wish.timeout;
  if (wish.what->is_endless) {
    start.arguments =
      with_member(start.arguments, "\"wait_ms\":" + std::to_string(tail_wait.count()));
    deadline += tail_wait;
  }
  std::uint64_t wanted = lines_wanted(wish);
  table_form form;
  bool is_empty = true;
  for (request now = start;;) {
    auto reply = context.ask(now, deadline);
    if (!reply) {
      context.report("");
      return tl::unexpected(reply.error());
    }
    const bool has_more = !reply->next.empty();
    if (wish.what->is_long && has_more) {
      report_progress(reply->body, context);
    } else {
      context.report("");
      const auto [lines, count] = first_lines(reply->body, wanted);
      wanted -= count;
      std::string body = reply->format == reply_format::lines ? std::string(lines) : reply->body;
      const auto outcome = first.verb == "store_verify"
                             ? check_soundness(nlohmann::ordered_json::parse(body, nullptr, false))
                             : result<void>{};
      const std::string text = shown_text(wish, std::move(body), context, form);
      is_empty = is_empty && text.empty();
      if (reply->is_stale)
        context.note(
          "note: this node does not see a majority of its cluster; what it has may be old");
      if (is_empty && !has_more && wish.shown == output::people && !wish.what->when_empty.empty())
        context.note(wish.what->when_empty);
      const auto goes_on = text.empty() ? result<bool>{true} : context.write(text);
      if (!goes_on && outcome)
        return tl::unexpected(goes_on.error());
      if (!goes_on || !*goes_on || !has_more || wanted == 0)
        return outcome;
    }
    now = with_cursor(start, reply->next);
  }
}

} // namespace aiex::tool
