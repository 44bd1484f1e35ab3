#!/usr/bin/env python3
"""Plays the scenarios with Erlang and compares its traces with those that are stored.

compare.py BUILD_FOLDER           exits 77 if there is no Erlang, 1 if a trace differs
compare.py BUILD_FOLDER --store   stores Erlang's traces as what is expected

Where ours differ on purpose, their trace stands beside Erlang's, `.ours`: it says why in its first
line and has to differ.
"""

import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
SKIPPED = 77
PATIENCE_S = 240


RUNNERS = {"scenarios": "runner", "company": "company"}  # folder: who plays what is in it


def play(build: pathlib.Path, runner: str,
         scenarios: list[pathlib.Path]) -> dict[pathlib.Path, str]:
    build.mkdir(parents=True, exist_ok=True)
    traces = {each: build / f"{each.stem}.trace" for each in scenarios}
    paths = ", ".join(f'"{one}"' for pair in traces.items() for one in pair)
    program = (f'{{ok, _}} = compile:file("{HERE / runner}", [{{outdir, "{build}"}}]), '
               f"{runner}:main([{paths}]).")
    # One scheduler: whoever may run has its turn before a round is over, however busy the machine.
    subprocess.run(["erl", "+S", "1:1", "-noshell", "-pa", str(build), "-eval", program],
                   check=True, timeout=PATIENCE_S, stdin=subprocess.DEVNULL)
    return {each: trace.read_text() for each, trace in traces.items()}


def fault_of_ours(ours: pathlib.Path, trace: str) -> str | None:
    """What is wrong with a trace of ours that is meant to differ; None if there is nothing."""
    if not ours.exists():
        return None
    why, _, told = ours.read_text().partition("\n")
    if not why.startswith("# "):
        return f"{ours.name} does not say in its first line why it differs: # ..."
    if told == trace:
        return f"{ours.name} does not differ: remove it"
    return None


def compare(scenario: pathlib.Path, trace: str, store: bool) -> str | None:
    stored = scenario.with_suffix(".expected")
    if store:
        stored.write_text(trace)
    elif not stored.exists() or stored.read_text() != trace:
        return f"{scenario.name}: Erlang does not do what {stored.name} says, but\n{trace}"
    return fault_of_ours(scenario.with_suffix(".ours"), trace)


def main() -> int:
    if shutil.which("erl") is None:
        print("no erl here (Debian: erlang-base): nothing compared")
        return SKIPPED
    played, faults = 0, []
    for folder, runner in RUNNERS.items():
        scenarios = sorted((HERE / folder).glob("*.txt"))
        traces = play(pathlib.Path(sys.argv[1]).resolve() / folder, runner, scenarios)
        faults += [compare(each, trace, "--store" in sys.argv) for each, trace in traces.items()]
        played += len(scenarios)
    different = [each for each in faults if each]
    print("\n".join([*different, f"{played} scenarios, {len(different)} differ"]))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
