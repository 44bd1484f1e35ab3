#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace aiex {

template <class Signature>
class function_ref;

/// A function passed down and never kept: two pointers, no allocation. What it refers to lives at
/// least as long as the call it is passed to.
template <class Result, class... Arguments>
class function_ref<Result(Arguments...)> {
public:
  // NOLINTBEGIN(bugprone-forwarding-reference-overload): the constraint keeps copies out
  template <class Function>
  requires(!std::is_same_v<std::remove_cvref_t<Function>, function_ref> &&
           std::is_invocable_r_v<Result, Function&, Arguments...>) function_ref(Function&& target)
  noexcept
      : target_(const_cast<void*>(static_cast<const void*>(std::addressof(target)))),
        call_([](void* erased, Arguments... arguments) -> Result {
          return (*static_cast<std::remove_reference_t<Function>*>(erased))(
            std::forward<Arguments>(arguments)...);
        }) {}
  // NOLINTEND(bugprone-forwarding-reference-overload)

  Result operator()(Arguments... arguments) const {
    return call_(target_, std::forward<Arguments>(arguments)...);
  }

private:
  void* target_;
  Result (*call_)(void*, Arguments...);
};

} // namespace aiex
