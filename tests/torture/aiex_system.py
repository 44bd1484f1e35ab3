"""A cluster of aiexd."""

import json
import pathlib
import queue
import subprocess
import threading
from typing import Iterator

from accounts import CATEGORY, Command
from answers import Answer, Append
from certificates import Certificates
from network import Network
from processes import Program, Refused, die_with_parent
from system import Client, StillStale, System

LANES_MAX = 256
BEYOND_DEADLINE_S = 10  # for connecting, and for a busy machine
PAGE_EVENTS = 1_000
STATUS_DEADLINE_S = 2.0
REPLACE_S = 30


class LineClients:
    """One line_client process, shared by as many clients as it has lanes. If it ends, all who wait
    for it are answered unknown_outcome, and it is started again by none: that is a finding."""

    def __init__(self, program: pathlib.Path, options: list[str]):
        self.child = subprocess.Popen([program, *options], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, preexec_fn=die_with_parent)
        self.guard = threading.Lock()
        self.answers: dict[int, queue.Queue[dict]] = {}
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def lane(self) -> int:
        with self.guard:
            number = len(self.answers)
            if number == LANES_MAX:
                raise Refused(f"line_client has no more than {LANES_MAX} lanes")
            self.answers[number] = queue.Queue()
            return number

    def _read(self) -> None:
        for line in self.child.stdout:
            told = json.loads(line)
            self.answers[told["lane"]].put(told)

    def ask(self, lane: int, node: str, verb: str, arguments: dict, deadline_s: float) -> dict:
        request = {"lane": lane, "node": node, "verb": verb, "arguments": arguments,
                   "deadline_ms": int(deadline_s * 1_000)}
        with self.guard:
            self.child.stdin.write(json.dumps(request).encode() + b"\n")
            self.child.stdin.flush()
        try:
            return self.answers[lane].get(timeout=2 * deadline_s + BEYOND_DEADLINE_S)
        except queue.Empty:
            raise Refused(f"line_client did not answer {verb} of {node} at all")

    def close(self) -> None:
        self.child.stdin.close()
        self.child.wait()


class AiexClient(Client):
    def __init__(self, lines: LineClients, network: Network):
        self.lines = lines
        self.network = network
        # One node reads its own log, which nobody is ahead of.
        self.locally = {"read": "local"} if len(network.names) > 1 else {}
        self.number = lines.lane()

    def ask(self, node: str, verb: str, arguments: dict, deadline_s: float) -> dict:
        return self.lines.ask(self.number, self.network.listen(node), verb, arguments, deadline_s)

    def append(self, node: str, asked: Append, deadline_s: float) -> Answer:
        told = self.ask(node, "append", {"stream": asked.stream, "type": asked.type,
                                         "data": json.loads(asked.data), "expect": asked.expect,
                                         "id": asked.id}, deadline_s)
        if told["code"] != "ok":
            return Answer(told["code"], told["actual"], told["message"])
        body = json.loads(told["body"])
        return Answer("ok", 0, "", body["version"], body["position"], body["recorded_at"],
                      body.get("repeated", False), body["id"])

    def read(self, node: str, stream: str, deadline_s: float, local: bool = False) -> Answer:
        arguments = {"stream": stream, "desc": True, "limit": 1}
        if local:
            arguments |= self.locally
        told = self.ask(node, "events", arguments, deadline_s)
        if told["code"] != "ok":
            return Answer(told["code"], told["actual"], told["message"])
        lines = told["body"].splitlines()
        if not lines:
            return Answer("ok", stale=local or told["stale"])
        body = json.loads(lines[0])
        return Answer("ok", version=body["version"], position=body["position"], id=body["id"],
                      stale=local or told["stale"])

    def dispatch(self, node: str, command: Command, deadline_s: float) -> Answer:
        told = self.ask(node, "dispatch", {
            "category": CATEGORY, "id": command.account, "command": "deposit",
            "data": {"cents": command.cents}, "command_id": command.id}, deadline_s)
        if told["code"] != "ok":
            return Answer(told["code"], told["actual"], told["message"])
        body = json.loads(told["body"])
        return Answer("ok", version=body["version"], position=body["position"],
                      repeated=body.get("repeated", False))

    def log_lines(self, node: str, after: int, deadline_s: float) -> Iterator[str]:
        arguments = {"all": True, "after": after} | self.locally
        while True:
            told = self.ask(node, "events", arguments, deadline_s)
            if told["code"] != "ok":
                raise Refused(f"{node} does not list its events: {told['message']}")
            if told["stale"]:
                raise StillStale(node)
            yield from told["body"].splitlines()
            if not told["next"]:
                return
            arguments["cursor"] = told["next"]


