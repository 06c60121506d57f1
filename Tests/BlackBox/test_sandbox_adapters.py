"""Every adapter against the sandbox issuer, set up by the sandbox's own settings.yaml and nothing else."""

from __future__ import annotations

import copy
import json
import time

import pytest
import yaml

from harness import cards as made
from harness import webhook
from harness.ports import free_port
from harness.sandbox import Sandbox
from harness.wire import call
from test_readme import blocks, newcomer  # noqa: F401

FACE = {"amount_minor": 5000, "currency": "CNY"}
BENEFICIARY = "13800138000"
# By the digits of docs/sandbox.md.
DIGITS = {"good": "000", "used": "301", "used_two_days_ago": "701", "expired": "102",
          "revoked": "107", "not_found": "010", "not_activated": "013", "partially_used": "340",
          "wrong_secret": "344", "disputed": "348", "other_product": "008", "unknown": "099",
          "unknown_validation": "640"}

# What an adapter makes of each row: state, the issuer's code, and when it was if that is told.
# A row that a protocol has no word for is not in its list.
INQUIRED = {
    "ericsson-vsip": {
        "good": ("ok_unused", "0"), "used": ("used", "0"),
        "used_two_days_ago": ("used", "0", "before_delivery"), "expired": ("expired", "102"),
        "revoked": ("revoked", "107"), "not_found": ("not_found", "10"),
        "not_activated": ("not_activated", "13"), "unknown": ("indeterminate", "99")},
    "keygen": {
        "good": ("ok_unused", "VALID"), "used": ("used", "TOO_MANY_MACHINES"),
        "expired": ("expired", "EXPIRED", "before_delivery"), "revoked": ("revoked", "SUSPENDED"),
        "not_found": ("not_found", "NOT_FOUND"),
        "other_product": ("wrong_product", "PRODUCT_SCOPE_MISMATCH"),
        "unknown_validation": ("indeterminate", "QUARANTINED")},
    "gumroad": {
        "good": ("ok_unused", "0"), "used": ("used", "1"), "expired": ("expired", None),
        "revoked": ("revoked", None), "not_found": ("not_found", None),
        "disputed": ("temporarily_unusable", "0"), "other_product": ("not_found", None),
        "unknown": ("indeterminate", None)},
    "lemonsqueezy": {
        "good": ("ok_unused", "inactive"), "used": ("used", "active"),
        "partially_used": ("partially_used", "active"),
        "expired": ("expired", "expired", "before_delivery"), "revoked": ("revoked", "disabled"),
        "not_found": ("not_found", None), "other_product": ("wrong_product", "inactive"),
        "unknown": ("indeterminate", "frozen")},
    "polar": {
        "good": ("ok_unused", "granted"), "used": ("used", "granted"),
        "partially_used": ("partially_used", "granted"),
        "expired": ("expired", "ResourceNotFound"), "revoked": ("revoked", "ResourceNotFound"),
        "not_found": ("not_found", "ResourceNotFound"),
        "other_product": ("wrong_product", "ResourceNotFound"),
        "unknown": ("indeterminate", "frozen")},
    "lmfwc": {
        "good": ("ok_unused", "2"), "used": ("used", "3"),
        "partially_used": ("partially_used", "3"), "expired": ("expired", "2", "before_delivery"),
        "not_activated": ("not_activated", "4"), "not_found": ("not_found", "lmfwc_rest_data_error"),
        "other_product": ("wrong_product", "2"), "unknown": ("indeterminate", "9")},
    "cryptolens": {
        "good": ("ok_unused", "0/2"), "used_two_days_ago": ("used", "2/2", "before_delivery"),
        "partially_used": ("partially_used", "1/2", "before_delivery"),
        "expired": ("expired", "Expires", "before_delivery"), "revoked": ("revoked", "Block"),
        "not_found": ("not_found", "1"), "unknown": ("indeterminate", "7")},
    "licensespring": {
        "good": ("ok_unused", "0/2"), "used": ("used", "2/2"),
        "partially_used": ("partially_used", "1/2"), "expired": ("expired", "license_expired"),
        "revoked": ("revoked", "license_not_enabled"),
        "not_activated": ("ok_unused", "license_not_active"),
        "not_found": ("not_found", "license_not_found"), "other_product": ("wrong_product", "0/2"),
        "unknown": ("indeterminate", "license_frozen")},
    "square-giftcard": {
        "good": ("ok_unused", "ACTIVE"), "used": ("used", "ACTIVE"),
        "used_two_days_ago": ("used", "ACTIVE", "before_delivery"),
        "partially_used": ("partially_used", "ACTIVE"), "revoked": ("revoked", "DEACTIVATED"),
        "not_activated": ("not_activated", "PENDING"), "not_found": ("not_found", "NOT_FOUND"),
        "unknown": ("indeterminate", "FROZEN")},
    "adyen-giftcard": {
        "good": ("ok_unused", "Success"), "used": ("used", "Success"),
        "partially_used": ("partially_used", "Success"), "expired": ("expired", "Refused"),
        "revoked": ("revoked", "Refused"), "not_found": ("not_found", "Refused"),
        "wrong_secret": ("not_found", "Refused"), "unknown": ("indeterminate", "Frozen")},
    "givex": {
        "good": ("ok_unused", "0"), "used": ("used", "0"),
        "partially_used": ("partially_used", "0"), "not_found": ("not_found", "2"),
        "wrong_secret": ("not_found", "2"), "unknown": ("indeterminate", "2")},
}
# How a script names the rows that the table names otherwise.
SCRIPTED = {"revoked": "damaged", "unknown": "unknown_response"}
# Asked with the number under which the code was given out: only where it came from is told.
PROVEN = {
    "reloadly-giftcard": {
        "good": ("unsupported", "SUCCESSFUL"), "revoked": ("revoked", "REFUNDED"),
        "not_activated": ("indeterminate", "PENDING"), "disputed": ("indeterminate", "FAILED"),
        "not_found": ("indeterminate", "TRANSACTION_NOT_FOUND"),
        "unknown": ("indeterminate", "FROZEN")},
    "runa": {
        "good": ("unsupported", "SUCCESS"), "expired": ("expired", "RE004"),
        "revoked": ("revoked", "RE003"), "disputed": ("revoked", "RE005"),
        "not_activated": ("indeterminate", "RE007"), "not_found": ("indeterminate", "RE001"),
        "unknown": ("indeterminate", "RE777")},
}
SPENT = "ok_activated_by_buyer"
REDEEMED = {
    "ericsson-ucip": {
        "good": (SPENT, "0"), "used": ("used", "108"), "expired": ("expired", "110"),
        "revoked": ("revoked", "111"), "not_activated": ("not_activated", "109"),
        "not_found": ("not_found", "119"), "unknown": ("indeterminate", "777")},
    "yeepay-card": {
        "good": (SPENT, "0"), "used": ("used", "2005"), "expired": ("expired", "3102"),
        "revoked": ("revoked", "3003"), "not_activated": ("not_activated", "3005"),
        "partially_used": ("partially_used", "1007"), "not_found": ("not_found", "3001"),
        "wrong_secret": ("not_found", "3006"), "disputed": ("conflict", "1"),
        "unknown": ("indeterminate", "4711")},
    # No signature covers `errcode`: it is kept beside the verdict and decides nothing.
    "shenzhoufu": {
        "good": (SPENT, "200"), "used": ("indeterminate", "202"),
        "expired": ("indeterminate", "211"), "not_found": ("indeterminate", "208")},
    "shenzhoufu-signed": {
        "good": (SPENT, "200"), "used": ("used", "202"), "expired": ("expired", "211"),
        "revoked": ("revoked", "210"), "not_activated": ("not_activated", "209"),
        "not_found": ("not_found", "208"), "wrong_secret": ("not_found", "203"),
        "unknown": ("indeterminate", "299")},
    "19pay": {
        "good": (SPENT, "00000"), "used": ("indeterminate", "10082"),
        "revoked": ("revoked", "81000"), "not_found": ("not_found", "81007"),
        "unknown": ("indeterminate", "99999")},
}
TESTED = {"good": ("ok_unused", "2"), "used": ("used", "4"), "not_found": ("indeterminate", "3"),
          "unknown": ("indeterminate", "9")}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    server = Sandbox(tmp_path_factory.mktemp("adapters") / "sandbox", "--settlement-delay", "200")
    yield server
    server.stop()


