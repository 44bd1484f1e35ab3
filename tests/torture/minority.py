"""Whoever is cut off from a majority refuses writes, and at once."""

import json
import time
from typing import TYPE_CHECKING

from answers import NOT_NOW, Answer, Append
from processes import Refused

if TYPE_CHECKING:
    from faults import Stage

NOTICED_S = 15.0  # until a minority knows that it is one; a leader may have to step down first
AT_ONCE_S = 1.0   # then each refusal, on a machine that has much else to do
UNAVAILABLE = 5   # the tool's exit code


def must_refuse(stage: "Stage", few: list[str]) -> str:
    """Asks each node of the minority until it refuses, and once more: that has to be at once.
    Says how long it took. Raises Refused if one accepts, or is silent for too long."""
    if not stage.system.refuses_at_once:
        return ""
    said = []
    for name in few:
        began = time.monotonic()
        while not is_refused(stage, name)[0]:
            if time.monotonic() - began > NOTICED_S:
                raise Refused(f"{name} is cut off from a majority, and does not refuse a write "
                              f"within {NOTICED_S} s")
        noticed = time.monotonic() - began
        refused, took = is_refused(stage, name)
        if not refused or took > AT_ONCE_S:
            raise Refused(f"{name} is cut off, and its second answer to a write was no refusal "
                          f"at once: {refused}, {took:.2f} s")
        stage.refusals.append(took)
        check_tool(stage, name)
        said.append(f"{name} refuses after {noticed:.2f} s, then within {took * 1e3:.0f} ms")
    return "; " + ", ".join(said)


def is_refused(stage: "Stage", name: str) -> tuple[bool, float]:
    """Whether the node refuses a write for want of a majority. One that waits has not refused."""
    began = time.monotonic()
    answer = stage.load.main.ask_append(new_append(stage, name), name)
    took = time.monotonic() - began
    if answer.ok:
        raise Refused(f"{name} is cut off from a majority, and accepts a write")
    return answer.code in NOT_NOW, took


def new_append(stage: "Stage", name: str) -> Append:
    return Append("minority", "any", stage.load.main.new_id(), json.dumps({"asked": name}))


def check_tool(stage: "Stage", name: str) -> None:
    """The same by the tool, as a script would ask. Its answer is noted as one nobody heard."""
    asked = new_append(stage, name)
    number = stage.load.history.append(stage.load.main.number, name, asked)
    code, _, said = stage.system.tool(name, "append", asked.stream, asked.type, asked.data, "--id",
                                      asked.id)
    stage.load.history.answer_append(number, Answer("unknown_outcome"))
    if code != UNAVAILABLE:
        raise Refused(f"aiex append at {name}, in a minority, exits with {code}, not "
                      f"{UNAVAILABLE}: {said}")
