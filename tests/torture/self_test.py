#!/usr/bin/env python3
"""Whether the harness would notice: its checkers are given histories and logs that are wrong.
self_test.py BUILD_FOLDER"""

import json
import pathlib
import random
import socket
import sys
import tempfile
import threading
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from accounts import Accounts  # noqa: E402
from answers import Answer, Append  # noqa: E402
from check import check_history, check_local_reads  # noqa: E402
from comparison import Logs  # noqa: E402
from conductor import Conductor  # noqa: E402
from history import History  # noqa: E402
from processes import Program, Refused  # noqa: E402
from workload import Gate, LocalRead  # noqa: E402

BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/release")


def id_of(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def event(position: int, stream: str, version: int, number: int) -> dict:
    return {"position": position, "stream": stream, "version": version, "type": "happened",
            "id": id_of(number), "data": {"number": number},
            "recorded_at": "2026-01-01T00:00:00.000001Z"}


class Folder(unittest.TestCase):
    def setUp(self) -> None:
        self.made = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.made.name)

    def tearDown(self) -> None:
        self.made.cleanup()


class PlantedHistories(Folder):
    """A run that is right: two clients, three events, a refusal, a repeat, reads. Then each test
    spoils one thing of it."""

    def setUp(self) -> None:
        super().setUp()
        self.log = [event(1, "s", 1, 1), event(2, "s", 2, 2), event(3, "t", 1, 3)]
        self.history = History(self.folder / "history")
        self.appended("s", 0, 1, version=1, position=1)
        self.appended("s", 1, 2, version=2, position=2)
        self.appended("t", "any", 3, version=1, position=3)
        self.appended("s", 0, 1, version=1, position=1, repeated=True)
        self.asked("s", 1, 4, Answer("wrong_expected_version", actual=2))
        self.saw("s", 2, 2)

    def asked(self, stream: str, expect: int | str, number: int, answer: Answer) -> None:
        op = self.history.append(0, "n1", Append(stream, expect, id_of(number),
                                                 json.dumps({"number": number})))
        self.history.answer_append(op, answer)

    def appended(self, stream: str, expect: int | str, number: int, version: int, position: int,
                 repeated: bool = False) -> None:
        self.asked(stream, expect, number,
                   Answer("ok", version=version, position=position, repeated=repeated,
                          recorded_at="2026-01-01T00:00:00.000001Z"))

    def saw(self, stream: str, version: int, number: int, stale: bool = False) -> None:
        op = self.history.read(1, "n2", stream)
        self.history.answer_read(op, Answer("ok", version=version, stale=stale,
                                            id=id_of(number) if number else ""))

    def found(self) -> set[str]:
        self.history.close()
        path = self.folder / "log"
        path.write_text("".join(json.dumps(each) + "\n" for each in self.log))
        report, found = check_history(BUILD, self.history.path, path)
        self.assertEqual(report.get("events", len(self.log)), len(self.log))
        return {each.split(":")[0] for each in found}

    def test_what_is_right_is_right(self) -> None:
        self.assertEqual(self.found(), set())

    def test_a_lost_append(self) -> None:
        self.log.pop()
        self.assertIn("lost", self.found())

    def test_an_event_nobody_asked_for(self) -> None:
        self.log.append(event(4, "t", 2, 9))
        self.assertEqual(self.found(), {"invented"})

    def test_events_of_the_system_are_asked_for_by_nobody(self) -> None:
        self.log.append(event(4, "$members", 1, 9))
        self.assertEqual(self.found(), set())

    def test_an_event_twice(self) -> None:
        self.log.append(event(4, "t", 2, 3))
        self.assertIn("doubled", self.found())

    def test_a_gap_in_versions(self) -> None:
        self.log[1]["version"] = 3
        self.assertIn("gap", self.found())

    def test_a_gap_in_positions(self) -> None:
        self.log[2]["position"] = 4
        self.assertEqual(self.found(), {"check_history"})

    def test_changed_content(self) -> None:
        self.log[0]["data"]["number"] = 7
        self.assertIn("changed", self.found())

    def test_another_time(self) -> None:
        self.log[2]["recorded_at"] = "2026-01-01T00:00:00.000002Z"
        self.assertEqual(self.found(), {"forked"})

    def test_two_winners(self) -> None:
        self.appended("s", 1, 5, version=2, position=2)
        self.assertIn("two_winners", self.found())

    def test_a_read_that_goes_back(self) -> None:
        self.saw("s", 1, 1)
        self.assertEqual(self.found(), {"stale"})

    def test_a_read_that_says_it_is_stale_may_go_back(self) -> None:
        self.saw("s", 1, 1, stale=True)
        self.assertEqual(self.found(), set())

    def test_a_read_of_what_is_not_there(self) -> None:
        self.saw("s", 3, 9)
        self.assertIn("lost", self.found())

    def test_a_refusal_that_was_never_right(self) -> None:
        self.asked("s", 2, 6, Answer("wrong_expected_version", actual=1))
        self.assertTrue(self.found() & {"wrong_refusal", "stale"})

    def test_a_repeat_with_another_answer(self) -> None:
        self.appended("s", 1, 2, version=3, position=4, repeated=True)
        self.assertIn("forked", self.found())

    def test_an_unknown_outcome_may_be_there_or_not(self) -> None:
        self.asked("t", 1, 7, Answer("unknown_outcome"))
        self.asked("t", 1, 8, Answer("time_out"))
        self.log.append(event(4, "t", 2, 8))
        self.assertEqual(self.found(), set())

    def test_a_refused_append_that_was_written(self) -> None:
        self.asked("t", 1, 7, Answer("no_quorum"))
        self.log.append(event(4, "t", 2, 7))
        self.assertTrue(self.found())


