// A program that is the checker of a store, as every program of ours can be; and, for folders of
// certain names, one that is not.
#include "aiex/persistence/store/verify_child.hpp"

#include <signal.h>
#include <unistd.h>

#include <string_view>

int main(int argument_count, const char** arguments) {
  const std::string_view folder = argument_count > 2 ? arguments[2] : "";
  if (folder.ends_with("hangs"))
    ::pause();
  if (folder.ends_with("is-killed"))
    ::raise(SIGTERM);
  if (folder.ends_with("babbles"))
    return ::write(aiex::verify_child_output, "\x01\0\0\0\xff", 5) == 5 ? 0 : 1;
  if (const auto status = aiex::run_as_verify_child(argument_count, arguments))
    return *status;
  return 2;
}
