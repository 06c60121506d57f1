"""SIGKILL at random moments between the verdict and the payout: who tries again brings every claim to its one end."""

from __future__ import annotations

import collections
import http.client
import threading
import time

import pytest

from harness import cards as made
from harness import claim_world, webhook
from harness.scale import SEED, count, randomness
from harness.warranty_world import WarrantyWorld, beijing, instant, money, path, policy, rung

START = beijing(2026, 11, 2, 10)
KILLS = count(20, 1_000)
# Claims that are on their way at once.
AT_ONCE = 4
DEPOSIT, PRICE = 10**9, 5_000
REFUND = {"remedy": "refund_original", "amount": money(PRICE)}
# What a client does not mind: the gateway is not there, or went away in the middle.
GONE = (OSError, http.client.HTTPException)
# How long one claim may take, kills and all.
PATIENCE_SECONDS = 120


class Killer:
    """Kills the gateway and starts it again, at moments that nobody chose, until it is told to stop."""

    def __init__(self, world: WarrantyWorld):
        self.world, self.rnd, self.kills = world, randomness("claim-crash"), 0
        self.stopped = threading.Event()
        self.failure: BaseException | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            while not self.stopped.wait(self._moment()):
                self.world.gateway.kill()
                self.kills += 1
                self.world.start()
        except BaseException as failure:
            self.failure = failure

    def _moment(self) -> float:
        """Often soon after the start, while what was interrupted goes on; at times late enough for a clock to ring."""
        return self.rnd.choice([self.rnd.random() * 0.3, self.rnd.random() * 1.5])

    def __enter__(self) -> "Killer":
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.stopped.set()
        self.thread.join(60)
        assert not self.thread.is_alive() and self.failure is None, self.failure


class Sale:
    """One order whose code is dead, and all who act on its claim; each of them asks again until he is answered."""

    def __init__(self, world: WarrantyWorld, number: int):
        self.world, self.merchant = world, f"m-{number % 2}"
        serial, self.key = world.cards.voucher()
        self.order = world.cards.order()
        world.issuer.says(self.key, "revoked")
        self.notice = webhook.encode(made.delivery(
            self.order, [made.item("card-15", self.key, serial)], delivered_at=world.now, merchant=self.merchant,
            order={"paid": money(PRICE) | {"payment_ref": f"p{self.order}"}}))
        self.message = webhook.new_id()
        self.delivery: str | None = None
        self.is_over = False
        self.begun = time.monotonic()
        self.tries: collections.Counter[str] = collections.Counter()

    def step(self) -> bool:
        """Whether anything was done; if not, the claim waits for a clock. A gateway that is gone is nobody's mistake."""
        assert time.monotonic() < self.begun + PATIENCE_SECONDS, f"{self.order} never ends: {self.tries}"
        world = self.world
        if self.delivery is None:
            answer = webhook.send(world.gateway, self.notice, self.message, timestamp=world.clock.timestamp)
            if answer.status == 503:
                return True
            assert answer.status in (200, 202), answer.text
            self.delivery = answer.json()["delivery"]
            return True
        claim = self.claim()
        # Without one the issuer is still being asked.
        return True if claim is None else self._act(claim)

    def claim(self) -> dict | None:
        [item] = self.world.gateway.delivery(self.delivery)["items"]
        return item["claim"] and self.world.claim(item["claim"])

    def _act(self, claim: dict) -> bool:
        state = claim["state"]
        self.tries[state] += 1
        if state == "review.queued":
            self._post(claim, "agent-1", "review_started")
        elif state == "review":
            self._post(claim, "agent-1", "liability_proposed", ruling="liable", liable="merchant", **REFUND)
        elif state == "executing" and claim["execution"]["payer"] == "deposit":
            [remedy] = [found for found in claim["remedies"] if found["state"] == "requested"]
            answer = self.world.receipt(remedy["remedy"], {"result": "done", "reference": self.order} | REFUND)
            assert answer.status in (200, 503), answer.text
        else:
            assert state in ("open", "liability", "executing", "closed.remedied"), claim
            self.is_over = state == "closed.remedied"
            return self.is_over
        return True

    def _post(self, claim: dict, account: str, event: str, **members) -> None:
        answer = self.world.act(claim["claim"], self.world.voices[account], event, f"{event}-{self.order}", **members)
        # The act that a killed gateway had already taken stands, and is answered as it was.
        assert answer.status in (200, 503), f"{event}: {answer.status} {answer.text}"


