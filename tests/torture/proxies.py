"""Without privileges: a proxy before each node, all on loopback. Nodes tell each other the proxies'
addresses (`--advertise`), so that what they say to each other goes through them; clients do not.

The proxies are a process of their own, link_proxy.py; here is its remote control.
"""

import json
import pathlib
import socket
import subprocess
import sys

from network import Network
from processes import die_with_parent


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Proxies(Network):
    kind = "proxies"
    can_delay = True
    SERVICES = 2  # of one node

    def __init__(self, names: list[str]):
        super().__init__(names)
        ports = free_ports(2 * self.SERVICES * len(names))
        slots = [(name, service) for name in names for service in range(self.SERVICES)]
        self.own = dict(zip(slots, ports))
        self.shown = dict(zip(slots, ports[len(slots):]))
        self.delay_ms = 0
        script = pathlib.Path(__file__).with_name("link_proxy.py")
        self.child = subprocess.Popen([sys.executable, str(script)], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True,
                                      preexec_fn=die_with_parent)
        self._tell({"doors": [{"node": name, "listen": self.shown[name, service],
                               "port": self.own[name, service]} for name, service in slots]})

    def _tell(self, what: dict) -> None:
        """Returns once the proxies go by it."""
        self.child.stdin.write(json.dumps(what) + "\n")
        self.child.stdin.flush()
        if self.child.stdout.readline() != "done\n":
            raise SystemExit("error: the proxies have ended")

    def listen(self, name: str, service: int = 0) -> str:
        return f"127.0.0.1:{self.own[name, service]}"

    def advertised(self, name: str, service: int = 0) -> str:
        return f"127.0.0.1:{self.shown[name, service]}"

    def running(self, pids: dict[str, int]) -> None:
        self._tell({"pids": pids})

    def apply(self) -> None:
        self._tell({"dropped": [[source, target, percent]
                                for (source, target), percent in self.dropped.items()],
                    "delay_ms": self.delay_ms})

    def delay(self, milliseconds: int) -> None:
        self.delay_ms = milliseconds
        self.apply()

    def close(self) -> None:
        self.child.stdin.close()
        self.child.wait()
        self.child.stdout.close()
