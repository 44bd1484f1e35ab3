#pragma once

#include "aiex/persistence/consensus/configuration.hpp"

#include <memory>
#include <optional>

namespace aiex::test {

class cluster_world;

/// Who runs the cluster: lets new stores in, takes lost ones out, and, where the world's options
/// say so, changes members and leaders for no reason.
class cluster_operator {
public:
  explicit cluster_operator(cluster_world& world);
  ~cluster_operator() { stop(); }
  cluster_operator(const cluster_operator&) = delete;
  cluster_operator& operator=(const cluster_operator&) = delete;

  void only_repairs() { *only_repairs_ = true; }
  void stop() { *is_on_ = false; }

private:
  void plan_next();
  void act();
  std::optional<consensus::member_change> repair(const consensus::configuration& now) const;
  std::optional<consensus::member_change> whim(const consensus::configuration& now) const;
  bool has_majority_after(
    const consensus::configuration& now, const consensus::member_change& change) const;

  cluster_world& world_;
  std::shared_ptr<bool> is_on_ = std::make_shared<bool>(true);
  std::shared_ptr<bool> only_repairs_ = std::make_shared<bool>(false);
};

} // namespace aiex::test
