#pragma once

#include <unistd.h>

#include <utility>

namespace aiex {

/// An open file, closed in the end. Empty if it was not opened.
class file_descriptor {
public:
  file_descriptor() = default;
  explicit file_descriptor(int number) : number_(number) {}
  ~file_descriptor() { close(); }
  file_descriptor(file_descriptor&& from) noexcept : number_(std::exchange(from.number_, -1)) {}
  file_descriptor& operator=(file_descriptor&& from) noexcept {
    std::swap(number_, from.number_);
    return *this;
  }

  bool is_open() const noexcept { return number_ >= 0; }
  int number() const noexcept { return number_; }
  void close() noexcept {
    if (is_open())
      ::close(std::exchange(number_, -1));
  }

private:
  int number_ = -1;
};

} // namespace aiex
