"""What a recording plan is made of. `record_fixtures.py` beside this folder plays it."""

from __future__ import annotations

import dataclasses

from issuers.strict import StrictIssuer


@dataclasses.dataclass(frozen=True)
class Ask:
    """One request, written down from the protocol's documents: the adapter has no part in it."""
    method: str
    # With the query, percent-encoded.
    target: str
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    body: bytes = b""


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    # The question, in the words of a fixture: `key`, `serial`, `product`, `face_value` …
    question: dict
    # What is put to the issuer, one request for each answer of the fixture.
    asks: list[Ask]
    # What the adapter must make of the answers, in the words of a fixture.
    expect: dict


@dataclasses.dataclass(frozen=True)
class Recording:
    """A module here has a function `recording()` that returns one of these."""
    adapter: str
    server: StrictIssuer
    settings: dict[str, str]
    cases: list[Case]
    # `good`, `unmapped`, `echo`: names of cases.
    attacks: dict[str, str]
    secrets: dict[str, str] = dataclasses.field(default_factory=dict)
    # What every question has that does not say otherwise.
    defaults: dict = dataclasses.field(default_factory=lambda: {
        "format": "generic", "asked_at": ASKED_AT, "delivered_at": DELIVERED_AT})
    # Headers that an answer has of the moment, lower case, but that this protocol signs.
    kept: frozenset[str] = frozenset()
    # `redemptions.yaml` where codes are spent.
    file: str = "answers.yaml"


DELIVERED_AT = "2026-11-20T08:00:00Z"
ASKED_AT = "2026-11-20T08:05:00Z"
# The issuer's mark for what it repeats; the conformance cases put secrets in its place.
ECHO = "ECHO-GOES-HERE"
