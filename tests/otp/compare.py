#!/usr/bin/env python3
"""Plays the scenarios with Erlang and compares its traces with those that are stored.

compare.py BUILD_FOLDER           exits 77 if there is no Erlang, 1 if a trace differs
compare.py BUILD_FOLDER --store   stores Erlang's traces as what is expected
"""

import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
SKIPPED = 77
PATIENCE_S = 240


def play(build: pathlib.Path, scenarios: list[pathlib.Path]) -> dict[pathlib.Path, str]:
    build.mkdir(parents=True, exist_ok=True)
    traces = {each: build / f"{each.stem}.trace" for each in scenarios}
    paths = ", ".join(f'"{one}"' for pair in traces.items() for one in pair)
    program = (f'{{ok, _}} = compile:file("{HERE / "runner"}", [{{outdir, "{build}"}}]), '
               f"runner:main([{paths}]).")
    subprocess.run(["erl", "-noshell", "-pa", str(build), "-eval", program], check=True,
                   timeout=PATIENCE_S, stdin=subprocess.DEVNULL)
    return {each: trace.read_text() for each, trace in traces.items()}


def main() -> int:
    if shutil.which("erl") is None:
        print("no erl here (Debian: erlang-base): nothing compared")
        return SKIPPED
    scenarios = sorted((HERE / "scenarios").glob("*.txt"))
    traces = play(pathlib.Path(sys.argv[1]).resolve(), scenarios)
    different = 0
    for scenario, trace in traces.items():
        stored = scenario.with_suffix(".expected")
        if "--store" in sys.argv:
            stored.write_text(trace)
        elif not stored.exists() or stored.read_text() != trace:
            different += 1
            print(f"{scenario.name}: Erlang does not do what {stored.name} says, but\n{trace}")
    print(f"{len(scenarios)} scenarios, {different} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
