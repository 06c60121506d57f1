"""One event for each transition of a claim, whatever is sent twice and whoever is killed."""

from __future__ import annotations

import dataclasses

import pytest

from harness import cards as made
from harness import claim_world, lived
from harness.receiver import Receiver
from harness.scale import count, randomness


@pytest.fixture
def receiver():
    made_receiver = Receiver()
    yield made_receiver
    made_receiver.stop()


def test_each_transition_is_one_event_by_id_over_refusals_and_kills(new_gateway, receiver, cards, vouchers):
    gateway = new_gateway("claim-events", platform=("--events-url", receiver.url),
                          settings={"events": {"retry": ["200ms", "500ms"]}}).start()
    rnd = randomness("claim-events")
    for _ in range(count(6, 100)):
        serial, key = cards.voucher()
        vouchers.put(key, serial=serial, state="used", history=[("used", made.now() - 2 * made.DAY)])
        receiver.refuse_first = rnd.choice([0, 0, 1, 2])
        delivered = lived.deliver(gateway, cards.order(), [made.item("voucher", key, serial)])
        [claim] = gateway.claims_of(delivered.id)
        for number, act in enumerate(({"event": "message_posted", "actor": "merchant"},
                                      {"event": "withdrawn", "actor": "buyer"})):
            if rnd.random() < 0.3:
                gateway.kill()
                gateway.start()
            answers = {lived.act(gateway, claim["claim"], act, f"{claim['claim']}-{number}").status
                       for _ in range(2)}
            assert answers == {200}
    claims = claim_world.settled(gateway, receiver)
    told = claim_world.told(receiver)
    print(f"{len(claims)} claims, {len(told)} events, "
          f"{sum(event.times - 1 for event in told)} times sent again")
    assert {len(claim_world.owed(claim)) for claim in claims} == {3}
    doubled = told + [dataclasses.replace(told[0], id="evt_other")]
    assert claim_world.discrepancies(claims, doubled) != []
    assert claim_world.discrepancies(claims, told[1:]) != []
    gateway.stop()
