// What the tool has of its process: standard streams, a terminal or none, variables.
#pragma once

#include "aiex/actors/cluster/gateway_client.hpp"
#include "aiex/run_request.hpp"

#include <string>

namespace aiex::tool {

/// What a program has of its process.
struct surroundings {
  line_defaults otherwise{}; ///< As AIEX_NODE, AIEX_TIMEOUT, AIEX_CERT and others say.
  bool colour = false;       ///< Of standard output.
  bool is_error_terminal = false;
  bool is_input_terminal = false;
  bool is_input_a_script = false; ///< A shell takes its lines from standard input.
};

surroundings surroundings_of_process();

/// The run_context of a connected client, writing to standard output and standard error.
run_context context_of(gateway_client* client, const surroundings& where);

/// Writes data to standard output, at once. False: nobody reads on. Errors: io, as a full disk.
result<bool> write_output(const std::string& text);

/// The same, for who has nothing else to say. Answers the exit code.
int print(const std::string& text);

/// The text of a file, or of standard input for "-". Errors: not_found, io, data_too_large, stopped
/// (Ctrl-C while it was typed).
result<std::string> read_file(const std::string& file);

/// `read_file`, but "-" is refused where standard input is a shell's script, and says on a terminal
/// that it waits.
read_text reader_of(const surroundings& where);

/// Prints the error, answers the exit code.
int report_error(const error& refusal);

/// Asks on a terminal if the verb wants to be asked for. Errors: invalid_argument (no --yes).
result<void> confirm(const invocation& wish, const surroundings& where);

} // namespace aiex::tool
