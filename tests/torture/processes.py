"""Programs that are started, killed, stopped and continued. All of them die with this one.

Start them from the main thread: Linux kills a child when the thread that started it ends.
"""

import ctypes
import os
import pathlib
import signal
import subprocess

PR_SET_PDEATHSIG = 1
STOP_PATIENCE_S = 20

_libc = ctypes.CDLL(None, use_errno=True)


class Refused(Exception):
    """A program did not do what it was started for; the text says what it said itself."""


def die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Program:
    """One program that may be started again and again, its output appended to one file."""

    def __init__(self, argv: list[str], log: pathlib.Path):
        self.argv = argv
        self.log = log
        self.child: subprocess.Popen[bytes] | None = None
        self.paused = False

    def start(self) -> None:
        assert self.child is None, f"{self.argv[0]} runs already"
        with open(self.log, "ab") as log:
            log.write(f"\n--- {' '.join(self.argv)}\n".encode())
            log.flush()
            self.child = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log,
                                          stderr=log, preexec_fn=die_with_parent)
        self.paused = False

    @property
    def pid(self) -> int | None:
        return self.child.pid if self.child else None

    def is_running(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def has_ended_by_itself(self) -> bool:
        return self.child is not None and self.child.poll() is not None

    def _end(self, number: int, patience_s: float) -> int | None:
        if self.child is None:
            return None
        if self.child.poll() is None:
            self.child.send_signal(number)
            if self.paused:
                self.child.send_signal(signal.SIGCONT)
        try:
            code = self.child.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise Refused(f"{self.argv[0]} did not end within {patience_s} s; {self.last_words()}")
        finally:
            self.child = None
        return code

    def kill(self) -> None:
        """kill -9, and waits until it is gone."""
        if self.child is not None and self.child.poll() is None:
            self.child.kill()
        if self.child is not None:
            self.child.wait()
        self.child = None

    def terminate(self) -> int | None:
        """SIGTERM, and waits. Answers the exit code; None if it did not run."""
        return self._end(signal.SIGTERM, STOP_PATIENCE_S)

    def pause(self) -> None:
        assert self.child is not None
        os.kill(self.child.pid, signal.SIGSTOP)
        self.paused = True

    def resume(self) -> None:
        if self.child is not None and self.paused:
            os.kill(self.child.pid, signal.SIGCONT)
        self.paused = False

    def last_words(self, lines: int = 5) -> str:
        text = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return f"the last lines of {self.log}:\n  " + "\n  ".join(text[-lines:])
