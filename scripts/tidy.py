#!/usr/bin/env python3
"""The house rules that a program can check: tidy.py [folder]

Prints one line per finding, "path:line: [rule] what, and what to do", and exits 1 if there is any.
A rule is a function from a tree to its findings; tests/tidy/tidy_test.py breaks each of them once.
"""

import pathlib
import re
import sys
from typing import Iterator

from tidy_tree import (
    COLUMNS_MAX, Finding, Findings, LAYERS, LINES_MAX, RULES, Tree, in_layer, includes, is_code,
    is_cpp, layer_of, lines_with, load, rule)

# -- form -----------------------------------------------------------------------------------------


@rule
def file_lines(tree: Tree) -> Findings:
    for path, text in tree.items():
        count = text.count("\n")
        if is_code(path) and count > LINES_MAX:
            yield path, count, f"{count} lines; a file holds one idea, split it (max {LINES_MAX})"


@rule
def line_columns(tree: Tree) -> Findings:
    for path, line, found in lines_with(tree, is_code, rf"^.{{{COLUMNS_MAX + 1},}}$"):
        yield path, line, f"{len(found.group())} columns; break the line (max {COLUMNS_MAX})"


@rule
def pragma_once(tree: Tree) -> Findings:
    for path, text in tree.items():
        if path.endswith(".hpp") and not re.search(r"^#pragma once$", text, re.MULTILINE):
            yield path, 1, "a header without #pragma once; add it above the includes"


@rule
def vague_name(tree: Tree) -> Findings:
    for path in tree:
        if found := re.search(r"util|common|misc|helper", path.rsplit("/", 1)[-1]):
            yield path, 1, f"'{found.group()}' names nothing; name the file after its idea"


@rule
def todo(tree: Tree) -> Findings:
    pattern = r"\b(TO" r"DO|FIX" r"ME)\b(?:\((\w+)\))?"
    for path, line, found in lines_with(tree, is_code, pattern):
        word, kind = found.groups()
        if kind == "now":
            yield path, line, f"{word}(now) does not merge; do it, or say soon, perf or port"
        elif word.startswith("FIX") or kind not in ("soon", "perf", "port"):
            yield path, line, "say what kind it is: soon, perf or port, in parentheses"


@rule
def workplace(tree: Tree) -> Findings:
    paths = r"(?<![\w.$})*-])/(work|tmp|root)/\w|(?<![\w./])(\.\./)+shared\b"
    for path, line, found in lines_with(tree, lambda _: True, paths):
        yield path, line, f"a path of somebody's machine, '{found.group()}…'; make it relative"
    for path, line, found in lines_with(tree, lambda _: True, r"(?i)\bissue #?\d+\b"):
        yield path, line, f"'{found.group()}' tells a reader nothing; say what it says"


# -- includes -------------------------------------------------------------------------------------


@rule
def own_include(tree: Tree) -> Findings:
    for path, line, what in includes(tree, is_cpp):
        name = what.strip('<">')
        folders = {"apps": ("apps/",), "tests": ("tests/", "apps/"), "benchmarks": ("benchmarks/",)}
        roots = folders.get(path.split("/")[0], ())
        if what.startswith('"') and not name.startswith("aiex/"):
            if not any(root + name in tree for root in roots):
                yield path, line, f'write "aiex/<layer>/…" instead of {what}'
        elif what.startswith("<aiex/"):
            yield path, line, f'our own headers stand in quotes: "{name}"'


@rule
def internal_include(tree: Tree) -> Findings:
    for path, line, what in includes(tree, is_cpp):
        found = re.match(r'"aiex/(\w+)/(?:.*/)?internal/', what)
        if not found:
            continue
        if layer_of(path) != found.group(1):
            yield path, line, f"{what} belongs to {found.group(1)} alone; use its public headers"
        elif in_layer(path) and path.endswith(".hpp") and "/internal/" not in path:
            yield path, line, f"a public header may not need {what}; include it in the .cpp"


@rule
def layers(tree: Tree) -> Findings:
    below = {"persistence": (), "supervision": (), "actors": ("persistence", "supervision"),
             "apps": (*LAYERS, "application")}
    for path, line, what in includes(tree, is_cpp):
        layer, found = layer_of(path), re.match(r'"aiex/(\w+)/', what)
        if layer and found and found.group(1) not in (layer, *below[layer]):
            yield path, line, f"{layer} stands below {found.group(1)} or beside it; turn it around"


@rule
def circle(tree: Tree) -> Findings:
    unit = lambda path: path.rsplit(".", 1)[0]  # a source and its header are one
    needs: dict[str, set[str]] = {}
    for path, _, what in includes(tree, lambda path: is_cpp(path) and layer_of(path) != ""):
        for found in (what[1:-1].removeprefix("aiex/"), "apps/" + what[1:-1]):
            if found in tree and unit(found) != unit(path):
                needs.setdefault(unit(path), set()).add(unit(found))
    while ends := {one for one in needs if not needs[one] & needs.keys()}:
        needs = {one: needs[one] for one in needs.keys() - ends}  # left: circles, and who needs one
    if needs:
        where = next(path for path in tree if unit(path) in needs)
        yield where, 1, f"a circle among {', '.join(sorted(needs))}; arrows go down only"


