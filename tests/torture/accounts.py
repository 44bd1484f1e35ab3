"""Commands to aggregates (`hello`'s accounts), the same one at several nodes, and the read model
that adds up what came of them: each command is done once, and each event counted once."""

import collections
import json
import random
import threading
from typing import Iterable, NamedTuple

from answers import OPEN, Answer

CATEGORY = "account"
ACCOUNTS = 3
SHARED_MAX = 16  # commands that clients try at the same time, at different nodes
CENTS_MAX = 3    # small: an account refuses what is too much, and never does here


class Command(NamedTuple):
    id: str
    account: str
    cents: int


class Accounts:
    """Threads: any; `learn` and what checks, the main thread."""

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.shared: collections.deque[Command] = collections.deque(maxlen=SHARED_MAX)
        self.answers: dict[Command, list[Answer]] = {}
        self.recorded: dict[str, list[dict]] = {}  # events by the command they came of
        self.cents = 0

    def some_command(self, chance: random.Random, new_id: str) -> Command:
        """A new one, or one that somebody else has sent just now."""
        with self.guard:
            if self.shared and chance.random() < 0.5:
                return chance.choice(self.shared)
            made = Command(new_id, str(chance.randrange(ACCOUNTS)),
                           chance.randint(1, CENTS_MAX))
            self.shared.append(made)
            self.answers[made] = []
            return made

    def note(self, command: Command, answer: Answer) -> None:
        with self.guard:
            self.answers[command].append(answer)

    def learn(self, lines: Iterable[str]) -> None:
        for line in lines:
            event = json.loads(line)
            if event["stream"].startswith(CATEGORY + "-"):
                self.recorded.setdefault(event["causation_id"], []).append(event)
                self.cents += event["data"]["cents"]

    def check(self) -> list[str]:
        """What was answered, beside what is recorded. Once nobody dispatches any more."""
        found = []
        for command, answers in self.answers.items():
            events = self.recorded.get(command.id, [])
            accepted = {(each.version, each.position) for each in answers if each.ok}
            places = {(each["version"], each["position"]) for each in events}
            if len(events) > 1:
                found.append(f"command {command.id} was done {len(events)} times: {places}")
            elif not accepted <= places:
                found.append(f"command {command.id} was told to be {accepted}, and is {places}")
            elif events and all(each.code not in OPEN | {"ok"} for each in answers):
                found.append(f"command {command.id} was refused by all, and is {places}")
            elif events and (events[0]["stream"], events[0]["data"]) != (
                    f"{CATEGORY}-{command.account}", {"cents": command.cents}):
                found.append(f"command {command.id} came to something else: {events[0]}")
        if unknown := set(self.recorded) - {command.id for command in self.answers}:
            found.append(f"nobody sent command {unknown.pop()}")
        return found
