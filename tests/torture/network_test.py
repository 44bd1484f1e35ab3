#!/usr/bin/env python3
"""Whether networks between nodes cut what they are told to cut, and heal."""

import pathlib
import subprocess
import sys
import threading
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from namespaces import Namespaces  # noqa: E402
from network import Network, lack_of_namespaces  # noqa: E402
from proxies import Proxies  # noqa: E402

SERVER = """
import socket, sys
host, port = sys.argv[1].rsplit(":", 1)
server = socket.create_server((host, int(port)))
print("up", flush=True)
while True:
    peer, _ = server.accept()
    while piece := peer.recv(1024):
        peer.sendall(piece)
"""
CLIENT = """
import socket, sys
host, port = sys.argv[1].rsplit(":", 1)
peer = socket.create_connection((host, int(port)))
for line in sys.stdin:
    peer.sendall(line.encode())
    print(peer.recv(1024).decode().strip(), flush=True)
"""
SILENT_S = 0.5
BACK_S = 30


class Echo:
    """Two nodes of a network: `b` says again what `a` says to it."""

    def __init__(self, network: Network) -> None:
        self.network = network
        python = [sys.executable, "-u", "-c"]
        self.server = subprocess.Popen([*network.prefix("b"), *python, SERVER,
                                        network.listen("b")], stdout=subprocess.PIPE)
        self.server.stdout.readline()
        self.client = subprocess.Popen([*network.prefix("a"), *python, CLIENT,
                                        network.advertised("b")], text=True,
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        network.running({"a": self.client.pid, "b": self.server.pid})
        self.heard = threading.Semaphore(0)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        for _ in self.client.stdout:
            self.heard.release()

    def says(self) -> None:
        self.client.stdin.write("word\n")
        self.client.stdin.flush()

    def close(self) -> None:
        for each in (self.client, self.server):
            each.kill()
            each.communicate()
        self.network.close()


class Networks(unittest.TestCase):
    def cuts(self, network: Network) -> None:
        echo = Echo(network)
        try:
            echo.says()
            self.assertTrue(echo.heard.acquire(timeout=BACK_S), "the network carries nothing")
            for pair in (("a", "b"), ("b", "a")):
                network.drop({pair: 100})
                echo.says()
                self.assertFalse(echo.heard.acquire(timeout=SILENT_S), f"{pair} is not cut")
                network.heal()
                self.assertTrue(echo.heard.acquire(timeout=BACK_S), f"{pair} is not healed")
            network.drop({("b", "a"): 20, ("a", "b"): 20})
            for _ in range(4):
                echo.says()
                self.assertTrue(echo.heard.acquire(timeout=BACK_S), "what is lost is not repeated")
        finally:
            echo.close()

    def test_proxies_cut_one_way_and_heal(self) -> None:
        self.cuts(Proxies(["a", "b"]))

    def test_namespaces_cut_one_way_and_heal(self) -> None:
        if lack := lack_of_namespaces():
            self.skipTest(lack)
        # They move this program: another one tries.
        done = subprocess.run([sys.executable, __file__, "--namespaces"], capture_output=True,
                              text=True)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    if sys.argv[1:] == ["--namespaces"]:
        Networks("cuts").cuts(Namespaces(["a", "b"], tls=False))
        sys.exit(0)
    unittest.main(verbosity=1)
