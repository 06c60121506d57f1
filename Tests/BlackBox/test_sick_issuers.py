"""Sick issuers beside a healthy one: nobody waits for another's, nothing is decided wrongly, and
when they come back everything is settled by asking each code once more."""

from __future__ import annotations

import json
import pathlib
import re
import shutil
import subprocess
import time

import pytest

from harness import cards as made
from harness import waiting, webhook
from harness.hostile import HostileServer
from harness.wire import call
from issuers.keygen_server import LicenceServer
from issuers.stoppable import StoppableIssuer

# Short pauses: what takes minutes in production takes tenths of a second here.
CHECKS = {"reask": ["1s"], "breaker": ["300ms", "600ms"], "own_fault": ["1h"]}
LIMITS = {"concurrency": 8, "requests_per_second": 500, "burst": 100, "timeout": "1s"}


def adapter(url: str, **more) -> dict:
    return {"adapter": "keygen", "settings": {"endpoint": url, "account": "acct"},
            "limits": LIMITS} | more


def start(new_gateway, name: str, issuers: dict[str, dict], env=None, **settings):
    """A gateway with a product and an adapter for each issuer."""
    return new_gateway(name, settings={
        "checks": CHECKS,
        "adapters": issuers,
        "products": [{"id": issuer, "issuer": issuer, "adapter": issuer, "policy": "w7"}
                     for issuer in issuers],
    } | settings).start(env=env)


def series(gateway, name: str, **labels: str) -> float:
    """The value of one series; 0 when there is none yet."""
    for line in call(gateway.metrics_url, "GET", "/metrics").text.splitlines():
        found = re.fullmatch(rf"{name}(?:{{(.*)}})? (\S+)", line)
        if found and dict(re.findall(r'(\w+)="([^"]*)"', found[1] or "")) == labels:
            return float(found[2])
    return 0.0


def eventually(what: str, condition, seconds: float = 60):
    return waiting.eventually(what, condition, seconds)


def send(gateway, cards, product: str, key: str, **more) -> dict:
    return webhook.send(
        gateway, made.delivery(cards.order(), [made.item(product, key)]), **more).json()


def state(gateway, sent: dict) -> dict:
    return gateway.delivery(sent["delivery"])["items"][0]["verdict"] or {"state": None}


@pytest.fixture
def hostile():
    server = HostileServer()
    yield server
    server.stop()


@pytest.fixture
def stoppable():
    issuer = StoppableIssuer()
    yield issuer
    issuer.stop()


@pytest.fixture
def healthy():
    issuer = LicenceServer()
    yield issuer
    issuer.stop()


def test_one_stopped_one_garbage_and_a_healthy_one(new_gateway, cards, hostile, stoppable, healthy):
    hostile.behaviour = "garbage"
    gateway = start(new_gateway, "sick", {
        "stopped": adapter(stoppable.url), "garbage": adapter(hostile.url),
        "healthy": adapter(healthy.url)})
    stoppable.halt()
    stopped = {key: send(gateway, cards, "stopped", key)
               for key in (f"VALID-{n}-{cards.licence()}" for n in range(20))}
    garbage = {key: send(gateway, cards, "garbage", key)
               for key in (cards.licence() for _ in range(20))}
    eventually("both are left alone", lambda: all(
        series(gateway, "cardproof_issuer_pauses_total", adapter=name, reason="issuer_failing") > 0
        for name in ("stopped", "garbage")))
    for _ in range(40):
        key = cards.licence()
        healthy.put(key, code="VALID")
        answer = send(gateway, cards, "healthy", key, wait=20)
        assert answer["items"][0]["verdict"]["state"] == "ok_unused"
        assert healthy.calls(key) == 1
    # Due to asked: nobody who is healthy waits for the sick, not for a tenth of a timeout.
    asked = series(gateway, "cardproof_check_queue_seconds_count", adapter="healthy")
    quick = series(gateway, "cardproof_check_queue_seconds_bucket", adapter="healthy", le="0.1")
    assert asked == 40 and quick == asked
    assert call(gateway.url, "GET", "/readyz").status == 200
    # What the sick ones say is worth nothing, and most was never asked.
    for sent in [*stopped.values(), *garbage.values()]:
        assert state(gateway, sent)["state"] in (None, "indeterminate")
    assert gateway.claims() == []
    stoppable.go_on()
    for key, sent in stopped.items():
        eventually("settled", lambda: state(gateway, sent)["state"] == "ok_unused")
    time.sleep(1.5)
    counters = stoppable.counters()
    assert {key: counters["answered"].get(key) for key in stopped} == dict.fromkeys(stopped, 1)
    # The other comes back at its own address, and speaks sense again.
    port = int(hostile.url.rpartition(":")[2])
    hostile.stop()
    mended = LicenceServer(port=port)
    try:
        for key in garbage:
            mended.put(key, code="VALID")
        for sent in garbage.values():
            eventually("settled", lambda: state(gateway, sent)["state"] == "ok_unused")
        time.sleep(1.5)
        assert {key: mended.calls(key) for key in garbage} == dict.fromkeys(garbage, 1)
        eventually("the breakers are closed", lambda: not any(series(
            gateway, "cardproof_issuer_breaker_state", adapter=name)
            for name in ("stopped", "garbage")))
        assert gateway.claims() == []
        assert gateway.stop() == 0
    finally:
        mended.stop()


