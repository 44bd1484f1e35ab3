#pragma once

#include "aiex/persistence/base/digest.hpp"
#include "aiex/persistence/storage/ordered_tables.hpp"

namespace aiex {

/// SHA-256 over every row of every table of a state: two that applied the same log have the same
/// one. Each table's number, then its rows, key and value each behind its length (64 bits, little
/// endian), then a length of 2^64 - 1. Reads in one snapshot, held until it is done: for stores
/// that nobody writes to. Errors: io, corrupt.
result<digest> state_digest(const ordered_tables& state);

} // namespace aiex
