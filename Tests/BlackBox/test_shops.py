"""Shops that exist already: their own formats, signatures and answers, through the real binary."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

import pytest

from harness.wire import call
from issuers.acg_faka_server import AcgFakaShop

SECRET = "synthetic-shop-secret"
TOKEN = "hook-" + "0123456789abcdef" * 3
APP_KEY = "synthetic-app-key"
SERIAL = "10111281010000{:03d}"
KEY = "1104120000{:08d}"


def line(number: int) -> str:
    return f"{SERIAL.format(number)}----{KEY.format(number)}"


@pytest.fixture(scope="module")
def shop():
    server = AcgFakaShop("7", APP_KEY, {"T1": (1, f"{line(401)}\n{line(402)}"), "T2": (0, ""),
                                        "T3": (1, "请联系客服")})
    yield server
    server.stop()


@pytest.fixture(scope="module")
def inbox(new_gateway, shop, scratch):
    folder = scratch / "shops"
    folder.mkdir(exist_ok=True)
    for name, text in [("secret", SECRET), ("token", TOKEN), ("app_key", APP_KEY)]:
        (folder / name).write_text(text)
        (folder / name).chmod(0o600)
    common = {"platform": "shop", "merchant": "m-1", "goods": {"12": "offline-card"}}
    hook = {"kind": "dujiaoka", "token_file": str(folder / "token"),
            "allow_addresses": ["127.0.0.0/8"]}
    gateway = new_gateway("shops", settings={"shops": [
        common | {"kind": "dujiao-next", "api_key": "k-1", "secret_file": str(folder / "secret"),
                  "product": "offline-card"},
        common | hook | {"id": "hook"},
        common | {"kind": "acg-faka", "id": "acg", "address": shop.url, "app_id": "7",
                  "app_key_file": str(folder / "app_key"), "product": "offline-card"},
        common | {"kind": "generic", "id": "own", "api_key": "k-1",
                  "secret_file": str(folder / "secret")},
        common | hook | {"platform": "other"},
    ]})
    gateway.add_platform("other")
    return gateway.start()


def signed(gateway, path: str, body: bytes, sign_path: str | None = None, secret: str = SECRET,
           at: int | None = None):
    stamp = str(int(time.time()) if at is None else at)
    content = f"POST\n{sign_path or path}\n{stamp}\n{hashlib.md5(body).hexdigest()}"
    signature = hmac.new(secret.encode(), content.encode(), hashlib.sha256).hexdigest()
    return call(gateway.url, "POST", path, {
        "content-type": "application/json", "Dujiao-Next-Api-Key": "k-1",
        "Dujiao-Next-Timestamp": stamp, "Dujiao-Next-Signature": signature}, body)


def dujiao_body(order: str, payload: str, status: str = "delivered") -> bytes:
    return json.dumps({
        "event": "order.delivered", "order_id": 101, "order_no": order,
        "downstream_order_no": "CP1", "status": status, "timestamp": int(time.time()),
        "fulfillment": {"type": "auto", "status": "delivered", "payload": payload,
                        "delivery_data": None, "delivered_at": "2026-11-20T08:00:00Z"}}).encode()


DUJIAO = "/v1/platforms/shop/inbox/dujiao-next/api/v1/upstream/callback"
OWN_PATH = "/api/v1/upstream/callback"


def orders(gateway) -> list[str]:
    return [row["webhook_id"] for row in gateway.cli_json("deliveries", "list")["deliveries"]]


@pytest.mark.parametrize("sign_path", [OWN_PATH, DUJIAO])
def test_a_dujiao_next_callback_is_a_delivery(inbox, sign_path):
    number = 101 if sign_path == OWN_PATH else 102
    answer = signed(inbox, DUJIAO, dujiao_body(f"DJ{number}", line(number)), sign_path)
    assert answer.status == 200 and answer.json() == {"ok": True, "message": "received"}
    before = len(orders(inbox))
    again = signed(inbox, DUJIAO, dujiao_body(f"DJ{number}", line(number)), sign_path)
    assert again.status == 200 and len(orders(inbox)) == before


def test_a_dujiao_next_callback_is_refused_outside_sixty_seconds_and_with_another_secret(inbox):
    body = dujiao_body("DJ110", line(110))
    late = signed(inbox, DUJIAO, body, OWN_PATH, at=int(time.time()) - 62)
    assert late.status == 401 and late.json() == {"ok": False, "message": "timestamp_expired"}
    forged = signed(inbox, DUJIAO, body, OWN_PATH, secret="another")
    assert forged.status == 401 and forged.json()["message"] == "invalid_signature"
    bare = call(inbox.url, "POST", DUJIAO, {"content-type": "application/json"}, body)
    assert bare.status == 401 and bare.json()["message"] == "missing_auth_headers"


def test_an_order_that_is_only_paid_brings_no_delivery(inbox):
    before = len(orders(inbox))
    answer = signed(inbox, DUJIAO, dujiao_body("DJ120", line(120), status="paid"), OWN_PATH)
    assert answer.status == 200 and len(orders(inbox)) == before


def test_the_dujiaoka_hook_needs_its_token_and_keeps_it_out_of_the_log(inbox):
    body = {"title": "t", "order_sn": "SN1", "email": "buyer@example.org", "actual_price": 50,
            "order_info": line(201), "good_id": 12, "gd_name": "g"}
    path = f"/v1/platforms/shop/inbox/dujiaoka/{TOKEN}"
    send = lambda where: call(inbox.url, "POST", where, {"content-type": "application/json"},
                              json.dumps(body).encode())
    assert send(path[:-1] + "x").status == 404
    before = len(orders(inbox))
    assert send(path).status == 200
    assert len(orders(inbox)) == before + 1
    assert send(path).status == 200
    assert len(orders(inbox)) == before + 1
    assert TOKEN not in inbox.log_path.read_text()


def test_a_hook_without_a_code_waits_in_quarantine_and_shows_nothing_of_itself(inbox):
    body = {"title": "t", "order_sn": "SN9", "email": "buyer@example.org", "actual_price": 50,
            "order_info": "充值账号: secret-account-7731", "good_id": 12, "gd_name": "g"}
    for platform in ["shop", "other"]:
        answer = call(inbox.url, "POST", f"/v1/platforms/{platform}/inbox/dujiaoka/{TOKEN}",
                      {"content-type": "application/json"}, json.dumps(body).encode())
        assert answer.status == 200
    rows = inbox.cli_json("deliveries", "quarantine", "list")["quarantined"]
    assert [(row["platform"], row["reason"]) for row in rows if row["shop"] == "dujiaoka"] == [
        ("shop", "no_code"), ("other", "no_code")]
    assert "7731" not in json.dumps(rows)
    number = next(row["number"] for row in rows if row["shop"] == "dujiaoka")
    again = inbox.cli_json("deliveries", "quarantine", "read-again", str(number))
    assert again == {"status": "quarantined", "reason": "no_code"}
    for platform in ["shop", "other"]:
        own = inbox.cli_json("deliveries", "quarantine", "list", "--platform", platform)
        assert {row["platform"] for row in own["quarantined"]} == {platform}
    inbox.cli_json("deliveries", "quarantine", "discard", str(number))
    left = inbox.cli_json("deliveries", "quarantine", "list")["quarantined"]
    assert number not in [row["number"] for row in left]
    assert inbox.cli("deliveries", "quarantine", "discard", str(number)).returncode == 64


def test_an_acg_faka_order_is_pulled_and_becomes_a_delivery(inbox):
    def pull(trade: str, delivered_at: str = "2026-11-20T08:00:00Z"):
        return call(inbox.url, "POST", "/v1/platforms/shop/inbox/acg-faka",
                    inbox.platforms["shop"].bearer | {"content-type": "application/json"},
                    json.dumps({"trade_no": trade,
                                "delivered_at": delivered_at}).encode())
    for wrong in ["yesterday", "2999-01-01T00:00:00Z"]:
        refused = pull("T1", wrong)
        assert refused.status == 422
        assert [error["pointer"] for error in refused.json()["errors"]] == ["/delivered_at"]
    taken = pull("T1")
    assert taken.status == 202 and len(taken.json()["items"]) == 2
    assert pull("T2").json() == {"status": "nothing_delivered"}
    assert pull("T3").json() == {"status": "quarantined", "reason": "no_code"}


def test_the_generic_body_carries_codes_apart_and_answers_like_the_webhook(inbox):
    path = "/v1/platforms/shop/inbox/generic"
    body = json.dumps({"shop": "m-9", "order_no": "G1", "product": "12", "face_value": "50.00",
                       "currency": "CNY", "delivered_at": "2026-11-20T08:00:00Z",
                       "warranty_days": 7,
                       "codes": [{"serial": SERIAL.format(301), "key": KEY.format(301)}]}).encode()
    answer = signed(inbox, path, body)
    assert answer.status == 202 and answer.json()["delivery"].startswith("dlv_")
    assert signed(inbox, path, body).json() == answer.json()


def test_a_generic_body_with_wrong_fields_says_which(inbox):
    path = "/v1/platforms/shop/inbox/generic"
    body = json.dumps({"order_no": "", "product": "12", "delivered_at": "yesterday",
                       "codes": [{"key": ""}]}).encode()
    answer = signed(inbox, path, body)
    assert answer.status == 422 and answer.json()["reason"] == "invalid_fields"
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/order/id", "/delivered_at", "/items/0/key"}


def test_a_shop_that_is_not_configured_is_not_found(inbox):
    answer = signed(inbox, DUJIAO.replace("/shop/", "/other/"), dujiao_body("DJ1", line(1)),
                    OWN_PATH)
    assert answer.status == 404
