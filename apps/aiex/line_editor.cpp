#include "aiex/line_editor.hpp"

#include <histedit.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace aiex::tool {

struct line_editor::parts {
  std::string prompt;
  completer complete;
  std::string history_file;
  EditLine* edit = nullptr;
  History* history = nullptr;
  HistEvent event{};
  bool is_discarded = false;
};

namespace {

/// What all of them begin with.
std::string shared_start(const std::vector<std::string>& words) {
  std::string start = words.front();
  for (const auto& word : words) {
    const auto [mine, other] = std::mismatch(start.begin(), start.end(), word.begin(), word.end());
    start.erase(mine, start.end());
  }
  return start;
}

unsigned char insert_completion(EditLine* edit, const line_editor::completer& complete) {
  const LineInfo* line = ::el_line(edit);
  const std::string before(line->buffer, line->cursor);
  const std::string word = before.substr(before.find_last_of(' ') + 1); // npos + 1 is 0
  const auto found = complete(before);
  if (found.empty())
    return CC_ERROR;
  const std::string start = shared_start(found);
  if (start.starts_with(word) && (start.size() > word.size() || found.size() == 1)) {
    const std::string rest = start.substr(word.size()) + (found.size() == 1 ? " " : "");
    return ::el_insertstr(edit, rest.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
  }
  std::fputc('\n', stdout);
  for (const auto& each : found)
    std::fprintf(stdout, "%s  ", each.c_str());
  std::fputc('\n', stdout);
  return CC_REDISPLAY;
}

} // namespace

line_editor::line_editor(completer complete) : parts_(std::make_unique<parts>()) {
#ifdef __SANITIZE_ADDRESS__
  const __lsan::ScopedDisabler known; // libedit does not free the names of EL_ADDFN
#endif
  parts_->complete = std::move(complete);
  parts_->edit = ::el_init("aiex", stdin, stdout, stderr);
  parts_->history = ::history_init();
  ::history(parts_->history, &parts_->event, H_SETSIZE, history_lines_max);
  ::history(parts_->history, &parts_->event, H_SETUNIQUE, 1);
  if (const char* home = std::getenv("HOME")) {
    parts_->history_file = std::string(home) + "/.aiex_history";
    ::history(parts_->history, &parts_->event, H_LOAD, parts_->history_file.c_str());
  }
  ::el_set(parts_->edit, EL_CLIENTDATA, parts_.get());
  ::el_set(
    parts_->edit, EL_PROMPT, +[](EditLine* edit) {
      parts* mine = nullptr;
      ::el_get(edit, EL_CLIENTDATA, &mine);
      return mine->prompt.data();
    });
  ::el_set(parts_->edit, EL_EDITOR, "emacs");
  ::el_set(parts_->edit, EL_SIGNAL, 1); // the terminal is put right before a signal acts
  // While a line is typed, Ctrl-C is a key like others: no signal, which would end the program.
  ::el_set(parts_->edit, EL_SETTY, "-d", "-isig", nullptr);
  ::el_set(parts_->edit, EL_HIST, ::history, parts_->history);
  ::el_set(
    parts_->edit, EL_ADDFN, "aiex-complete", "completes the word",
    +[](EditLine* edit, int /*key*/) -> unsigned char {
      parts* mine = nullptr;
      ::el_get(edit, EL_CLIENTDATA, &mine);
      return insert_completion(edit, mine->complete);
    });
  ::el_set(parts_->edit, EL_BIND, "^I", "aiex-complete", nullptr);
  ::el_set(
    parts_->edit, EL_ADDFN, "aiex-discard", "throws the line away",
    +[](EditLine* edit, int /*key*/) -> unsigned char {
      parts* mine = nullptr;
      ::el_get(edit, EL_CLIENTDATA, &mine);
      mine->is_discarded = true;
      return CC_NEWLINE;
    });
  ::el_set(parts_->edit, EL_BIND, "^C", "aiex-discard", nullptr);
}

line_editor::~line_editor() {
  if (!parts_->history_file.empty())
    ::history(parts_->history, &parts_->event, H_SAVE, parts_->history_file.c_str());
  ::history_end(parts_->history);
  ::el_end(parts_->edit);
}

std::optional<std::string> line_editor::read(const std::string& prompt) {
  parts_->prompt = prompt;
  int bytes = 0;
  const char* line = nullptr;
  do {
    parts_->is_discarded = false;
    ::el_set(parts_->edit, EL_PREP_TERM, 1); // a key that answers the prompt must not come before
    line = ::el_gets(parts_->edit, &bytes);
    if (parts_->is_discarded)
      std::fputs("^C\n", stdout);
  } while (parts_->is_discarded);
  if (line == nullptr || bytes <= 0)
    return std::nullopt;
  std::string text(line, static_cast<std::size_t>(bytes));
  if (text.find_first_not_of(" \n") != std::string::npos)
    ::history(parts_->history, &parts_->event, H_ENTER, line);
  return text;
}

} // namespace aiex::tool
