#!/usr/bin/env python3
"""One mistake, one error: check.py compiler [flag ...] compiles each source beside this file.

Its first line says what must come of it: "// compiles", or "// error: text" for a compiler that
fails with a single error that holds the text. Prints what came out differently and exits 1.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

SECONDS_MAX = 120  # for one source
FOLDER = pathlib.Path(__file__).parent


def complaint(source: pathlib.Path, compiler: list[str]) -> str:
    """What is wrong, or ""."""
    expected = source.read_text().splitlines()[0]
    run = subprocess.run([*compiler, "-fsyntax-only", str(source)], capture_output=True, text=True,
                         timeout=SECONDS_MAX, env={**os.environ, "LC_ALL": "C"})
    errors = re.findall(r"^.*\berror: .*$", run.stderr, re.MULTILINE)
    if expected == "// compiles":
        return "" if run.returncode == 0 else "should compile:\n" + run.stderr
    text = expected.removeprefix("// error: ")
    if text == expected or not text:
        return 'the first line is neither "// compiles" nor "// error: text"'
    if run.returncode == 0:
        return f"compiles, but should fail with: {text}"
    if len(errors) != 1 or text not in errors[0]:
        return f"should fail with one error: {text}\nfails with {len(errors)}:\n" + run.stderr
    return ""


def main() -> int:
    sources = sorted(FOLDER.glob("*.cpp"))
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        found = list(pool.map(lambda source: complaint(source, sys.argv[1:]), sources))
    for source, what in zip(sources, found):
        if what:
            print(f"{source.name}: {what}")
    print(f"{len(sources)} sources, {sum(map(bool, found))} complaints")
    return 0 if sources and not any(found) else 1


if __name__ == "__main__":
    sys.exit(main())
