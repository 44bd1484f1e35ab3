#pragma once

#include "aiex/persistence/base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace aiex::code_assistant {

/// All bytes of a regular file, as many as there are now.
///   errors   not_found        there is none, or it is no regular file, a link for instance
///            data_too_large   more than `bytes_max`
///            denied           this user may not read it
///            io               the system refused; the message has its words
///   thread   any; blocks on the file system, but not on a pipe
result<std::string> read_source(const std::filesystem::path& file, std::uint64_t bytes_max);

} // namespace aiex::code_assistant
