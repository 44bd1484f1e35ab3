#include "aiex/surroundings.hpp"

#include "aiex/exit_code.hpp"
#include "aiex/interrupt.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <system_error>

namespace aiex::tool {

namespace {

constexpr std::size_t input_bytes_max = gateway_request_bytes_max;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// `why`: an errno, 0 if the system did not say.
tl::unexpected<error> cannot_read(const std::string& file, int why) {
  const std::string words = why == 0 ? "" : ": " + std::generic_category().message(why);
  return fail(why == ENOENT ? errc::not_found : errc::io, "cannot read " + file + words);
}

/// What was typed before may have ended: with Ctrl-D, or Ctrl-C.
void begin_input() {
  std::cin.clear();
  std::clearerr(stdin);
}

} // namespace

surroundings surroundings_of_process() {
  line_defaults otherwise{.node = variable("AIEX_NODE")};
  if (const auto timeout = variable("AIEX_TIMEOUT"); !timeout.empty())
    otherwise.timeout = timeout;
  if (const auto read = variable("AIEX_READ"); !read.empty())
    otherwise.read = read;
  otherwise.certificate = variable("AIEX_CERT");
  otherwise.key = variable("AIEX_KEY");
  otherwise.authority = variable("AIEX_CA");
  otherwise.revocations = variable("AIEX_CRL");
  return {.otherwise = std::move(otherwise),
    .colour = ::isatty(STDOUT_FILENO) == 1 && variable("NO_COLOR").empty(),
    .is_error_terminal = ::isatty(STDERR_FILENO) == 1,
    .is_input_terminal = ::isatty(STDIN_FILENO) == 1};
}

run_context context_of(gateway_client* client, const surroundings& where) {
  run_context context;
  context.has_colour = where.colour;
  context.ask = [client](const request& asked, std::chrono::milliseconds deadline) {
    return client->call(asked.verb, asked.arguments, deadline, &interrupt_flag());
  };
  context.write = write_output;
  context.note = [](std::string_view words) { std::cerr << words << '\n'; };
  context.report = [has_bar = where.is_error_terminal, is_open = false](
                     const std::string& bar) mutable {
    if (!has_bar || (bar.empty() && !is_open))
      return;
    is_open = !bar.empty();
    std::cerr << '\r' << bar << "\x1b[K" << std::flush;
  };
  return context;
}

result<bool> write_output(const std::string& text) {
  errno = 0;
  if (std::cout << text << std::flush)
    return true;
  const int why = errno;
  std::cout.clear(); // the next line of a shell may fare better
  if (why == EPIPE)
    return false;
  return fail(errc::io,
    "standard output: " + (why == 0 ? "cannot be written" : std::generic_category().message(why)) +
      "; what was written is not all");
}

int print(const std::string& text) {
  const auto written = write_output(text);
  return written ? exit_ok : report_error(written.error());
}

result<std::string> read_file(const std::string& file) {
  std::ifstream opened;
  if (file == "-") {
    begin_input();
  } else {
    errno = 0;
    opened.open(file, std::ios::binary);
    if (!opened)
      return cannot_read(file, errno);
  }
  std::istream& in = file == "-" ? std::cin : opened;
  std::string text;
  errno = 0;
  for (char piece[65'536]; in.read(piece, sizeof piece) || in.gcount() > 0;) {
    text.append(piece, static_cast<std::size_t>(in.gcount()));
    if (text.size() > input_bytes_max)
      return fail(errc::data_too_large, (file == "-" ? "standard input" : file) +
                                          " has more than " + std::to_string(input_bytes_max) +
                                          " bytes; send it in parts");
  }
  if (in.bad())
    return cannot_read(file, errno);
  if (file == "-" && std::ferror(stdin) != 0)
    return fail(errc::stopped, "standard input was not read to its end");
  return text;
}

read_text reader_of(const surroundings& where) {
  return [where](const std::string& file) -> result<std::string> {
    if (file == "-" && where.is_input_terminal)
      std::cerr << "reading until Ctrl-D\n";
    if (file == "-" && where.is_input_a_script)
      return fail(errc::invalid_argument,
        "- would read the lines of the script itself; write the JSON on the line, or name a file");
    return read_file(file);
  };
}

int report_error(const error& refusal) {
  std::cerr << error_line(refusal) << '\n';
  return exit_code_of(refusal.code);
}

result<void> confirm(const invocation& wish, const surroundings& where) {
  if (!wish.what->asks || wish.has("--yes") || wish.has("--dry-run"))
    return {};
  const std::string words(wish.what->words);
  if (wish.never_asks || !where.is_input_terminal)
    return fail(errc::invalid_argument, words + " wants --yes, or a terminal to ask on");
  std::cerr << words << ": " << wish.what->summary << ". Go on? [y/N] " << std::flush;
  std::string answer;
  begin_input();
  if (std::getline(std::cin, answer) && (answer == "y" || answer == "yes"))
    return {};
  return fail(errc::invalid_argument, words + " was not confirmed");
}

} // namespace aiex::tool
