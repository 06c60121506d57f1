"""Synthetic codes and deliveries. Nothing here was ever sold: digits and letters from a seeded generator."""

from __future__ import annotations

import datetime
import random

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
DAY = datetime.timedelta(days=1)


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def rfc3339(instant: datetime.datetime) -> str:
    return instant.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Cards:
    """Codes of one run; no two are the same."""

    def __init__(self, rnd: random.Random):
        self.rnd = rnd
        self.used: set[str] = set()

    def _fresh(self, make) -> str:
        while True:
            text = make()
            if text not in self.used:
                self.used.add(text)
                return text

    def _digits(self, length: int, first: str = "123456789") -> str:
        rest = "".join(self.rnd.choices("0123456789", k=length - 1))
        return self.rnd.choice(first) + rest

    def voucher(self) -> tuple[str, str]:
        """Serial of 17 and key of 18 digits (the national recharge card)."""
        return self._fresh(lambda: self._digits(17)), self._fresh(lambda: self._digits(18))

    def licence(self) -> str:
        """A mixed-case key with dashes, as licence servers hand out."""
        def group() -> str:
            return "".join(self.rnd.choices(LETTERS + "abcdefghkmnpqrstuvwxyz", k=6))
        return self._fresh(lambda: "-".join(group() for _ in range(5)))

    def short(self) -> str:
        """An 8-digit key, short enough to be guessed."""
        return self._fresh(lambda: self._digits(8))

    def order(self) -> str:
        return self._fresh(lambda: "KM" + self._digits(14))


def item(product: str, key: str, serial: str | None = None, line: int = 1, **more) -> dict:
    made = {"line": line, "product": product}
    if serial is not None:
        made["serial"] = serial
    return made | {"key": key} | more


def delivery(order: str, items: list[dict], /, delivered_at=None, stage: str | None = None,
             merchant: str = "m-77", placed_at=None, **more) -> dict:
    """A delivery notice. `delivered_at` is now unless given; a dispense has none. What else is
    named stands in the notice as it is; the members of `order=` join those of the order."""
    delivered = delivered_at or now()
    placed = placed_at or delivered - datetime.timedelta(seconds=30)
    made: dict = {} if stage is None else {"stage": stage}
    made |= {
        "order": {"id": order, "placed_at": rfc3339(placed), "quantity": len(items),
                  "paid": {"amount_minor": 5000, "currency": "CNY", "payment_ref": f"p{order}"}},
        "merchant": merchant,
        "buyer_ref": f"b-{order}",
        "items": items,
    }
    if stage != "dispense":
        made["delivered_at"] = rfc3339(delivered)
    order_more = more.pop("order", {})
    made["order"] |= order_more
    return made | more