@rule
def lmdb_include(tree: Tree) -> Findings:
    allowed = r"persistence/internal/lmdb\.[ch]pp|benchmarks/support/raw_lmdb_log\.cpp"
    for path, line, what in includes(tree, is_cpp):
        if what == "<lmdb.h>" and not re.fullmatch(allowed, path):
            yield path, line, "only persistence/internal/lmdb.* includes it; use its functions"


@rule
def openssl_include(tree: Tree) -> Findings:
    allowed = r"persistence/base/digest\.cpp|actors/cluster/tls/internal/openssl\.hpp|tests/.*"
    for path, line, what in includes(tree, is_cpp):
        if what.startswith("<openssl/") and not re.fullmatch(allowed, path):
            yield path, line, "actors/cluster/tls/internal/openssl.hpp includes it, for all"


@rule
def caf_include(tree: Tree) -> Findings:
    for path, line, what in includes(tree, is_cpp):
        if what == "<caf/all.hpp>":
            yield path, line, "that is seconds per file; include the headers that are used"
        elif what.startswith("<caf/") and layer_of(path) == "persistence":
            yield path, line, "persistence knows no actors; move this to actors"


@rule
def library_output(tree: Tree) -> Findings:
    pattern = r"\bstd::(cout|cerr|clog)\b|\b(fmt::print|printf|fprintf|puts|fputs|perror)\s*\("
    for path, line, found in lines_with(tree, in_layer, pattern):
        yield path, line, f"'{found.group()}': libraries are silent; return a value"


@rule
def own_macro(tree: Tree) -> Findings:
    allowed = lambda path: in_layer(path) and not path.endswith("/message_types.hpp")
    for path, line, _ in lines_with(tree, allowed, r"^\s*#\s*define\b"):
        yield path, line, "no macros of our own; write a function, a constant or a template"


@rule
def raw_request(tree: Tree) -> Findings:
    ours = lambda path: is_cpp(path) and path.startswith(("actors/", "apps/")) and \
        "actors/testing/" not in path
    for path, line, found in lines_with(tree, ours, r"(?:->|\.)(request|link_to)(?:<[^;]*>)?\("):
        above = tree[path].splitlines()[max(0, line - 4):line - 1]
        if not any("// CAF's own request: " in each for each in above):
            yield path, line, f"{found.group(1)} may never hear of an end; use `calls` and " \
                "`links`, or say \"// CAF's own request: why\" above it"


@rule
def sleeping_test(tree: Tree) -> Findings:
    test = lambda path: is_cpp(path) and path.startswith("tests/")
    pattern = r"\b(sleep_for|sleep_until|usleep|nanosleep)\b"
    for path, line, found in lines_with(tree, test, pattern):
        yield path, line, f"{found.group()} in a test; wait for what must happen, or turn the clock"


@rule
def test_name(tree: Tree) -> Findings:
    for path, line, _ in lines_with(tree, is_cpp, r'^\s*TEST_CASE\w*\([^"]*"[^"]*;'):
        yield path, line, "CMake takes a name apart at the semicolon; write a comma"


# -- lists of files -------------------------------------------------------------------------------


def cmake_lists(tree: Tree) -> Iterator[tuple[str, str]]:
    return ((path, text) for path, text in tree.items() if path.endswith("CMakeLists.txt"))


@rule
def unlisted_source(tree: Tree) -> Findings:
    listed = {path.removesuffix("CMakeLists.txt") + name for path, text in cmake_lists(tree)
              for name in re.findall(r"[\w./-]+\.[ch]pp", text)}
    for path in tree:
        folder = path.split("/")[0]
        private = path.endswith(".hpp") and (folder == "apps" or "/internal/" in path)
        if is_cpp(path) and folder in (*LAYERS, "apps") and not private and path not in listed:
            yield path, 1, f"not in {folder}/CMakeLists.txt; name it there, or delete it"


@rule
def commented_source(tree: Tree) -> Findings:
    listing = lambda path: path.endswith("CMakeLists.txt")
    for path, line, found in lines_with(tree, listing, r"^\s*#\s*([\w./-]+\.[ch]pp)\s*$"):
        yield path, line, f"{found.group(1)} is commented out; name it or delete it"


@rule
def sorted_list(tree: Tree) -> Findings:
    for path, text in cmake_lists(tree):
        before = ""
        for number, line in enumerate(text.splitlines(), 1):
            name = line.strip() if re.fullmatch(r"\s*[\w./-]+\.[ch]pp\)?\s*", line) else ""
            if name and name < before:
                yield path, number, f"{name} stands behind {before}; sort the list"
            before = name


UNTESTED = "tests/tidy/untested.txt"


