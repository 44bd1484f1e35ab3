#include "code_assistant/sources.hpp"

#include "aiex/persistence/base/limits.hpp"

namespace aiex::code_assistant {

namespace {

constexpr std::size_t project_digits = 16;

} // namespace

std::string rows_of(std::string_view project) {
  return content_digest(project).substr(0, project_digits) + ':';
}

std::string row_of(std::string_view project, std::string_view path) {
  std::string key = rows_of(project);
  const bool fits = key.size() + path.size() <= limits::row_key_bytes_max;
  key += fits ? std::string{path} : content_digest(path);
  return key;
}

void sources::on(
  state& now, row_table& rows, const code_analysis_completed& event, const recorded_event&) {
  const std::string key = row_of(event.project, event.results.path);
  if (!rows.contains(key))
    ++now.files;
  file_facts kept = event.results;
  kept.definitions.clear();
  rows.put(key, kept);
}

void sources::on(state& now, row_table& rows, const source_removed& event, const recorded_event&) {
  const std::string key = row_of(event.project, event.path);
  if (!rows.contains(key))
    return;
  --now.files;
  rows.erase(key);
}

} // namespace aiex::code_assistant
