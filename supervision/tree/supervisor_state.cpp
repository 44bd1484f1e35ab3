// What `get_state_call` shows of supervisors: their children, as JSON.
#include "aiex/supervision/process/state_view.hpp"
#include "aiex/supervision/process/trace_ring.hpp"
#include "aiex/supervision/tree/dynamic_supervisor.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

namespace aiex {

namespace {

/// Children are added until there is room for the end only; the others are counted.
class children_text {
public:
  explicit children_text(const supervision_context& context)
      : text_("{\"path\":" + quoted(context.path) + ",\"children\":[") {}

  void add(const child_spec& spec, child_status status, child_key key, std::uint64_t restarts) {
    if (untold_ > 0) {
      ++untold_;
      return;
    }
    std::string one = "{\"id\":" + quoted(spec.id) + ",\"status\":" + quoted(text_of(status)) +
                      ",\"actor\":" + std::to_string(status == child_status::running ? key : 0) +
                      ",\"restarts\":" + std::to_string(restarts) + "}";
    if (text_.size() + one.size() + bytes_of_end > sys_bytes_max)
      ++untold_;
    else
      text_ += (text_.ends_with('[') ? "" : ",") + one;
  }

  std::string finish() && { return text_ + "],\"untold\":" + std::to_string(untold_) + "}"; }

private:
  static constexpr std::size_t bytes_of_end = 64;

  std::string text_;
  std::uint64_t untold_ = 0;
};

} // namespace

std::string state_text(const supervisor_state& state) {
  children_text text{state.context};
  if (state.core)
    for (const supervisor_core::child& each : state.core->children())
      text.add(each.spec, each.status, each.key, each.restarts);
  return std::move(text).finish();
}

std::string state_text(const dynamic_supervisor_state& state) {
  children_text text{state.context};
  if (state.core)
    for (const auto& [which, each] : state.core->children())
      text.add(each.spec, each.status, each.key, each.restarts);
  return std::move(text).finish();
}

} // namespace aiex
