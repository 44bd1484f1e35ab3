#include "aiex/persistence/store/durable_writer.hpp"

#include "support/store_folder.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

TEST_CASE("durable writer: the file is there when it is finished, not before, never over another") {
  const test::temporary_folder folder;
  const auto file = folder.path() / "f";
  {
    auto out = durable_writer::create(file);
    REQUIRE(out);
    REQUIRE(out->write("one "));
    REQUIRE(out->write("two"));
    CHECK_FALSE(std::filesystem::exists(file));

    const auto second = durable_writer::create(file);
    REQUIRE_FALSE(second);
    CHECK(second.error().code == errc::in_use);
    REQUIRE(out->finish());
  }
  CHECK(test::bytes_of(file) == "one two");
  CHECK(durable_writer::create(file).error().code == errc::already_exists);
}

TEST_CASE(
  "durable writer: what is not finished is removed, what appeared meanwhile is not harmed") {
  const test::temporary_folder folder;
  const auto file = folder.path() / "f";
  {
    auto out = durable_writer::create(file);
    REQUIRE(out);
    REQUIRE(out->write("half"));
    auto moved = std::move(*out);
    REQUIRE(moved.write(" of it"));
  }
  CHECK(std::filesystem::is_empty(folder.path()));

  auto out = durable_writer::create(file);
  REQUIRE(out);
  REQUIRE(out->write("ours"));
  test::write_bytes(file, "theirs");
  CHECK(out->finish().error().code == errc::already_exists);
  CHECK(test::bytes_of(file) == "theirs");
  CHECK(durable_writer::create(folder.path() / "no" / "folder").error().code == errc::io);
}

} // namespace
} // namespace aiex
