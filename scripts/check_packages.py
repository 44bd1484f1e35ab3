#!/usr/bin/env python3
"""Checks that the two .deb files hold what they should: check_packages.py <folder>

What should be there is taken from the tree: every public header of a layer, one library per layer,
every program that the build made, and the files of find_package(aiex).
"""

import pathlib
import re
import subprocess
import sys

TREE = pathlib.Path(__file__).resolve().parent.parent
LAYERS = ("persistence", "supervision", "actors")


def listing(package: pathlib.Path) -> set[str]:
    lines = subprocess.run(["dpkg", "-c", package], check=True, capture_output=True, text=True)
    return {line.split(" ./")[1] for line in lines.stdout.splitlines() if not line.endswith("/")}


def public_headers(layer: str) -> set[str]:
    text = (TREE / layer / "CMakeLists.txt").read_text()
    listed = re.search(r"HEADERS(.*?)(?:CORES|SOURCES)", text, re.DOTALL)
    return {f"usr/include/aiex/{layer}/{name}" for name in listed.group(1).split()}


def expected_in_dev(library_folder: str) -> set[str]:
    files = {f"{library_folder}/cmake/aiex/{name}" for name in
             ("aiexConfig.cmake", "aiexConfigVersion.cmake", "aiexTargets.cmake", "FindCAF.cmake",
              "FindLMDB.cmake", "FindXXHash.cmake")}
    files.add("usr/share/doc/libaiex-dev/copyright")
    for layer in LAYERS:
        if headers := public_headers(layer):
            files |= headers | {f"{library_folder}/libaiex_{layer}.a"}
    return files


def expected_in_runtime() -> set[str]:
    files = {"usr/share/doc/aiex/copyright"}
    for path in (TREE / "apps").rglob("CMakeLists.txt"):
        programs = re.findall(r"aiex_add_program\((\w+) INSTALL", path.read_text())
        files |= {f"usr/bin/{name}" for name in programs}
    return files


def check(package: pathlib.Path, expected: set[str]) -> bool:
    there = listing(package)
    for missing in sorted(expected - there):
        print(f"{package.name}: missing {missing}")
    strange = {name for name in there if "/internal/" in name or name.endswith("_tests")}
    for name in sorted(strange):
        print(f"{package.name}: should not hold {name}")
    if expected <= there and not strange:
        print(f"{package.name}: {len(there)} files, all there")
        return True
    return False


def main(build: pathlib.Path) -> int:
    runtime = sorted(build.glob("aiex_*.deb"))
    dev = sorted(build.glob("libaiex-dev_*.deb"))
    if len(runtime) != 1 or len(dev) != 1:
        print(f"expected one aiex_*.deb and one libaiex-dev_*.deb, found {runtime + dev}")
        return 1
    library_folder = next(
        (name.removesuffix("/cmake/aiex/aiexConfig.cmake") for name in listing(dev[0])
         if name.endswith("/cmake/aiex/aiexConfig.cmake")), "usr/lib")
    good = [check(runtime[0], expected_in_runtime()),
            check(dev[0], expected_in_dev(library_folder))]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
