#include "code_assistant/directives.hpp"

#include <utility>

namespace aiex::code_assistant {
namespace {

directive::what kind_of(std::string_view keyword) noexcept {
  using enum directive::what;
  if (keyword == "define")
    return define;
  if (keyword == "if" || keyword == "ifdef" || keyword == "ifndef")
    return if_begins;
  if (keyword == "else" || keyword == "elif" || keyword == "elifdef" || keyword == "elifndef")
    return else_begins;
  return keyword == "endif" ? endif : other;
}

std::string_view without_quotes(std::string_view header_name) noexcept {
  return header_name.substr(1, header_name.size() - 2);
}

} // namespace

std::optional<directive> directive_reader::add(const token& seen) {
  if (seen.kind == token_kind::hash) {
    auto ended = finish();
    open_ = directive{};
    open_->line = seen.line;
    open_->line_end = seen.line_end;
    return ended;
  }
  if (!seen.in_directive)
    return finish();
  if (open_)
    add_word(seen);
  return std::nullopt;
}

void directive_reader::add_word(const token& seen) {
  ++words_;
  open_->line_end = seen.line_end;
  if (words_ == 1) {
    keyword_ = seen.text;
    negated_ = keyword_ == "ifndef";
    open_->kind = kind_of(keyword_);
  } else if (seen.kind == token_kind::header_name) {
    open_->kind = directive::what::include;
    open_->angled = seen.text.starts_with('<');
    open_->name = without_quotes(seen.text);
  } else if (words_ == 2 && open_->kind == directive::what::define) {
    open_->name = seen.text;
  } else if (words_ == 2 && seen.is("!")) {
    negated_ = true;
  } else if (seen.kind == token_kind::identifier && !seen.is_word("defined") &&
             condition_.empty()) {
    condition_ = seen.text;
  }
  open_->never = keyword_ == "if" && words_ == 2 && seen.text == "0";
}

std::optional<directive> directive_reader::finish() {
  if (!open_)
    return std::nullopt;
  using enum directive::what;
  if (open_->kind == endif && depth_ > 0)
    --depth_;
  if (open_->kind == endif && depth_ == 0)
    guarded_ = false;
  follow_guard();
  open_->conditional = depth_ > (guarded_ ? 1U : 0U);
  if (open_->kind == if_begins)
    ++depth_;
  ++directives_;
  words_ = 0;
  keyword_ = condition_ = {};
  return std::exchange(open_, std::nullopt);
}

void directive_reader::follow_guard() {
  if (directives_ == 0 && open_->kind == directive::what::if_begins && negated_)
    guard_ = condition_;
  else if (directives_ == 1)
    guarded_ = open_->kind == directive::what::define && !guard_.empty() && open_->name == guard_;
}

} // namespace aiex::code_assistant
