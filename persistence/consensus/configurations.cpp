#include "aiex/persistence/consensus/configurations.hpp"

#include <utility>

namespace aiex::consensus {

void configurations::append(std::uint64_t index, configuration members) {
  invariant(index > current_.index, "a configuration stands before the newest one");
  before_ = std::exchange(current_, placed{index, std::move(members)});
}

bool configurations::cut(std::uint64_t from) {
  if (current_.index < from || current_.index == 0)
    return true;
  if (!before_ || (before_->index >= from && before_->index > 0))
    return false;
  current_ = std::move(*before_);
  before_.reset();
  return true;
}

} // namespace aiex::consensus
