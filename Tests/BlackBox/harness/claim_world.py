"""What a platform hears of its claims, against what the claims say of themselves: one event a transition, by its id.

An event may come again under its own id and with the same bytes; that is one event. Two ids for one transition, or
none, are defects.
"""

from __future__ import annotations

import collections
import dataclasses
import time

from .receiver import Receiver

OPENED, CHANGED = "claim.opened", "claim.state_changed"
# In it a claim is made; to leave it is to open.
FIRST_STATE = "detected"


@dataclasses.dataclass(frozen=True)
class Told:
    """An event about a claim, however often it came."""
    id: str
    type: str
    claim: str
    state: str
    times: int


def told(receiver: Receiver) -> list[Told]:
    """Every event about a claim's state once, in the order of the ids, which is that of the acts."""
    bodies: dict[str, set[bytes]] = collections.defaultdict(set)
    times: collections.Counter[str] = collections.Counter()
    said: dict[str, dict] = {}
    for event in list(receiver.events):
        if event.type in (OPENED, CHANGED):
            bodies[event.id].add(event.body)
            times[event.id] += 1
            said[event.id] = event.json()
    differing = [identifier for identifier, found in bodies.items() if len(found) > 1]
    assert differing == [], f"sent again with other bytes: {differing}"
    return [Told(identifier, event["type"], event["data"]["claim"], event["data"]["state"], times[identifier])
            for identifier, event in sorted(said.items())]


def owed(claim: dict) -> list[tuple[str, str]]:
    """The events that the history of a claim (`GET /v1/claims/{id}`) asks for, in order: type and state."""
    events = []
    for entry in claim["history"]:
        if entry["from"] == FIRST_STATE:
            events.append((OPENED, entry["to"]))
        elif entry["from"] not in (None, entry["to"]):
            events.append((CHANGED, entry["to"]))
    return events


def discrepancies(claims: list[dict], events: list[Told], ordered: bool = True) -> list[str]:
    """One line for each claim whose events are not those of its history, and for each event about no claim. Ids of one
    millisecond are in no order: where a clock stood, the events are compared without it."""
    arranged = list if ordered else sorted
    heard: dict[str, list[tuple[str, str]]] = collections.defaultdict(list)
    for event in events:
        heard[event.claim].append((event.type, event.state))
    found = [f"{claim['claim']}: owed {owed(claim)}, heard {heard[claim['claim']]}"
             for claim in claims if arranged(owed(claim)) != arranged(heard[claim["claim"]])]
    known = {claim["claim"] for claim in claims}
    return found + [f"{event.id} is about {event.claim}, which there is not"
                    for event in events if event.claim not in known]


def settled(gateway, receiver: Receiver, seconds: float = 30, quiet: float = 1) -> list[dict]:
    """All claims with their histories, once every event that they owe has come, once each. Nothing more may come in
    the `quiet` seconds after that."""
    claims = [gateway.get_json(f"/v1/claims/{claim['claim']}") for claim in gateway.claims()]
    deadline = time.monotonic() + seconds
    while found := discrepancies(claims, told(receiver)):
        assert time.monotonic() < deadline, f"not within {seconds} s:\n" + "\n".join(found)
        time.sleep(0.05)
    time.sleep(quiet)
    assert discrepancies(claims, told(receiver)) == []
    return claims
