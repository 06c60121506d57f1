"""What an order promised beside what the sandbox issuer tells: terms, balances and attributes."""

from __future__ import annotations

import datetime
import hashlib
import json
import time

import pytest
import yaml

from harness import buyer, webhook
from harness import cards as made
from harness.cards import DAY
from harness.sandbox import Sandbox
from harness.warranty_world import policy
from harness.wire import call

PAGE = hashlib.sha256(b"the listing as the buyer saw it").hexdigest()
LIMITS = {"concurrency": 16, "requests_per_second": 500, "burst": 100}
# An operator's own reading of what the vendor keeps beside a licence.
ATTRIBUTED = {
    "id": "attributed",
    "version": 1,
    "name": {"en": "Keys with attributes", "zh": "带属性的卡密"},
    "operations": {"inquire": {"effect": "read_only"}},
    "settings": {"endpoint": {"kind": "url", "required": True}, "account": {"required": True}},
    "retry_safe": True,
    "request": {
        "method": "POST",
        "url": "{settings.endpoint}/v1/accounts/{settings.account}/licenses/actions/validate-key",
        "headers": {"Accept": "application/vnd.api+json", "Content-Type": "application/vnd.api+json"},
        "json": {"meta": {"key": "{key}"}},
    },
    "response": {
        "issuer_code": "/meta/code",
        "balance_until": {"path": "/data/attributes/metadata/balance_until", "as": "date"},
        "attributes": {name: f"/data/attributes/metadata/{name}" for name in ("region", "rank")},
        "used_by": "/data/attributes/metadata/phone",
        "login_anomaly": "/data/attributes/metadata/anomaly",
        "rules": [{"table": {"path": "/meta/code", "codes": {
            "VALID": "ok_unused", "TOO_MANY_MACHINES": "used", "EXPIRED": "expired", "NOT_FOUND": "not_found"}}}],
    },
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    server = Sandbox(tmp_path_factory.mktemp("promised") / "sandbox")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def gateway(new_gateway, sandbox, tmp_path_factory):
    folder = tmp_path_factory.mktemp("promised-terms")
    documents = {
        "adapters/attributed": ATTRIBUTED,
        "policies/member-30": policy("member-30", "membership-30"),
        "policies/account-15": policy("account-15", "w15"),
        "policies/carrier-90": policy("carrier-90", "w15", promise={"min_balance_validity": "P90D"}),
    }
    for name, document in documents.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))
    keygen = sandbox.adapters["keygen"]
    own = {name: keygen["settings"][name] for name in ("endpoint", "account")}
    made_gateway = new_gateway("promised", settings={
        "adapters_directory": str(folder / "adapters"),
        "policies_directory": str(folder / "policies"),
        "adapters": {"keygen": keygen | {"limits": LIMITS}, "attributed": {"settings": own, "limits": LIMITS}},
        "products": [
            {"id": name, "issuer": "keygen-acct", "adapter": adapter, "policy": name, "reusable": False}
            for name, adapter in (("member-30", "keygen"), ("account-15", "attributed"),
                                  ("carrier-90", "attributed"))],
    }).start()
    yield made_gateway
    # What was promised stands in the leaves as it stands in the store.
    assert made_gateway.stop() == 0
    audited = made_gateway.cli("log", "audit", "--deep")
    assert audited.returncode == 0, audited.stdout.decode()


def sell(gateway, sandbox, cards, product: str, script: dict, delivered_at=None, **promised) -> tuple[dict, dict]:
    """Hands a scripted code over; the accepted notice, and the item with its verdict."""
    key = cards.licence()
    sandbox.script({"key": key} | script)
    sent = webhook.send(gateway, made.delivery(
        cards.order(), [made.item(product, key, **promised)], delivered_at=delivered_at))
    assert sent.status == 202 and sent.json()["ignored"] == [], sent.text
    return sent.json(), gateway.checked(sent.json()["delivery"])["items"][0]


def opened_claim(gateway, delivery: str) -> dict:
    """The claim that opens by itself, within the schedule of the re-checks."""
    deadline = time.monotonic() + 30
    while not (claims := gateway.claims_of(delivery)):
        assert time.monotonic() < deadline, gateway.log_tail()
        time.sleep(0.1)
    [claim] = claims
    return claim