def drive(world: WarrantyWorld, sales: list[Sale]) -> None:
    """Everybody acts until each claim is over. When all of them wait for a clock, it is moved to what is due next."""
    while waiting := [sale for sale in sales if not sale.is_over]:
        acted = False
        for sale in waiting:
            try:
                acted |= sale.step()
            except GONE:
                acted = True
        if acted:
            continue
        try:
            dues = [due for sale in waiting for due in pending(sale)]
        except GONE:
            continue
        ahead = [due for due in dues if due > world.now]
        if ahead and len(ahead) == len(dues):
            world.clock.jump_to(min(ahead))
        time.sleep(0.05)


# What rings next in a state in which nobody does anything.
NEXT = {"open": ("first_response", "proposal", "resolution"), "liability": ("liability",), "executing": ("execution",)}
LENGTH = {"first_response": 120, "proposal": 7_200, "resolution": 86_400, "liability": 86_400, "execution": 86_400}


def pending(sale: Sale) -> list:
    """When the clock that the claim waits for rings."""
    claim = sale.claim()
    rang = {entry.timer for entry in rung(claim)}
    since = instant(claim["opened_at"]) if claim["state"] == "open" else instant(
        [entry for entry in claim["history"] if entry["from"] != entry["to"]][-1]["at"])
    length = next((LENGTH[timer] for timer in NEXT.get(claim["state"], ()) if timer not in rang), None)
    return [] if length is None else [since + made.DAY * length / 86_400]


@pytest.fixture
def world(new_gateway, cards):
    # Its clock runs, so that the ids of events are in the order of the acts.
    world = WarrantyWorld(
        new_gateway, cards, "claim-crash", START, stands=False,
        policies=[policy("card-15", "w15", deposit={
            "per_case": money(PRICE), "per_day": money(DEPOSIT), "backstop": True})],
        settings={"events": {"retry": ["200ms"] * 200}})
    world.account("agent-1", "platform")
    yield world
    world.close()


def test_kills_from_the_verdict_to_the_payout_leave_one_of_everything(world):
    """M0-34 M3-27 (claims.md E2): one claim, one done remedy, one payout; the book is zero; one event a transition."""
    for merchant in ("m-0", "m-1"):
        assert world.pays_in(DEPOSIT, merchant).status == 200
    begun = time.monotonic()
    sales: list[Sale] = []
    with Killer(world) as killer:
        while killer.kills < KILLS:
            assert killer.failure is None, killer.failure
            round = [Sale(world, len(sales) + number) for number in range(AT_ONCE)]
            sales += round
            drive(world, round)
    print(f"seed {SEED}: {killer.kills} kills, {len(sales)} claims, {time.monotonic() - begun:.1f} s")

    claims = claim_world.settled(world.gateway, world.receiver, seconds=60)
    assert len(claims) == len(sales)
    assert sorted(claim["delivery"] for claim in claims) == sorted(sale.delivery for sale in sales)
    for claim in claims:
        assert path(claim) == [
            "detected", "open", "review.queued", "review", "liability", "executing", "closed.remedied"]
        assert [(remedy["state"], remedy["payer"]) for remedy in claim["remedies"]] == [
            ("cancelled", "merchant"), ("done", "deposit")]
        rounds = [(entry.timer, entry.round) for entry in rung(claim)]
        assert len(rounds) == len(set(rounds))
    entries = world.gateway.all_rows("/v1/deposits/entries?limit=200", "entries")
    kinds = collections.Counter((entry["claim"], entry["kind"]) for entry in entries if entry["claim"])
    assert kinds == {(claim["claim"], kind): 1 for claim in claims for kind in ("freeze", "payout", "settlement")}
    paid = PRICE * len(claims)
    book = world.book()
    assert (book["paid"], book["outside"]) == (paid, -2 * DEPOSIT)
    assert book["deposit/m-0"] + book["deposit/m-1"] == 2 * DEPOSIT - paid
    world.settled(seconds=60)
    world.audited()
    assert world.issuer.deviations == []
