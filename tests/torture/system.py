"""A cluster of processes that is tested: aiex, or etcd as its peer. Both speak answers.py."""

import abc
import json
import pathlib
import shutil
import time
from typing import Callable, Iterator

from answers import Answer, Append
from network import Network
from processes import Program, Refused


class StillStale(Exception):
    """A node lists what it has, and says that it does not see a majority."""


class Client(abc.ABC):
    """One call at a time; each thread its own."""

    @abc.abstractmethod
    def append(self, node: str, asked: Append, deadline_s: float) -> Answer: ...

    @abc.abstractmethod
    def read(self, node: str, stream: str, deadline_s: float, local: bool = False) -> Answer:
        """The last event of a stream. `local`: as far as that node knows."""

    @abc.abstractmethod
    def log_lines(self, node: str, after: int, deadline_s: float) -> Iterator[str]:
        """What the node itself has recorded behind a position, each event as it prints it. Raises
        Refused, StillStale."""

    def close(self) -> None:
        pass


class System(abc.ABC):
    """Start and stop from the main thread only; all else from any."""

    kind = ""
    repeats_are_known = True  # the same id again is answered with the original
    refuses_at_once = True    # without a majority
    has_certificates = False
    has_accounts = False      # aggregates and a read model, accounts.py
    foreign: list[str] = []   # categories in the log that no client of ours asked for

    def __init__(self, names: list[str], network: Network, folder: pathlib.Path):
        self.names = list(names)
        self.network = network
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.programs: dict[str, Program] = {}
        self.client_options: list[str] = []  # of programs that ask it

    def client_address(self, name: str) -> str:
        """ADDR:PORT where clients ask."""
        return self.network.listen(name)

    @abc.abstractmethod
    def command(self, name: str) -> list[str]:
        """What starts the node."""

    @abc.abstractmethod
    def client(self) -> Client: ...

    @abc.abstractmethod
    def leader(self) -> str | None:
        """Who leads as far as anybody who runs can tell."""

    @abc.abstractmethod
    def serves(self, name: str) -> bool:
        """Whether a node that was started is ready to be asked."""

    def data(self, name: str) -> pathlib.Path:
        return self.folder / name

    def boot(self, patience_s: float) -> None:
        for name in self.names:
            self.start(name)
        self.wait(lambda: all(self.serves(each) for each in self.names), patience_s,
                  "all nodes serve")
        self.wait(lambda: self.leader() is not None, patience_s, "somebody leads")

    def start(self, name: str) -> None:
        argv = [*self.network.prefix(name), *self.command(name)]
        program = self.programs.get(name)
        if program is None or program.argv != argv:
            program = self.programs[name] = Program(argv, self.folder / f"{name}.log")
        program.start()
        self.network.running({each: found.pid for each, found in self.programs.items()
                              if found.pid})

    def kill(self, name: str) -> None:
        self.programs[name].kill()

    def pause(self, name: str) -> None:
        self.programs[name].pause()

    def resume(self, name: str) -> None:
        self.programs[name].resume()

    def wipe(self, name: str) -> None:
        """Its disk is lost. Only while it does not run."""
        assert not self.programs[name].is_running()
        shutil.rmtree(self.data(name))

    @abc.abstractmethod
    def replace(self, name: str, helper: str) -> None:
        """A node that was wiped, and does not run, gets its place back, with the help of another;
        it runs then."""

    @abc.abstractmethod
    def remove(self, name: str, helper: str) -> None:
        """The node is no member any more. Its program may end by itself, or is ended."""

    @abc.abstractmethod
    def come_back(self, name: str, helper: str) -> None:
        """A node that was removed, has nothing and does not run becomes a member; it runs then."""

    @abc.abstractmethod
    def transfer(self, leader: str, to: str) -> str:
        """Asks the leader to hand over; says why not, if it does not, for people."""

    def renew(self, name: str) -> None:
        raise NotImplementedError

    def running(self) -> list[str]:
        return [name for name, program in self.programs.items()
                if program.is_running() and not program.paused]

    def stop(self) -> None:
        """All, in order. Raises Refused if one ends badly."""
        for program in self.programs.values():
            program.resume()
        codes = {name: program.terminate() for name, program in self.programs.items()}
        if bad := {name: code for name, code in codes.items() if code not in (0, None, -15)}:
            raise Refused(f"ended badly: {bad}")

    def load_ways(self) -> list[str]:
        """How load_client can ask it, the best first."""
        return [self.kind]

    @abc.abstractmethod
    def verify(self, name: str) -> str:
        """What is wrong with the files of a node that does not run; "" if nothing is."""

    def close(self) -> None:
        """What it has for its clients."""

    def kill_all(self) -> None:
        for program in self.programs.values():
            program.kill()

    def fallen(self) -> list[str]:
        """Nodes that ended though nobody ended them."""
        return [name for name, program in self.programs.items()
                if program.has_ended_by_itself()]

    def wait(self, holds: Callable[[], bool], patience_s: float, what: str) -> float:
        """Waits until something holds, and answers how long that took."""
        began = time.monotonic()
        while not holds():
            if fallen := self.fallen():
                raise Refused(f"{fallen[0]} ended by itself; "
                              f"{self.programs[fallen[0]].last_words()}")
            if time.monotonic() - began > patience_s:
                logs = "\n".join(each.last_words() for each in self.programs.values())
                raise Refused(f"not within {patience_s} s: {what}; {logs}")
            time.sleep(0.02)
        return time.monotonic() - began


def positions_of(lines: Iterator[str]) -> Iterator[tuple[int, str]]:
    for line in lines:
        yield json.loads(line)["position"], line
