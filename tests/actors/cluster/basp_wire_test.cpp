#include "aiex/actors/cluster/basp_wire.hpp"

#include "support/basp_bytes.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/io/basp/header.hpp>
#include <caf/io/basp/version.hpp>
#include <caf/io/middleman.hpp>
#include <caf/message.hpp>
#include <doctest/doctest.h>

namespace aiex {
namespace {

struct caf_world {
  template <class... Values>
  std::string written(Values&&... values) {
    std::vector<char> bytes;
    caf::binary_serializer sink{system, bytes};
    REQUIRE(!sink(std::forward<Values>(values)...));
    return {bytes.begin(), bytes.end()};
  }

  struct networked : caf::actor_system_config {
    networked() { load<caf::io::middleman>(); }
  };
  networked config;
  caf::actor_system system{config};
};

// What the guard takes for granted about CAF's bytes, asked of CAF itself.
TEST_CASE_FIXTURE(caf_world, "basp_wire: reads what CAF writes") {
  caf::io::basp::header head{
    caf::io::basp::message_type::direct_message, 1, 0x01020304, 0x1122334455667788, 7, 9};
  const auto bytes = written(head);
  REQUIRE(bytes.size() == basp::header_bytes);
  const auto read = basp::read_header(bytes);
  CHECK(read.operation == static_cast<std::uint8_t>(basp::operation::direct_message));
  CHECK(read.padding == 0);
  CHECK(read.flags == 1);
  CHECK(read.payload_bytes == 0x01020304);
  CHECK(read.operation_data == 0x1122334455667788);
  CHECK(read.source == 7);
  CHECK(read.receiver == 9);
  const test::basp_frame same{
    .operation = 2, .flags = 1, .data = 0x1122334455667788, .source = 7, .receiver = 9};
  CHECK(same.header(0x01020304) == bytes);

  CHECK(caf::io::basp::version == basp::protocol_version);
  CHECK(static_cast<int>(caf::io::basp::message_type::heartbeat) ==
        static_cast<int>(basp::operation::heartbeat));
  CHECK(int{caf::io::basp::header::named_receiver_flag} == basp::named_receiver_flag);
  CHECK(int{caf::io::basp::header::select_connection_flag} == basp::select_connection_flag);
}

TEST_CASE_FIXTURE(caf_world, "basp_wire: knows CAF's node ids and its question") {
  CHECK(basp::is_node_id(written(system.node())));
  CHECK(basp::is_node_id(test::node_named(1)));
  CHECK_FALSE(basp::is_node_id(written(caf::node_id{})));
  CHECK_FALSE(basp::is_node_id(test::node_named(0))); // no process
  CHECK_FALSE(basp::is_node_id(test::node_named(1).substr(0, 12) + std::string(20, '\0')));
  CHECK_FALSE(basp::is_node_id(test::node_named(1) + "x"));
  CHECK_FALSE(basp::is_node_id(""));

  CHECK(static_cast<std::uint64_t>(caf::atom("SpawnServ")) == basp::spawn_server);
  std::vector<caf::strong_actor_ptr> no_stages;
  auto question = caf::make_message(caf::sys_atom::value, caf::get_atom::value, "info");
  CHECK(written(no_stages, question) == basp::spawn_server_question);

  auto text = caf::make_message(std::string("x"));
  CHECK(written(text) == std::string(basp::text_message) + "\x01x");
  CHECK(written(caf::message{}) == basp::empty_message);
  CHECK(written(caf::make_error(caf::sec::bad_function_call)).size() == basp::plain_error_bytes);
}

TEST_CASE("basp_wire: tells requests from responses and the rest") {
  struct example {
    const char* name;
    std::uint64_t id;
    bool request;
    bool response;
  };
  const auto number = std::uint64_t{5};
  const example table[] = {
    {"a request", caf::make_message_id(number).integer_value(), true, false},
    {"an urgent request", caf::make_message_id(number).with_high_priority().integer_value(), true,
      false},
    {"its response", caf::make_message_id(number).response_id().integer_value(), false, true},
    {"an asynchronous message", caf::make_message_id().integer_value(), false, false},
    {"an urgent one", 0, false, false},
    {"a stream's", caf::make_message_id(number).with_category(2).integer_value(), false, false},
    {"a response without number", 0x9000'0000'0000'0000, false, false},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    CHECK(basp::is_request(row.id) == row.request);
    CHECK(basp::is_response(row.id) == row.response);
  }
  CHECK(test::request_number(5) == caf::make_message_id(number).integer_value());
  CHECK(test::response_number(5) == caf::make_message_id(number).response_id().integer_value());
}

} // namespace
} // namespace aiex
