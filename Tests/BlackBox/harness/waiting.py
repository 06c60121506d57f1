"""Waiting for what a test cannot cause at once, and killing what must not mind it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable

from .gateway import Gateway, binary, environment


def eventually(what: str, condition: Callable[[], object], seconds: float = 20):
    """What the condition gives once it holds; a test whose condition never does fails."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)
    return found


def kill_at_a_random_moment(gateway: Gateway, rnd: random.Random, *arguments: str, whole: bool) -> None:
    """Runs a command and kills it; `whole`: the gateway that it speaks to first, which is started again."""
    victim = subprocess.Popen(
        [str(binary()), *arguments, "--config", str(gateway.config)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=gateway.folder,
        env=environment(gateway.folder))
    time.sleep(rnd.random() * 0.6)
    if whole:
        gateway.kill()
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    if whole:
        gateway.start()
