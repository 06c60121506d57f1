"""The gateways and issuers that the tests share."""

from __future__ import annotations

import os
import pathlib
import shutil
import tempfile

import pytest

from harness import scale
from harness.cards import Cards
from harness.gateway import Gateway, binary
from issuers.keygen_server import LicenceServer
from issuers.vsip_server import VoucherServer

# Few tests each, and long ones: begun last, one of them would run alone at the end.
LONG_FILES = ("test_crash.py", "test_secrets.py", "test_fault_injection.py", "test_warranty_stories.py",
              "test_audit_online.py", "test_sla_calendar.py", "test_redemption_crash.py", "test_audit.py",
              "test_adapter_cli.py", "test_issuer_failures.py", "test_claim_crash.py", "test_audit_reports.py")
VOUCHER_SECRET = "synthetic-voucher-password"


def pytest_report_header(config):
    return f"cardproof: {binary()}  seed: {scale.SEED}  scale: {'soak' if scale.SOAK else 'test'}"


def pytest_sessionstart(session):
    if not os.access(binary(), os.X_OK):
        pytest.exit(f"no executable at {binary()}: run `make build`, or set CARDPROOF_BIN", 3)


def pytest_collection_modifyitems(config, items):
    """What belongs to the soak alone is not collected in a small run, so nothing is ever skipped."""
    if not scale.SOAK:
        left_out = [item for item in items if item.get_closest_marker("soak")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    items.sort(key=lambda item: item.path.name not in LONG_FILES)


def products(voucher_policy: str = "w7") -> list[dict]:
    """One product for each thing the tests need of one."""
    value = {"amount_minor": 5000, "currency": "CNY"}
    voucher = {"issuer": "cmcc", "format": "cmcc", "adapter": "ericsson-vsip", "face_value": value,
               "reusable": False}
    return [
        {"id": "voucher", **voucher, "policy": voucher_policy},
        {"id": "voucher-w15", **voucher, "policy": "w15"},
        {"id": "voucher-w30", **voucher, "policy": "w30"},
        {"id": "voucher-once", **voucher, "policy": "one-time-verification"},
        {"id": "voucher-registered", **voucher, "policy": voucher_policy, "registered_only": True},
        {"id": "voucher-reusable", **voucher, "policy": "w7", "reusable": True},
        {"id": "licence", "issuer": "keygen-acct", "adapter": "keygen", "policy": "w7",
         "reusable": False},
        {"id": "offline-card", "issuer": "nobody", "format": "cmcc", "adapter": "offline",
         "policy": "w7", "reusable": False},
        {"id": "short-card", "issuer": "short", "adapter": "offline", "policy": "w7",
         "reusable": False},
    ]


def adapters(folder: pathlib.Path, voucher_url: str, licence_url: str,
             timeout: str | None = None) -> dict:
    """The settings of the adapters, with the password in a file. Issuers of our own may be asked
    as often as the tests like."""
    folder.mkdir(parents=True, exist_ok=True)
    secret = folder / "voucher.password"
    secret.write_text(VOUCHER_SECRET)
    secret.chmod(0o600)
    limits = {"concurrency": 16, "requests_per_second": 500, "burst": 100}
    if timeout is not None:
        limits["timeout"] = timeout
    return {
        "ericsson-vsip": {"settings": {"endpoint": f"{voucher_url}/RPC2", "username": "cardproof"},
                          "secret_files": {"password": str(secret)}, "limits": limits},
        "keygen": {"settings": {"endpoint": licence_url, "account": "acct"},
                   "limits": dict(limits)},
    }


@pytest.fixture(scope="session")
def scratch():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cardproof-test-"))
    yield folder
    if not os.environ.get("CARDPROOF_KEEP"):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def vouchers():
    server = VoucherServer("cardproof", VOUCHER_SECRET)
    yield server
    server.stop()
    assert server.deviations == []


@pytest.fixture
def own_vouchers():
    """For tests that count every question: nobody else's gateway asks this one."""
    server = VoucherServer("cardproof", VOUCHER_SECRET)
    yield server
    server.stop()
    assert server.deviations == []


@pytest.fixture(scope="session")
def licences():
    server = LicenceServer()
    yield server
    server.stop()
    assert server.deviations == []


@pytest.fixture(scope="session")
def cards():
    return Cards(scale.randomness("cards"))


@pytest.fixture(scope="session")
def new_gateway(scratch, vouchers, licences):
    """Makes a gateway with a platform `shop`, not started yet. Every one is stopped at the end."""
    made: list[Gateway] = []

    def make(name: str, voucher_url: str | None = None, licence_url: str | None = None,
             settings: dict | None = None, platform: tuple = (), private: bool = True,
             timeout: str | None = None) -> Gateway:
        folder = scratch / f"{name}-{len(made)}"
        gateway = Gateway(
            folder, products(),
            adapters(folder, voucher_url or vouchers.url, licence_url or licences.url, timeout),
            settings, private)
        gateway.add_platform("shop", *platform)
        made.append(gateway)
        return gateway

    yield make
    for gateway in made:
        gateway.close()
    if scale.AUDIT:
        damaged = [(gateway.folder.name, done.stdout.decode()) for gateway in made
                   if (done := gateway.cli("log", "audit", "--deep")).returncode == 12]
        assert damaged == [], "a store is not what it signed"


@pytest.fixture(scope="session")
def gateway(new_gateway):
    """One running gateway for all tests that leave it running."""
    return new_gateway("shared").start()
