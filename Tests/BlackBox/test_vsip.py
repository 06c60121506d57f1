"""The voucher server's every response code and voucher state, against Python's own xmlrpc.server."""

from __future__ import annotations

import datetime

import pytest

from harness import cards as made
from harness import webhook

# protocols of the voucher server: response code -> state
RESPONSE_CODES = {
    10: "not_found", 11: "used", 12: "revoked", 13: "not_activated", 100: "used",
    101: "indeterminate", 102: "expired", 104: "indeterminate", 105: "indeterminate",
    106: "indeterminate", 107: "revoked", 108: "indeterminate", 109: "indeterminate",
    110: "indeterminate", 111: "indeterminate", 200: "indeterminate", 201: "indeterminate",
    1: "indeterminate", 999: "indeterminate", -1: "indeterminate",
}
VOUCHER_STATES = {
    "available": "ok_unused", "used": "used", "unavailable": "not_activated",
    "damaged": "revoked", "stolen": "revoked", "pending": "indeterminate",
    "reserved": "indeterminate", "melted": "indeterminate", "": "indeterminate",
    "AVAILABLE ": "indeterminate",
    "0": "ok_unused", "1": "used", "5": "not_activated",
    "4": "indeterminate", "6": "indeterminate", "7": "indeterminate",
}
FAULTS = [1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 4242]


def ask(gateway, cards, vouchers, serial_told=None, **voucher) -> tuple[dict, str]:
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial_told or serial, **voucher)
    answer = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("voucher", key, serial)])).json()
    return gateway.checked(answer["delivery"])["items"][0], key


@pytest.mark.parametrize("code", RESPONSE_CODES)
def test_response_code(gateway, cards, vouchers, code):
    item, key = ask(gateway, cards, vouchers, response_code=code)
    assert item["verdict"]["state"] == RESPONSE_CODES[code]
    assert item["verdict"]["issuer"]["code"] == str(code)
    assert vouchers.calls(key) >= 1
    if RESPONSE_CODES[code] == "indeterminate":
        assert item["claim"] is None and item["liability"] == "none"


@pytest.mark.parametrize("state", VOUCHER_STATES)
def test_voucher_state(gateway, cards, vouchers, state):
    item, _ = ask(gateway, cards, vouchers, state=state)
    assert item["verdict"]["state"] == VOUCHER_STATES[state]
    if VOUCHER_STATES[state] == "indeterminate":
        assert item["claim"] is None


def test_an_expired_flag_makes_an_available_voucher_expired(gateway, cards, vouchers):
    item, _ = ask(gateway, cards, vouchers, state="available", expired=True)
    assert item["verdict"]["state"] == "expired"


def test_an_expiry_date_in_the_past_is_expired_without_the_flag(gateway, cards, vouchers):
    item, _ = ask(gateway, cards, vouchers, expires=made.now() - datetime.timedelta(days=10))
    assert item["verdict"]["state"] == "expired"


def test_another_serial_in_the_answer_is_a_conflict(gateway, cards, vouchers):
    item, _ = ask(gateway, cards, vouchers, serial_told=cards.voucher()[0])
    assert item["verdict"]["state"] == "conflict"
    assert item["claim"] is None


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_never_a_verdict_against_the_seller(gateway, cards, vouchers, fault):
    item, _ = ask(gateway, cards, vouchers, fault=(fault, "synthetic fault"))
    assert item["verdict"]["state"] in ("indeterminate", "unsupported")
    assert item["claim"] is None


@pytest.mark.parametrize("hours,timing,liability", [
    (-48, "before_delivery", "merchant"), (0, "unknown", "undetermined"),
    (1, "after_delivery", "buyer")])
def test_the_history_says_when_a_used_voucher_was_used(
        gateway, cards, vouchers, hours, timing, liability):
    delivered = made.now() - datetime.timedelta(hours=2)
    used = delivered + datetime.timedelta(hours=hours)
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial, state="used", history=[
        ("unavailable", delivered - datetime.timedelta(days=90)),
        ("available", delivered - datetime.timedelta(days=80)), ("used", used)])
    answer = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("voucher", key, serial)], delivered_at=delivered)).json()
    item = gateway.checked(answer["delivery"])["items"][0]
    assert item["verdict"]["state"] == "used"
    assert item["verdict"]["timing"] == timing
    assert item["liability"] == liability
    assert item["verdict"]["issuer"]["at"] == made.rfc3339(used)


def test_used_without_a_history_is_of_unknown_timing(gateway, cards, vouchers):
    item, _ = ask(gateway, cards, vouchers, state="used", history=[])
    assert item["verdict"]["timing"] == "unknown"
    assert item["liability"] == "undetermined"
    assert item["claim"] is None


def test_a_wrong_password_of_ours_is_not_the_sellers_fault(new_gateway, cards, vouchers):
    gateway = new_gateway("wrong-password")
    (gateway.folder / "voucher.password").write_text("not the password")
    gateway.start()
    item, _ = ask(gateway, cards, vouchers)
    assert item["verdict"]["state"] == "indeterminate"
    assert item["claim"] is None
    gateway.stop()
