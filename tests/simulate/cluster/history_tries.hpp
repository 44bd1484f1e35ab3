// What was asked to be appended, by id: each operation that asked for it is a try.
#pragma once

#include "simulate/cluster/history_findings.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace aiex::test {

struct asked_event {
  const std::string* stream = nullptr;
  uuid id{};
  digest content{};
};

class history_tries {
public:
  /// `of` lives longer.
  history_tries(const history& of, history_findings& found);

  /// Of all parts, in order. None of a read.
  std::span<const asked_event> events_of(op_number number) const { return events_[number]; }
  /// Whether an id stands twice in the request.
  bool has_twice(op_number number) const { return has_twice_[number]; }

  /// Those whose first event this is, in the order of their calls.
  std::span<const op_number> beginning_with(const uuid& id) const;
  /// One whose request has the id, one that may have written it if there is any; else none.
  std::vector<op_number> one_of(const uuid& id) const;
  /// One who asked for this content, under whatever id; else none.
  std::vector<op_number> one_of(const digest& content) const;

  /// Whether this try may have put its events into the log.
  static bool may_have_written(const operation& done) noexcept;

private:
  struct digest_hash {
    std::size_t operator()(const digest& value) const noexcept;
  };
  void take(op_number number, const append_request& request, bool may_write);

  sha256 hash_;
  history_findings& found_;
  std::vector<std::vector<asked_event>> events_;
  std::vector<bool> has_twice_;
  std::unordered_map<uuid, std::vector<op_number>> beginning_with_;
  struct holder {
    op_number last = 0; // that has the id
    op_number best = 0; // may have written it, if any may
    bool may_write = false;
  };
  std::unordered_map<uuid, holder> by_id_;
  std::unordered_map<digest, op_number, digest_hash> by_content_;
};

} // namespace aiex::test
