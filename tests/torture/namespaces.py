"""A network namespace for each node, joined by a bridge; nft drops what is cut or lost.

This program itself, and all it starts later, moves to the namespace of the bridge, from which each
node can always be reached: what is cut is only what comes from other nodes.

Without certificates nodes listen on loopback addresses only, so they get some, 127.77.0.x, which
here, other than everywhere else, lead over the wire (route_localnet).
"""

import ctypes
import glob
import os
import re
import subprocess

from network import Network, PEER_PORT

CLONE_NEWNET = 0x40000000
PREFIX = "aiex-torture"


def run(*words: str, text: str | None = None) -> None:
    done = subprocess.run(words, input=text, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"error: {' '.join(words)}: {done.stderr.strip()}")


def remove_left_over() -> None:
    """Namespaces of runs that were killed."""
    for path in glob.glob(f"/var/run/netns/{PREFIX}-*"):
        owner = re.search(rf"{PREFIX}-(\d+)-", path)
        if owner and not os.path.exists(f"/proc/{owner.group(1)}"):
            run("ip", "netns", "del", os.path.basename(path))


class Namespaces(Network):
    kind = "namespaces"

    def __init__(self, names: list[str], tls: bool):
        super().__init__(names)
        remove_left_over()
        self.net = "10.77.0" if tls else "127.77.0"
        self.hub = f"{PREFIX}-{os.getpid()}-hub"
        self.spaces = {name: f"{PREFIX}-{os.getpid()}-{name}" for name in names}
        self._make_hub()
        for number, name in enumerate(names, 1):
            self._make_node(name, number)
        self._enter(self.hub)
        self.can_delay = self._has_netem()

    def _address(self, name: str) -> str:
        return f"{self.net}.{self.names.index(name) + 1}"

    def listen(self, name: str, service: int = 0) -> str:
        return f"{self._address(name)}:{PEER_PORT + service}"

    def prefix(self, name: str) -> list[str]:
        return ["ip", "netns", "exec", self.spaces[name]]

    def _open(self, space: str, device: str, host: int) -> None:
        inside = ("ip", "-n", space)
        run(*inside, "link", "set", "lo", "up")
        subprocess.run([*inside, "addr", "del", "127.0.0.1/8", "dev", "lo"], capture_output=True)
        run(*inside, "addr", "add", "127.0.0.1/32", "dev", "lo")
        run("ip", "netns", "exec", space, "sysctl", "-qw", "net.ipv4.conf.all.route_localnet=1",
            f"net.ipv4.conf.{device}.route_localnet=1")
        run(*inside, "addr", "add", f"{self.net}.{host}/24", "dev", device)
        run(*inside, "link", "set", device, "up")

    def _make_hub(self) -> None:
        run("ip", "netns", "add", self.hub)
        run("ip", "-n", self.hub, "link", "add", "bridge", "type", "bridge")
        self._open(self.hub, "bridge", 254)

    def _make_node(self, name: str, number: int) -> None:
        space = self.spaces[name]
        run("ip", "netns", "add", space)
        run("ip", "-n", self.hub, "link", "add", f"to-{name}", "type", "veth", "peer", "name",
            "wire", "netns", space)
        run("ip", "-n", self.hub, "link", "set", f"to-{name}", "master", "bridge", "up")
        self._open(space, "wire", number)
        run(*self.prefix(name), "nft", "-f", "-", text="add table ip torture\n"
            "add chain ip torture input { type filter hook input priority 0 ; }\n")

    @staticmethod
    def _enter(space: str) -> None:
        descriptor = os.open(f"/var/run/netns/{space}", os.O_RDONLY)
        if ctypes.CDLL(None, use_errno=True).setns(descriptor, CLONE_NEWNET) != 0:
            raise SystemExit(f"error: setns: {os.strerror(ctypes.get_errno())}")
        os.close(descriptor)

    def _has_netem(self) -> bool:
        device = f"to-{self.names[0]}"
        tried = subprocess.run(["tc", "qdisc", "add", "dev", device, "root", "netem", "delay",
                                "1ms"], capture_output=True)
        subprocess.run(["tc", "qdisc", "del", "dev", device, "root"], capture_output=True)
        return tried.returncode == 0

    def apply(self) -> None:
        for name in self.names:
            lines = ["flush chain ip torture input"]
            for (source, target), percent in self.dropped.items():
                if target == name:
                    chance = "" if percent >= 100 else f"numgen random mod 100 < {percent} "
                    lines.append(f"add rule ip torture input ip saddr {self._address(source)} "
                                 f"{chance}drop")
            run(*self.prefix(name), "nft", "-f", "-", text="\n".join(lines) + "\n")

    def delay(self, milliseconds: int) -> None:
        for name in self.names:
            wire = (*self.prefix(name), "tc", "qdisc")
            subprocess.run([*wire, "del", "dev", "wire", "root"], capture_output=True)
            if milliseconds > 0:
                run(*wire, "add", "dev", "wire", "root", "netem", "delay", f"{milliseconds}ms",
                    f"{milliseconds // 4}ms")

    def close(self) -> None:
        for space in (*self.spaces.values(), self.hub):
            subprocess.run(["ip", "netns", "del", space], capture_output=True)
