"""What must hold of a run when it is over."""

import json
import pathlib
import subprocess

from workload import LocalRead

SHOWN_MAX = 10


def check_history(programs: pathlib.Path, history: pathlib.Path, log: pathlib.Path,
                  foreign: list[str] = []) -> tuple[dict, list[str]]:
    """The simulator's checker over the history of real clients: its totals, and what it found."""
    done = subprocess.run([programs / "tests" / "check_history", history, log, *foreign],
                          capture_output=True, text=True)
    if done.returncode not in (0, 1):
        return {}, [f"check_history: {done.stderr.strip()}"]
    report = json.loads(done.stdout)
    found = [f"{each['rule']}: {each['what']}" for each in report.pop("violations")]
    return report, found


def check_local_reads(reads: list[LocalRead], log: pathlib.Path) -> list[str]:
    """Local reads may be old, but see only what is in the log, and of one disk never less than an
    earlier one."""
    streams: dict[str, list[str]] = {}
    for line in log.read_text().splitlines():
        event = json.loads(line)
        streams.setdefault(event["stream"], [""]).append(event["id"])
    found = []
    known: dict[tuple[str, int, str], list[tuple[int, int]]] = {}  # answered, highest until then
    for read in sorted(reads, key=lambda read: read.answered_ns):
        ids = streams.get(read.stream, [""])
        if read.version >= len(ids) or ids[read.version] != read.id:
            found.append(f"local read of {read.stream} at {read.node} saw {read.id} as version "
                         f"{read.version}, which is not in the log")
        before = known.setdefault((read.node, read.life, read.stream), [])
        floor = next((version for at, version in reversed(before) if at < read.called_ns), 0)
        if read.version < floor:
            found.append(f"local read of {read.stream} at {read.node} went back from version "
                         f"{floor} to {read.version}")
        before.append((read.answered_ns, max([read.version] + [v for _, v in before[-1:]])))
    return found
