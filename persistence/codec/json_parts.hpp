// Parts of a JSON text as they were written: each space, each digit, each order of keys. What a
// caller gave is stored so; a parser's document would write `1e2` back as `100.0`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiex {

// Both take text that is JSON. Of a text that is not, they return what stands before the fault.
// Thread: any.

/// The value of a member of `object`, or nothing if it has no such member or `object` is none.
std::optional<std::string> json_member(std::string_view object, std::string_view key);

/// The items of `list`; none if it is no list.
std::vector<std::string> json_items(std::string_view list);

} // namespace aiex
