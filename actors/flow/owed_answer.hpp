#pragma once

#include <caf/error.hpp>
#include <caf/response_promise.hpp>
#include <caf/sec.hpp>

#include <utility>

namespace aiex {

/// An answer that somebody waits for. If it goes without having been given, because its actor has
/// ended, the caller hears request_receiver_down at once: CAF answers only for what still lies in
/// the mailbox then. `Promise`: caf::response_promise, or a typed one.
template <class Promise = caf::response_promise>
class owed_answer {
public:
  owed_answer(Promise promise) : promise_(std::move(promise)) {}
  owed_answer(owed_answer&&) noexcept = default;
  owed_answer& operator=(owed_answer&&) = delete;
  owed_answer(const owed_answer&) = delete;
  ~owed_answer() {
    if (promise_.pending())
      promise_.deliver(caf::make_error(caf::sec::request_receiver_down));
  }

  template <class Answer>
  void deliver(Answer answer) {
    promise_.deliver(std::move(answer));
  }
  template <class Actor, class Message>
  void delegate(const Actor& to, Message message) {
    promise_.delegate(to, std::move(message));
  }

private:
  Promise promise_;
};

} // namespace aiex
