#include "code_assistant/file_facts.hpp"

#include "aiex/persistence/base/digest.hpp"
#include "aiex/persistence/base/hex.hpp"

#include "code_assistant/definition_finder.hpp"
#include "code_assistant/directives.hpp"
#include "code_assistant/lexer.hpp"
#include "code_assistant/line_counts.hpp"
#include "code_assistant/plain_text.hpp"

#include <utility>

namespace aiex::code_assistant {
namespace {

void make_plain(definition& found) {
  found.name = plain_text(found.name, name_bytes_max);
}

/// Hands what a file consists of to those who want to know.
class file_reader {
public:
  explicit file_reader(std::string_view bytes)
      : lines_(bytes), definitions_(definitions_per_file_max) {}

  void add(const token& seen) {
    lines_.add(seen);
    if (seen.kind == token_kind::comment)
      return;
    if (const auto ended = directives_.add(seen))
      add(*ended);
    if (!seen.in_directive)
      definitions_.add(seen);
  }

  void finish(file_facts& facts) {
    if (const auto ended = directives_.finish())
      add(*ended);
    definitions_.finish();
    const auto lines = lines_.totals();
    facts.lines = lines.lines;
    facts.code_lines = lines.code;
    facts.comment_lines = lines.comment;
    facts.blank_lines = lines.blank;
    facts.definitions = definitions_.definitions();
    facts.counts = definitions_.counts();
    facts.longest_function = definitions_.longest_function();
    facts.cut =
      includes_seen_ > includes_.size() || definitions_.total() > facts.definitions.size();
    facts.includes = std::move(includes_);
  }

private:
  void add(const directive& seen) {
    definitions_.add(seen);
    if (seen.kind != directive::what::include || seen.name.empty())
      return;
    ++includes_seen_;
    if (includes_.size() < includes_per_file_max)
      includes_.push_back(
        {plain_text(seen.name, include_name_bytes_max), seen.line, seen.angled, seen.conditional});
  }

  line_counts lines_;
  directive_reader directives_;
  definition_finder definitions_;
  std::vector<include_directive> includes_;
  std::size_t includes_seen_ = 0;
};

} // namespace

std::string content_digest(std::string_view bytes) {
  sha256 hash;
  hash.update(bytes);
  return to_hex(hash.finish());
}

file_facts analyse_file(std::string path, std::string_view bytes) {
  file_facts facts;
  facts.path = std::move(path);
  facts.digest = content_digest(bytes);
  facts.bytes = bytes.size();
  file_reader reader{bytes};
  lexer source{bytes};
  while (const auto seen = source.next())
    reader.add(*seen);
  reader.finish(facts);
  for (auto& found : facts.definitions)
    make_plain(found);
  make_plain(facts.longest_function);
  return facts;
}

} // namespace aiex::code_assistant
