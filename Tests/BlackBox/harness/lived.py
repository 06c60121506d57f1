"""A store with a past: every table has rows, and the log has full and partial tiles."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import shutil
import sqlite3
import uuid

from . import buyer, webhook
from . import cards as made
from .gateway import Gateway
from .wire import call


@dataclasses.dataclass
class Delivered:
    """What the platform knows of one delivery."""
    id: str
    order: str
    buyer: str
    codes: list[tuple[str | None, str]]
    body: dict
    token: str


def deliver(gateway: Gateway, order: str, items: list[dict], checked: bool = True,
            **more) -> Delivered:
    ref = f"buyer-{uuid.uuid4().hex[:10]}"
    notice = made.delivery(order, items, buyer_ref=ref, **more)
    answer = webhook.send(gateway, notice)
    assert answer.status == 202, answer.text
    body = answer.json()
    if checked:
        gateway.checked(body["delivery"])
    return Delivered(body["delivery"], order, ref,
                     [(item.get("serial"), item["key"]) for item in items], body,
                     body["order_token"])


def act(gateway: Gateway, claim: str, event: dict, key: str | None = None):
    headers = gateway.platform.bearer | {"content-type": "application/json"}
    if key is not None:
        headers["idempotency-key"] = key
    return call(gateway.url, "POST", f"/v1/claims/{claim}/events", headers,
                json.dumps(event).encode())


def live(gateway: Gateway, cards, vouchers, plain: int = 0) -> dict[str, Delivered]:
    """Deliveries of each kind, by a name; and `plain` good ones."""
    told: dict[str, Delivered] = {}

    def voucher(state: str = "good", **more) -> dict:
        serial, key = cards.voucher()
        used = {"state": "used", "history": [("used", made.now() - 2 * made.DAY)]}
        vouchers.put(key, serial=serial, **({} if state == "good" else used))
        return made.item("voucher", key, serial, **more)

    for number in range(plain):
        deliver(gateway, cards.order(), [voucher()], checked=False)
    told["good"] = deliver(gateway, cards.order(), [voucher()])
    told["used"] = deliver(gateway, cards.order(), [voucher("used")])
    told["many"] = deliver(
        gateway, cards.order(), [voucher(line=line) for line in (1, 2, 3)])
    serial, key = told["good"].codes[0]
    told["duplicate"] = deliver(gateway, cards.order(), [made.item("voucher", key, serial)])
    told["unknown"] = deliver(gateway, cards.order(), [made.item("nobody", cards.licence())])
    serial, key = cards.voucher()
    told["offline"] = deliver(
        gateway, cards.order(),
        [made.item("offline-card", key, serial, expires_on="2019-01-01")])
    order, item = cards.order(), voucher()
    deliver(gateway, order, [item], stage="dispense")
    told["received"] = deliver(gateway, order, [item])
    buyer.awaited_selftest(gateway, told["many"].token)
    return told


def copied(gateway: Gateway, folder: pathlib.Path) -> Gateway:
    """The same deployment over a copy of its (closed) store."""
    assert gateway.process is None
    twin = Gateway.__new__(Gateway)
    twin.__dict__ |= gateway.__dict__
    folder.mkdir(parents=True, exist_ok=True)
    twin.data = folder
    twin.config = folder / "cardproof.yaml"
    text = gateway.config.read_text()
    twin.config.write_text(text.replace(str(gateway.data), str(folder)))
    shutil.copyfile(gateway.data / "cardproof.db", folder / "cardproof.db")
    return twin


def open_store(gateway: Gateway) -> sqlite3.Connection:
    return sqlite3.connect(gateway.data / "cardproof.db", isolation_level=None)
