// Where the term record lies, as two functions: what a member must not forget besides its log.
#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/consensus/term_record.hpp"

#include <functional>
#include <optional>

namespace aiex {

/// A value that refers to one record; copies refer to the same one.
///
///   thread   one at a time
///   errors   io, store_full: nothing later succeeds here, the process ends and the next start
///            reads which of the two records there is
struct term_storage {
  /// What was written last; nothing if nothing ever was. Errors: corrupt, unknown_version, io.
  std::function<result<std::optional<consensus::term_record>>()> read;

  /// Replaces the record; durable when this returns. After a crash in between there is the one
  /// before or this one.
  std::function<result<void>(const consensus::term_record&)> write;
};

/// Of a store that is always alone: nothing was written, and nothing can be.
inline term_storage no_term_storage() {
  return {[]() -> result<std::optional<consensus::term_record>> { return std::nullopt; },
    [](const consensus::term_record&) -> result<void> {
      return fail(errc::io, "this store has no place for a term record");
    }};
}

} // namespace aiex