def evidence(gateway, item: dict) -> dict:
    return gateway.cli_json("evidence", "show", str(item["evidence"]["index"]), "--platform", "shop")["fields"]


def test_a_membership_that_the_issuer_ends_on_day_three_is_a_shortened_term_and_a_claim(gateway, sandbox, cards):
    """M4-06 M3-26: the issuer calls it expired, three days after the hand-over of thirty promised."""
    start = made.now() - 3 * DAY
    accepted, item = sell(gateway, sandbox, cards, "member-30", {"term": {
        "starts_at": made.rfc3339(start), "ends_at": made.rfc3339(start + 3 * DAY)}}, delivered_at=start)
    verdict = item["verdict"]
    assert (verdict["state"], verdict["issuer_state"], verdict["certainty"]) == ("term_shortened", "expired", "derived")
    assert verdict["term"] == {"starts_at": made.rfc3339(start), "ends_at": made.rfc3339(start + 3 * DAY),
                               "expected_days": 30, "actual_days": 3}
    # Nobody is blamed before the issuer was asked again.
    claim = opened_claim(gateway, accepted["delivery"])
    assert (claim["against"], claim["family"]) == ("merchant", "service")
    assert claim["verdict"]["term"] == verdict["term"]
    assert evidence(gateway, gateway.delivery(accepted["delivery"])["items"][0])["verdict"]["term"] == verdict["term"]


def test_a_membership_that_is_sold_with_too_early_an_end_is_short_at_once_and_a_whole_one_is_good(
        gateway, sandbox, cards):
    """M4-06: the end lies ahead, and is seen all the same."""
    _, item = sell(gateway, sandbox, cards, "member-30", {"term": {"starts_at": "now-1h", "ends_at": "now+7d"}})
    assert (item["verdict"]["state"], item["verdict"]["issuer_state"]) == ("term_shortened", "ok_unused")
    _, whole = sell(gateway, sandbox, cards, "member-30", {"term": {"starts_at": "now-1h", "ends_at": "now+30d"}})
    assert whole["verdict"]["state"] == "ok_unused"
    assert whole["verdict"]["term"]["actual_days"] == 30


def test_a_balance_that_ends_before_it_was_promised_to_is_a_short_shelf_life(gateway, sandbox, cards):
    """claims.md E3 rule 8: by the policy's days, or by the day that the order states."""
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()
    sixty = (today + 60 * DAY).isoformat()
    accepted, item = sell(gateway, sandbox, cards, "carrier-90", {"balance_until": sixty})
    assert (item["verdict"]["state"], item["verdict"]["balance_until"]) == ("short_shelf_life", sixty)
    assert opened_claim(gateway, accepted["delivery"])["against"] == "merchant"
    year, ninety_five = (today + 365 * DAY).isoformat(), (today + 95 * DAY).isoformat()
    _, stated = sell(gateway, sandbox, cards, "carrier-90", {"balance_until": ninety_five}, balance_until=year)
    assert stated["verdict"]["state"] == "short_shelf_life"
    for script in ({"balance_until": ninety_five}, {}):
        _, good = sell(gateway, sandbox, cards, "carrier-90", script)
        assert good["verdict"]["state"] == "ok_unused"


def test_another_region_than_the_order_states_is_the_wrong_region_with_both_sides_shown(gateway, sandbox, cards):
    """M3-50 M2-29: the checklist of the order, item by item, in the verdict and in its leaf."""
    accepted, item = sell(gateway, sandbox, cards, "account-15", {"attributes": {"region": "JP"}},
                          attributes={"region": "cn", "rank": "gold"})
    verdict = item["verdict"]
    assert (verdict["state"], verdict["issuer_state"], item["liability"]) == ("wrong_region", "ok_unused", "merchant")
    assert verdict["attributes"] == [
        {"name": "rank", "expected": "gold", "actual": None, "agrees": None},
        {"name": "region", "expected": "cn", "actual": "JP", "agrees": False}]
    assert evidence(gateway, item)["verdict"]["attributes"] == verdict["attributes"]
    assert opened_claim(gateway, accepted["delivery"])["against"] == "merchant"
    _, other = sell(gateway, sandbox, cards, "account-15", {"attributes": {"region": "cn", "rank": "silver"}},
                    attributes={"region": "cn", "rank": "gold"})
    assert other["verdict"]["state"] == "account_mismatch"


