"""Draws the timelines of `custody_world.py`, from one seed: anything may happen, the margins of what decides often."""

from __future__ import annotations

import datetime
import random

from .cards import Cards
from .custody_world import BUYER, DAY, MARGIN, MERCHANT, WARRANTY, Code, Cohort, IssuerClock, Order, local_day

# How far ahead of the gateway's clock a hand-over may be dated.
AHEAD = 300


class Fate:
    def __init__(self, rnd: random.Random):
        self.rnd = rnd
        self.cards = Cards(rnd)

    def cohort(self, start: int, size: int) -> Cohort:
        """All of its moments lie after `start`."""
        rnd = self.rnd
        dispensed = start + rnd.randrange(1, DAY)
        received = dispensed + self._span()
        tested = received + self._span() if rnd.random() < 0.6 else None
        orders: list[Order] = []
        left = size
        while left > 0:
            codes = min(left, rnd.choice([1, 1, 2, 4, 8]))
            orders.append(self._order(dispensed, received, tested, codes))
            left -= codes
        return Cohort(orders)

    def _span(self) -> int:
        return self.rnd.choice([
            lambda: self.rnd.randrange(1, 60), lambda: self.rnd.randrange(60, 900),
            lambda: self.rnd.randrange(900, DAY), lambda: self.rnd.randrange(DAY, 9 * DAY),
            lambda: self.rnd.randrange(9 * DAY, 40 * DAY)])()

    def _order(self, dispensed: int, received: int, tested: int | None, size: int) -> Order:
        rnd = self.rnd
        kind = rnd.random()
        checks = kind < 0.75 or kind > 0.9
        order = Order(
            self.cards.order(), [], dispensed if checks else None, self._delivered(dispensed, received),
            rnd.choice([0, 0, 0, 0, rnd.randint(-30, 30)]), received, tested if rnd.random() < 0.6 else None)
        if kind < 0.06:
            order.delivered_at = order.received_at = order.tested_at = None
        elif kind > 0.8:
            order.ending = rnd.choice(list(WARRANTY))
            asked = rnd.choice([received, order.tested_at or received])
            order.delivered_at = min(asked - WARRANTY[order.ending] * DAY + rnd.choice([-1, 0, 0, 1]), received)
            order.platform_offset = 0
        elif order.told_delivered_at > received + AHEAD:
            order.platform_offset = 0
        for line in range(1, size + 1):
            is_checked = line == 1 or order.received_at is None or rnd.random() < 0.85
            order.codes.append(self._code(order, line, checks and is_checked))
        return order

    def _delivered(self, dispensed: int, received: int) -> int:
        """Mostly between the two notices, often close to one of them."""
        rnd = self.rnd
        kind = rnd.random()
        if kind < 0.25:
            return min(dispensed + rnd.randrange(0, 600), received)
        if kind < 0.5:
            return max(received - rnd.randrange(0, 600), dispensed)
        if kind < 0.55:
            return received + rnd.randint(1, AHEAD)
        if kind < 0.62:
            # Handed over before it was checked.
            return dispensed - rnd.randrange(1, DAY)
        return rnd.randint(dispensed, received)

    def _code(self, order: Order, line: int, dispensed: bool) -> Code:
        rnd = self.rnd
        serial, key = self.cards.voucher()
        code = Code(order.ending or rnd.choice(list(WARRANTY)), serial, key, line, self._issuer(), dispensed)
        if order.delivered_at is not None and dispensed and rnd.random() < 0.5:
            gap = order.dispensed_at - order.told_delivered_at
            if gap > 2 * (MARGIN + 1):
                return self._contradicted(order, code, gap)
        kind = rnd.random()
        if kind < 0.12:
            return code
        moments = [at for at in (order.dispense_check_of(code), order.delivered_at, order.received_at,
                                 order.tested_at) if at is not None]
        if kind < 0.25:
            code.expires_on = local_day(rnd.choice(moments)) + datetime.timedelta(days=rnd.randint(-2, 1))
            code.expiry_told_by = rnd.choice(["issuer", "label", None])
            return code
        code.used_at = self._used_at(order, code, moments)
        code.used_by = order.holder(code, code.used_at)
        if code.used_by == BUYER and rnd.random() < 0.15:
            code.used_by = MERCHANT
        return code

    def _contradicted(self, order: Order, code: Code, gap: int) -> Code:
        """Handed over, used, and still called good at a check that comes after both."""
        after = self.rnd.randint(MARGIN + 1, gap - MARGIN - 1)
        code.issuer = IssuerClock(True, 0, gap - after + 1)
        code.used_at, code.used_by = order.told_delivered_at + after, BUYER
        return code

    def _issuer(self) -> IssuerClock:
        rnd = self.rnd
        kind = rnd.random()
        if kind < 0.5:
            offset = 0
        elif kind < 0.85:
            offset = rnd.choice([-MARGIN, MARGIN, rnd.randint(-MARGIN, MARGIN)])
        else:
            offset = rnd.choice([-1, 1]) * rnd.choice([MARGIN + 1, 600, 3_600, 8 * 3_600])
        lag = 0 if rnd.random() < 0.85 else rnd.choice([30, 600, DAY, 10 * DAY])
        return IssuerClock(rnd.random() < 0.8, offset, lag)

    def _used_at(self, order: Order, code: Code, moments: list[int]) -> int:
        """Anywhere in the life of the code, and often at the very margin of what decides."""
        rnd = self.rnd
        first, last = min(moments), max(moments)
        if rnd.random() < 0.35:
            return rnd.randint(first - 20 * DAY, first)
        if rnd.random() < 0.45:
            return rnd.randint(first, last)
        boundary = rnd.choice([at for at in (order.dispense_check_of(code), order.told_delivered_at)
                               if at is not None])
        away = rnd.choice([0, 1, MARGIN - 1, MARGIN, MARGIN + 1, rnd.randrange(3 * MARGIN)])
        return boundary + rnd.choice([-1, 1]) * away - code.issuer.offset