def configuration(sandbox: Sandbox) -> dict:
    """The written settings, with the patience of a test, and Shenzhoufu once more as an operator
    sets it up who believes `errcode`."""
    adapters = copy.deepcopy(sandbox.adapters)
    adapters["shenzhoufu-signed"] = copy.deepcopy(adapters["shenzhoufu"])
    adapters["shenzhoufu-signed"]["adapter"] = "shenzhoufu"
    adapters["shenzhoufu-signed"]["settings"]["errcode_decides"] = "signed"
    for adapter in adapters.values():
        adapter["limits"] = {"concurrency": 8, "requests_per_second": 200, "burst": 100,
                             "timeout": "2s"}
    return adapters


@pytest.fixture(scope="module")
def shop(new_gateway, sandbox):
    """A gateway with a product for each adapter, at an address that issuers can report to."""
    gateway = new_gateway("sandbox-adapters")
    address = f"127.0.0.1:{free_port()}"
    adapters = configuration(sandbox)
    wanted = yaml.safe_load(gateway.config.read_text()) | {
        "listen": address, "public_url": f"http://{address}", "adapters": adapters,
        "products": [{"id": name, "issuer": name, "adapter": name, "face_value": FACE,
                      "policy": "w7", "reusable": False} for name in adapters]}
    gateway.config.write_text(yaml.safe_dump(wanted, sort_keys=False))
    gateway.cli("config", "check", check=True)
    return gateway.start()


