"""What a client asks a cluster for, whichever cluster it is, and what it is answered."""

from typing import NamedTuple

# Errors after which an append may have been done, or may be done later (history.cpp, leaves_open).
OPEN = {"unknown_outcome", "time_out", "unreachable", "stopped", "io", "corrupt"}
# Errors that say: not now, nothing was done.
NOT_NOW = {"no_quorum", "not_leader", "overloaded", "circuit_open", "store_full", "in_use"}
# All that whoever works at the same time as others, while things go wrong, may be answered.
EXPECTED = {"ok", "wrong_expected_version"} | OPEN | NOT_NOW


class Append(NamedTuple):
    stream: str
    expect: int | str  # a version, or any, none, exists
    id: str
    data: str          # a JSON object
    type: str = "happened"


class Answer(NamedTuple):
    """Of an append: the places it has. Of a read: `version` and `id` of the last event it saw."""

    code: str  # "ok" or an error's name
    actual: int = 0
    message: str = ""
    version: int = 0
    position: int = 0
    recorded_at: str = ""
    repeated: bool = False
    id: str = ""
    stale: bool = False  # a read that does not claim to be linearizable

    @property
    def ok(self) -> bool:
        return self.code == "ok"

    @property
    def leaves_open(self) -> bool:
        return self.code in OPEN