def test_the_breaker_opens_within_five_failures(new_gateway, cards, hostile):
    """One at a time, so that nothing else is under way: the fifth failure is the last ask."""
    hostile.behaviour = "502"
    before = len(hostile.asked)
    gateway = start(new_gateway, "five", {
        "sick": adapter(hostile.url, limits=LIMITS | {"concurrency": 1})},
        checks=CHECKS | {"breaker": ["1h"]})
    for _ in range(12):
        send(gateway, cards, "sick", cards.licence())
    eventually("it is left alone", lambda: series(
        gateway, "cardproof_issuer_breaker_state", adapter="sick") == 2)
    time.sleep(1.5)
    assert len(hostile.asked) - before == 5
    assert series(gateway, "cardproof_issuer_paused_until_seconds", adapter="sick") > time.time()
    hostile.behaviour = "html"
    gateway.stop()


def test_a_retry_after_stops_the_whole_lane(new_gateway, cards, hostile):
    hostile.behaviour = "429"
    before = len(hostile.asked)
    gateway = start(new_gateway, "limited", {
        "limited": adapter(hostile.url, limits=LIMITS | {"concurrency": 1})},
        checks=CHECKS | {"reask": ["50ms"]})
    begun = time.monotonic()
    for _ in range(30):
        send(gateway, cards, "limited", cards.licence())
    time.sleep(3)
    # `Retry-After: 1`: once a second, whatever waits.
    asked = len(hostile.asked) - before
    assert 1 <= asked <= time.monotonic() - begun + 1, asked
    assert series(gateway, "cardproof_issuer_pauses_total", adapter="limited",
                  reason="rate_limited") >= 1
    hostile.behaviour = "html"
    gateway.stop()


def test_wrong_credentials_are_left_to_a_person(new_gateway, cards, healthy):
    gateway = start(new_gateway, "refused", {
        "refused": adapter(healthy.url, limits=LIMITS | {"concurrency": 1})})
    keys = [cards.licence() for _ in range(10)]
    for key in keys:
        healthy.put(key, status=401)
    for key in keys:
        send(gateway, cards, "refused", key)
    eventually("the lane pauses", lambda: series(
        gateway, "cardproof_issuer_pauses_total", adapter="refused", reason="account_refused"))
    time.sleep(1.5)
    assert healthy.total == 3
    assert "credentials" in gateway.log_path.read_text()
    gateway.stop()


