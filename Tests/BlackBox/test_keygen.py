"""The licence server's every code, against a small JSON:API server in Python."""

from __future__ import annotations

import datetime

import pytest

from harness import cards as made
from harness import webhook

CODES = {
    "VALID": "ok_unused", "NO_MACHINE": "ok_unused", "NO_MACHINES": "ok_unused",
    "NOT_FOUND": "not_found", "BANNED": "revoked", "SUSPENDED": "revoked",
    "EXPIRED": "expired", "OVERDUE": "temporarily_unusable",
    "TOO_MANY_MACHINES": "used", "TOO_MANY_CORES": "used", "TOO_MANY_PROCESSES": "used",
    "TOO_MANY_USERS": "used", "TOO_MUCH_MEMORY": "used", "TOO_MUCH_DISK": "used",
    "HEARTBEAT_NOT_STARTED": "used", "HEARTBEAT_DEAD": "used",
    "PRODUCT_SCOPE_MISMATCH": "wrong_product", "POLICY_SCOPE_MISMATCH": "wrong_product",
    "ENTITLEMENTS_MISSING": "wrong_product",
    "PRODUCT_SCOPE_REQUIRED": "indeterminate", "PRODUCT_SCOPE_EMPTY": "indeterminate",
    "POLICY_SCOPE_REQUIRED": "indeterminate", "USER_SCOPE_REQUIRED": "indeterminate",
    "USER_SCOPE_MISMATCH": "indeterminate", "MACHINE_SCOPE_REQUIRED": "indeterminate",
    "MACHINE_SCOPE_MISMATCH": "indeterminate", "FINGERPRINT_SCOPE_REQUIRED": "indeterminate",
    "FINGERPRINT_SCOPE_MISMATCH": "indeterminate", "FINGERPRINT_SCOPE_EMPTY": "indeterminate",
    "COMPONENTS_SCOPE_REQUIRED": "indeterminate", "COMPONENTS_SCOPE_MISMATCH": "indeterminate",
    "CHECKSUM_SCOPE_REQUIRED": "indeterminate", "CHECKSUM_SCOPE_MISMATCH": "indeterminate",
    "VERSION_SCOPE_REQUIRED": "indeterminate", "VERSION_SCOPE_MISMATCH": "indeterminate",
    "ENVIRONMENT_SCOPE_REQUIRED": "indeterminate", "ENVIRONMENT_SCOPE_MISMATCH": "indeterminate",
    "SOMETHING_NEW": "indeterminate", "": "indeterminate", "valid": "indeterminate",
}


def ask(gateway, cards, licences, **licence) -> dict:
    key = cards.licence()
    licences.put(key, **licence)
    answer = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("licence", key)])).json()
    return gateway.checked(answer["delivery"])["items"][0]


@pytest.mark.parametrize("code", CODES)
def test_code(gateway, cards, licences, code):
    item = ask(gateway, cards, licences, code=code, valid=code == "VALID")
    assert item["verdict"]["state"] == CODES[code]
    if code:
        assert item["verdict"]["issuer"]["code"] == code
    if CODES[code] == "indeterminate":
        assert item["claim"] is None


@pytest.mark.parametrize("code,state", [("EXPIRED", "expired"), ("TOO_MANY_MACHINES", "used")])
def test_a_code_counts_even_where_valid_is_true(gateway, cards, licences, code, state):
    assert ask(gateway, cards, licences, code=code, valid=True)["verdict"]["state"] == state


def test_a_key_the_server_does_not_know_is_not_found(gateway, cards):
    answer = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("licence", cards.licence())])).json()
    item = gateway.checked(answer["delivery"])["items"][0]
    assert item["verdict"]["state"] == "not_found"
    assert item["claim"] is not None


def test_a_licence_that_expired_before_it_was_delivered_is_the_merchants(gateway, cards, licences):
    item = ask(gateway, cards, licences, code="EXPIRED", valid=False,
               expires=made.now() - datetime.timedelta(days=30))
    assert item["verdict"]["timing"] == "before_delivery"
    assert item["liability"] == "merchant"
    assert item["claim"] is not None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_an_error_of_the_server_is_never_a_verdict(gateway, cards, licences, status):
    item = ask(gateway, cards, licences, status=status)
    assert item["verdict"]["state"] == "indeterminate"
    assert item["claim"] is None


def test_the_case_of_a_licence_key_is_kept(gateway, cards, licences):
    key = cards.licence()
    licences.put(key, code="VALID")
    answer = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("licence", key)])).json()
    gateway.checked(answer["delivery"])
    assert licences.calls(key) == 1, "the key was asked exactly as it was delivered"
