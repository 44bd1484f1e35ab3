#include "aiex/actors/runtime/read_verbs.hpp"

#include "aiexd/verbs/node_verbs.hpp"
#include "aiexd/verbs/read_barrier.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

gateway_reply lines_of(std::string body) {
  gateway_reply reply;
  reply.format = reply_format::lines;
  reply.body = std::move(body);
  return reply;
}

TEST_CASE("read barrier: an old answer says so, and where it stands") {
  CHECK(as_stale(reply_with(std::string{R"({"version":3})"}), {7}).body ==
        R"({"version":3,"stale":true,"stale_at":7})");
  CHECK(as_stale(reply_with(std::string{"{}"}), {7}).body == R"({"stale":true,"stale_at":7})");
  CHECK(as_stale(lines_of("{\"a\":1}\n{\"a\":2}\n"), {7}).body ==
        "{\"a\":1,\"stale\":true}\n{\"a\":2,\"stale\":true}\n");
  CHECK(as_stale(lines_of(""), {7}).body.empty());
  CHECK(as_stale(lines_of(""), {7}).is_stale);
  const gateway_reply refusal = reply_with(error{errc::not_found, "no", 0});
  CHECK(as_stale(refusal, {7}) == refusal);
}

TEST_CASE("read barrier: what is asked of the log is a read, what changes it or the node is not") {
  for (const char* const name : {"events", "state", "projections", "session_list"})
    CHECK(is_read(name));
  for (const char* const name : {"append", "dispatch", "status", "tail", "cluster_status"})
    CHECK_FALSE(is_read(name));
  const auto known = node_verbs();
  for (const std::string_view name : read_verbs)
    CHECK_MESSAGE(std::ranges::find(known, name, &verb::name) != known.end(), std::string{name});
}

} // namespace
} // namespace aiex
