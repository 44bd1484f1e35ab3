#include "aiex/persistence/store/verify_report.hpp"

#include "aiex/persistence/codec/json_writer.hpp"
#include "aiex/persistence/codec/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

namespace aiex {

namespace {

std::size_t place_of(finding_part part) noexcept {
  return static_cast<std::size_t>(part) - 1;
}

/// As JSON. It may quote what was read from a damaged file.
std::string quoted(std::string text) {
  if (!is_utf8(text))
    std::replace_if(
      text.begin(), text.end(), [](char each) { return static_cast<signed char>(each) < 0; }, '?');
  std::string made;
  json_writer{made}.value(text);
  return made;
}

std::string joined(const std::vector<std::string>& parts) {
  return fmt::format("[{}]", fmt::join(parts, ","));
}

} // namespace

std::string_view name(finding_part part) noexcept {
  switch (part) {
  case finding_part::log: return "log";
  case finding_part::state: return "state";
  case finding_part::models: return "models";
  }
  return "unknown";
}

void verify_report::add(finding what) {
  if (totals.at(place_of(what.part))++ < findings_max)
    findings.push_back(std::move(what));
}

void verify_report::add_findings(const verify_report& from) {
  findings.insert(findings.end(), from.findings.begin(), from.findings.end());
  for (std::size_t i = 0; i < totals.size(); ++i)
    totals.at(i) += from.totals.at(i);
}

std::uint64_t verify_report::total_of(finding_part part) const noexcept {
  return totals[place_of(part)];
}

std::uint64_t verify_report::findings_total() const noexcept {
  return std::accumulate(totals.begin(), totals.end(), std::uint64_t{0});
}

position verify_report::first_bad() const noexcept {
  position first;
  for (const finding& each : findings)
    if (each.part == finding_part::log && each.where.value != 0 &&
        (first.value == 0 || each.where < first))
      first = each.where;
  return first;
}

std::string to_json(const verify_report& report) {
  std::vector<std::string> damaged;
  for (const finding_part part : finding_parts)
    if (report.total_of(part) != 0)
      damaged.push_back(fmt::format("\"{}\"", name(part)));
  std::vector<std::string> findings;
  for (const finding& each : report.findings)
    findings.push_back(fmt::format(R"({{"part":"{}","position":{},"index":{},"what":{}}})",
      name(each.part), each.where.value, each.index, quoted(each.what)));
  std::string made = fmt::format(R"({{"sound":{},"events":{},"entries":{},"streams":{},"head":{})",
    report.is_sound(), report.events, report.entries, report.streams, report.head.value);
  const auto into = std::back_inserter(made);
  if (report.state_head)
    fmt::format_to(into, R"(,"state_head":{})", report.state_head->value);
  if (!report.is_sound())
    fmt::format_to(into, R"(,"damaged":{})", joined(damaged));
  if (report.first_bad().value != 0)
    fmt::format_to(into, R"(,"first_bad":{})", report.first_bad().value);
  fmt::format_to(into, R"(,"findings":{}}})", joined(findings));
  return made;
}

} // namespace aiex
