"""The faked clock of `harness/clock.py` does what tests of time rely on."""

from __future__ import annotations

import datetime
import threading
import time

from conftest import VOUCHER_SECRET
from harness import cards as made
from harness import webhook
from harness.certificates import Authority
from harness.clock import FakeClock
from issuers.vsip_server import VoucherServer

START = datetime.datetime(2027, 2, 1, 12, tzinfo=datetime.timezone.utc)


def told(clock: FakeClock, gateway, cards, vouchers, wait: int = 20) -> dict:
    """The item of a delivery that is handed over now."""
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    notice = made.delivery(cards.order(), [made.item("voucher", key, serial)], delivered_at=clock.now)
    answer = webhook.send(gateway, notice, timestamp=clock.timestamp, wait=wait)
    assert answer.status == 200, answer.text
    return answer.json()["items"][0]


def test_a_running_gateway_follows_the_clock_forwards_and_backwards(new_gateway, cards, vouchers):
    clock = FakeClock(START, stands=True)
    gateway = new_gateway("clock").start(env=clock.environment)
    assert f'"{made.rfc3339(START)}"' in gateway.log_path.read_text().splitlines()[0]
    for seconds in (0, 0.25, 7 * 86_400, -30 * 86_400, 3 * 365 * 86_400):
        clock.advance(seconds)
        decided = told(clock, gateway, cards, vouchers)["decided_at"]
        assert datetime.datetime.fromisoformat(decided) == clock.now
    serial, key = cards.voucher()
    notice = made.delivery(cards.order(), [made.item("voucher", key, serial)], delivered_at=clock.now)
    assert webhook.send(gateway, notice, timestamp=int(time.time())).status == 401
    clock.go_on()
    before = clock.now
    decided = datetime.datetime.fromisoformat(told(clock, gateway, cards, vouchers)["decided_at"])
    assert before - datetime.timedelta(milliseconds=1) <= decided <= clock.now
    assert gateway.cli("log", "audit", "--deep", env=clock.environment).returncode == 0
    assert gateway.stop() == 0


def test_a_jump_shortens_and_lengthens_no_wait(new_gateway, cards, own_vouchers):
    clock = FakeClock(START)
    gateway = new_gateway("clock-waits", voucher_url=own_vouchers.url).start(env=clock.environment)
    for seconds in (86_400, -86_400):
        serial, key = cards.voucher()
        own_vouchers.put(key, serial=serial, delay=3)
        notice = made.delivery(cards.order(), [made.item("voucher", key, serial)], delivered_at=clock.now)
        jump = threading.Timer(0.5, clock.advance, [seconds])
        begun = time.monotonic()
        jump.start()
        answer = webhook.send(gateway, notice, timestamp=clock.timestamp, wait=1)
        assert answer.status == 202 and 0.8 < time.monotonic() - begun < 2.5
        jump.join()
        assert gateway.checked(answer.json()["delivery"])["items"][0]["verdict"]["state"] == "ok_unused"
    gateway.stop()


def test_certificates_are_judged_by_the_faked_clock(new_gateway, cards, scratch):
    authority = Authority(scratch / "clock-authority")
    vouchers = VoucherServer("cardproof", VOUCHER_SECRET, tls=authority.server("clock"))
    clock = FakeClock()
    gateway = new_gateway("clock-tls", voucher_url=vouchers.url, settings={
        "outbound": {"allow_private": ["127.0.0.0/8"], "ca_file": str(authority.file)},
    }).start(env=clock.environment)
    assert told(clock, gateway, cards, vouchers)["verdict"]["state"] == "ok_unused"
    gateway.stop()
    clock.advance(365 * 86_400)
    gateway.start(env=clock.environment)
    assert told(clock, gateway, cards, vouchers)["verdict"]["state"] == "indeterminate"
    gateway.stop()
    vouchers.stop()
