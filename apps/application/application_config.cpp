#include "application/application_config.hpp"

#include "aiex/supervision/application/application_controller.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aiex {

namespace {

constexpr std::string_view part_name = "applications"; // also in the registry, for the verbs

/// Small letters, digits and single '_' between them: of a variable one can tell them apart.
bool is_word(std::string_view text) {
  const auto is_letter = [](char each) { return each >= 'a' && each <= 'z'; };
  if (text.empty() || text.size() > application_word_bytes_max || !is_letter(text.front()) ||
      text.back() == '_' || text.find("__") != std::string_view::npos)
    return false;
  return std::all_of(text.begin(), text.end(),
    [&](char each) { return is_letter(each) || (each >= '0' && each <= '9') || each == '_'; });
}

tl::unexpected<error> no_word(std::string_view what, std::string_view word) {
  return fail(errc::invalid_argument,
    fmt::format("{} \"{}\" is no word of 1 to {} small letters, digits and single '_' between "
                "them: call it otherwise",
      what, word, application_word_bytes_max));
}

result<void> check_words(const std::vector<application_spec>& specs) {
  for (const application_spec& each : specs) {
    if (!is_word(each.name))
      return no_word("the name of the application", each.name);
    for (const auto& [key, value] : each.defaults)
      if (!is_word(key))
        return no_word("of the application " + each.name + " the key", key);
  }
  return {};
}

std::string listed(const std::vector<std::string>& names) {
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

/// `key` begins with `application_prefix`.
result<void> check_key(
  const std::vector<application_spec>& specs, std::string_view key, const setting& given) {
  const std::string_view rest = key.substr(application_prefix.size());
  const std::string_view name = rest.substr(0, rest.find('.'));
  std::vector<std::string> known;
  for (const application_spec& each : specs)
    known.push_back(each.name);
  const auto spec = std::find_if(
    specs.begin(), specs.end(), [&](const application_spec& each) { return each.name == name; });
  if (spec == specs.end())
    return fail(errc::invalid_argument,
      fmt::format("{} is about an application \"{}\", which this program does not have; it has: {}",
        given.origin, name, listed(known)));
  const std::string_view own = rest.substr(std::min(rest.size(), name.size() + 1));
  if (spec->defaults.contains(std::string{own}))
    return {};
  known.clear();
  for (const auto& [each, value] : spec->defaults)
    known.push_back(each);
  return fail(errc::invalid_argument,
    fmt::format("unknown key \"{}\" of the application {} in {}; it has: {}", own, name,
      given.origin, listed(known)));
}

application_settings settings_of(
  const application_spec& spec, const std::vector<settings>& layers) {
  application_settings::values made;
  for (const auto& [key, value] : spec.defaults) {
    auto& into = made[key] = {value, "default"};
    const std::string name = std::string{application_prefix} + spec.name + "." + key;
    for (const settings& layer : layers)
      if (const auto given = layer.find(name); given != layer.end()) {
        into = {given->second.value, given->second.origin};
        break;
      }
  }
  return {spec.name, std::move(made)};
}

/// A tree before it is known what the node gives it.
struct planned {
  application_spec spec;
  node_part tree;
};

node_part part_of(
  std::vector<planned> applications, std::function<void(const std::string& why)> on_failure) {
  auto make = [applications = std::move(applications), on_failure = std::move(on_failure)](
                const node_services& services, const supervision_context& parent) {
    const std::string id{part_name};
    applications_spec made{{}, on_failure};
    for (const planned& each : applications)
      made.applications.push_back({each.tree.make(services, below(parent, id)),
        each.spec.dependencies, each.spec.type, each.spec.prep_stop, each.spec.stop});
    // When it shuts down by itself the node has to end with it.
    child_spec child = applications_child(
      id, std::move(made), parent, {.restart = restart::transient, .significant = true});
    child.start = via(services.names, id, std::move(child.start));
    return child;
  };
  return {std::string{part_name}, std::move(make)};
}

} // namespace

result<std::vector<application_settings>> settings_of_applications(
  const std::vector<application_spec>& specs, const std::vector<settings>& layers) {
  if (auto sound = check_words(specs); !sound)
    return tl::unexpected(std::move(sound.error()));
  for (const settings& layer : layers)
    for (const auto& [key, given] : layer)
      if (key.starts_with(application_prefix))
        if (auto known = check_key(specs, key, given); !known)
          return tl::unexpected(std::move(known.error()));
  std::vector<application_settings> made;
  for (const application_spec& each : specs)
    made.push_back(settings_of(each, layers));
  return made;
}

std::string explain_applications(
  const std::vector<application_spec>& specs, const std::vector<application_settings>& made) {
  std::string text;
  for (std::size_t i = 0; i < specs.size(); ++i)
    for (const auto& [key, value] : made[i].all())
      text += fmt::format(
        "{}{}.{}  {}  ({})\n", application_prefix, specs[i].name, key, value.text, value.origin);
  return text;
}

result<node_part> part_of_applications(const std::vector<application_spec>& specs,
  const std::vector<application_settings>& made,
  std::function<void(const std::string& why)> on_failure) {
  std::vector<application_plan> plans;
  for (const application_spec& each : specs)
    plans.push_back({each.name, each.dependencies, each.type});
  if (const auto order = start_order_of(plans); !order)
    return fail(errc::invalid_argument, order.error().message);
  std::vector<planned> applications;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (!specs[i].tree)
      return fail(errc::invalid_argument, "application '" + specs[i].name + "' has no tree");
    auto tree = specs[i].tree(made[i]);
    if (!tree)
      return tl::unexpected(std::move(tree.error()));
    if (tree->id != specs[i].name)
      return fail(errc::invalid_argument, fmt::format("the tree of the application '{}' is called "
                                                      "'{}': give both the same name",
                                            specs[i].name, tree->id));
    applications.push_back({specs[i], std::move(*tree)});
  }
  return part_of(std::move(applications), std::move(on_failure));
}

} // namespace aiex