def test_attributes_that_the_issuer_does_not_tell_or_tells_alike_prove_nothing(gateway, sandbox, cards):
    """M3-50: nobody is blamed for what nobody knows."""
    _, untold = sell(gateway, sandbox, cards, "account-15", {}, attributes={"region": "cn", "rank": "gold"})
    assert untold["verdict"]["state"] == "ok_unused"
    assert [check["agrees"] for check in untold["verdict"]["attributes"]] == [None, None]
    _, alike = sell(gateway, sandbox, cards, "account-15", {"attributes": {"region": " CN "}},
                    attributes={"region": "cn"})
    assert (alike["verdict"]["state"], alike["verdict"]["attributes"][0]["agrees"]) == ("ok_unused", True)
    _, unstated = sell(gateway, sandbox, cards, "account-15", {"attributes": {"region": "jp"}})
    assert (unstated["verdict"]["state"], unstated["verdict"]["attributes"]) == ("ok_unused", None)


def test_what_a_use_left_behind_stands_in_the_verdict(gateway, sandbox, cards):
    """M1-18: who used it by four digits alone, and what the issuer noticed."""
    _, item = sell(gateway, sandbox, cards, "account-15", {
        "state": "used", "attributes": {"phone": "13800138000", "anomaly": "signed in from another country"}})
    assert item["verdict"]["state"] == "used"
    assert item["verdict"]["usage"] == {
        "first_used_at": None, "remaining_value": None, "used_by_hint": "…8000",
        "login_anomaly": "signed in from another country"}


def test_a_promise_is_kept_with_its_page_and_compared_in_the_packet(gateway, sandbox, cards):
    """M2-15: thirty seconds from order to hand-over, ten promised; words are told as they stood."""
    promises = [
        {"kind": "deliver_within", "value": "PT10S", "text": "秒到账", "source_sha256": PAGE},
        {"kind": "region", "value": "cn", "source_sha256": PAGE},
        {"text": "包售后", "source_sha256": PAGE}]
    accepted, item = sell(gateway, sandbox, cards, "account-15", {"attributes": {"region": "jp"}}, promises=promises)
    # The listing promised a region, too.
    assert item["verdict"]["state"] == "wrong_region"
    claim = opened_claim(gateway, accepted["delivery"])
    answer = call(gateway.url, "POST", f"/v1/claims/{claim['claim']}/packets",
                  {"authorization": f"Bearer {accepted['order_token']}", "content-type": "application/json",
                   "accept-language": "en"}, json.dumps({"channel": "small_claims_court"}).encode())
    assert answer.status == 200, answer.text
    papers = answer.json()["markdown"]
    assert "promised delivery time" in papers and "PT10S" in papers and "PT30S" in papers
    assert "包售后" in papers and PAGE in papers


def test_a_replay_of_the_notice_and_a_selftest_say_the_same(gateway, sandbox, cards):
    """The promise stands with the item: who asks again is held to it, too."""
    accepted, item = sell(gateway, sandbox, cards, "account-15", {"attributes": {"region": "jp"}},
                          attributes={"region": "cn"})
    again = buyer.awaited_selftest(gateway, accepted["order_token"])["items"][0]
    assert again["verdict"]["attributes"] == item["verdict"]["attributes"]


@pytest.mark.parametrize("promised,pointer", [
    ({"attributes": {"Region": "cn"}}, "/items/0/attributes"),
    ({"attributes": {f"a{n}": "x" for n in range(17)}}, "/items/0/attributes"),
    ({"attributes": {"region": "x" * 129}}, "/items/0/attributes"),
    ({"balance_until": "2027-02-30"}, "/items/0/balance_until"),
    ({"promises": [{"text": "x"}]}, "/items/0/promises/0/source_sha256"),
    ({"promises": [{"text": "x" * 257, "source_sha256": PAGE}]}, "/items/0/promises/0/text"),
    ({"promises": [{"text": "x", "source_sha256": PAGE}] * 17}, "/items/0/promises"),
])
def test_promises_beyond_the_limits_are_refused_by_name(gateway, cards, promised, pointer):
    answer = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("account-15", cards.licence(), **promised)]))
    assert answer.status == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
