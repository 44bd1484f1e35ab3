#include "aiexd/verbs/crash_test_verb.hpp"

#include "aiexd/verbs/crash_log.hpp"
#include "aiexd/verbs/crash_test_text.hpp"

#include <utility>

namespace aiex {

namespace {

/// The stream of a crash, as far as it has been read.
struct replayed {
  crash seen;
  std::vector<told_event> happened{};
  std::size_t bytes = 0;
};

result<void> take(const event_page& page, replayed& into) {
  for (const recorded_event& each : page.events) {
    if (each.content != content_type::json)
      return fail(errc::invalid_data,
        std::string{each.stream} + " has events that are no JSON: they cannot stand in a test");
    into.bytes += each.data.size();
    if (into.bytes > crash_test_bytes_max)
      return fail(
        errc::invalid_data, std::string{each.stream} + " is longer than a test should be");
    into.happened.push_back({std::string{each.type}, each.schema, std::string{each.data}});
  }
  return {};
}

void answer(verb_call& call, const replayed& done) {
  auto text = crash_test_text(done.seen, done.happened);
  if (!text)
    return call.refuse(text.error());
  call.answer(json_value{{"child", done.seen.child}, {"text", std::move(*text)}});
}

void read(verb_call call, query asked, replayed so_far) {
  call.services().events.read(call.self, std::move(asked), call.patience(),
    [call, so_far = std::move(so_far)](const result<shared_page>& page) mutable {
      if (!page)
        return call.refuse(page.error());
      if (auto taken = take(**page, so_far); !taken)
        return call.refuse(taken.error());
      if ((*page)->rest)
        return read(std::move(call), *(*page)->rest, std::move(so_far));
      answer(call, so_far);
    });
}

void replay(verb_call call, const crash_log& found) {
  if (!found.sited)
    return with_known_child(std::move(call), found.child, [child = found.child](verb_call& asked) {
      asked.refuse({errc::not_found, "no crash of \"" + child +
                                       "\" says where it was: only a function of an aggregate that "
                                       "throws can be done once more"});
    });
  const crash_site& site = *found.sited->site;
  if (site.version > crash_test_events_max)
    return call.refuse({errc::invalid_data,
      site.stream + " was at version " + std::to_string(site.version) +
        ", which is longer than a test should be (" + std::to_string(crash_test_events_max) + ")"});
  if (site.version == 0) {
    replayed nothing_happened{*found.sited};
    return answer(call, nothing_happened);
  }
  query asked;
  asked.stream = site.stream;
  asked.to_version = site.version;
  read(std::move(call), std::move(asked), {*found.sited});
}

} // namespace

void run_crash_test(verb_call call) {
  auto child = call.given.required_text("child");
  if (!child)
    return call.refuse(child.error());
  find_crashes(std::move(call), std::move(*child),
    [](verb_call asked, const crash_log& found) { replay(std::move(asked), found); });
}

} // namespace aiex
