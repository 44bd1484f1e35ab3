#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/log/append.hpp"

#include "support/sample_events.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>

namespace aiex {
namespace {

TEST_CASE("append: each violation has its own error") {
  struct example {
    const char* name;
    errc code;
    std::function<void(append_request&, event&)> spoil;
  };
  const auto with = [](std::string event::*member, std::string value) {
    return [=](append_request&, event& each) { each.*member = value; };
  };
  const auto in_stream = [](std::string value) {
    return [=](append_request& request, event&) { request.parts.front().stream = value; };
  };
  const example table[] = {
    {"no part", errc::missing_required_fields, [](auto& r, auto&) { r.parts.clear(); }},
    {"no stream", errc::missing_required_fields, in_stream("")},
    {"no type", errc::missing_required_fields, with(&event::type, "")},
    {"no id", errc::missing_required_fields, [](auto&, auto& e) { e.id = {}; }},
    {"stream too long", errc::invalid_stream, in_stream(std::string(256, 's'))},
    {"stream with a tab", errc::invalid_stream, in_stream("a\tb")},
    {"stream with a zero byte", errc::invalid_stream, in_stream(std::string("a\0b", 3))},
    {"stream not UTF-8", errc::invalid_stream, in_stream("a\xff")},
    {"system stream", errc::reserved_name, in_stream("$settings")},
    {"type too long", errc::invalid_type, with(&event::type, std::string(256, 't'))},
    {"type with a line end", errc::invalid_type, with(&event::type, "a\n")},
    {"correlation id too long", errc::invalid_correlation_id,
      with(&event::correlation_id, std::string(256, 'c'))},
    {"causation id not UTF-8", errc::invalid_correlation_id, with(&event::causation_id, "\xc3")},
    {"data too large", errc::data_too_large,
      with(&event::data, '"' + std::string(limits::data_bytes_max, 'x') + '"')},
    {"metadata too large", errc::data_too_large,
      with(&event::metadata, std::string(limits::metadata_bytes_max + 1, ' '))},
    {"data not JSON", errc::invalid_data, with(&event::data, "{")},
    {"data empty", errc::invalid_data, with(&event::data, "")},
    {"metadata not an object", errc::invalid_metadata, with(&event::metadata, "[]")},
    {"unknown content type", errc::invalid_data,
      [](auto&, auto& e) { e.content = static_cast<content_type>(9); }},
    {"too many tags", errc::too_many_tags, [](auto&, auto& e) { e.tags.assign(17, "t"); }},
    {"empty tag", errc::invalid_tag, [](auto&, auto& e) { e.tags = {""}; }},
    {"tag twice", errc::invalid_tag,
      [](auto&, auto& e) {
        e.tags = {"a", "a"};
      }},
    {"tag too long", errc::invalid_tag, [](auto&, auto& e) { e.tags = {std::string(256, 'g')}; }},
    {"no node", errc::invalid_argument, [](auto& r, auto&) { r.node.clear(); }},
    {"owner too long", errc::invalid_argument,
      [](auto& r, auto&) {
        r.owner = owner_epoch{std::string(249, 'o'), 1};
      }},
    {"a stream twice", errc::invalid_argument,
      [](auto& r, auto&) { r.parts.push_back(r.parts.front()); }},
    {"too many streams", errc::batch_too_large,
      [](auto& r, auto&) { r.parts.resize(65, r.parts.front()); }},
    {"too many events", errc::batch_too_large,
      [](auto& r, auto& e) { r.parts.front().events.assign(1'025, e); }},
    {"too many bytes", errc::batch_too_large,
      [](auto& r, auto& e) {
        e.data = '"' + std::string(1'000'000, 'x') + '"';
        r.parts.front().events.assign(5, e);
      }},
  };
  const append_request good =
    test::one("account-1", {.id = test::id_of(1), .type = "opened", .tags = {"a", "b"}});
  CHECK(check(good));
  for (const example& row : table) {
    CAPTURE(row.name);
    append_request bad = good;
    event each = good.parts.front().events.front();
    row.spoil(bad, each);
    if (!bad.parts.empty() && bad.parts.front().events.size() == 1)
      bad.parts.front().events.front() = each;
    const auto answer = check(bad);
    REQUIRE_FALSE(answer);
    CHECK(name(answer.error().code) == name(row.code));
    CHECK(answer.error().message.size() > 20);
  }
}

TEST_CASE("append: what is just possible is accepted") {
  append_request request = test::one(
    std::string(255, 's'), {.id = test::id_of(1),
                             .type = std::string(255, 't'),
                             .data = '"' + std::string(limits::data_bytes_max - 2, 'x') + '"',
                             .correlation_id = std::string(255, 'c')});
  event& each = request.parts.front().events.front();
  for (int i = 0; i < 16; ++i)
    each.tags.push_back(std::to_string(i) + std::string(200, 'g'));
  CHECK(check(request));
  each.content = content_type::bytes;
  each.data = std::string("\0\xff", 2);
  CHECK(check(request));
  each.data.clear();
  CHECK(check(request));
  request.parts.front().stream = "$owner-session-1";
  request.system = true;
  CHECK(check(request));
  CHECK(owner_stream("session-1") == "$owner-session-1");
}

} // namespace
} // namespace aiex
