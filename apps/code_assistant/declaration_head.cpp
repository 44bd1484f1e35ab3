#include "code_assistant/declaration_head.hpp"

#include <algorithm>
#include <iterator>

namespace aiex::code_assistant {
namespace {

template <std::size_t Count>
bool one_of(const std::string_view (&words)[Count], std::string_view word) noexcept {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

constexpr std::string_view keys[] = {"class", "struct", "union", "enum", "namespace"};

constexpr std::string_view accesses[] = {
  "public", "private", "protected", "signals", "Q_SIGNALS", "slots", "Q_SLOTS"};

/// May stand before "(" without being what is defined; no word of a type either.
constexpr std::string_view qualifiers[] = {"const", "volatile", "noexcept", "override", "final",
  "try", "mutable", "throw", "alignas", "explicit", "__attribute__", "__attribute", "__declspec",
  "__asm__", "asm", "__extension__", "_Alignas"};

/// Words of types and expressions that no function is named after.
constexpr std::string_view reserved[] = {"void", "bool", "char", "short", "int", "long", "float",
  "double", "signed", "unsigned", "auto", "decltype", "typeof", "__typeof__", "sizeof", "alignof",
  "requires", "static_assert", "_Static_assert", "if", "while", "for", "switch", "return", "catch",
  "template", "typename", "static", "inline", "constexpr", "consteval", "extern", "virtual",
  "typedef", "using", "friend", "concept"};

bool ends_in_word(const std::string& text) noexcept {
  const auto byte = text.empty() ? ' ' : text.back();
  return byte == '_' || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z');
}

bool is_upper_case(const std::string& name) noexcept {
  return std::none_of(
    name.begin(), name.end(), [](char byte) { return byte >= 'a' && byte <= 'z'; });
}

} // namespace

const std::string& declaration_head::name() const noexcept {
  return function_.empty() ? record_ : function_;
}

std::uint32_t declaration_head::line() const noexcept {
  return function_.empty() ? record_line_ : function_line_;
}

declaration_head::opens declaration_head::what() const noexcept {
  if (parentheses_ > 0 || angles_ > 0 || assigned_)
    return opens::value;
  if (key_ == "namespace")
    return opens::name_space;
  if (!function_.empty()) {
    const bool member_value = initializers_ && (last_ == last::word || last_ == last::angle);
    return member_value ? opens::value : opens::function;
  }
  if (key_ == "enum")
    return opens::enumeration;
  if (!key_.empty())
    return opens::record;
  return linkage_ ? opens::linkage : opens::value;
}

void declaration_head::add(const token& seen) {
  if (add_nested(seen) || add_operator(seen))
    return;
  if (seen.is("("))
    open_parenthesis();
  if (seen.is("(") || seen.is("["))
    ++parentheses_;
  else if (seen.kind == token_kind::identifier)
    add_word(seen);
  else if (seen.kind == token_kind::punctuation)
    add_symbol(seen);
  else
    last_ = last::other;
  linkage_ = linkage_ || (extern_ && seen.kind == token_kind::string);
}

/// Inside brackets of any kind only their ends matter.
bool declaration_head::add_nested(const token& seen) {
  const bool nested = parentheses_ > 0 || angles_ > 0;
  if (nested && (seen.is("(") || seen.is("["))) {
    ++parentheses_;
  } else if (parentheses_ > 0 && (seen.is(")") || seen.is("]"))) {
    if (--parentheses_ == 0)
      last_ = last::closed;
  } else if (parentheses_ == 0 && angles_ > 0) {
    angles_ += seen.is("<") ? 1U : 0U;
    angles_ -= seen.is(">") ? 1U : 0U;
    if (angles_ == 0)
      last_ = last::angle;
  }
  return nested;
}

/// Collects "operator+=", "operator()", "operator const char*". False at the parameters' "(".
bool declaration_head::add_operator(const token& seen) {
  if (!in_operator_)
    return false;
  const bool has_symbol = !name_.ends_with("operator");
  if (seen.is("(") && has_symbol && !name_.ends_with('(')) {
    in_operator_ = false;
    last_ = last::word;
    return false;
  }
  if (seen.kind == token_kind::identifier && ends_in_word(name_))
    extend_name(" ");
  extend_name(seen.text);
  return true;
}

void declaration_head::extend_name(std::string_view text) {
  name_ += text.substr(0, name_bytes_max - std::min(name_bytes_max, name_.size()));
}

void declaration_head::add_word(const token& seen) {
  const auto word = seen.text;
  if (last_ == last::scope && word == "inline")
    return; // namespace a::inline b
  if (last_ != last::scope && last_ != last::tilde)
    name_.clear();
  if (name_.empty()) // also behind a leading "::"
    name_line_ = seen.line;
  last_ = last::word;
  access_ = access_ || one_of(accesses, word);
  extern_ = extern_ || word == "extern";
  typedef_ = typedef_ || word == "typedef";
  settled_ = settled_ || (word == "requires" && !function_.empty());
  if (one_of(keys, word))
    return add_key(seen);
  if (one_of(qualifiers, word))
    return name_.clear();
  extend_name(word);
  in_operator_ = word == "operator" && !assigned_ && !settled_;
  ++words_since_function_;
  ++words_since_key_;
  if (!base_clause_ && !key_.empty() && function_.empty() && !assigned_) {
    record_ = name_;
    record_line_ = name_line_;
  }
  if (one_of(reserved, word))
    name_.clear();
}

void declaration_head::add_key(const token& seen) {
  name_.clear();
  if (settled_ || base_clause_ || assigned_ || (key_ == "enum" && words_since_key_ == 0))
    return; // "-> struct x", "enum class"
  key_ = *std::find(std::begin(keys), std::end(keys), seen.text);
  words_since_key_ = 0;
  record_line_ = seen.line;
  record_.clear();
  function_.clear();
}

void declaration_head::add_symbol(const token& seen) {
  const auto before = last_;
  last_ = last::other;
  if (seen.is("::")) {
    if (before != last::word && before != last::angle)
      name_.clear();
    else
      extend_name("::");
    last_ = last::scope;
  } else if (seen.is("~")) {
    if (before != last::scope)
      name_.clear();
    extend_name("~");
    name_line_ = seen.line;
    last_ = last::tilde;
  } else if (seen.is("<") && before == last::word && !settled_ && !assigned_) {
    ++angles_;
  } else if (seen.is(">")) {
    last_ = last::angle;
  } else if (seen.is("=")) {
    assigned_ = true;
  } else if (seen.is("->")) {
    settled_ = settled_ || !function_.empty();
  } else if (seen.is(":") && !assigned_) {
    add_colon();
  }
}

void declaration_head::add_colon() {
  if (!key_.empty() && function_.empty())
    base_clause_ = true;
  else if (!function_.empty() && !access_)
    settled_ = initializers_ = true;
  else
    *this = declaration_head{}; // public:, a label, a bit field
}

void declaration_head::open_parenthesis() {
  const bool names = (last_ == last::word || last_ == last::angle) && !name_.empty();
  const bool to_capitals = !is_upper_case(function_) && is_upper_case(name_);
  const bool from_capitals = is_upper_case(function_) && !is_upper_case(name_);
  const bool follows = words_since_function_ <= 1 && !from_capitals;
  const bool annotates = !function_.empty() && (follows || to_capitals);
  const bool of_key = !key_.empty() && (words_since_key_ < 2 || base_clause_);
  if (!names || annotates || of_key || key_ == "namespace" || settled_ || assigned_)
    return;
  function_ = name_;
  function_line_ = name_line_;
  words_since_function_ = 0;
}

} // namespace aiex::code_assistant
