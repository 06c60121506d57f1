"""Faults of the disk, by `strace -e inject`: one call fails, or the process dies at its door.

strace counts a call in its own thread and by its own name, so a fault is "the 7th pwrite64 of a thread", and
a clean run tells how far one has to count. What was really hit is read from the log. With `-P` only calls
on the named files are counted; it knows only files that can be named before they are made."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import os
import pathlib
import re
import signal
import subprocess

WRITES = ("pwrite64", "pwritev", "pwritev2", "ftruncate", "fallocate", "rename", "renameat",
          "renameat2", "unlink", "unlinkat")
FLUSHES = ("fsync", "fdatasync", "sync_file_range", "msync")
LINE = re.compile(r"(?P<thread>\d+) +(?P<time>[\d.]+) (?P<name>\w+)\((?P<arguments>.*?)(?:\) += |$)")
PATH = re.compile(r'<(/[^>]*)>|"(/[^"]*)"')


@dataclasses.dataclass(frozen=True)
class Fault:
    """What becomes of the `number`-th call of this name in a thread."""
    call: str
    effect: str
    number: int

    def __str__(self) -> str:
        return f"{self.effect} at {self.call} {self.number}"

    @property
    def kills(self) -> bool:
        return self.effect == "KILL"


@dataclasses.dataclass(frozen=True)
class Call:
    thread: int
    time: float
    name: str
    path: str
    is_injected: bool

    @property
    def file(self) -> str:
        return pathlib.Path(self.path).name


class Trace:
    """One run under strace."""

    def __init__(self, log: pathlib.Path, fault: Fault | None, paths: list[pathlib.Path] = [],
                 calls: tuple[str, ...] = WRITES + FLUSHES):
        self.log, self.fault, self.calls, self.paths = log, fault, calls, paths

    @property
    def command(self) -> tuple[str, ...]:
        """Contents are left out of the log (`-s 0`): what is written may be a secret."""
        effect = []
        if self.fault is not None:
            action = "signal=KILL" if self.fault.kills else f"error={self.fault.effect}"
            effect = ["-e", f"inject={self.fault.call}:{action}:when={self.fault.number}"]
        # Under seccomp only the named calls stop the process, but a signal is not injected.
        quick = [] if self.fault is not None and self.fault.kills else ["--seccomp-bpf"]
        return ("strace", "-f", "-qq", *quick, "-ttt", "-y", "-s", "0", "-e", "signal=none", "-o",
                str(self.log), "-e", f"trace={','.join(self.calls)}", *effect,
                *(word for path in self.paths for word in ("-P", str(path))))

    def made(self) -> list[Call]:
        """The calls in their order. One that another thread's interrupted is told where it began,
        and whether it failed where it ended."""
        found: list[Call] = []
        begun: dict[int, int] = {}
        for line in self.log.read_text(errors="replace").splitlines() if self.log.exists() else []:
            if match := LINE.match(line):
                path = PATH.search(match["arguments"])
                thread = int(match["thread"])
                # A killed thread has no result.
                died = self.fault is not None and self.fault.kills and line.endswith("= ?")
                begun[thread] = len(found)
                found.append(Call(thread, float(match["time"]), match["name"],
                                  (path[1] or path[2]) if path else "",
                                  line.endswith("(INJECTED)") or died))
            elif " resumed>" in line:
                thread = int(line.split(maxsplit=1)[0])
                died = self.fault is not None and self.fault.kills and line.endswith("= ?")
                if thread in begun and (line.endswith("(INJECTED)") or died):
                    place = begun[thread]
                    found[place] = dataclasses.replace(found[place], is_injected=True)
        return found

    def hit(self) -> list[Call]:
        """Where the fault struck. Of a killed process, the call of its name that was to be the one."""
        calls = self.made()
        if self.fault is None or not self.fault.kills:
            return [call for call in calls if call.is_injected]
        seen: collections.Counter[int] = collections.Counter()
        for call in calls:
            if call.name == self.fault.call:
                seen[call.thread] += 1
                if seen[call.thread] == self.fault.number and call.is_injected:
                    return [call]
        return []


def reach(calls: list[Call]) -> dict[str, int]:
    """How often a thread makes each call, at most."""
    counted = collections.Counter((call.name, call.thread) for call in calls)
    most: dict[str, int] = {}
    for (name, _), number in counted.items():
        most[name] = max(number, most.get(name, 0))
    return most


def traced(process: subprocess.Popen) -> int:
    """The process that strace runs; 0 when there is none any more."""
    children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
    try:
        return int((children.read_text().split() or ["0"])[0])
    except OSError:
        return 0


def stop(gateway, seconds: float = 60) -> int:
    """Ends the traced gateway in order, should it still run; its exit code, negative by a signal."""
    process, gateway.process = gateway.process, None
    child = traced(process)
    if process.poll() is None and child:
        send(signal.SIGTERM, child)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        end(process)
        raise AssertionError(f"the traced gateway did not end {seconds} s after SIGTERM") from None


def end(process: subprocess.Popen) -> None:
    """Kills both: without its tracer a process would go on."""
    if process.poll() is None:
        if child := traced(process):
            send(signal.SIGKILL, child)
        process.kill()
        process.wait()


def send(number: int, child: int) -> None:
    """A fault may have killed it a moment ago."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, number)