class Code:
    """One delivered code, and where it was delivered."""
    numbers = iter(range(1, 1 << 30))

    def __init__(self, adapter: str, row: str = "good"):
        number = next(self.numbers)
        self.adapter, self.row = adapter, row
        self.key = f"99{DIGITS[row]}{number:013d}"
        self.serial = f"1011128{number:010d}"
        self.delivery, self.line = "", 0

    def item(self, line: int) -> dict:
        return made.item(self.adapter, self.key, self.serial, line)


def deliver(gateway, cards, codes: list[Code], item=Code.item) -> None:
    notice = made.delivery(cards.order(), [item(code, line) for line, code in enumerate(codes, 1)])
    answer = webhook.send(gateway, notice)
    assert answer.status == 202, answer.text
    for line, code in enumerate(codes, 1):
        code.delivery, code.line = answer.json()["delivery"], line


def consent(gateway, code: Code, operation: str = "redeem") -> None:
    body = {"operation": operation, "given_by": "buyer"}
    if operation == "redeem":
        body["beneficiary"] = BENEFICIARY
    answer = call(gateway.url, "POST", f"/v1/deliveries/{code.delivery}/items/{code.line}/consents",
                  gateway.platform.bearer | {"content-type": "application/json"},
                  json.dumps(body).encode())
    assert answer.status == 201, answer.text


def item(gateway, code: Code) -> dict:
    return gateway.delivery(code.delivery)["items"][code.line - 1]


def until(seconds: float, told, wanted) -> None:
    """Waits until `told` tells what is wanted."""
    deadline = time.monotonic() + seconds
    while (found := told()) != wanted:
        assert time.monotonic() < deadline, f"{found} instead of {wanted}"
        time.sleep(0.05)


def said(gateway, code: Code) -> tuple:
    verdict = item(gateway, code)["verdict"]
    return (verdict["state"], verdict["issuer"]["code"]) if verdict else (None, None)


def order(gateway, code: Code) -> dict:
    """The last order to spend the code."""
    rows = [row for row in gateway.all_rows("/v1/redemptions?limit=100", "redemptions")
            if (row["delivery"], row["line"]) == (code.delivery, code.line)]
    assert rows, "no order was placed"
    return max(rows, key=lambda row: row["created_at"])


def spend(gateway, cards, *codes: Code) -> None:
    deliver(gateway, cards, list(codes))
    gateway.checked(codes[0].delivery)
    for code in codes:
        assert item(gateway, code)["verdict"]["cause"] == "consent_missing"
    for code in codes:
        consent(gateway, code)


