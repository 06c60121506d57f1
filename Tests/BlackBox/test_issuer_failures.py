"""An issuer that is down, slow, lying, truncating or answers HTML: undecided, asked again, no claim."""

from __future__ import annotations

import pathlib
import time

import pytest

from harness import cards as made
from harness import webhook
from harness.certificates import Authority
from harness.hostile import BEHAVIOURS, HostileServer
from harness.ports import free_port
from issuers.vsip_server import VoucherServer

PROTOCOLS = ["voucher", "licence"]


@pytest.fixture(scope="module")
def hostile():
    server = HostileServer()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def victim(new_gateway, hostile):
    """A gateway that has only bad issuers. Inquiries end after a second or two."""
    gateway = new_gateway(
        "victim", voucher_url=hostile.url, licence_url=hostile.url, timeout="2s")
    yield gateway.start()
    assert gateway.stop() == 0


def item_of(cards, product: str) -> dict:
    if product == "voucher":
        serial, key = cards.voucher()
        return made.item("voucher", key, serial)
    return made.item("licence", cards.licence())


@pytest.mark.parametrize("product", PROTOCOLS)
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_a_bad_issuer_is_never_a_verdict_and_never_a_claim(
        victim, hostile, cards, behaviour, product):
    """C-05: nothing is decided, and the question that failed is evidence as any other."""
    hostile.behaviour = behaviour
    sent = webhook.send(victim, made.delivery(cards.order(), [item_of(cards, product)])).json()
    item = victim.checked(sent["delivery"], 60)["items"][0]
    assert item["verdict"]["state"] == "indeterminate"
    assert item["liability"] == "none"
    assert item["claim"] is None
    assert victim.claims_of(sent["delivery"]) == []
    kept = victim.cli_json("evidence", "show", str(item["evidence"]["index"]), "--platform", "shop")
    assert kept["fields"]["verdict"] == item["verdict"] and kept["leaf_hash"] == item["evidence"]["leaf_hash"]
    hostile.behaviour = "html"


@pytest.mark.parametrize("product", PROTOCOLS)
def test_an_issuer_that_is_not_there_is_never_a_verdict(new_gateway, cards, product):
    nowhere = f"http://127.0.0.1:{free_port()}"
    gateway = new_gateway("nowhere", voucher_url=nowhere, licence_url=nowhere).start()
    sent = webhook.send(gateway, made.delivery(cards.order(), [item_of(cards, product)])).json()
    item = gateway.checked(sent["delivery"], 60)["items"][0]
    assert item["verdict"]["state"] == "indeterminate"
    assert item["claim"] is None
    assert gateway.stop() == 0


def test_an_undecided_code_is_asked_again_until_the_issuer_answers(gateway, cards, vouchers):
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial, fault=(1007, "overload"))
    sent = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("voucher", key, serial)])).json()
    first = gateway.checked(sent["delivery"])["items"][0]
    assert first["verdict"]["state"] == "indeterminate"
    vouchers.put(key, serial=serial, state="stolen")
    deadline = time.monotonic() + 60
    while True:
        item = gateway.delivery(sent["delivery"])["items"][0]
        if item["verdict"]["state"] == "revoked":
            break
        assert time.monotonic() < deadline, f"not asked again: {item['verdict']}"
        time.sleep(0.2)
    assert item["claim"] is not None
    assert len(gateway.claims_of(sent["delivery"])) == 1


def test_a_slow_issuer_holds_up_neither_intake_nor_other_issuers(
        new_gateway, cards, licences, hostile):
    hostile.behaviour = "silent"
    gateway = new_gateway("slow", voucher_url=hostile.url).start()
    for _ in range(100):
        webhook.send(gateway, made.delivery(cards.order(), [item_of(cards, "voucher")]))
    taken = []
    for _ in range(20):
        key = cards.licence()
        licences.put(key, code="VALID")
        begun = time.monotonic()
        answer = webhook.send(gateway, made.delivery(
            cards.order(), [made.item("licence", key)]), wait=20)
        taken.append(time.monotonic() - begun)
        assert answer.json()["items"][0]["verdict"]["state"] == "ok_unused"
    taken.sort()
    assert taken[-2] < 3, f"behind a silent issuer others took {taken[-2]:.1f} s"
    hostile.behaviour = "html"
    gateway.stop()


