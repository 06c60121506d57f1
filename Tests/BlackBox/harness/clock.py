"""A clock that a running gateway reads and a test moves: its civil time alone, forwards and backwards.

    clock = FakeClock(datetime.datetime(2027, 2, 1, tzinfo=datetime.timezone.utc))
    gateway.start(env=clock.environment)
    webhook.send(gateway, notice, timestamp=clock.timestamp)
    clock.advance(7 * 86_400)

The C beside this is preloaded. Debian's libfaketime will not do: it sets a variable while the program starts, after
which Swift no longer finds the program's arguments, and with its monotonic clock left alone absolute sleeps fail.
"""

from __future__ import annotations

import atexit
import datetime
import functools
import mmap
import pathlib
import shutil
import struct
import subprocess
import tempfile
import time

SOURCE = pathlib.Path(__file__).with_name("wall_clock.c")
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
SECOND = 1_000_000_000
# The lowest bit says that the clock stands, so a time is an even number of nanoseconds.
STANDS = 1


@functools.cache
def _scratch() -> pathlib.Path:
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cardproof-clock-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@functools.cache
def _library() -> pathlib.Path:
    """Compiled once a run. The Swift toolchain brings clang."""
    compiler = shutil.which("clang") or shutil.which("cc")
    assert compiler, "no C compiler: is the Swift toolchain in PATH?"
    built = _scratch() / "wall_clock.so"
    subprocess.run([compiler, "-Wall", "-O2", "-shared", "-fPIC", "-o", str(built), str(SOURCE)], check=True)
    return built


def nanoseconds(instant: datetime.datetime) -> int:
    return (instant - EPOCH) // datetime.timedelta(microseconds=1) * 1_000


class FakeClock:
    """Goes on from `start` (now, unless given), or stands there until it is moved. Timers do not hear of a jump: they
    wait on the monotonic clock, and what it makes due is found at the next look. Programs that the gateway starts have
    nothing of its environment, and so the real time."""

    def __init__(self, start: datetime.datetime | None = None, stands: bool = False):
        with tempfile.NamedTemporaryFile(dir=_scratch(), suffix=".clock", delete=False) as file:
            file.write(bytes(8))
            file.flush()
            self.file = pathlib.Path(file.name)
            self._word = mmap.mmap(file.fileno(), 8)
        self.stands = stands
        self.jump_to(start or datetime.datetime.now(datetime.timezone.utc))

    @property
    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(_library()), "WALL_CLOCK_FILE": str(self.file)}

    def _read(self) -> int:
        word, = struct.unpack("=q", self._word[:])
        return word & ~STANDS if word & STANDS else word + time.time_ns()

    @property
    def now(self) -> datetime.datetime:
        return EPOCH + datetime.timedelta(microseconds=self._read() // 1_000)

    @property
    def timestamp(self) -> int:
        """Whole seconds since 1970, as a webhook's headers name them."""
        return self._read() // SECOND

    def jump_to(self, instant: datetime.datetime) -> None:
        self._set(nanoseconds(instant))

    def advance(self, seconds: float) -> None:
        """Back with a negative number."""
        self._set(self._read() + round(seconds * SECOND))

    def stand_still(self) -> None:
        self.stands = True
        self._set(self._read())

    def go_on(self) -> None:
        self.stands, here = False, self._read()
        self._set(here)

    def _set(self, now: int) -> None:
        word = now if self.stands else now - time.time_ns()
        self._word[:] = struct.pack("=q", word & ~STANDS | (STANDS if self.stands else 0))
