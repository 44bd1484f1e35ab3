#include "code_assistant/progress_bar.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
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
  constexpr std::uint64_t width = 30;
  std::string line = fmt::format("\r\x1b[K{}", what);
  if (total > 0) {
    const auto filled = static_cast<std::size_t>(std::min(done, total) * width / total);
    line +=
      fmt::format(" [{:<{}}] {} of {}", std::string(filled, '#'), std::size_t{width}, done, total);
  }
  std::fputs(line.c_str(), stderr);
}

void progress_bar::clear() {
  if (std::exchange(is_drawn_, false))
    std::fputs("\r\x1b[K", stderr);
}

} // namespace aiex::code_assistant
