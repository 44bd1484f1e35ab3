"""Clients that append and read under load, at all nodes, and note all of it.

Each knows what version a stream should have, as far as it has heard, and expects that. What it
does not know the outcome of, it tries again with the same id, at another node.
"""

import dataclasses
import json
import pathlib
import random
import threading
import time
import uuid

from accounts import Accounts
from answers import EXPECTED, Answer, Append
from history import History
from processes import Refused
from system import System

TRIES_MAX = 6
DEADLINE_S = 2.0
PAUSE_S = 0.005      # between two calls of a client
NOT_NOW_PAUSE_S = 0.05
DONE_KEPT = 64       # acknowledged appends a client remembers, to repeat some


@dataclasses.dataclass
class LocalRead:
    node: str
    life: int  # of the node's disk
    stream: str
    called_ns: int
    answered_ns: int
    version: int
    id: str


class Gate:
    """Lets all clients through, or none; whoever closes it waits until nobody is under way."""

    def __init__(self) -> None:
        self.state = threading.Condition()
        self.is_open = True
        self.under_way = 0

    def __enter__(self) -> None:
        with self.state:
            self.state.wait_for(lambda: self.is_open)
            self.under_way += 1

    def __exit__(self, *_) -> None:
        with self.state:
            self.under_way -= 1
            self.state.notify_all()

    def close(self) -> None:
        with self.state:
            self.is_open = False
            self.state.wait_for(lambda: self.under_way == 0)

    def open(self) -> None:
        with self.state:
            self.is_open = True
            self.state.notify_all()


class Worker(threading.Thread):
    def __init__(self, load: "Workload", number: int):
        super().__init__(daemon=True)
        self.load = load
        self.number = number
        self.random = random.Random(f"{load.seed}/{number}")
        self.client = load.system.client()
        self.versions: dict[str, int] = {}
        self.done: list[Append] = []
        self.written = 0

    def run(self) -> None:
        try:
            while not self.load.ending.is_set():
                with self.load.gate:
                    if self.load.ending.is_set():
                        break
                    answer = self.step()
                if answer.code not in EXPECTED:
                    raise Refused(f"answered {answer.code}: {answer.message}")
                self.load.ending.wait(PAUSE_S if answer.ok or answer.actual else NOT_NOW_PAUSE_S)
        except Exception as why:  # told by the main thread
            said = why if isinstance(why, Refused) else repr(why)
            self.load.failures.append(f"client {self.number}: {said}")
            self.load.ending.set()
        self.client.close()

    def step(self) -> Answer:
        chance = self.random.random()
        if chance < 0.2:
            return self.read(self.random.choice(self.load.streams))
        if chance < 0.3:
            return self.read_local(self.random.choice(self.load.streams))
        if chance < 0.35 and self.done and self.load.system.repeats_are_known:
            return self.ask_append(self.random.choice(self.done), self.some_node())
        if chance < 0.45 and self.load.system.has_accounts:
            return self.dispatch()
        return self.append()

    def dispatch(self) -> Answer:
        """A command, maybe one that another client sends at this moment to another node."""
        command = self.load.accounts.some_command(self.random, self.new_id())
        for _ in range(TRIES_MAX):
            answer = self.client.dispatch(self.some_node(), command, DEADLINE_S)
            self.load.accounts.note(command, answer)
            self.load.history.count(f"dispatch: {'repeated' if answer.repeated else answer.code}")
            if not answer.leaves_open or self.load.ending.is_set():
                break
            self.load.ending.wait(NOT_NOW_PAUSE_S)
        return answer

    def some_node(self) -> str:
        return self.random.choice(self.load.system.names)

    def append(self) -> Answer:
        stream = self.random.choice(self.load.streams)
        expect = "any" if self.random.random() < 0.1 else self.versions.get(stream, 0)
        self.written += 1
        asked = Append(stream, expect, self.new_id(),
                       json.dumps({"client": self.number, "number": self.written,
                                   "filling": "x" * self.random.choice((0, 0, 100, 2_000))}))
        for _ in range(TRIES_MAX if self.load.system.repeats_are_known else 1):
            answer = self.ask_append(asked, self.some_node())
            if not answer.leaves_open or self.load.ending.is_set():
                break
            self.load.ending.wait(NOT_NOW_PAUSE_S)
        if answer.ok:
            self.versions[stream] = answer.version
            self.done = [*self.done[-DONE_KEPT + 1:], asked]
        elif answer.code == "wrong_expected_version":
            self.versions[stream] = answer.actual
        return answer

    def append_at(self, node: str) -> Answer:
        """One that expects nothing, at this node, without another try."""
        return self.ask_append(Append("calm", "any", self.new_id(), json.dumps({"at": node})), node)

    def new_id(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def ask_append(self, asked: Append, node: str) -> Answer:
        number = self.load.history.append(self.number, node, asked)
        answer = self.client.append(node, asked, DEADLINE_S)
        self.load.history.answer_append(number, answer)
        return answer

    def read(self, stream: str) -> Answer:
        node = self.some_node()
        number = self.load.history.read(self.number, node, stream)
        answer = self.client.read(node, stream, DEADLINE_S)
        self.load.history.answer_read(number, answer)
        if answer.ok:
            self.versions[stream] = max(answer.version, self.versions.get(stream, 0))
        return answer

    def read_local(self, stream: str) -> Answer:
        node = self.some_node()
        life = self.load.lives[node]
        called_ns = time.monotonic_ns()
        answer = self.client.read(node, stream, DEADLINE_S, local=True)
        if answer.ok and self.load.lives[node] == life:
            self.load.local_reads.append(LocalRead(node, life, stream, called_ns,
                                                   time.monotonic_ns(), answer.version, answer.id))
        return answer


class Workload:
    def __init__(self, system: System, folder: pathlib.Path, seed: int, clients: int,
                 streams: int):
        self.system = system
        self.seed = seed
        self.streams_made = streams
        self.streams = [f"torture-{number}" for number in range(streams)]
        self.accounts = Accounts()
        self.history = History(folder / "history.jsonl")
        self.gate = Gate()
        self.ending = threading.Event()
        self.failures: list[str] = []
        self.local_reads: list[LocalRead] = []
        self.lives = {name: 0 for name in system.names}
        self.workers = [Worker(self, number) for number in range(clients)]
        self.main = Worker(self, clients)  # never started: for the main thread's own appends

    def start(self) -> None:
        for worker in self.workers:
            worker.start()

    def begin_stream(self) -> None:
        """In the place of the oldest: what is not there yet can be read wrongly, too."""
        self.streams = [*self.streams[1:], f"torture-{self.streams_made}"]
        self.streams_made += 1

    def stop(self) -> None:
        self.ending.set()
        self.gate.open()
        for worker in self.workers:
            if worker.ident is not None:  # else it was never started
                worker.join()
        self.history.close()
