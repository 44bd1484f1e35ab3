// One question to several, and one deadline: gen_server:multi_call of OTP.
#pragma once

#include "aiex/supervision/call/call.hpp"
#include "aiex/supervision/process/registry.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aiex {

/// As many names may be asked at once; of more, nobody is.
inline constexpr std::size_t multi_call_names_max = 1'024;

/// Each name stands in one of the two, in the order in which it was heard.
template <class Answer>
struct multi_answer {
  std::vector<std::pair<std::string, Answer>> replies{};
  std::vector<std::pair<std::string, call_error>> missing{};
};

/// Asks all of these names and calls `then(multi_answer<Answer>)` in `self`, once, when each has
/// answered or cannot any more, and at the latest when the time is over. A name that is given twice
/// is asked twice. Errors, each of a name: those of `calls::call`; overloaded for all of them if
/// there are more than `multi_call_names_max`.
template <class Answer, class Self, class Message, class Then>
void multi_call(const calls& asking, Self* self, const registry& names,
  const std::vector<std::string>& whom, call_timeout timeout, const Message& message, Then then) {
  struct gathering {
    multi_answer<Answer> heard;
    std::size_t open;
    Then then;
  };
  const bool are_asked = !whom.empty() && whom.size() <= multi_call_names_max;
  auto all =
    std::make_shared<gathering>(gathering{{}, are_asked ? whom.size() : 1, std::move(then)});
  const auto close = [all] {
    if (--all->open == 0)
      all->then(std::move(all->heard));
  };
  if (!are_asked) { // who is nobody is heard of as others are: later
    for (const std::string& each : whom)
      all->heard.missing.emplace_back(each, call_error{call_errc::overloaded});
    return asking.call<Answer>(self, caf::actor{}, timeout, message,
      [close](const tl::expected<Answer, call_error>&) { close(); });
  }
  for (const std::string& each : whom)
    asking.call<Answer>(self, names, each, timeout, message,
      [all, close, each](tl::expected<Answer, call_error> answer) {
        if (answer)
          all->heard.replies.emplace_back(each, std::move(*answer));
        else
          all->heard.missing.emplace_back(each, std::move(answer.error()));
        close();
      });
}

} // namespace aiex
