"""What failing over and load cost, of aiex and of its peer, in one run on one machine.

A failover: under load of three clients at each node the leader is killed with kill -9; what counts
is the time from the kill to the first acknowledged append that was begun after it, at any node.
"""

import json
import os
import pathlib
import random
import statistics
import subprocess
import threading
import time
import uuid

from answers import Append
from processes import Refused, die_with_parent
from system import Client, System

BACK_S = 30.0          # for a node that was killed until the cluster is whole again
FAILOVER_MAX_S = 30.0
WHOLE_TRY_S = 2.0
PROBERS = 3            # at each node
TRY_S = 0.1            # an append that is not answered by then is asked anew: the error of a figure
REST_S = (0.2, 0.8)    # of load before a kill, so that kills meet no rhythm of time-outs
TICK_S = 0.001
LOAD_LANES = (1, 16, 64)
LOAD_SECONDS = 8
LOAD_BYTES = 100
NO_SUCH_WAY = 2


class Failover:
    """What probers find out about one kill."""

    def __init__(self) -> None:
        self.killed_ns = 0  # not yet
        self.done = threading.Event()
        self.acknowledged: list[int] = []


class Prober(threading.Thread):
    """Appends at one node, again and again, until one that it began after the kill is done."""

    def __init__(self, system: System, name: str, of: Failover):
        super().__init__(daemon=True)
        self.client: Client = system.client()
        self.name = name
        self.of = of

    def run(self) -> None:
        while not self.of.done.is_set():
            asked = Append(f"failover-{self.name}", "any", str(uuid.uuid4()), "{}")
            began = time.monotonic_ns()
            answer = self.client.append(self.name, asked, TRY_S)
            if answer.ok and 0 < self.of.killed_ns <= began:
                self.of.acknowledged.append(time.monotonic_ns())
                self.of.done.set()
            self.of.done.wait(TICK_S)
        self.client.close()


def one_failover(system: System, leader: str, rest_s: float) -> float:
    """Kills the leader under load; seconds until somebody was told that an append is done."""
    of = Failover()
    probers = [Prober(system, name, of) for name in system.names for _ in range(PROBERS)]
    for each in probers:
        each.start()
    time.sleep(rest_s)
    began = time.monotonic_ns()
    system.kill(leader)
    of.killed_ns = began
    accepted = of.done.wait(FAILOVER_MAX_S)
    of.done.set()
    for each in probers:
        each.join()
    if not accepted:
        raise Refused(f"nobody accepts an append within {FAILOVER_MAX_S} s after {leader}, the "
                      "leader, was killed")
    return (min(of.acknowledged) - began) / 1e9


def failovers(system: System, count: int, say) -> list[float]:
    """Before each the cluster is whole."""
    taken = []
    chance = random.Random(count)
    for number in range(count):
        leader = whole(system)
        taken.append(one_failover(system, leader, chance.uniform(*REST_S)))
        say(f"{system.kind}: failover {number + 1} of {count}: {taken[-1] * 1e3:.0f} ms")
        system.start(leader)
    whole(system)
    return taken


def whole(system: System) -> str:
    """Waits until all serve, one leads, and an append is accepted at each; answers who leads."""
    client = system.client()
    found: list[str | None] = [None]

    def is_whole() -> bool:
        found[0] = system.leader() if all(system.serves(each) for each in system.names) else None
        return found[0] is not None and all(
            client.append(name, Append("whole", "any", str(uuid.uuid4()), "{}"), WHOLE_TRY_S).ok
            for name in system.names)

    system.wait(is_whole, BACK_S, "the cluster is whole")
    client.close()
    return found[0]


def cpu_s(pids: list[int]) -> float:
    ticks = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def load(system: System, programs: pathlib.Path, lanes: int) -> list[dict]:
    """A row for each way that load_client knows to ask this system."""
    addresses = ",".join(system.client_address(name) for name in system.names)
    pids = [each.pid for each in system.programs.values() if each.pid]
    rows = []
    for way in system.load_ways():
        before = cpu_s(pids)
        words = [way, addresses, str(lanes), str(LOAD_SECONDS), str(LOAD_BYTES), f"{way}{lanes}"]
        done = subprocess.run([programs / "tests" / "load_client", *system.client_options, *words],
                              capture_output=True, text=True, preexec_fn=die_with_parent)
        if done.returncode == NO_SUCH_WAY:
            continue  # it was compiled without gRPC
        if done.returncode != 0:
            raise Refused(f"load_client: {done.stdout} {done.stderr}")
        rows.append({"system": way, "writers": lanes} | json.loads(done.stdout)
                    | {"nodes_cpu_s": cpu_s(pids) - before})
    return rows


def summary_of(taken: list[float]) -> dict:
    in_ms = sorted(each * 1e3 for each in taken)
    return {"count": len(in_ms), "median_ms": round(statistics.median(in_ms), 1),
            "p90_ms": round(in_ms[int(0.9 * (len(in_ms) - 1))], 1),
            "worst_ms": round(in_ms[-1], 1)}


def table(rows: list[dict]) -> str:
    """Markdown."""
    heads = list(rows[0])
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        lines.append("| " + " | ".join(
            f"{row[head]:.2f}" if isinstance(row[head], float) else str(row[head])
            for head in heads) + " |")
    return "\n".join(lines)