HANGING_NAME = "hangs.example"
SHIM = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **result) {
    static int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    if (node && !strcmp(node, "%s")) { sleep(30); return EAI_AGAIN; }
    if (!real) real = dlsym(RTLD_NEXT, "getaddrinfo");
    return real(node, service, hints, result);
}
"""


def test_a_name_whose_lookup_hangs_is_bounded(new_gateway, cards, healthy, scratch):
    """The resolver's threads hang for 30 s; questions end at their timeout, others go on."""
    compiler = shutil.which("cc") or shutil.which("clang")
    assert compiler, "a C compiler is missing: scripts/setup.sh test"
    source, shim = scratch / "hang.c", scratch / "hang.so"
    source.write_text(SHIM % HANGING_NAME)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", shim, source, "-ldl"], check=True)
    gateway = start(new_gateway, "dns", {
        "hanging": adapter(f"http://{HANGING_NAME}:9"), "healthy": adapter(healthy.url)},
        env={"LD_PRELOAD": str(shim)})
    hanging = [send(gateway, cards, "hanging", cards.licence()) for _ in range(20)]
    for _ in range(20):
        key = cards.licence()
        healthy.put(key, code="VALID")
        begun = time.monotonic()
        answer = send(gateway, cards, "healthy", key, wait=20)
        assert answer["items"][0]["verdict"]["state"] == "ok_unused"
        assert time.monotonic() - begun < 1
    eventually("the first are undecided", lambda: any(
        state(gateway, sent).get("cause") == "timed_out" for sent in hanging), 20)
    eventually("it is left alone", lambda: series(
        gateway, "cardproof_issuer_pauses_total", adapter="hanging", reason="issuer_failing"), 20)
    # Each lookup keeps a thread until the resolver gives up; the breaker bounds how many.
    threads = len(list(pathlib.Path(f"/proc/{gateway.process.pid}/task").iterdir()))
    assert threads < 100, threads
    assert gateway.stop() == 0


def write_code(path: pathlib.Path, code: str, mode: int = 0o600) -> str:
    path.write_text(code + "\n")
    path.chmod(mode)
    return str(path)


def test_a_changed_canary_degrades_its_adapter(new_gateway, cards, healthy, scratch):
    good, bad = cards.licence(), cards.licence()
    healthy.put(good, code="VALID")
    gateway = start(new_gateway, "canaries", {"canaried": adapter(healthy.url, canaries={
        "every": "1s",
        "known_good_file": write_code(scratch / "good.codes", good),
        "known_bad_file": write_code(scratch / "bad.codes", bad)})})

    def degraded() -> bool:
        return series(gateway, "cardproof_adapter_degraded", adapter="canaried") == 1

    eventually("both canaries are asked", lambda: healthy.calls(good) and healthy.calls(bad))
    assert not degraded()
    healthy.put(good, code="SUSPENDED")
    eventually("it is degraded", degraded)
    key = cards.licence()
    healthy.put(key, code="SUSPENDED")
    sent = send(gateway, cards, "canaried", key)
    item = gateway.checked(sent["delivery"])["items"][0]
    assert item["verdict"]["state"] == "indeterminate"
    assert item["verdict"]["cause"] == "adapter_degraded"
    assert item["claim"] is None and gateway.claims() == []
    assert call(gateway.url, "GET", "/readyz").status == 200
    # A restart forgets nothing: the issuer says the same, and is still not believed.
    assert gateway.stop() == 0
    gateway.start()
    assert degraded()
    healthy.put(good, code="VALID")
    eventually("it is itself again", lambda: not degraded())
    eventually("the code is asked again", lambda: state(gateway, sent)["state"] == "revoked")
    assert len(gateway.claims_of(sent["delivery"])) == 1
    leaves = [line for line in exported_leaves(gateway) if line.get("typ") == "health"]
    assert [leaf["state"] for leaf in leaves] == ["degraded", "recovered"]
    assert {tuple(sorted(leaf)) for leaf in leaves} == {("adapter", "state", "t", "typ", "v")}
    text = gateway.log_path.read_text() + call(gateway.metrics_url, "GET", "/metrics").text
    assert good not in text and bad not in text
    assert gateway.stop() == 0


def exported_leaves(gateway) -> list[dict]:
    """Every entry of the log, as an exported folder has it."""
    folder = gateway.export("log")
    leaves = []
    for path in sorted(folder.rglob("tile/entries/**/*")):
        if path.is_file():
            data = path.read_bytes()
            while data:
                size = int.from_bytes(data[:2], "big")
                leaves.append(json.loads(data[2:2 + size]))
                data = data[2 + size:]
    return leaves


def test_canaries_that_others_can_read_are_refused(new_gateway, scratch, healthy):
    path = write_code(scratch / "open.codes", "SYNTHETIC-1", 0o644)
    with pytest.raises(AssertionError, match="chmod 600"):
        start(new_gateway, "open", {"canaried": adapter(
            healthy.url, canaries={"known_good_file": path})})
