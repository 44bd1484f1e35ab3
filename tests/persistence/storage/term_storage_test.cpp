// One contract, two implementations: every case runs over a file and over memory.
#include "aiex/persistence/storage/memory_term.hpp"
#include "aiex/persistence/storage/term_storage.hpp"
#include "aiex/persistence/store/term_file.hpp"

#include "support/consensus_entries.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using consensus::term_record;

std::optional<term_record> read_of(const term_storage& term) {
  const auto read = term.read();
  REQUIRE(read);
  return *read;
}

struct file_maker {
  test::temporary_folder folder;
  term_storage term() const { return open_term_file(folder.path() / "term"); }
  term_storage reopened() const { return term(); }
};

struct memory_maker {
  memory_term memory;
  term_storage term() const { return memory.storage(); }
  term_storage reopened() {
    memory.crash();
    return memory.storage();
  }
};

const term_record voted{.term = 7,
  .vote = test::member_of(3),
  .proven = {40, 6},
  .committed = 39,
  .run = 2,
  .joins = true};

TEST_CASE_TEMPLATE("term storage: what was written last is read, also by the next start", Maker,
  file_maker, memory_maker) {
  Maker maker;
  term_storage term = maker.term();
  CHECK_FALSE(read_of(term).has_value());
  REQUIRE(term.write(voted));
  CHECK(read_of(term) == std::optional{voted});
  const term_record next{.term = 8};
  REQUIRE(term.write(next));
  term = maker.reopened();
  CHECK(read_of(term) == std::optional{next});
}

TEST_CASE("memory term: a failed write leaves the one record or the other, and ends the medium") {
  for (const bool kept : {false, true}) {
    CAPTURE(kept);
    memory_term memory;
    term_storage term = memory.storage();
    REQUIRE(term.write(voted));
    memory.fail_next_write(kept);
    const term_record next{.term = 8};
    CHECK(term.write(next).error().code == errc::io);
    CHECK(term.write(next).error().code == errc::io);
    memory.crash();
    CHECK(term.read().error().code == errc::io); // of the life before
    term = memory.storage();
    CHECK(read_of(term) == std::optional{kept ? next : voted});
    CHECK(term.write(next));
  }
}

TEST_CASE("memory term: damage is seen, a loss is not") {
  memory_term memory;
  const term_storage term = memory.storage();
  REQUIRE(term.write(voted));
  memory.damage();
  CHECK(term.read().error().code == errc::corrupt);
  REQUIRE(term.write(voted));
  CHECK(read_of(term) == std::optional{voted});
  memory.lose();
  CHECK_FALSE(read_of(term).has_value());
}

} // namespace
} // namespace aiex
