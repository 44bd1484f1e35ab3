#include "code_assistant/declaration_head.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace aiex::code_assistant {
namespace {

/// What "{" behind `text` opens; braces in it are initializers that were passed over.
std::string opened_by(std::string_view text) {
  static constexpr const char* kinds[] = {
    "value", "function", "record", "enum", "namespace", "linkage"};
  declaration_head head;
  lexer source{text};
  while (const auto seen = source.next()) {
    if (seen->is("}"))
      head.value_closed();
    else if (!seen->is("{"))
      head.add(*seen);
  }
  std::string opened = kinds[static_cast<std::size_t>(head.what())];
  if (opened == "record")
    opened = head.key();
  const bool named = opened != "value" && opened != "linkage";
  return opened + (named ? " " + head.name() : "");
}

struct example {
  std::string text;
  std::string opened;
};

void check(const std::vector<example>& table) {
  for (const auto& row : table) {
    CAPTURE(row.text);
    CHECK(opened_by(row.text) == row.opened);
  }
}

TEST_CASE("declaration_head: functions") {
  check({
    {"int main()", "function main"},
    {"static inline const char* f(int a, char (*b)[3])", "function f"},
    {"unsigned f(void)", "function f"},
    {"struct stat *f(struct tm t)", "function f"},
    {"enum color f()", "function f"},
    {"extern \"C\" void f()", "function f"},
    {"void a::b::f() const&", "function a::b::f"},
    {"void a<int, b<3>>::f()", "function a::f"},
    {"std::function<result<int>(foo)> f()", "function f"},
    {"template <class T, int N = (1 > 0)> auto f(T t) -> decltype(t + N)", "function f"},
    {"template <class T> requires (sizeof(T) > 4) && foo<T> void f(T t)", "function f"},
    {"template <> void f<int>(int)", "function f"},
    {"auto f() noexcept(noexcept(g())) -> std::vector<int>", "function f"},
    {"bool f() const noexcept override final", "function f"},
    {"[[nodiscard]] constexpr int f(int a = 3)", "function f"},
    {"foo(int a, int b)", "function foo"},
    {"explicit(true) foo(int a)", "function foo"},
    {"~foo()", "function ~foo"},
    {"foo::~foo() noexcept", "function foo::~foo"},
    {"void f() try", "function f"},
    {"void f(int a) requires foo<int>", "function f"},
  });
}

TEST_CASE("declaration_head: constructors") {
  check({
    {"a::a() : b(1), c{} ", "function a::a"},
    {"a::a() : b", "value"},
    {"a::a() : base<int>", "value"},
    {"a::a() : base<int>{}", "function a::a"},
    {"a::a(T... t) : T(t)...", "function a::a"},
    {"a() try : b(1)", "function a"},
  });
}

TEST_CASE("declaration_head: operators") {
  check({
    {"bool operator<(const a& x, const a& y)", "function operator<"},
    {"auto operator<=>(const a&) const", "function operator<=>"},
    {"a& a::operator=(a&& x) noexcept", "function a::operator="},
    {"friend std::ostream& operator<<(std::ostream& o, a)", "function operator<<"},
    {"int operator()(int x) const", "function operator()"},
    {"T* operator->()", "function operator->"},
    {"explicit operator bool() const", "function operator bool"},
    {"operator const char*() const", "function operator const char*"},
    {"void* operator new[](std::size_t n)", "function operator new[]"},
    {"a operator\"\"_km(long double x)", "function operator\"\"_km"},
  });
}

TEST_CASE("declaration_head: classes, enums and namespaces") {
  check({
    {"struct a", "struct a"},
    {"class a final : public b<c>, private d", "class a"},
    {"class EXPORT a", "class a"},
    {"class __attribute__((packed)) a", "class a"},
    {"class alignas(8) [[nodiscard]] a", "class a"},
    {"class EXPORTED(x) a", "class a"},
    {"template <class T, template <class> class U> struct a<T*, U<T>>", "struct a"},
    {"struct a::b", "struct a::b"},
    {"typedef struct", "struct "},
    {"union u", "union u"},
    {"enum class a : std::uint8_t", "enum a"},
    {"enum", "enum "},
    {"namespace a::b", "namespace a::b"},
    {"namespace a::inline b", "namespace a::b"},
    {"inline namespace [[deprecated]] v1", "namespace v1"},
    {"namespace", "namespace "},
    {"extern \"C\"", "linkage"},
    {"extern \"C\" struct a", "struct a"},
  });
}

TEST_CASE("declaration_head: values, and what is not understood") {
  check({
    {"", "value"},
    {"int a[] = ", "value"},
    {"struct a b =", "value"},
    {"std::vector<int> a", "value"},
    {"auto f = [](int a) -> b", "value"},
    {"auto f = g(1)", "value"},
    {"template <class T> concept c = requires(T t)", "value"},
    {"f(a, [b]", "value"},
    {"template <auto V = a", "value"},
    {"void (*f(int))(char)", "value"},
    {"static const struct option options[] =", "value"},
  });
}

TEST_CASE("declaration_head: macros around a declaration") {
  check({
    {"TEST_CASE(\"a\")", "function TEST_CASE"},
    {"API(int) f(void)", "function f"},
    {"API(x) static int f(void)", "function f"},
    {"void f() LOCKS_EXCLUDED(mutex)", "function f"},
    {"void f() const GUARDED LOCKS(mutex)", "function f"},
    {"static int __attribute__((noinline)) f(void) __attribute__((cold))", "function f"},
    {"DISABLE_COPY(a) public: void f()", "function f"},
    {"DISABLE_COPY(a) struct b", "struct b"},
    {"public: foo()", "function foo"},
    {"OBJECT public slots: void f()", "function f"},
    {"unsigned a : 3", "value"},
  });
}

TEST_CASE("declaration_head: a long name is cut") {
  CHECK(opened_by(std::string(500, 'a') + "()") == "function " + std::string(name_bytes_max, 'a'));
}

} // namespace
} // namespace aiex::code_assistant
