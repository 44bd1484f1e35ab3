// Histories and logs written by hand, for tables.
#pragma once

#include "simulate/cluster/history.hpp"

#include <string_view>

namespace aiex::test {

/// A line for each call and each answer, first the name of the operation, a word:
///
///   A append s 1 2 if 3, t 4      ids; "if 3", "if some": what is expected of the stream
///   A append s 1 data 7           its content is another than usual for the id
///   A append s 1 command 9        as command 9 ("command 9 other": with another digest)
///   A append s 1 owner x 2        as owner of x in epoch 2
///   A head        A read s
///   A ok 4-5@1-2 1-1@3-3          each part: versions @ positions
///   A repeated 4-5@1-2
///   A sees 3      A sees 3 id 7   a read's answer
///   A wrong_expected_version 3    and so on: any error
///
/// Throws broken_invariant for anything else.
history history_of(std::string_view lines);

/// "s 1, s 2 data 7, t 3 command 9 of 2": stream and id of each event.
final_log log_of(std::string_view events);

} // namespace aiex::test
