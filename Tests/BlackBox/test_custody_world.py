"""Who is liable, against worlds in which it is known (D-1): who held each code when, who used it, what clocks say."""

from __future__ import annotations

import collections
import concurrent.futures
import datetime

import pytest

from conftest import VOUCHER_SECRET
from harness import buyer, webhook
from harness import cards as made
from harness import custody_world as world
from harness.clock import FakeClock
from harness.custody_fate import Fate
from harness.scale import SEED, count, randomness
from issuers.vsip_server import VoucherServer

TIMELINES = count(400, 10_000)
COHORT = 40
CONNECTIONS = 8
START = int(datetime.datetime(2027, 1, 4, tzinfo=datetime.timezone.utc).timestamp())


class Stage:
    """Plays cohorts to a gateway: moves its clock, tells the issuer what to say, sends what the platform sends."""

    def __init__(self, gateway, vouchers: VoucherServer, clock: FakeClock):
        self.gateway, self.vouchers, self.clock = gateway, vouchers, clock
        self.known: dict[str, dict] = {}
        self.observations: list[world.Observation] = []

    def play(self, cohort: world.Cohort, pool: concurrent.futures.Executor) -> int:
        for now, step, orders in cohort.steps():
            self.clock.jump_to(world.instant(now))
            for order in orders:
                for code in order.codes:
                    self.vouchers.put(code.key, **code.as_issuer_shows(now))
            for seen in pool.map(lambda order: self.tell(order, step, now), orders):
                self.observations += seen
        return now

    def tell(self, order: world.Order, step: str, now: int) -> list[world.Observation]:
        codes = [code for code in order.codes if step != "dispense" or code.dispensed]
        if step == "selftest":
            answer = buyer.selftest(self.gateway, self.known[order.id]["order_token"], wait=20)
        else:
            answer = webhook.send(self.gateway, notice(order, codes, step), timestamp=now, wait=20)
        assert answer.status == 200, f"{step} of {order.id}: {answer.status} {answer.text}"
        told = answer.json()
        self.known[order.id] = self.known.get(order.id, {}) | told
        read = self.gateway.delivery(told["delivery"])
        assert read["status"] == "checked"
        items = {item["line"]: item for item in read["items"]}
        return [world.Observation(order, code, step, now, items[code.line]) for code in codes]


def notice(order: world.Order, codes: list[world.Code], step: str) -> dict:
    items = [made.item(code.product, code.key, code.serial, code.line,
                       **({"expires_on": code.expires_on.isoformat()} if code.expiry_told_by == "label" else {}))
             for code in codes]
    placed = min(at for at in (order.dispensed_at, order.told_delivered_at) if at is not None) - 60
    more = {} if step == "receipt" else {"stage": "dispense"}
    return made.delivery(order.id, items, placed_at=world.instant(placed), **more,
                         delivered_at=world.instant(order.told_delivered_at or placed))


@pytest.fixture(scope="module")
def stage(new_gateway):
    """A gateway that has seen all of the timelines."""
    vouchers = VoucherServer("cardproof", VOUCHER_SECRET)
    clock = FakeClock(world.instant(START), stands=True)
    gateway = new_gateway("custody", voucher_url=vouchers.url,
                          settings={"selftest": {"budget_per_code": 1_000}}).start(env=clock.environment)
    stage = Stage(gateway, vouchers, clock)
    fate, now, left = Fate(randomness("custody")), START, TIMELINES
    with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
        while left > 0:
            cohort = fate.cohort(now, min(left, COHORT))
            left -= sum(len(order.codes) for order in cohort.orders)
            now = stage.play(cohort, pool)
    yield stage
    gateway.stop()
    vouchers.stop()
    assert vouchers.deviations == []


def test_the_party_named_is_who_held_the_code_and_nobody_where_the_times_cannot_tell(stage):
    result = world.judged(stage.observations, world.Oracle())
    print(f"seed {SEED}: {TIMELINES} timelines, {len(stage.observations)} verdicts")
    for (named, true, precise), times in sorted(result.named.items()):
        print(f"  used: {named} named where {true} held it, clocks {'within' if precise else 'beyond'} "
              f"the margin: {times}")
    assert result.deviations == [], (
        f"seed {SEED}: {len(result.deviations)} deviations\n" + "\n".join(result.deviations[:20]))


def test_with_clocks_within_the_margin_no_wrong_party_is_ever_named(stage):
    named = world.judged(stage.observations, world.Oracle()).named
    wrong = {place: times for place, times in named.items()
             if place[2] and place[0] not in (world.UNDETERMINED, place[1])}
    assert wrong == {}, f"seed {SEED}"


def test_there_is_one_claim_at_most_for_a_code_and_it_is_against_who_held_it(stage):
    told = {seen.answer["claim"] for seen in stage.observations if seen.answer["claim"]}
    claims = stage.gateway.claims()
    assert {claim["claim"] for claim in claims} == told
    items = collections.Counter((claim["delivery"], claim["line"]) for claim in claims)
    assert max(items.values()) == 1


@pytest.mark.parametrize("mistake", [
    {"margin": 0}, {"margin": world.MARGIN - 1}, {"margin": world.MARGIN + 1}, {"knows_platform": False},
    {"window_includes_end": True}, {"expects_unknown": False},
    {"knows_contradiction": False}, {"knows_expiry_day": False}, {"knows_dead_dispense": False}], ids=str)
def test_an_oracle_that_is_wrong_is_found_out(stage, mistake):
    """The comparison can fail, and the worlds reach the places where it matters."""
    wrong = type("WrongOracle", (world.Oracle,), mistake)()
    assert world.judged(stage.observations, wrong).deviations != []
