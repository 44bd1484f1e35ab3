#include "aiex/persistence/state/names.hpp"

#include "support/sample_events.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using strings = std::vector<std::string>;

struct named_world {
  test::memory_media media;
  event_store store = std::move(*event_store::open(media.media()));
  std::uint64_t last = 0;

  named_world() {
    for (int i = 0; i < 3; ++i)
      for (const char* stream : {"account-2", "account-1", "a", "loan-1", "$supervision"})
        add(stream, std::string{stream} == "loan-1" ? "lent" : "opened");
    add("account-1", "open"); // the beginning of another
  }
  void add(const char* stream, const std::string& type) {
    append_request request = test::one(stream, {.id = test::id_of(++last), .type = type});
    request.system = true;
    const append_request* const group[] = {&request};
    (void)store.append(group, test::at_us(1));
  }
  strings names(name_kind kind, std::string_view prefix, std::size_t most = 100) {
    return store.names(kind, prefix, most).value();
  }
};

TEST_CASE_FIXTURE(named_world, "names: each once, sorted, by their beginning") {
  CHECK(names(name_kind::stream, "") ==
        strings{"$supervision", "a", "account-1", "account-2", "loan-1"});
  CHECK(names(name_kind::stream, "account-") == strings{"account-1", "account-2"});
  CHECK(names(name_kind::stream, "account-2") == strings{"account-2"});
  CHECK(names(name_kind::stream, "zebra").empty());
  CHECK(names(name_kind::category, "") == strings{"$supervision", "a", "account", "loan"});
  CHECK(names(name_kind::category, "a") == strings{"a", "account"});
  CHECK(names(name_kind::type, "") == strings{"lent", "open", "opened"});
  CHECK(names(name_kind::type, "open") == strings{"open", "opened"});
  CHECK(names(name_kind::type, "openede").empty());
}

TEST_CASE_FIXTURE(named_world, "names: so many and not more") {
  CHECK(names(name_kind::stream, "", 2) == strings{"$supervision", "a"});
  CHECK(names(name_kind::type, "", 2) == strings{"lent", "open"});
  CHECK(names(name_kind::type, "", 0).empty());
  CHECK(names(name_kind::stream, "", 0).empty());
}

TEST_CASE_FIXTURE(named_world, "names: streams are counted") {
  CHECK(store.streams() == 5);
  test::memory_media empty;
  CHECK(event_store::open(empty.media())->streams() == 0);
}

} // namespace
} // namespace aiex