def test_a_private_address_is_refused_unless_it_is_allowed(new_gateway, cards, vouchers):
    gateway = new_gateway("private", private=False).start()
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    sent = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("voucher", key, serial)])).json()
    item = gateway.checked(sent["delivery"], 60)["items"][0]
    assert item["verdict"]["state"] == "indeterminate"
    assert vouchers.calls(key) == 0
    gateway.stop()


CERTIFICATES = {
    "good": ({}, "ok_unused"),
    "self-signed": ({"vouched": False}, "indeterminate"),
    "expired": ({"lives": -made.DAY}, "indeterminate"),
    "of-another-host": ({"address": "127.0.0.2"}, "indeterminate"),
}


@pytest.mark.parametrize("name", CERTIFICATES)
def test_an_issuer_with_a_wrong_certificate_is_told_nothing(
        new_gateway, cards, vouchers, scratch, request, name):
    authority = Authority(scratch / f"certificates-{name}")
    wrong, state = CERTIFICATES[name]
    issuer = VoucherServer(
        vouchers.username, vouchers.password, tls=authority.server(name, **wrong))
    request.addfinalizer(issuer.stop)
    gateway = new_gateway(f"tls-{name}", voucher_url=issuer.url, settings={
        "outbound": {"allow_private": ["127.0.0.0/8"], "ca_file": str(authority.file)}}).start()
    serial, key = cards.voucher()
    issuer.put(key, serial=serial)
    sent = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("voucher", key, serial)])).json()
    item = gateway.checked(sent["delivery"], 60)["items"][0]
    assert item["verdict"]["state"] == state
    if state == "indeterminate":
        assert item["verdict"]["cause"] == "untrusted_certificate"
        assert item["claim"] is None
        assert issuer.calls(key) == 0
    gateway.stop()


def test_bad_issuers_cost_little_memory(victim):
    """What an issuer sends is bounded before it is kept."""
    status = pathlib.Path(f"/proc/{victim.process.pid}/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    assert int(peak.split()[1]) < 256 * 1024, peak


def test_a_redirect_is_not_followed(new_gateway, cards, vouchers, hostile):
    hostile.behaviour, hostile.redirect_to = "redirect", f"{vouchers.url}/RPC2"
    gateway = new_gateway("redirect", voucher_url=hostile.url).start()
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    sent = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("voucher", key, serial)])).json()
    item = gateway.checked(sent["delivery"], 60)["items"][0]
    assert item["verdict"]["state"] == "indeterminate"
    assert vouchers.calls(key) == 0
    hostile.behaviour = "html"
    gateway.stop()


def test_a_slow_client_is_cut_off_and_costs_others_nothing(gateway, cards):
    """Connections that send a byte a second, in the head and in the body."""
    import socket
    host, _, port = gateway.url.removeprefix("http://").partition(":")
    slow = []
    for number in range(100):
        peer = socket.create_connection((host, int(port)), 5)
        peer.setblocking(False)
        peer.send(b"POST /v1/platforms/shop/deliveries HTTP/1.1\r\nHost: x\r\n" + (
            b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
            if number % 2 else b"X: "))
        slow.append(peer)
    worst, closed, deadline = 0.0, 0, time.monotonic() + 45
    while slow and time.monotonic() < deadline:
        for peer in list(slow):
            try:
                peer.send(b"a")
                if peer.recv(1024) in (b"",):
                    raise ConnectionError
            except BlockingIOError:
                continue
            except OSError:
                slow.remove(peer)
                peer.close()
                closed += 1
        begun = time.monotonic()
        assert gateway.get("/livez").status == 200
        worst = max(worst, time.monotonic() - begun)
        time.sleep(1)
    for peer in slow:
        peer.close()
    assert worst < 1, f"an honest request took {worst:.2f} s"
    assert closed == 100, f"only {closed} of 100 slow connections were cut off within 45 s"
