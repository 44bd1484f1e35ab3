#include "aiex/supervision/process/exit_kind.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <doctest/doctest.h>

namespace aiex {
namespace {

TEST_CASE("exit_kind: what an end means, and how it is put") {
  struct example {
    caf::error reason;
    exit_kind kind;
    const char* text;
  };
  const example table[] = {
    {{}, exit_kind::normal, "normal"},
    {caf::exit_reason::normal, exit_kind::normal, "normal"},
    {caf::exit_reason::user_shutdown, exit_kind::shutdown, "shutdown"},
    {shutdown_reason(), exit_kind::shutdown, "shutdown"},
    {shutdown_reason("drained"), exit_kind::shutdown, "shutdown: drained"},
    {caf::exit_reason::kill, exit_kind::abnormal, "killed"},
    {caf::exit_reason::unreachable, exit_kind::abnormal, "unreachable"},
    {caf::sec::request_timeout, exit_kind::abnormal, "request_timeout"},
    {caf::make_error(caf::sec::runtime_error, std::string{"no disk"}), exit_kind::abnormal,
      "no disk"},
  };
  for (const example& row : table) {
    CAPTURE(row.text);
    CHECK(kind_of(row.reason) == row.kind);
    CHECK(exit_text(row.reason) == row.text);
  }
}

} // namespace
} // namespace aiex
