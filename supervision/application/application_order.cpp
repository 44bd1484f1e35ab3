#include "aiex/supervision/application/application_core.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace aiex {

namespace {

tl::unexpected<application_error> refuse(application_errc code, std::string message) {
  return tl::unexpected(application_error{code, std::move(message)});
}

/// A walk through what applications depend on, dependencies first.
class walk {
public:
  explicit walk(const std::vector<application_plan>& plans) {
    for (const application_plan& each : plans)
      by_name_.emplace(each.name, &each);
  }

  tl::expected<void, application_error> visit(const application_plan& one) {
    if (const auto seen = seen_.find(one.name); seen != seen_.end())
      return seen->second ? tl::expected<void, application_error>{} : circle(one);
    seen_[one.name] = false;
    path_.push_back(one.name);
    for (const std::string& needed : one.dependencies) {
      const auto found = by_name_.find(needed);
      if (found == by_name_.end())
        return refuse(application_errc::missing_dependency,
          "application '" + one.name + "' depends on '" + needed +
            "', which this program does not have: add it, or leave the dependency out");
      if (auto done = visit(*found->second); !done)
        return done;
    }
    path_.pop_back();
    seen_[one.name] = true;
    order_.push_back(one.name);
    return {};
  }

  std::vector<std::string> order() && { return std::move(order_); }

private:
  tl::unexpected<application_error> circle(const application_plan& one) const {
    std::string way;
    for (auto each = std::find(path_.begin(), path_.end(), one.name); each != path_.end(); ++each)
      way += *each + " -> ";
    return refuse(application_errc::circle, "applications depend on each other in a circle, " +
                                              way + one.name + ": none of them can be the first");
  }

  std::map<std::string_view, const application_plan*> by_name_;
  std::map<std::string_view, bool> seen_; ///< True: it and all below it have their place.
  std::vector<std::string> path_;
  std::vector<std::string> order_;
};

tl::expected<void, application_error> check_each(const std::vector<application_plan>& plans) {
  if (plans.size() > applications_max)
    return refuse(application_errc::too_many, "there are " + std::to_string(plans.size()) +
                                                " applications; a program has at most " +
                                                std::to_string(applications_max));
  std::map<std::string_view, int> times;
  for (const application_plan& each : plans) {
    if (each.name.empty())
      return refuse(application_errc::missing_name, "an application has no name: give it one");
    if (each.type > application_type::temporary)
      return refuse(application_errc::bad_type,
        "application '" + each.name + "' is neither permanent nor transient nor temporary");
    if (++times[each.name] > 1)
      return refuse(application_errc::duplicate,
        "two applications have the name '" + each.name + "': give one of them another");
  }
  return {};
}

} // namespace

tl::expected<std::vector<std::string>, application_error> start_order_of(
  const std::vector<application_plan>& plans) {
  if (auto sound = check_each(plans); !sound)
    return tl::unexpected(std::move(sound.error()));
  walk through{plans};
  for (const application_plan& each : plans)
    if (auto done = through.visit(each); !done)
      return tl::unexpected(std::move(done.error()));
  return std::move(through).order();
}

} // namespace aiex
