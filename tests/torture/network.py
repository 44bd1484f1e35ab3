"""The network between nodes: whom it can cut off from whom. Which kind there is, and why."""

import abc
import os
import shutil
import subprocess

PEER_PORT = 4100  # where there are addresses enough


class Network(abc.ABC):
    """Directed links between nodes. Clients reach every node whatever is cut."""

    kind = ""
    can_delay = False

    def __init__(self, names: list[str]):
        self.names = names
        self.dropped: dict[tuple[str, str], int] = {}  # (from, to): percent; 100 is a cut

    @abc.abstractmethod
    def listen(self, name: str, service: int = 0) -> str:
        """ADDR:PORT for the node itself; a node may have several services."""

    def advertised(self, name: str, service: int = 0) -> str:
        """ADDR:PORT at which other nodes reach it."""
        return self.listen(name, service)

    def prefix(self, name: str) -> list[str]:
        """What stands before the node's command line."""
        return []

    def running(self, pids: dict[str, int]) -> None:
        """Told after each start: which process is which node."""

    @abc.abstractmethod
    def apply(self) -> None:
        """Makes the network as `dropped` says."""

    def delay(self, milliseconds: int) -> None:
        """On every link, both ways; only where `can_delay`."""
        raise NotImplementedError

    def close(self) -> None:
        pass

    # -- what faults are made of -----------------------------------------------------------------

    def drop(self, pairs: dict[tuple[str, str], int]) -> None:
        self.dropped = dict(pairs)
        self.apply()

    def heal(self) -> None:
        self.drop({})
        if self.can_delay:
            self.delay(0)

    def between(self, one: list[str], other: list[str], percent: int = 100) \
            -> dict[tuple[str, str], int]:
        """All links between two groups, both ways."""
        there = self.one_way(one, other, percent)
        return there | self.one_way(other, one, percent)

    def one_way(self, source: list[str], target: list[str], percent: int = 100) \
            -> dict[tuple[str, str], int]:
        return {(a, b): percent for a in source for b in target if a != b}


def lack_of_namespaces() -> str:
    """Why this machine does not let us have network namespaces; "" if it does."""
    for program, package in (("ip", "iproute2"), ("nft", "nftables")):
        if shutil.which(program) is None:
            return f"there is no {program} here (Debian: {package})"
    if os.geteuid() != 0:
        return "not root"
    name = f"aiex-try-{os.getpid()}"
    added = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if added.returncode != 0:
        return f"ip netns add is refused: {added.stderr.strip()}"
    rules = "add table ip t\nadd chain ip t c { type filter hook input priority 0 ; }\n" \
            "add rule ip t c ip saddr 10.0.0.1 numgen random mod 100 < 50 drop\n"
    tried = subprocess.run(["ip", "netns", "exec", name, "nft", "-f", "-"], input=rules,
                           capture_output=True, text=True)
    subprocess.run(["ip", "netns", "del", name], capture_output=True)
    return "" if tried.returncode == 0 else f"nft is refused: {tried.stderr.strip()}"


def choose(names: list[str], wanted: str, tls: bool) -> tuple[Network, str]:
    """The network and, for people, which it is and why. `wanted`: namespaces, proxies or any."""
    from namespaces import Namespaces  # each needs this module
    from proxies import Proxies
    lack = "" if wanted == "proxies" else lack_of_namespaces()
    if wanted == "namespaces" and lack:
        raise SystemExit(f"error: no network namespaces: {lack}")
    if wanted == "proxies" or lack:
        why = "asked for" if wanted == "proxies" else f"no namespaces: {lack}"
        return Proxies(names), f"a proxy before each node, on loopback ({why})"
    network = Namespaces(names, tls)
    delays = "" if network.can_delay else "; no delays: this kernel has no netem"
    return network, f"a network namespace for each node{delays}"