def lacks_test(tree: Tree, path: str) -> str:
    """What is wrong, or ""."""
    text = tree[path]
    own_test = f"tests/{path.removesuffix('.cpp')}_test.cpp"
    if pointer := re.search(r"^// Tested by (tests/\S+\.cpp)\.?$", text, re.MULTILINE):
        return "" if pointer.group(1) in tree else f"there is no {pointer.group(1)}"
    logic = re.search(r"\b(if|for|while|switch)\b", re.sub(r"//.*", "", text))
    if not logic or own_test in tree:
        return ""
    return f'logic without {own_test}; write it, or say "// Tested by tests/….cpp"'


@rule
def tested_source(tree: Tree) -> Findings:
    owed = dict((line.strip(), number)
                for number, line in enumerate(tree.get(UNTESTED, "").splitlines(), 1)
                if line and not line.startswith("#"))
    for path in tree:
        if in_layer(path) and path.endswith(".cpp") and path not in owed:
            if lack := lacks_test(tree, path):
                yield path, 1, lack
    for path, line in owed.items():
        if path not in tree or not lacks_test(tree, path):
            yield UNTESTED, line, f"{path} is tested or gone; take it off the list"


@rule
def sourceless_test(tree: Tree) -> Findings:
    for path in tree:
        if found := re.fullmatch(r"tests/((?:persistence|supervision|actors)/.*)_test\.cpp", path):
            if f"{found.group(1)}.hpp" not in tree and f"{found.group(1)}.cpp" not in tree:
                yield path, 1, f"there is no {found.group(1)}.hpp; name the test after its source"


@rule
def unknown_package(tree: Tree) -> Findings:
    known = {line.split()[1] for line in tree.get("cmake/debian-packages.txt", "").splitlines()
             if len(line.split()) > 2}
    ours = lambda path: path.endswith(("CMakeLists.txt", ".cmake", ".cmake.in")) and not (
        path.startswith("tests/consumer/"))
    pattern = r"^\s*find_(?:package|dependency)\((\w[\w-]*)"
    for path, line, found in lines_with(tree, ours, pattern):
        if found.group(1) not in known | {"Threads"}:
            yield path, line, f"add {found.group(1)}'s package to cmake/debian-packages.txt"


# -- documents ------------------------------------------------------------------------------------


def prose(markdown: str) -> str:
    """Without blocks of code, the same lines."""
    blank = lambda block: "\n" * block.group().count("\n")
    return re.sub(r"^```.*?^```", blank, markdown, flags=re.MULTILINE | re.DOTALL)


def anchors(markdown: str) -> set[str]:
    """What a #fragment may name, as GitHub makes them from headings."""
    headings = re.findall(r"^#+ +(.*?)\s*$", prose(markdown), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def resolve(link: str, path: str) -> str:
    """The path that a relative link in the document `path` leads to."""
    where = pathlib.PurePosixPath(path).parent
    parts: list[str] = []
    for part in (where / link).parts if link else pathlib.PurePosixPath(path).parts:
        parts = parts[:-1] if part == ".." and parts else [*parts, part]
    return "/".join(parts)


@rule
def dead_link(tree: Tree) -> Findings:
    folders = {path.rsplit("/", depth)[0] for path in tree for depth in range(path.count("/") + 1)}
    documents = {path: re.sub(r"`[^`\n]*`", "", prose(text)) for path, text in tree.items()
                 if path.endswith(".md")}
    for path, line, found in lines_with(documents, lambda _: True, r"\]\(([^)\s]+)[^)]*\)"):
        target, _, fragment = found.group(1).partition("#")
        if re.match(r"\w+:", target):
            continue
        resolved = resolve(target, path)
        if resolved not in tree and resolved not in folders:
            yield path, line, f"{found.group(1)} leads nowhere; correct or remove the link"
        elif fragment and resolved.endswith(".md") and fragment not in anchors(tree[resolved]):
            yield path, line, f"{resolved} has no heading '#{fragment}'"


@rule
def readme_commands(tree: Tree) -> Findings:
    for command in ("./dev run", "./dev test"):
        if command not in tree.get("README.md", ""):
            yield "README.md", 1, f"does not name `{command}`; a stranger's first minute needs it"


@rule
def shown_program(tree: Tree) -> Findings:
    for page, name in (("README.md", "hello"), ("docs/actors.md", "shop")):
        program = tree.get(f"apps/{name}/main.cpp", "")
        if program and f"```cpp\n{program}```" not in tree.get(page, ""):
            yield page, 1, f"shows another program than apps/{name}/main.cpp; copy that"


def check(tree: Tree) -> list[Finding]:
    return sorted(Finding(path, line, name, message) for name, find in RULES.items()
                  for path, line, message in find(tree))


def main() -> int:
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1]
    tree = load(root.resolve())
    findings = check(tree)
    for finding in findings:
        print(finding)
    print(f"{len(tree)} files, {len(RULES)} rules, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