@pytest.fixture(scope="module", autouse=True)
def tested(shop, cards):
    """Codes at CK象, which wants to be polled every eight seconds: ordered first, looked at last."""
    codes = [Code("ckxiang", row) for row in TESTED]
    deliver(shop, cards, codes)
    shop.checked(codes[0].delivery)
    for code in codes:
        assert item(shop, code)["verdict"]["cause"] == "consent_missing"
        consent(shop, code, "inquire")
    return codes


def test_the_written_settings_set_every_adapter_up(shop, sandbox):
    listed = {row["id"]: row for row in shop.cli_json("adapter", "list")["adapters"]}
    assert set(listed) == set(sandbox.adapters) | {"offline", "shenzhoufu-signed"}
    assert all(row["ready"] for row in listed.values())
    covered = [*INQUIRED, *PROVEN, *REDEEMED, "ckxiang"]
    assert set(covered) == set(listed) - {"offline"}


@pytest.mark.parametrize("adapter", INQUIRED)
def test_an_inquiry_tells_every_state_the_protocol_knows(shop, cards, adapter):
    codes = [Code(adapter, row) for row in INQUIRED[adapter]]
    deliver(shop, cards, codes)
    items = shop.checked(codes[0].delivery)["items"]
    for code, checked in zip(codes, items, strict=True):
        state, word, *timing = INQUIRED[adapter][code.row]
        verdict = checked["verdict"]
        assert (verdict["state"], verdict["issuer"]["code"]) == (state, word), code.row
        if timing:
            assert verdict["timing"] == timing[0], code.row
        if state == "indeterminate":
            assert verdict["cause"] == "unmapped" and checked["claim"] is None


@pytest.mark.parametrize("adapter", PROVEN)
def test_the_issuers_reference_proves_where_a_code_is_from(shop, cards, sandbox, adapter):
    codes = [Code(adapter, row) for row in PROVEN[adapter]] + [Code(adapter)]
    other = codes[-1]
    sandbox.script(*({"key": code.key if code is not other else code.key[::-1],
                      "serial": code.serial, "state": SCRIPTED.get(code.row, code.row)}
                     for code in codes))
    prefix = "" if adapter == "reloadly-giftcard" else sandbox.addresses["issuers"][adapter] + "/"
    deliver(shop, cards, codes, lambda code, line: made.item(
        adapter, code.key, line=line, issuer_ref=prefix + code.serial))
    items = shop.checked(other.delivery)["items"]
    for code, checked in zip(codes[:-1], items):
        verdict = checked["verdict"]
        assert (verdict["state"], verdict["issuer"]["code"]) == PROVEN[adapter][code.row], code.row
    assert items[-1]["verdict"]["state"] == "conflict" and items[-1]["claim"] is None


@pytest.mark.parametrize("adapter", REDEEMED)
def test_a_code_that_is_spent_tells_every_state_the_protocol_knows(shop, cards, adapter):
    codes = [Code(adapter, row) for row in REDEEMED[adapter]]
    spend(shop, cards, *codes)
    for code in codes:
        until(10, lambda: said(shop, code), REDEEMED[adapter][code.row])
        if said(shop, code)[0] == "indeterminate":
            assert item(shop, code)["claim"] is None
        else:
            assert order(shop, code)["state"] == "settled"


@pytest.mark.parametrize("adapter", ["yeepay-card", "shenzhoufu", "19pay"])
def test_a_report_that_comes_twice_is_answered_twice_and_counts_once(
        shop, cards, sandbox, adapter):
    code = Code(adapter)
    sandbox.script({"key": code.key, "fault": "callback_twice"})
    before = sandbox.calls()["callbacks"]
    spend(shop, cards, code)
    until(10, lambda: sandbox.calls()["callbacks"],
          {name: number + 2 for name, number in before.items()})
    assert item(shop, code)["verdict"]["state"] == SPENT
    assert order(shop, code)["state"] == "settled"


