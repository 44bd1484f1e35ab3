// A program that is the checker of a store, as every program of ours can be; and, for folders of
// certain names, one that is not.
#include "aiex/persistence/store/verify_child.hpp"

#include "aiex/persistence/storage/lmdb_log.hpp"

#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <string_view>

namespace {

/// Is killed in the middle of a snapshot.
void die_reading(const std::filesystem::path& folder) {
  const auto log = aiex::open_lmdb_log({.folder = folder / "log", .read_only = true});
  if (log)
    (void)log->log.read(1, aiex::direction::ascending, [](const aiex::log_record&) {
      ::raise(SIGKILL);
      return false;
    });
}

} // namespace

int main(int argument_count, const char** arguments) {
  const std::string_view folder = argument_count > 2 ? arguments[2] : "";
  if (folder.ends_with("hangs"))
    ::pause();
  if (folder.ends_with("is-killed"))
    ::raise(SIGTERM);
  if (folder.ends_with("babbles"))
    return ::write(aiex::verify_child_output, "\x01\0\0\0\xff", 5) == 5 ? 0 : 1;
  if (folder.ends_with("dies-reading") && std::string_view{arguments[3]} != "readers")
    die_reading(folder);
  if (const auto status = aiex::run_as_verify_child(argument_count, arguments))
    return *status;
  return 2;
}
