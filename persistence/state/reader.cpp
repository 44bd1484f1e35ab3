#include "aiex/persistence/state/reader.hpp"

#include "aiex/persistence/log/content_expansion.hpp"
#include "aiex/persistence/state/posting_source.hpp"
#include "aiex/persistence/state/time_range.hpp"
#include "aiex/persistence/state/with_entry.hpp"

#include <fmt/format.h>

namespace aiex {

namespace {

/// A page being filled. `take` is offered events in order.
class page_filler {
public:
  enum class load : std::uint8_t { contents, headers };

  page_filler(query asked, page_limits limits, load what)
      : asked_(std::move(asked)), limits_(limits), what_(what) {}

  /// Whether another event may be offered.
  bool has_room() const {
    return !failed_ && matched_ < limits_.events && examined_ < limits_.examined &&
           page_.events.bytes() < limits_.bytes && (!asked_.limit || matched_ < *asked_.limit);
  }

  void take(const entry_view& entry, position where) {
    ++examined_;
    if (!entry.header().holds(where)) {
      failed_ = {errc::corrupt, "an event is not in the entry that the state names", where.value};
      return;
    }
    const auto ordinal =
      static_cast<std::uint32_t>(where.value - entry.header().first_position.value);
    const auto header = entry.header_of(ordinal);
    if (!header) {
      failed_ = header.error();
      return;
    }
    last_ = where;
    last_version_ = header->event.version;
    if (!matches(asked_, header->event))
      return;
    ++matched_;
    if (what_ == load::headers)
      return;
    const auto found = entry.with_content(*header, expansion_);
    if (!found && found.error().code != errc::not_found)
      failed_ = found.error();
    else // a content that was removed: its event is answered without one
      page_.events.add(found ? *found : header->event);
  }

  void fail_with(error why) { failed_ = std::move(why); }

  /// The page; `at_end`: nothing was left to offer.
  result<event_page> finish(bool at_end) {
    if (failed_)
      return tl::unexpected(std::move(*failed_));
    const bool is_done = at_end || (asked_.limit && matched_ >= *asked_.limit);
    if (!is_done)
      page_.rest = rest();
    return std::move(page_);
  }

  const query& asked() const { return asked_; }
  std::size_t matched() const { return matched_; }

private:
  query rest() const {
    query next = asked_;
    const bool ascending = next.order == direction::ascending;
    if (next.limit)
      *next.limit -= matched_;
    if (ascending)
      next.after = last_;
    else
      next.up_to = position{last_.value - 1};
    if (next.stream)
      (ascending ? next.from_version : next.to_version) =
        ascending ? last_version_ + 1 : last_version_ - 1;
    return next;
  }

  query asked_;
  page_limits limits_;
  load what_;
  event_page page_;
  content_expansion expansion_;
  std::size_t examined_ = 0;
  std::size_t matched_ = 0;
  position last_;
  std::uint64_t last_version_ = 0;
  std::optional<error> failed_;
};

/// Offers the events of the postings; several of one entry at once. Whether none is left.
bool fill_from(posting_source& source, const log_storage& log, page_filler& page) {
  const query& asked = page.asked();
  auto next = source.next();
  while (next && page.has_room()) {
    if (next->position <= asked.after || next->position > asked.up_to) {
      next = source.next();
      continue;
    }
    const std::uint64_t index = next->index;
    auto read = with_entry(log, index, [&](const entry_view& entry) -> result<void> {
      while (next && next->index == index && page.has_room()) {
        if (next->position > asked.after && next->position <= asked.up_to)
          page.take(entry, next->position);
        next = source.next();
      }
      return {};
    });
    if (!read)
      page.fail_with(std::move(read.error()));
  }
  return !next;
}

error missing(position at) {
  return {errc::corrupt,
    fmt::format("the event at position {} is not where it belongs in the log. Run `aiex store "
                "verify`, then restore from a backup",
      at.value),
    at.value};
}

/// Offers the events of the log between the query's bounds. Whether none is left.
result<bool> fill_from_log(const table_reader& tables, const log_storage& log, page_filler& page) {
  const query& asked = page.asked();
  const bool ascending = asked.order == direction::ascending;
  const position low = asked.after.next();
  const position high = std::min(asked.up_to, head_of(tables).position);
  if (low > high)
    return true;
  position at = ascending ? low : high;
  bool is_done = false;
  const auto start = find_place(tables, at);
  if (!start)
    return fail(errc::corrupt, "the state has no place for a position", at.value);
  auto read = log.read(start->index, asked.order, [&](const log_record& record) {
    const auto entry = entry_view::parse(record.bytes);
    if (!entry) {
      page.fail_with(entry.error());
      return false;
    }
    const entry_header& header = entry->header();
    if (header.event_count > 0 && !header.holds(at)) {
      page.fail_with(missing(at));
      return false;
    }
    while (!is_done && page.has_room() && header.holds(at)) {
      page.take(*entry, at);
      is_done = at == (ascending ? high : low);
      at.value += ascending ? 1U : std::uint64_t(-1);
    }
    return !is_done && page.has_room();
  });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  if (!is_done && page.has_room())
    page.fail_with(missing(at));
  return is_done;
}

/// Fills the page from where its events are found. Whether none is left.
result<bool> fill(const table_reader& tables, const log_storage& log, page_filler& page) {
  auto ranges = ranges_for(tables, page.asked());
  if (!ranges)
    return fill_from_log(tables, log, page);
  posting_source source{tables, std::move(*ranges), page.asked().order};
  return fill_from(source, log, page);
}

result<event_page> make_page(const table_reader& tables, const log_storage& log, const query& asked,
  page_limits limits, page_filler::load what, std::uint64_t* count) {
  auto narrowed = narrow_to_time(tables, log, asked);
  if (!narrowed)
    return tl::unexpected(std::move(narrowed.error()));
  page_filler page{std::move(*narrowed), limits, what};
  const auto at_end = fill(tables, log, page);
  if (!at_end)
    return tl::unexpected(at_end.error());
  if (count != nullptr)
    *count = page.matched();
  return page.finish(*at_end);
}

} // namespace

result<event_page> read_page(
  const table_reader& tables, const log_storage& log, const query& asked, page_limits limits) {
  return make_page(tables, log, asked, limits, page_filler::load::contents, nullptr);
}

result<counted_page> count_page(
  const table_reader& tables, const log_storage& log, const query& asked, page_limits limits) {
  limits.events = limits.examined;
  counted_page made;
  auto page = make_page(tables, log, asked, limits, page_filler::load::headers, &made.count);
  if (!page)
    return tl::unexpected(std::move(page.error()));
  made.rest = std::move(page->rest);
  return made;
}

} // namespace aiex
