"""Signed deliveries, by PyPI `standardwebhooks` (v1) and `cryptography` (v1a)."""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
import itertools
import json
import time
import uuid

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from standardwebhooks.webhooks import Webhook

from .wire import Answer, call

_numbers = itertools.count()


def new_id() -> str:
    return f"msg_{uuid.uuid4().hex[:12]}{next(_numbers)}"


def new_secret() -> str:
    return "whsec_" + base64.b64encode(hashlib.sha256(uuid.uuid4().bytes).digest()).decode()


class KeyPair:
    """An Ed25519 key of a sender (`v1a`)."""

    def __init__(self):
        self.private = Ed25519PrivateKey.generate()
        raw = self.private.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.public = "whpk_" + base64.b64encode(raw).decode()

    def sign(self, message_id: str, timestamp: int, body: bytes) -> str:
        signed = self.private.sign(f"{message_id}.{timestamp}.".encode() + body)
        return "v1a," + base64.b64encode(signed).decode()


def verify_v1a(public: str, headers: dict[str, str], body: bytes) -> None:
    """Raises when no v1a signature of the event is by this key."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix("whpk_")))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    found = [s for s in headers["webhook-signature"].split(" ") if s.startswith("v1a,")]
    assert found, "the event bears no v1a signature"
    key.verify(base64.b64decode(found[0].partition(",")[2]), signed)


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """By `standardwebhooks` wherever the body is text at all."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        mac = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
        return "v1," + base64.b64encode(mac.digest()).decode()
    at = datetime.datetime.fromtimestamp(timestamp, tz=datetime.timezone.utc)
    return Webhook(secret).sign(message_id, at, text)


def headers(secret: str, message_id: str, body: bytes, timestamp: int | None = None,
            **extra: str) -> dict[str, str]:
    timestamp = int(time.time()) if timestamp is None else timestamp
    signed = {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, message_id, timestamp, body),
    }
    return signed | {name.replace("_", "-"): value for name, value in extra.items()}


def encode(delivery: dict) -> bytes:
    return json.dumps(delivery, ensure_ascii=False, separators=(",", ":")).encode()


def path(platform: str) -> str:
    return f"/v1/platforms/{platform}/deliveries"


def send(gateway, delivery: dict | bytes, message_id: str | None = None, platform=None,
         wait: int | None = None, timestamp: int | None = None, **extra: str) -> Answer:
    """Signs and sends one delivery. `wait` asks for the verdicts (`Prefer: wait=N`)."""
    platform = platform or gateway.platform
    body = delivery if isinstance(delivery, bytes) else encode(delivery)
    if wait is not None:
        extra["prefer"] = f"wait={wait}"
    signed = headers(platform.secret, message_id or new_id(), body, timestamp, **extra)
    return call(gateway.url, "POST", path(platform.name), signed, body)
