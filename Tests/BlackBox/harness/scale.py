"""How much a run does: small counts by default, the large ones with CARDPROOF_SCALE=soak."""

import os
import random

SOAK = os.environ.get("CARDPROOF_SCALE", "test") == "soak"
# Whether the store of every gateway is audited at the end: what no test may leave behind.
AUDIT = SOAK or bool(os.environ.get("CARDPROOF_AUDIT"))
SEED = int(os.environ.get("CARDPROOF_SEED") or random.SystemRandom().randrange(1, 2**31))


def count(small: int, large: int) -> int:
    """The number of rounds, codes or requests of a test in this run."""
    return large if SOAK else small


def randomness(name: str) -> random.Random:
    """A generator of its own for each test, so that leaving one out does not change another."""
    return random.Random(f"{SEED}/{name}")
