"""Ports that something is going to listen at. Of the standard library alone: issuers in other processes import it."""

from __future__ import annotations

import contextlib
import random
import socket


def free_port() -> int:
    """To be listened at later: below those that Linux gives to connections, which would take it in between."""
    while True:
        port = random.SystemRandom().randrange(10_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
