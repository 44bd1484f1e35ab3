"""The certificates of a cluster's nodes and of its clients, made by `aiex cert`."""

import pathlib
import subprocess

from processes import Refused


def can_make(programs: pathlib.Path) -> bool:
    tried = subprocess.run([programs / "bin" / "aiex", "cert", "ca", "--help"],
                           capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return "--dir" in tried.stdout


class Certificates:
    def __init__(self, programs: pathlib.Path, folder: pathlib.Path):
        self.tool = programs / "bin" / "aiex"
        self.folder = folder
        self._run("ca")
        self._run("client", "torture", "--role", "admin")

    def _run(self, *words: str) -> None:
        done = subprocess.run([self.tool, "cert", *words, "--dir", self.folder],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise Refused(f"aiex cert {' '.join(words)}: {done.stderr.strip()}")

    def make_node(self, name: str, address: str) -> None:
        self._run("node", name, "--address", address)

    def renew(self, name: str) -> None:
        self._run("renew", str(self.folder / f"node-{name}.crt"), "--new-key", "--yes")

    def _options(self, kind: str, name: str) -> list[str]:
        return ["--cert", str(self.folder / f"{kind}-{name}.crt"), "--key",
                str(self.folder / f"{kind}-{name}.key"), "--ca", str(self.folder / "ca.crt")]

    def node_options(self, name: str) -> list[str]:
        return self._options("node", name)

    def client_options(self) -> list[str]:
        return self._options("client", "torture")
