"""A cluster of etcd (Debian: etcd-server), spoken to in JSON over HTTP/1.1, as its gateway offers.

A key is a stream and its version the stream's; a revision is a position (the first put of an empty
etcd has revision 2). An append is a transaction: compare the key's version, put. etcd knows nothing
of ids, so a repeat is refused, not answered: whoever does not know what became of an append reads.
"""

import base64
import http.client
import json
import pathlib
import socket
from typing import Iterator

from answers import Answer, Append
from network import Network
from processes import Refused
from system import Client, System

PEERS, CLIENTS = 0, 1  # services of a node
ADMIN_DEADLINE_S = 10
STATUS_DEADLINE_S = 1.0
ADD_PATIENCE_S = 30.0


def encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def decode(text: str) -> str:
    return base64.b64decode(text).decode()


class Unsent(Exception):
    """Nobody took the request."""


class Http:
    """Keep-alive connections to nodes, one each. Not for several threads."""

    def __init__(self, network: Network):
        self.network = network
        self.open: dict[str, http.client.HTTPConnection] = {}

    def post(self, node: str, path: str, body: dict, deadline_s: float) -> tuple[int, dict]:
        """Raises Unsent, TimeoutError, OSError, HTTPException."""
        connection = self.connected(node, deadline_s)
        try:
            connection.request("POST", path, json.dumps(body),
                               {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except Exception:
            self.open.pop(node).close()
            raise

    def connected(self, node: str, deadline_s: float) -> http.client.HTTPConnection:
        connection = self.open.get(node)
        if connection is None:
            host, port = self.network.listen(node, CLIENTS).rsplit(":", 1)
            connection = http.client.HTTPConnection(host, int(port), timeout=deadline_s)
            try:
                connection.connect()
            except OSError as why:
                raise Unsent(str(why)) from why
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.open[node] = connection
        connection.sock.settimeout(deadline_s)
        return connection

    def close(self) -> None:
        for each in self.open.values():
            each.close()
        self.open.clear()


class EtcdClient(Client):
    def __init__(self, network: Network):
        self.http = Http(network)

    def ask(self, node: str, path: str, body: dict, deadline_s: float) -> tuple[Answer, dict]:
        try:
            status, told = self.http.post(node, path, body, deadline_s)
        except Unsent as why:
            return Answer("unreachable", message=str(why)), {}
        except TimeoutError as why:
            return Answer("time_out", message=str(why)), {}
        except (OSError, http.client.HTTPException, ValueError) as why:
            return Answer("unknown_outcome", message=repr(why)), {}
        if status == 200:
            return Answer("ok"), told
        message = str(told.get("error", told))
        return Answer("no_quorum" if "no leader" in message else "unknown_outcome",
                      message=message), {}

    def append(self, node: str, asked: Append, deadline_s: float) -> Answer:
        key = encode(asked.stream)
        value = encode(json.dumps({"id": asked.id, "data": asked.data}))
        look = {"requestRange": {"key": key}}
        compare = [] if asked.expect == "any" else [
            {"key": key, "target": "VERSION", "result": "EQUAL", "version": str(asked.expect)}]
        answer, told = self.ask(node, "/v3/kv/txn", {
            "compare": compare, "success": [{"requestPut": {"key": key, "value": value}}, look],
            "failure": [look]}, deadline_s)
        if not answer.ok:
            return answer
        found = told["responses"][-1]["response_range"].get("kvs", [{}])[0]
        version = int(found.get("version", 0))
        if not told.get("succeeded"):
            return Answer("wrong_expected_version", actual=version)
        return Answer("ok", version=version, position=int(told["header"]["revision"]) - 1,
                      id=asked.id)

    def read(self, node: str, stream: str, deadline_s: float, local: bool = False) -> Answer:
        answer, told = self.ask(node, "/v3/kv/range",
                                 {"key": encode(stream), "serializable": local}, deadline_s)
        if not answer.ok or "kvs" not in told:
            return answer._replace(stale=local and answer.ok)
        found = told["kvs"][0]
        return Answer("ok", version=int(found["version"]), stale=local,
                      position=int(found["mod_revision"]) - 1,
                      id=json.loads(decode(found["value"]))["id"])

    def log_lines(self, node: str, after: int, deadline_s: float) -> Iterator[str]:
        answer, told = self.ask(node, "/v3/kv/range", {"key": encode("-"), "serializable": True},
                                 deadline_s)
        if not answer.ok:
            raise Refused(f"{node} does not tell its revision: {answer.message}")
        last = int(told["header"]["revision"]) - 1
        while after < last:
            for position, line in self._watched(node, after + 2, deadline_s):
                yield line
                after = position
                if after == last:
                    return

    def _watched(self, node: str, revision: int, deadline_s: float) -> Iterator[tuple[int, str]]:
        host, port = self.http.network.listen(node, CLIENTS).rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=deadline_s)
        everything = {"key": encode("\0"), "range_end": encode("\0"),
                      "start_revision": str(revision)}
        connection.request("POST", "/v3/watch", json.dumps({"create_request": everything}))
        answer = connection.getresponse()
        while line := answer.readline():
            for event in json.loads(line)["result"].get("events", []):
                found = event["kv"]
                value = json.loads(decode(found["value"]))
                position = int(found["mod_revision"]) - 1
                yield position, json.dumps({
                    "position": position, "stream": decode(found["key"]),
                    "version": int(found["version"]), "type": "happened", "id": value["id"],
                    "data": json.loads(value["data"])})

    def close(self) -> None:
        self.http.close()


class EtcdSystem(System):
    kind = "etcd"
    repeats_are_known = False
    refuses_at_once = False  # a minority keeps a write for seven seconds, then says it timed out

    def __init__(self, names: list[str], network: Network, folder: pathlib.Path):
        super().__init__(names, network, folder)
        self.admin = EtcdClient(network)
        self.state = {name: "new" for name in names}
        self.quota_bytes = 4 << 30

    def _peer_url(self, name: str) -> str:
        return f"http://{self.network.advertised(name, PEERS)}"

    def client_address(self, name: str) -> str:
        return self.network.listen(name, CLIENTS)

    def command(self, name: str) -> list[str]:
        clients = f"http://{self.network.listen(name, CLIENTS)}"
        return ["etcd", "--name", name, "--data-dir", str(self.data(name)),
                "--listen-peer-urls", f"http://{self.network.listen(name, PEERS)}",
                "--initial-advertise-peer-urls", self._peer_url(name),
                "--listen-client-urls", clients, "--advertise-client-urls", clients,
                "--initial-cluster", ",".join(f"{each}={self._peer_url(each)}"
                                              for each in self.names),
                "--initial-cluster-state", self.state[name],
                "--quota-backend-bytes", str(self.quota_bytes), "--log-level", "warn"]

    def client(self) -> Client:
        return EtcdClient(self.network)

    def _status(self, name: str) -> dict:
        return self.admin.ask(name, "/v3/maintenance/status", {}, STATUS_DEADLINE_S)[1]

    def serves(self, name: str) -> bool:
        return bool(self._status(name))

    def leader(self) -> str | None:
        leading = [(int(told["raftTerm"]), name) for name in self.running()
                   if (told := self._status(name)) and "leader" in told
                   and told["leader"] == told["header"]["member_id"]]
        return max(leading)[1] if leading else None

    def replace(self, name: str, helper: str) -> None:
        self.remove(name, helper)
        self.come_back(name, helper)

    def remove(self, name: str, helper: str) -> None:
        members = self._admin(helper, "/v3/cluster/member/list", {})["members"]
        old = next(each["ID"] for each in members if each.get("name") == name)
        self._admin(helper, "/v3/cluster/member/remove", {"ID": old})
        self.kill(name)  # it would end by itself

    def come_back(self, name: str, helper: str) -> None:
        add = ("/v3/cluster/member/add", {"peerURLs": [self._peer_url(name)]}, ADMIN_DEADLINE_S)
        # It refuses while it takes somebody for unhealthy, which is some seconds after a change.
        self.wait(lambda: self.admin.ask(helper, *add)[0].ok, ADD_PATIENCE_S, f"{name} is added")
        self.state[name] = "existing"
        self.start(name)

    def transfer(self, leader: str, to: str) -> str:
        target = self._status(to)["header"]["member_id"]
        answer, _ = self.admin.ask(leader, "/v3/maintenance/transfer-leadership",
                                    {"targetID": target}, ADMIN_DEADLINE_S)
        return "" if answer.ok else f", which it refuses: {answer.message}"

    def load_ways(self) -> list[str]:
        return ["etcd", "etcd-json"]

    def verify(self, name: str) -> str:
        return ""  # it has nothing for that

    def _admin(self, helper: str, path: str, body: dict) -> dict:
        answer, told = self.admin.ask(helper, path, body, ADMIN_DEADLINE_S)
        if not answer.ok:
            raise Refused(f"{path}: {answer.message}")
        return told
