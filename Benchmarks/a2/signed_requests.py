"""Distinct signed deliveries for the load: Standard Webhooks v1 over `id.timestamp.body`.

The file is a sequence of (32-bit little-endian length, raw HTTP/1.1 request). Signatures hold for five
minutes, so it is made anew for every run.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import pathlib
import random
import struct
import time

SECRET_BYTES = hashlib.sha256(b"synthetic benchmark secret").digest()[:24]
SECRET = "whsec_" + base64.b64encode(SECRET_BYTES).decode()
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def luhn(payload: str) -> str:
    total = 0
    for place, digit in enumerate(payload):
        value = int(digit)
        if place % 2 == 0:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return payload + str((10 - total % 10) % 10)


def body_of(number: int, run: int, rnd: random.Random, now: str) -> bytes:
    return json.dumps({
        "stage": "receipt",
        "order": {"id": f"KM{run % 10**8:08d}{number:08d}", "placed_at": now,
                  "paid": {"amount_minor": 10000, "currency": "CNY",
                           "payment_ref": f"42000{number:08d}"},
                  "quantity": 1},
        "merchant": "m_10382",
        "buyer_ref": hashlib.sha256(str(number).encode()).hexdigest()[:32],
        "delivered_at": now,
        "items": [{"line": 1, "product": "bench", "serial": luhn("8%014d" % rnd.randrange(10**14)),
                   "key": "".join(rnd.choices(LETTERS, k=18)), "expires_on": "2031-12-31",
                   "face_value": {"amount_minor": 10000, "currency": "CNY"}}],
        "note": "充值卡自动发货",
    }, ensure_ascii=False, separators=(",", ":")).encode()


def write(target: pathlib.Path, count: int, path: str, headers: str = "") -> None:
    """`headers`: further header lines, each ending in CR LF."""
    run = time.time_ns()
    rnd, stamp = random.Random(run), int(time.time())
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(stamp))
    with target.open("wb") as file:
        for number in range(count):
            name = f"msg_{run:x}_{number:08d}"
            body = body_of(number, run, rnd, now)
            signed = hmac.new(SECRET_BYTES, f"{name}.{stamp}.".encode() + body, hashlib.sha256)
            signature = "v1," + base64.b64encode(signed.digest()).decode()
            if number == 0:
                check(name, stamp, signature, body)
            request = (f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                       f"Content-Type: application/json\r\n{headers}webhook-id: {name}\r\n"
                       f"webhook-timestamp: {stamp}\r\nwebhook-signature: {signature}\r\n"
                       f"Content-Length: {len(body)}\r\n\r\n").encode() + body
            file.write(struct.pack("<I", len(request)) + request)


def check(name: str, stamp: int, signature: str, body: bytes) -> None:
    """Raises unless the standardwebhooks package agrees with the signature."""
    from standardwebhooks.webhooks import Webhook
    Webhook(SECRET).verify(body.decode(), {
        "webhook-id": name, "webhook-timestamp": str(stamp), "webhook-signature": signature})
