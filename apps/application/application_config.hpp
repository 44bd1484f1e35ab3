// From the applications of a program and what is said about them to what a node runs. Pure.
#pragma once

#include "aiex/application/application_spec.hpp"

#include "aiexd/node_config.hpp"

#include <functional>
#include <string>
#include <vector>

namespace aiex {

/// Of each of `specs`, in their order. The first of `layers` that has a key decides. Errors:
/// invalid_argument (a name or key that is no word, an application or key that there is none of).
result<std::vector<application_settings>> settings_of_applications(
  const std::vector<application_spec>& specs, const std::vector<settings>& layers);

/// A line for each key: "app.mail.server  example.org  (aiex.toml:3)". `made` of the same specs.
std::string explain_applications(
  const std::vector<application_spec>& specs, const std::vector<application_settings>& made);

/// All of them as one part of a node's tree, which `applications_child` makes. Errors:
/// invalid_argument (what `start_order_of` finds, a tree of another name), those of the trees.
result<node_part> part_of_applications(const std::vector<application_spec>& specs,
  const std::vector<application_settings>& made,
  std::function<void(const std::string& why)> on_failure);

} // namespace aiex
