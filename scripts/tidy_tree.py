"""What the rules of tidy.py are made of: a tree of files, and how to look at it."""

import pathlib
import re
from typing import Callable, Iterator, NamedTuple

Tree = dict[str, str]  # path relative to the root -> text
LAYERS = ("persistence", "supervision", "actors")
CODE = (".cpp", ".hpp", ".py", ".sh", ".cmake", "CMakeLists.txt")
SKIPPED_FOLDERS = {"build", ".git", ".cache", "aiex-data", "__pycache__"}
LINES_MAX = 400
COLUMNS_MAX = 100


class Finding(NamedTuple):
    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: [{self.rule}] {self.message}"


Findings = Iterator[tuple[str, int, str]]  # path, line, message
RULES: dict[str, Callable[[Tree], Findings]] = {}


def rule(check: Callable[[Tree], Findings]) -> Callable[[Tree], Findings]:
    RULES[check.__name__] = check
    return check


# -- reading a tree -------------------------------------------------------------------------------


def load(root: pathlib.Path) -> Tree:
    tree: Tree = {}
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if SKIPPED_FOLDERS.isdisjoint(relative.parts) and path.is_file():
            tree[relative.as_posix()] = path.read_bytes().decode("utf-8", errors="replace")
    return tree


def is_code(path: str) -> bool:
    return path.endswith(CODE) or path in ("dev", ".ci/run")


def is_cpp(path: str) -> bool:
    return path.endswith((".cpp", ".hpp"))


def layer_of(path: str) -> str:
    """The layer a source belongs to, or a test is about; "" if none."""
    parts = path.removeprefix("tests/").split("/")
    return parts[0] if parts[0] in (*LAYERS, "apps") and len(parts) > 1 else ""


def in_layer(path: str) -> bool:
    return is_cpp(path) and path.startswith(tuple(f"{layer}/" for layer in LAYERS))


def lines_with(tree: Tree, applies: Callable[[str], bool], pattern: str) -> Iterator[
        tuple[str, int, re.Match[str]]]:
    compiled = re.compile(pattern)
    for path, text in tree.items():
        if applies(path):
            for number, line in enumerate(text.splitlines(), 1):
                if found := compiled.search(line):
                    yield path, number, found


def includes(tree: Tree, applies: Callable[[str], bool]) -> Iterator[tuple[str, int, str]]:
    """Path, line and what is included, with its quotes or brackets."""
    for path, line, found in lines_with(tree, applies, r'^\s*#\s*include\s*([<"][^>"]+[>"])'):
        yield path, line, found.group(1)