class LocalReads(Folder):
    def found(self, *reads: tuple[str, int, int, int, int]) -> int:
        path = self.folder / "log"
        path.write_text("".join(json.dumps(event(n, "s", n, n)) + "\n" for n in (1, 2, 3)))
        return len(check_local_reads(
            [LocalRead(node, life, "s", called, called + 1, version, id_of(version) if version
                       else "") for node, life, called, version, _ in reads], path))

    def test_old_is_allowed_and_back_is_not(self) -> None:
        self.assertEqual(self.found(("a", 0, 1, 3, 0), ("b", 0, 5, 1, 0), ("b", 0, 9, 2, 0)), 0)
        self.assertEqual(self.found(("a", 0, 1, 3, 0), ("a", 0, 5, 1, 0)), 1)

    def test_those_at_the_same_time_have_no_order(self) -> None:
        self.assertEqual(self.found(("a", 0, 1, 3, 0), ("a", 0, 1, 2, 0)), 0)

    def test_another_disk_may_begin_anew(self) -> None:
        self.assertEqual(self.found(("a", 0, 1, 3, 0), ("a", 1, 5, 0, 0)), 0)

    def test_what_is_not_in_the_log(self) -> None:
        self.assertEqual(self.found(("a", 0, 1, 4, 0)), 1)


class Listing:
    """A client of nodes that have these logs."""

    def __init__(self, logs: dict[str, list[str]]):
        self.logs = logs
        self.names = list(logs)

    def log_lines(self, node: str, after: int, _deadline_s: float):
        return iter(self.logs[node][after:])


class Comparisons(Folder):
    def test_equal_logs_are_gathered_and_different_ones_found(self) -> None:
        line = [json.dumps(event(n, "s", n, n)) for n in range(1, 5)]
        nodes = Listing({"a": line[:2], "b": line[:2], "c": line[:2]})
        logs = Logs(nodes, nodes, self.folder / "log")
        self.assertEqual(logs.compare(), line[:2])
        for node in nodes.names:
            nodes.logs[node] = line[:3]
        self.assertTrue(logs.reach("b", 3))
        self.assertFalse(logs.reach("b", 4))
        self.assertEqual(logs.compare(), line[2:3])
        self.assertEqual(logs.path.read_text().splitlines(), line[:3])
        nodes.logs["c"] = [*line[:3], line[3].replace("happened", "hapened")]
        nodes.logs["a"] = nodes.logs["b"] = line
        with self.assertRaisesRegex(Refused, "a and c differ"):
            logs.compare()
        nodes.logs["c"] = line[:3]
        with self.assertRaisesRegex(Refused, "1 events behind 3, c 0"):
            logs.compare()


