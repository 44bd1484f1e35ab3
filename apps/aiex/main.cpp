// aiex: the client tool and the shell.
#include "aiex/interrupt.hpp"
#include "aiex/persistence/store/verify_child.hpp"
#include "aiex/program.hpp"

#include <clocale>
#include <csignal>

int main(int argument_count, char** arguments) {
  if (const auto status = aiex::run_as_verify_child(argument_count, arguments))
    return *status;
  aiex::tool::leave_on_interrupt();
  std::signal(SIGPIPE, SIG_IGN);       // `aiex events | head`: noticed where it is written
  std::setlocale(LC_CTYPE, "C.UTF-8"); // of what is typed into the shell
  const std::vector<std::string> words(arguments + 1, arguments + argument_count);
  return aiex::tool::run_command_line(words, aiex::tool::surroundings_of_process());
}
