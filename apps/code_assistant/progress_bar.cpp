#include "code_assistant/progress_bar.hpp"

#include "aiex/progress_bar.hpp"

#include <unistd.h>

#include <cstdio>
#include <string>
#include <utility>

namespace aiex::code_assistant {

progress_bar::progress_bar() : is_terminal_(::isatty(STDERR_FILENO) == 1) {}

void progress_bar::show(std::string_view what, std::uint64_t done, std::uint64_t total) {
  using namespace std::chrono_literals;
  const auto now = std::chrono::steady_clock::now();
  if (!is_terminal_ || now - last_ < 50ms)
    return;
  last_ = now;
  is_drawn_ = true;
  const std::string bar = total > 0 ? " " + tool::progress_bar(done, total, "files") : "";
  std::fprintf(stderr, "\r\x1b[K%s%s", std::string{what}.c_str(), bar.c_str());
}

void progress_bar::clear() {
  if (std::exchange(is_drawn_, false))
    std::fputs("\r\x1b[K", stderr);
}

} // namespace aiex::code_assistant