def test_a_failure_that_19pay_takes_back_is_superseded(shop, cards, sandbox):
    code = Code("19pay")
    sandbox.script({"key": code.key, "fault": "failure_then_success"})
    spend(shop, cards, code)
    until(10, lambda: said(shop, code), ("not_found", "81007"))
    claim = item(shop, code)["claim"]
    assert claim is not None
    until(10, lambda: said(shop, code), (SPENT, "00000"))
    assert [row["state"] for row in shop.claims_of(code.delivery)] == ["closed.recovered"]


def test_a_lost_answer_or_report_is_settled_without_spending_again(shop, cards, sandbox):
    """Every way to lose one at the same time; orders are asked about after five seconds."""
    silent = [Code("ericsson-ucip"), Code("shenzhoufu")]
    unheard = {adapter: Code(adapter) for adapter in ("yeepay-card", "shenzhoufu")}
    forged = {adapter: Code(adapter) for adapter in ("yeepay-card", "shenzhoufu", "19pay")}
    cut = {adapter: Code(adapter) for adapter in ("yeepay-card", "shenzhoufu", "19pay")}
    sandbox.script(*({"key": code.key, "fault": "no_callback"}
                     for code in [silent[1], *unheard.values()]),
                   *({"key": code.key, "fault": "callback_bad_signature"}
                     for code in forged.values()),
                   *({"key": code.key, "fault": "status:502"} for code in cut.values()))
    sandbox.faults(*({"fault": "silence", "protocol": code.adapter, "times": 1} for code in silent))
    asked = sandbox.asked("yeepay-card ChargeCardQuery")
    spend(shop, cards, *silent)
    # Or asked about already, on a slow machine.
    until(10, lambda: {order(shop, code)["state"] for code in silent} <= {"unknown", "settled"}, True)
    spend(shop, cards, *unheard.values(), *forged.values(), *cut.values())
    # The report alone says what became of an order whose receipt was lost.
    for code in cut.values():
        until(10, lambda: said(shop, code)[0], SPENT)
    # Asked about: by a signed query, or by the adapter that tells the state of the code.
    for code in (*silent, unheard["shenzhoufu"], forged["shenzhoufu"]):
        until(20, lambda: said(shop, code)[0], SPENT)
    # YeePay's query does not tell the card's state, and 19pay has none.
    until(20, lambda: sandbox.asked("yeepay-card ChargeCardQuery") >= asked + 2, True)
    for code in (unheard["yeepay-card"], forged["yeepay-card"], forged["19pay"]):
        assert said(shop, code)[0] == "indeterminate" and item(shop, code)["claim"] is None
        assert order(shop, code)["state"] in ("accepted", "unknown")


def test_a_tester_is_polled_until_it_knows(shop, sandbox, tested):
    for code in tested:
        until(40, lambda: said(shop, code), TESTED[code.row])
        assert item(shop, code)["verdict"]["certainty"] == "derived"
    assert sandbox.calls()["operations"]["ckxiang checkCard"]["total"] == len(tested)


def test_nothing_was_spent_twice_or_counted_as_a_use(sandbox):
    calls = sandbox.calls()
    assert calls["redemptions"]["codes_redeemed"] > 10
    assert calls["redemptions"]["submitted_again"] == 0
    assert calls["redemptions"]["redeemed_twice"] == 0
    assert calls["uses_counted"] == 0 and calls["redirects_followed"] == 0


def test_the_commands_of_the_documentation_do_what_it_says(newcomer):  # noqa: F811
    found = blocks("docs/sandbox.md")
    assert [name for name, _, _ in found] == [f"sandbox-{number}" for number in range(1, 4)]
    for name, wanted, text in found:
        code, output = newcomer.type(name, text)
        assert code == wanted, f"block {name}: exit {code} instead of {wanted}\n{output}\n{newcomer.log()}"
    assert '"state":"expired"' in (newcomer.folder / "answer.json").read_text().replace('": ', '":')
    told = json.loads((newcomer.folder / "told.json").read_text())
    assert told["items"][1]["verdict"]["state"] == SPENT
    calls = json.loads((newcomer.folder / "calls.json").read_text())
    assert calls["redemptions"]["codes_redeemed"] == 1
