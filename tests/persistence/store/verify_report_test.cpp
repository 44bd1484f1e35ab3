#include "aiex/persistence/store/verify_report.hpp"

#include <doctest/doctest.h>

#include <string>

namespace aiex {
namespace {

TEST_CASE("verify report: so many of each part are kept, all are counted") {
  verify_report report;
  for (std::uint64_t i = 1; i <= 200; ++i)
    report.add({{i}, 0, "of the state", finding_part::state});
  report.add({{7}, 3, "of the log"});
  report.add({{5}, 2, "of the log"});
  CHECK(report.findings.size() == verify_report::findings_max + 2);
  CHECK(report.total_of(finding_part::state) == 200);
  CHECK(report.total_of(finding_part::log) == 2);
  CHECK(report.findings_total() == 202);
  CHECK(report.first_bad() == position{5}); // what the state gets wrong is sound in the log
  verify_report other;
  other.add({{}, 0, "a read model", finding_part::models});
  other.add_findings(report);
  CHECK(other.findings_total() == 203);
  CHECK(other.findings.size() == report.findings.size() + 1);
}

TEST_CASE("verify report: as JSON") {
  verify_report report{
    .entries = 1, .events = 2, .streams = 1, .head = {2}, .totals = {}, .findings = {}};
  CHECK(to_json(report) ==
        R"({"sound":true,"events":2,"entries":1,"streams":1,"head":2,"findings":[]})");
  report.state_head = position{1};
  report.add({{}, 0, "state \xff \"s\"", finding_part::state});
  CHECK(to_json(report) ==
        R"({"sound":false,"events":2,"entries":1,"streams":1,"head":2,"state_head":1,)"
        R"("damaged":["state"],"findings":[{"part":"state","position":0,"index":0,)"
        R"("what":"state ? \"s\""}]})");
  report.add({{2}, 1, "gone"});
  CHECK(to_json(report).find(R"("damaged":["log","state"],"first_bad":2,"findings")") !=
        std::string::npos);
}

} // namespace
} // namespace aiex
