"""Whether all nodes have the same log, byte for byte, and what the log is."""

import json
import pathlib

from processes import Refused
from system import Client, StillStale, System

LIST_DEADLINE_S = 20.0


class Logs:
    """Compares what came since the last time, so that it can be done often."""

    def __init__(self, system: System, client: Client, path: pathlib.Path):
        self.system = system
        self.client = client
        self.path = path
        self.path.write_text("")
        self.head = 0

    def reach(self, name: str, position: int) -> bool:
        """Whether the node's own log goes that far, and it sees a majority. A node may lag, and
        then lists less."""
        last = self.head
        try:
            for line in self.client.log_lines(name, max(self.head, position - 1), LIST_DEADLINE_S):
                last = json.loads(line)["position"]
        except StillStale:
            return False
        return last >= position

    def compare(self) -> list[str]:
        """Of all nodes, which nobody writes to now. Answers the events that are new.
        Raises Refused if two differ."""
        lists = {name: list(self.client.log_lines(name, self.head, LIST_DEADLINE_S))
                 for name in self.system.names}
        (first, lines), *others = lists.items()
        for name, other in others:
            if other != lines:
                raise Refused(self.difference(first, lines, name, other))
        with open(self.path, "a") as file:
            file.writelines(line + "\n" for line in lines)
        if lines:
            self.head = json.loads(lines[-1])["position"]
        return lines

    def difference(self, one: str, lines: list[str], other: str, others: list[str]) -> str:
        for place, (a, b) in enumerate(zip(lines, others)):
            if a != b:
                return f"{one} and {other} differ, event {place} behind {self.head}:\n  {a}\n  {b}"
        return f"{one} has {len(lines)} events behind {self.head}, {other} {len(others)}"
