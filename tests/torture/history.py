"""Notes what clients ask and are answered, in the form that check_history reads."""

import json
import pathlib
import threading
import time

from answers import Answer, Append


class History:
    """Threads: any. A call is noted before it is made, an answer after it came: what happened
    between lies between their lines."""

    def __init__(self, path: pathlib.Path):
        self.path = path
        self.file = open(path, "w", buffering=1 << 16)
        self.guard = threading.Lock()
        self.began_ns = time.monotonic_ns()
        self.operations = 0
        self.outcomes: dict[str, int] = {}
        self.tries: dict[str, int] = {}  # by event id
        self.asked: dict[int, str] = {}  # of appends that are not answered yet

    def _write(self, line: dict) -> None:
        line["at"] = (time.monotonic_ns() - self.began_ns) // 1_000
        self.file.write(json.dumps(line, separators=(",", ":")) + "\n")

    def _call(self, line: dict) -> int:
        with self.guard:
            number = self.operations
            self.operations += 1
            self._write({"op": number, **line})
            return number

    def append(self, client: int, node: str, asked: Append) -> int:
        number = self._call({"client": client, "node": node, "call": "append",
                             "stream": asked.stream, "expect": asked.expect,
                             "events": [{"id": asked.id, "type": asked.type, "data": asked.data}]})
        with self.guard:
            self.tries[asked.id] = self.tries.get(asked.id, 0) + 1
            self.asked[number] = asked.id
        return number

    def read(self, client: int, node: str, stream: str) -> int:
        return self._call({"client": client, "node": node, "call": "read", "stream": stream})

    def answer_append(self, number: int, answer: Answer) -> None:
        line = {"op": number, "answer": answer.code}
        if answer.ok:
            line |= {"first_version": answer.version, "version": answer.version,
                     "first_position": answer.position, "position": answer.position}
            if answer.recorded_at:
                line["recorded_at"] = answer.recorded_at
            if answer.repeated and self._was_tried_before(number):
                line["repeated"] = True
        elif answer.actual:
            line["actual"] = answer.actual
        self._answer(line, "append: repeated" if answer.repeated else f"append: {answer.code}")

    def _was_tried_before(self, number: int) -> bool:
        """A node that loses its leader asks the next one again, with the same ids: then the only
        try of a client may be answered as a repeat."""
        with self.guard:
            return self.tries[self.asked[number]] > 1

    def answer_read(self, number: int, answer: Answer) -> None:
        """One that calls itself stale has promised nothing: it is noted as one that timed out."""
        if answer.ok and not answer.stale:
            line = {"op": number, "answer": "sees", "seen": answer.version}
            if answer.id:
                line["id"] = answer.id
        else:
            line = {"op": number, "answer": "time_out" if answer.ok else answer.code}
        self._answer(line, "read: stale" if answer.stale else f"read: {answer.code}")

    def _answer(self, line: dict, outcome: str) -> None:
        with self.guard:
            self.asked.pop(line["op"], None)
            self._write(line)
        self.count(outcome)

    def count(self, outcome: str) -> None:
        with self.guard:
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    def close(self) -> None:
        with self.guard:
            self.file.close()
