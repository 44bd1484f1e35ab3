#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace aiex {

/// Thrown in place of an exception by who knows what was being done when it came.
class crashed_at : public std::runtime_error {
public:
  /// `what`: of the exception. `site`: in its thrower's own form; who reads it must know that.
  crashed_at(const std::string& what, std::string site)
      : std::runtime_error(what), site_(std::move(site)) {}

  const std::string& site() const noexcept { return site_; }

private:
  std::string site_;
};

/// What an exception has to say.
inline std::string text_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& known) {
    return known.what();
  } catch (...) {
    return "an unknown exception";
  }
}

} // namespace aiex