class AiexSystem(System):
    """Its nodes are `hello`: aiexd with an aggregate and a projection; or aiexd itself."""

    kind = "aiex"

    def __init__(self, names: list[str], network: Network, folder: pathlib.Path,
                 programs: pathlib.Path, certificates: Certificates | None, program: str):
        super().__init__(names, network, folder)
        self.bin = programs / "bin"
        self.program = program
        self.has_accounts = program == "hello"
        self.foreign = [CATEGORY] if self.has_accounts else []
        self.certificates = certificates
        self.has_certificates = certificates is not None
        self.client_options = certificates.client_options() if certificates else []
        self.lines = LineClients(programs / "tests" / "line_client", self.client_options)
        self.asker = AiexClient(self.lines, network)  # the main thread's
        self.founder = names[0]

    def command(self, name: str) -> list[str]:
        argv = [str(self.bin / self.program), "--name", name, "--data", str(self.data(name)),
                "--listen", self.network.listen(name), "--http", "off"]
        if self.network.advertised(name) != self.network.listen(name):
            argv += ["--advertise", self.network.advertised(name)]
        for other in self.names:
            if other != name and name != self.founder:
                argv += ["--join", self.network.advertised(other)]
        if self.certificates:
            argv += self.certificates.node_options(name)
        return argv

    def client(self) -> Client:
        return AiexClient(self.lines, self.network)

    def serves(self, name: str) -> bool:
        program: Program = self.programs[name]
        text = program.log.read_text(errors="replace").rsplit("\n--- ", 1)[-1]
        return any(line.startswith(f"ready name={name} ") for line in text.splitlines())

    def status(self, name: str) -> dict | None:
        told = self.asker.ask(name, "cluster_status", {}, STATUS_DEADLINE_S)
        return json.loads(told["body"]) if told["code"] == "ok" else None

    def leader(self) -> str | None:
        """Of those who say that they lead, the one of the highest term."""
        if len(self.names) == 1:
            return self.names[0] if self.running() else None
        leading = [(found["term"], name) for name in self.running()
                   if (found := self.status(name)) and found["role"] == "leader"]
        return max(leading)[1] if leading else None

    def tool(self, name: str, *words: str, timeout: str = "5s") -> tuple[int, list[dict], str]:
        """`aiex WORDS` with the node: exit code, lines of JSON, what it said beside."""
        done = subprocess.run([self.bin / "aiex", "--json", "--node", self.network.listen(name),
                               "--timeout", timeout, *self.client_options, *words],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    def replace(self, name: str, helper: str) -> None:
        """With the same name: the new node waits until the old one is out, then joins by itself."""
        self.come_back(name, helper)
        code, told, said = self.tool(helper, "cluster", "replace", name, "--yes",
                                     timeout=f"{REPLACE_S}s")
        if code != 0 or not told[-1].get("is_voter", True):
            raise Refused(f"cluster replace {name} at {helper}: {told} {said}")

    def remove(self, name: str, helper: str) -> None:
        code, _, said = self.tool(helper, "cluster", "remove", name, "--yes",
                                  timeout=f"{REPLACE_S}s")
        if code != 0:
            raise Refused(f"cluster remove {name} at {helper}: {said}")

    def come_back(self, name: str, helper: str) -> None:
        """It joins by itself."""
        self.founder = helper if name == self.founder else self.founder
        self.start(name)

    def transfer(self, leader: str, to: str) -> str:
        code, _, said = self.tool(leader, "cluster", "transfer", to)
        return "" if code == 0 else f", which it refuses: {said.strip()}"

    def renew(self, name: str) -> None:
        self.certificates.renew(name)

    def cents_counted(self, name: str) -> int | None:
        """What the read model of a node has added up; None if it does not say."""
        told = self.asker.ask(name, "projection_show", {"name": "totals"}, STATUS_DEADLINE_S)
        return json.loads(told["body"])["state"]["cents"] if told["code"] == "ok" else None

    def verify(self, name: str) -> str:
        """What `store verify` says of the folder of a node that does not run; "" if all is well."""
        done = subprocess.run([self.bin / "aiex", "--json", "store", "verify", "--data",
                               self.data(name)], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        return "" if done.returncode == 0 else f"{name}: {done.stdout} {done.stderr}"

    def close(self) -> None:
        self.lines.close()