class Commands(unittest.TestCase):
    """One that was sent twice, and one of which nobody heard."""

    def setUp(self) -> None:
        self.accounts = Accounts()
        self.one = self.accounts.some_command(random.Random(1), id_of(1))
        self.accounts.note(self.one, Answer("ok", version=1, position=4))
        self.accounts.note(self.one, Answer("ok", version=1, position=4, repeated=True))
        self.accounts.learn([self.event(self.one.id, 1, 4, self.one.cents)])

    def event(self, command: str, version: int, position: int, cents: int) -> str:
        return json.dumps({"position": position, "version": version, "causation_id": command,
                           "stream": f"account-{self.one.account}", "data": {"cents": cents}})

    def found(self) -> str:
        return "; ".join(self.accounts.check())

    def test_what_is_right_is_right(self) -> None:
        self.assertEqual(self.found(), "")
        self.assertEqual(self.accounts.cents, self.one.cents)

    def test_done_twice(self) -> None:
        self.accounts.learn([self.event(self.one.id, 2, 5, self.one.cents)])
        self.assertIn("done 2 times", self.found())

    def test_another_answer(self) -> None:
        self.accounts.note(self.one, Answer("ok", version=2, position=5))
        self.assertIn("was told to be", self.found())

    def test_lost(self) -> None:
        self.accounts.recorded.clear()
        self.assertIn("was told to be", self.found())

    def test_something_else(self) -> None:
        self.accounts.recorded[self.one.id][0]["data"]["cents"] += 1
        self.assertIn("something else", self.found())

    def test_refused_and_done(self) -> None:
        self.accounts.answers[self.one] = [Answer("no_quorum"), Answer("refused")]
        self.assertIn("refused by all", self.found())
        self.accounts.note(self.one, Answer("time_out"))
        self.assertEqual(self.found(), "")

    def test_sent_by_nobody(self) -> None:
        self.accounts.learn([self.event(id_of(9), 2, 5, 1)])
        self.assertIn("nobody sent", self.found())


class Order(unittest.TestCase):
    def test_one_seed_is_one_order(self) -> None:
        def order(seed: int) -> list[list[str]]:
            conductor = Conductor.__new__(Conductor)
            conductor.random = random.Random(seed)
            conductor.names = ["disk_lost", "kill_leader", "loss", "ring", "stop_follower"]
            return [conductor.draw() for _ in range(40)]

        self.assertEqual(order(1), order(1))
        self.assertNotEqual(order(1), order(2))
        self.assertTrue(any(len(names) == 2 for names in order(1)))


class Programs(Folder):
    def test_kill_pause_and_end(self) -> None:
        program = Program([sys.executable, "-c", "import time; print('up', flush=True);"
                           "time.sleep(600)"], self.folder / "log")
        program.start()
        program.pause()
        self.assertTrue(program.is_running() and program.paused)
        program.resume()
        program.kill()
        self.assertFalse(program.is_running() or program.has_ended_by_itself())
        program.start()
        self.assertEqual(program.terminate(), -15)
        short = Program(["false"], self.folder / "short")
        short.start()
        short.child.wait()
        self.assertTrue(short.has_ended_by_itself())


class Gates(unittest.TestCase):
    def test_whoever_closes_it_waits_for_those_within(self) -> None:
        gate, order, inside = Gate(), [], threading.Event()

        def work() -> None:
            with gate:
                inside.set()
                time.sleep(0.05)
                order.append("worked")

        worker = threading.Thread(target=work)
        worker.start()
        inside.wait()
        gate.close()
        order.append("closed")
        worker.join()
        self.assertEqual(order, ["worked", "closed"])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=1)
