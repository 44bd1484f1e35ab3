"""A run: faults in an order that the seed decides, under load, and calm between them, in which all
nodes must become equal. The main thread conducts; clients are threads of their own."""

import random
import time

from answers import EXPECTED, Answer
from comparison import Logs
from faults import FAULTS, Stage, possible
from processes import Refused
from workload import Workload

CALM_S = 60.0      # for a cluster that is healed until all its nodes are equal
HOLD_S = (0.5, 4.0)  # how long a fault lasts, besides what it waits for by itself
BETWEEN_S = (0.2, 1.5)  # of load without a fault
BOTH_IN = 4        # one in so many rounds has two faults at once
ALONE = {"disk_lost", "member_leaves"}  # one more would leave no majority that has everything
PAIRED = {"kill_follower", "stop_follower", "loss", "flapping", "slow_links", "leader_hands_over"}


class Conductor:
    def __init__(self, stage: Stage, load: Workload, logs: Logs, seed: int, say=print):
        self.stage = stage
        self.load = load
        self.logs = logs
        self.random = random.Random(seed)
        self.say = say
        self.names, self.lacks = possible(stage.system, stage.network)
        self.done: dict[str, int] = {}
        self.calm_s: list[float] = []
        self.is_calm = False  # nobody has written since all was found equal
        self.began = time.monotonic()

    def tell(self, what: str) -> None:
        self.say(f"{time.monotonic() - self.began:8.2f} s  {what}")

    def run(self, until: float, only: list[str] | None = None) -> None:
        """Rounds until the time (of the monotonic clock), or until each of `only` was once. Raises
        Refused when something does not hold."""
        queue = list(only) if only is not None else None
        while queue != [] and time.monotonic() < until:
            self.round([queue.pop(0)] if queue else self.draw())

    def each_once(self) -> list[str]:
        return self.random.sample(self.names, len(self.names))

    def draw(self) -> list[str]:
        first = self.random.choice(self.names)
        beside = sorted(PAIRED & set(self.names))
        if self.random.randrange(BOTH_IN) == 0 and first not in ALONE | PAIRED and beside:
            return [first, self.random.choice(beside)]
        return [first]

    def round(self, names: list[str]) -> None:
        self.is_calm = False
        self.load.gate.open()
        self.hold(self.random.uniform(*BETWEEN_S))
        self.stage.random = random.Random(self.random.getrandbits(64))
        length = self.random.uniform(*HOLD_S)
        under_way = []
        for name in names:
            steps = FAULTS[name](self.stage)
            self.tell(f"{name}: {next(steps)}")
            self.done[name] = self.done.get(name, 0) + 1
            under_way.append(steps)
            self.load.begin_stream()
            self.hold(length / len(names))
        for steps in reversed(under_way):
            next(steps, None)
        self.calm()

    def hold(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self.load.ending.wait(min(left, 0.1)):
                raise Refused("; ".join(self.load.failures))
            self.nobody_fell()

    def nobody_fell(self) -> None:
        if fallen := self.stage.system.fallen():
            program = self.stage.system.programs[fallen[0]]
            raise Refused(f"{fallen[0]} ended by itself; {program.last_words()}")

    def calm(self) -> None:
        """All is healed: one more append is accepted at each node, and all logs become equal.
        Clients stay outside, until the next round."""
        began = time.monotonic()
        self.load.gate.close()
        self.is_calm = False
        last = 0
        for name in self.stage.names:
            last = max(last, self.accepted(name, began).position)
        self.stage.system.wait(
            lambda: all(self.logs.reach(name, last) for name in self.stage.names),
            CALM_S - (time.monotonic() - began),
            f"all logs reach position {last}, and no node takes itself for cut off")
        new = self.logs.compare()
        self.load.accounts.learn(new)
        if self.stage.system.has_accounts:
            self.stage.system.wait(
                lambda: all(self.stage.system.cents_counted(name) == self.load.accounts.cents
                            for name in self.stage.names),
                CALM_S, f"each node's read model has counted {self.load.accounts.cents} cents")
        took = time.monotonic() - began
        self.calm_s.append(took)
        self.tell(f"calm: all equal up to {self.logs.head}, {len(new)} events more, "
                  f"after {took:.2f} s")
        self.is_calm = True


    def accepted(self, name: str, began: float) -> Answer:
        """Tries until the node accepts an append. A new one each time: of a repeat it would not
        be known where it stands."""
        while True:
            answer = self.load.main.append_at(name)
            if answer.ok:
                return answer
            if answer.code not in EXPECTED or time.monotonic() - began > CALM_S:
                raise Refused(f"{name} accepts no append within {CALM_S} s after all was healed: "
                              f"{answer.code}: {answer.message}")
            self.nobody_fell()
            time.sleep(0.02)
