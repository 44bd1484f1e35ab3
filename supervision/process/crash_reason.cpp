#include "aiex/supervision/process/crash_reason.hpp"

#include "aiex/supervision/process/exit_kind.hpp"

#include <caf/sec.hpp>
#include <caf/type_nr.hpp>
#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <string_view>
#include <typeinfo>

namespace aiex {

namespace {

std::string demangled(const char* name) {
  int failed = 0;
  const std::unique_ptr<char, void (*)(void*)> made{
    abi::__cxa_demangle(name, nullptr, nullptr, &failed), std::free};
  return failed == 0 ? made.get() : name;
}

} // namespace

caf::error to_error(const crash_reason& crash) {
  return caf::make_error(caf::sec::runtime_error, crash.what, crash.last_message, crash.site);
}

crash_reason crash_reason_of(const caf::error& reason) {
  crash_reason made{exit_text(reason)};
  if (reason && reason.context().match_elements<std::string, std::string, std::string>()) {
    made.last_message = reason.context().get_as<std::string>(1);
    made.site = reason.context().get_as<std::string>(2);
  }
  return made;
}

std::string type_name(const caf::rtti_pair& type) {
  if (type.second != nullptr)
    return demangled(type.second->name());
  if (type.first == 0)
    return "?";
  const std::string_view name = caf::numbered_type_names[type.first - 1]; // "@str"
  return std::string{name.substr(name.starts_with('@') ? 1 : 0)};
}

std::string type_names(const caf::type_erased_tuple& content) {
  std::string names;
  for (std::size_t i = 0; i < content.size(); ++i)
    names += (i == 0 ? "" : ", ") + type_name(content.type(i));
  return names;
}

} // namespace aiex
