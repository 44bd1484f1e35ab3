"""What goes wrong. A fault is a generator: its first step does the harm and says what it did, its
second undoes it. What it does is drawn from the run's seed; who leads then decides reality.
"""

import dataclasses
import random
from typing import Callable, Iterator

from minority import must_refuse
from network import Network
from system import System
from workload import Workload

LEADER_PATIENCE_S = 20


@dataclasses.dataclass
class Stage:
    system: System
    network: Network
    random: random.Random
    load: Workload
    refusals: list[float] = dataclasses.field(default_factory=list)  # seconds each took

    @property
    def names(self) -> list[str]:
        return self.system.names

    def leader(self) -> str:
        found: list[str] = []

        def is_led() -> bool:
            found[:] = [name for name in [self.system.leader()] if name]
            return bool(found)

        self.system.wait(is_led, LEADER_PATIENCE_S, "somebody leads")
        return found[0]

    def follower(self) -> str:
        leader = self.leader()
        return self.random.choice([name for name in self.names if name != leader])

    def others(self, *names: str) -> list[str]:
        return [name for name in self.names if name not in names]

    def minority(self) -> list[str]:
        return self.random.sample(self.names, (len(self.names) - 1) // 2)


Fault = Callable[[Stage], Iterator[str]]
FAULTS: dict[str, Fault] = {}
NEEDS_DELAY = {"slow_links"}
OF_ONE_NODE = {"kill_leader", "kill_all", "stop_leader"}


def fault(make: Fault) -> Fault:
    FAULTS[make.__name__] = make
    return make


# -- processes ------------------------------------------------------------------------------------


def killed(stage: Stage, names: list[str]) -> Iterator[str]:
    for name in names:
        stage.system.kill(name)
    yield f"kill -9 {', '.join(names)}"
    for name in names:
        stage.system.start(name)


@fault
def kill_leader(stage: Stage) -> Iterator[str]:
    yield from killed(stage, [stage.leader()])


@fault
def kill_follower(stage: Stage) -> Iterator[str]:
    yield from killed(stage, [stage.follower()])


@fault
def kill_all(stage: Stage) -> Iterator[str]:
    yield from killed(stage, stage.names)


def paused(stage: Stage, name: str) -> Iterator[str]:
    stage.system.pause(name)
    yield f"SIGSTOP {name}"
    stage.system.resume(name)


@fault
def stop_leader(stage: Stage) -> Iterator[str]:
    yield from paused(stage, stage.leader())


@fault
def stop_follower(stage: Stage) -> Iterator[str]:
    yield from paused(stage, stage.follower())


@fault
def kill_while_stopped(stage: Stage) -> Iterator[str]:
    """One is stopped and another killed: with three nodes nobody can be asked for a majority."""
    leader = stage.leader()
    other = stage.random.choice(stage.others(leader))
    stage.system.pause(other)
    stage.system.kill(leader)
    yield f"SIGSTOP {other}, kill -9 {leader}"
    stage.system.resume(other)
    stage.system.start(leader)


# -- the network ----------------------------------------------------------------------------------


def cut(stage: Stage, pairs: dict[tuple[str, str], int], what: str) -> Iterator[str]:
    stage.network.drop(pairs)
    yield what
    stage.network.heal()


def split(stage: Stage, few: list[str]) -> Iterator[str]:
    """`few`, a minority, cannot see the others; they refuse, the others go on."""
    steps = cut(stage, stage.network.between(few, stage.others(*few)),
                f"{', '.join(few)} apart from the others")
    what = next(steps)
    yield what + must_refuse(stage, few)
    next(steps, None)


@fault
def leader_apart(stage: Stage) -> Iterator[str]:
    yield from split(stage, [stage.leader()])


@fault
def minority_apart(stage: Stage) -> Iterator[str]:
    yield from split(stage, stage.minority())


@fault
def leader_with_few_apart(stage: Stage) -> Iterator[str]:
    leader = stage.leader()
    with_it = stage.random.sample(stage.others(leader), (len(stage.names) - 1) // 2 - 1)
    yield from split(stage, [leader, *with_it])


@fault
def all_apart(stage: Stage) -> Iterator[str]:
    yield from cut(stage, stage.network.between(stage.names, stage.names), "everybody alone")


@fault
def leader_not_heard(stage: Stage) -> Iterator[str]:
    leader = stage.leader()
    yield from cut(stage, stage.network.one_way([leader], stage.others(leader)),
                   f"nobody hears {leader}, the leader, which hears all")


@fault
def leader_hears_nothing(stage: Stage) -> Iterator[str]:
    leader = stage.leader()
    yield from cut(stage, stage.network.one_way(stage.others(leader), [leader]),
                   f"{leader}, the leader, hears nobody, and all hear it")


@fault
def follower_hears_nothing(stage: Stage) -> Iterator[str]:
    name = stage.follower()
    yield from cut(stage, stage.network.one_way(stage.others(name), [name]),
                   f"{name} hears nobody, and all hear it")


@fault
def ring(stage: Stage) -> Iterator[str]:
    """Each sees two; of three, where that is everybody, two do not see each other."""
    order = stage.random.sample(stage.names, len(stage.names))
    near = {frozenset((a, b)) for a, b in zip(order, order[1:] + order[:1])}
    if len(order) == 3:
        near.remove(frozenset((order[0], order[2])))
    far = {(a, b): 100 for a in order for b in order if a != b and frozenset((a, b)) not in near}
    yield from cut(stage, far, f"each sees its neighbours alone: {'-'.join(order)}")


@fault
def bridge(stage: Stage) -> Iterator[str]:
    """One sees all, the others see only it: whoever leads must not lose to those it cannot see."""
    middle = stage.random.choice(stage.names)
    others = stage.others(middle)
    yield from cut(stage, stage.network.between(others, others), f"only {middle} sees the others")


@fault
def loss(stage: Stage) -> Iterator[str]:
    percent = stage.random.choice((5, 20, 40))
    yield from cut(stage, stage.network.between(stage.names, stage.names, percent),
                   f"{percent} % of all packets are lost")


@fault
def flapping(stage: Stage) -> Iterator[str]:
    """A link that comes and goes; `hold` in conductor.py is the time it is down."""
    one, other = stage.random.sample(stage.names, 2)
    pairs = stage.network.between([one], [other])
    for _ in range(stage.random.randrange(3, 8)):
        stage.network.drop(pairs)
        stage.network.drop({})
    yield from cut(stage, pairs, f"the link of {one} and {other} flaps")


@fault
def slow_links(stage: Stage) -> Iterator[str]:
    milliseconds = stage.random.choice((20, 80, 200))
    stage.network.delay(milliseconds)
    yield f"every packet takes {milliseconds} ms"
    stage.network.delay(0)


# -- disks, members, certificates -----------------------------------------------------------------


@fault
def disk_lost(stage: Stage) -> Iterator[str]:
    """A node comes back with nothing, and is replaced; it never votes under its old id."""
    name = stage.random.choice(stage.names)
    stage.system.kill(name)
    yield f"kill -9 {name}, its disk is lost"
    stage.system.wipe(name)
    stage.load.lives[name] += 1
    stage.leader()
    stage.system.replace(name, stage.random.choice(stage.others(name)))


@fault
def member_leaves(stage: Stage) -> Iterator[str]:
    """Somebody is taken out, and comes back later as a new member, with nothing."""
    name = stage.random.choice(stage.names)
    stage.system.remove(name, stage.random.choice(stage.others(name)))
    yield f"{name} is no member any more"
    stage.system.kill(name)
    stage.system.wipe(name)
    stage.load.lives[name] += 1
    stage.leader()
    stage.system.come_back(name, stage.random.choice(stage.others(name)))


@fault
def leader_hands_over(stage: Stage) -> Iterator[str]:
    leader = stage.leader()
    to = stage.random.choice(stage.others(leader))
    said = stage.system.transfer(leader, to)
    yield f"{leader} hands over to {to}{said}"


@fault
def certificate_renewed(stage: Stage) -> Iterator[str]:
    name = stage.random.choice(stage.names)
    stage.system.renew(name)
    yield f"the certificate of {name} is renewed, and its key"
    other = stage.random.choice(stage.others(name))  # links with it again, by the new one
    stage.system.kill(other)
    stage.system.start(other)


def possible(system: System, network: Network) -> tuple[list[str], dict[str, str]]:
    """The faults there can be here, and why others cannot."""
    lacks = {}
    if len(system.names) == 1:
        lacks = {name: "there is one node" for name in FAULTS if name not in OF_ONE_NODE}
    if not network.can_delay:
        lacks |= {name: "this network cannot delay" for name in NEEDS_DELAY}
    if not system.has_certificates:
        lacks["certificate_renewed"] = "no certificates"
    return [name for name in sorted(FAULTS) if name not in lacks], lacks
