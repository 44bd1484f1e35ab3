#!/usr/bin/env python3
"""Breaks every rule of scripts/tidy.py once: a check that cannot fail is none."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "scripts"))
import tidy  # noqa: E402

CLEAN = {
    "README.md": "`./dev run` and `./dev test`, see [the map](docs/map.md#two-words).\n",
    "docs/map.md": "# Two `words`\n\n```cpp\n[self](join_atom)\n```\n[back](../README.md)\n",
    "cmake/debian-packages.txt": "[build]\nliblmdb-dev  LMDB  the log\n",
    "CMakeLists.txt": "find_package(LMDB REQUIRED)\nfind_package(Threads REQUIRED)\n",
    "persistence/CMakeLists.txt":
        "aiex_add_layer(persistence\n  HEADERS\n    a.hpp\n  SOURCES\n    a.cpp\n    b.cpp)\n",
    "persistence/a.hpp": "#pragma once\n#include <string>\n",
    "persistence/a.cpp": '#include "aiex/persistence/a.hpp"\nvoid f() { if (true) {} }\n',
    "persistence/b.cpp": "// Tested by tests/persistence/a_test.cpp.\nvoid g() { if (true) {} }\n",
    "persistence/internal/c.hpp": "#pragma once\n",
    "tests/persistence/a_test.cpp":
        '#include "aiex/persistence/a.hpp"\n#include "aiex/persistence/internal/c.hpp"\n',
    "supervision/CMakeLists.txt": "HEADERS d.hpp",
    "supervision/d.hpp": "#pragma once\n#include <caf/actor.hpp>\n",
    "actors/CMakeLists.txt": "HEADERS message_types.hpp",
    "actors/message_types.hpp":
        '#pragma once\n#include "aiex/supervision/d.hpp"\n#define ONLY_HERE // TO' 'DO(soon): x\n',
    "apps/CMakeLists.txt": "x/main.cpp hello/main.cpp",
    "apps/x/main.cpp": '#include "x/tree.hpp"\nint main() { std::cout << 1; }\n',
    "apps/x/tree.hpp": "#pragma once\n",
}

# rule, where it must fire, the files that are added to the clean tree or stand in their place
BROKEN = [
    ("file_lines", "dev:401", {"dev": "echo\n" * 401}),
    ("file_lines", "tests/persistence/a_test.cpp:401",
        {"tests/persistence/a_test.cpp": "\n" * 401}),
    ("line_columns", "persistence/a.hpp:2",
        {"persistence/a.hpp": "#pragma once\n//" + "ä" * 99 + "\n"}),
    ("pragma_once", "persistence/a.hpp:1", {"persistence/a.hpp": "// #pragma once\n"}),
    ("vague_name", "scripts/string_utils.py:1", {"scripts/string_utils.py": ""}),
    ("vague_name", "docs/misc.md:1", {"docs/misc.md": ""}),
    ("todo", "scripts/x.py:1", {"scripts/x.py": "# TO" "DO(now): finish\n"}),
    ("todo", "persistence/a.hpp:2", {"persistence/a.hpp": "#pragma once\n// TO" "DO: say what\n"}),
    ("todo", "persistence/a.hpp:2", {"persistence/a.hpp": "#pragma once\n// FIX" "ME(soon)\n"}),
    ("workplace", "docs/x.md:2", {"docs/x.md": "\nlook at /" "work/notes.md\n"}),
    ("workplace", "dev:1", {"dev": "ls '/" "tmp/x'\n"}),
    ("workplace", "docs/x.md:1", {"docs/x.md": "as in ../" "shared/notes\n"}),
    ("workplace", "apps/x.md:1", {"apps/x.md": "fixes Issue" " #12\n"}),
    ("own_include", "persistence/a.hpp:2",
        {"persistence/a.hpp": '#pragma once\n#include "base/error.hpp"\n'}),
    ("own_include", "persistence/a.hpp:2",
        {"persistence/a.hpp": "#pragma once\n#include <aiex/persistence/a.hpp>\n"}),
    ("own_include", "apps/x/main.cpp:1", {"apps/x/main.cpp": '#include "tree.hpp"\n'}),
    ("internal_include", "actors/message_types.hpp:2", {"actors/message_types.hpp":
        '#pragma once\n#include "aiex/persistence/internal/c.hpp"\n'}),
    ("internal_include", "persistence/a.hpp:2", {"persistence/a.hpp":
        '#pragma once\n#include "aiex/persistence/internal/c.hpp"\n'}),
    ("circle", "persistence/a.hpp:1", {
        "persistence/a.hpp": "#pragma once\n", "persistence/a.cpp":
        '#include "aiex/persistence/internal/c.hpp"\n#include "aiex/persistence/a.hpp"\nint x;\n',
        "persistence/internal/c.hpp": '#pragma once\n#include "aiex/persistence/a.hpp"\n'}),
    ("layers", "supervision/d.hpp:2",
        {"supervision/d.hpp": '#pragma once\n#include "aiex/persistence/a.hpp"\n'}),
    ("layers", "persistence/a.hpp:2",
        {"persistence/a.hpp": '#pragma once\n#include "aiex/actors/message_types.hpp"\n'}),
    ("lmdb_include", "persistence/a.cpp:1", {"persistence/a.cpp": "#include <lmdb.h>\n"}),
    ("openssl_include", "persistence/a.cpp:1",
        {"persistence/a.cpp": "#include <openssl/ssl.h>\n"}),
    ("caf_include", "persistence/a.cpp:1",
        {"persistence/a.cpp": "#include <caf/actor.hpp>\n"}),
    ("caf_include", "apps/x/main.cpp:1", {"apps/x/main.cpp": "#include <caf/all.hpp>\n"}),
    ("library_output", "persistence/a.cpp:1",
        {"persistence/a.cpp": "void f() { std::cerr << 1; }\n"}),
    ("library_output", "supervision/d.hpp:2",
        {"supervision/d.hpp": '#pragma once\ninline void f() { printf("x"); }\n'}),
    ("own_macro", "persistence/a.hpp:2", {"persistence/a.hpp": "#pragma once\n#define X 1\n"}),
    ("raw_request", "apps/x/main.cpp:1",
        {"apps/x/main.cpp": "void f() { self->request(other, time, 1); }\n"}),
    ("raw_request", "apps/x/main.cpp:5",
        {"apps/x/main.cpp": "// CAF's own request: it blocks.\n\n\n\na->request<high>(b, 1);\n"}),
    ("raw_request", "actors/message_types.hpp:2",
        {"actors/message_types.hpp": "#pragma once\n  self->link_to(other);\n"}),
    ("sleeping_test", "tests/persistence/a_test.cpp:1",
        {"tests/persistence/a_test.cpp": "std::this_thread::sleep_for(1s);\n"}),
    ("test_name", "tests/persistence/a_test.cpp:1",
        {"tests/persistence/a_test.cpp": 'TEST_CASE("a: one; two") {}\n'}),
    ("unlisted_source", "persistence/e.cpp:1", {"persistence/e.cpp": "int e;\n"}),
    ("unlisted_source", "persistence/e.hpp:1", {"persistence/e.hpp": "#pragma once\n"}),
    ("unlisted_source", "apps/x/e.cpp:1", {"apps/x/e.cpp": "int e;\n"}),
    ("commented_source", "persistence/CMakeLists.txt:2",
        {"persistence/CMakeLists.txt": "a.hpp a.cpp b.cpp\n  # slow.cpp\n"}),
    ("sorted_list", "persistence/CMakeLists.txt:3",
        {"persistence/CMakeLists.txt": "a.hpp\nb.cpp\na.cpp\n"}),
    ("tested_source", "persistence/b.cpp:1", {"persistence/b.cpp": "void g() { for (;;) {} }\n"}),
    ("tested_source", "persistence/b.cpp:1",
        {"persistence/b.cpp": "// Tested by tests/persistence/gone_test.cpp.\n"}),
    ("tested_source", "tests/tidy/untested.txt:2",
        {"tests/tidy/untested.txt": "# owed\npersistence/a.cpp\n"}),
    ("tested_source", "tests/tidy/untested.txt:1",
        {"tests/tidy/untested.txt": "persistence/gone.cpp\n"}),
    ("sourceless_test", "tests/persistence/gone_test.cpp:1",
        {"tests/persistence/gone_test.cpp": ""}),
    ("unknown_package", "CMakeLists.txt:1", {"CMakeLists.txt": "find_package(Boost)\n"}),
    ("dead_link", "docs/map.md:2", {"docs/map.md": "# Two words\n[x](gone.md)\n"}),
    ("dead_link", "README.md:1",
        {"README.md": "./dev run ./dev test [x](docs/map.md#three-words)\n"}),
    ("readme_commands", "README.md:1", {"README.md": "`./dev run`\n"}),
    ("shown_program", "README.md:1", {"apps/hello/main.cpp": "int main() {}\n"}),
]

# What looks like a finding and is none.
FINE = [
    {"tests/consumer/CMakeLists.txt": "find_package(aiex)\n"},
    {"persistence/CMakeLists.txt": "# a.hpp says why\na.hpp\nSOURCES\na.cpp\nb.cpp\n"},
    {"persistence/a.cpp": "#include <string>\n#include <lmdbxx.h>\nint x = sprintf_like(1);\n"},
    {"persistence/b.cpp": "// if it were logic\nint constant = 1;\n"},
    {"persistence/b.cpp": "void g() { for (;;) {} }\n",
     "tests/tidy/untested.txt": "persistence/b.cpp\n"},
    {"docs/x.md": "[a site](https://example.org/) `[x](y)` [docs](../docs) build/" "tmp/x\n"},
    {"scripts/x.py": "\n" * 400},
    {"apps/x/main.cpp": "// CAF's own request: it waits\nvoid f() { self->request(other, 1); }\n"},
    {"supervision/d.hpp": "#pragma once\nvoid f() { self->request(other, 1); }\n"},
    {"apps/x/main.cpp": "int main() { return x.request_count(); }\n"},
    {"apps/hello/main.cpp": "int main() {}\n",
     "README.md": "./dev run ./dev test\n```cpp\nint main() {}\n```\n"},
]


class TidyTest(unittest.TestCase):
    def test_clean_tree_has_no_findings(self):
        self.assertEqual([], tidy.check(CLEAN))
        for files in FINE:
            self.assertEqual([], tidy.check(CLEAN | files))

    def test_broken_tree_has_exactly_the_finding(self):
        for rule, where, files in BROKEN:
            with self.subTest(rule=rule, where=where):
                found = [(f.rule, f"{f.path}:{f.line}") for f in tidy.check(CLEAN | files)]
                self.assertEqual([(rule, where)], found)

    def test_every_rule_is_broken_once(self):
        self.assertEqual(set(tidy.RULES), {rule for rule, _, _ in BROKEN})


if __name__ == "__main__":
    unittest.main()
