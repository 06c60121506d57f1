"""SIGKILL between the call that spends a code and its record: the code is spent once, and the issuer is asked."""

from __future__ import annotations

import base64
import collections
import json
import pathlib
import signal
import subprocess
import sys
import threading
import time

import pytest
import yaml

from harness import cards as made
from harness.leaks import LeakSearch
from harness.load import Load, raw_request
from harness.ports import free_port
from harness.scale import count, randomness
from harness.wire import call

sys.path.insert(0, str(pathlib.Path(__file__).parent / "issuers"))

from shenzhoufu_server import ENTRY, QUERY_ENTRY, ShenzhoufuServer  # noqa: E402

DES_KEY = base64.b64encode(b"8 bytes!").decode()
MERCHANT, PRIVATE_KEY = "100000", "synthetic-private-key"
BENEFICIARY = "13800138000917"
FACE = {"amount_minor": 5000, "currency": "CNY"}
ROUNDS_OF_A_GATEWAY = 20


class SpendingServer(ShenzhoufuServer):
    """Takes every card once, spends it, keeps its answer back while it is told to, and knows its orders."""

    def __init__(self):
        super().__init__({"merchant_id": MERCHANT, "private_key": PRIVATE_KEY, "des_key": DES_KEY, "cards": {}})
        self.taken = threading.Event()
        self.answering = threading.Event()
        self.queries: collections.Counter[str] = collections.Counter()

    def script(self, serial, key):
        return {"notices": [], "query": "1"}

    def take(self, fields, face, serial, key):
        answer = super().take(fields, face, serial, key)
        with self.lock:
            self.spent[serial] += 1
        self.taken.set()
        self.answering.wait(30)
        return answer

    def query(self, fields):
        with self.lock:
            self.queries[fields.get("orderIds", "")] += 1
        return super().query(fields)

    def report(self, *_):
        """This issuer reports nothing: it has to be asked."""


@pytest.fixture(scope="module")
def issuer():
    server = SpendingServer()
    yield server
    server.stop()


def secret_files(folder: pathlib.Path) -> dict[str, str]:
    files = {}
    for name, value in (("private_key", PRIVATE_KEY), ("des_key", DES_KEY)):
        path = folder / f"shenzhoufu.{name}"
        path.write_text(value)
        path.chmod(0o600)
        files[name] = str(path)
    return files


@pytest.fixture(scope="module")
def spending_gateway(new_gateway, issuer):
    """Makes a gateway with a product that can only be spent, at an address its issuer could report to."""
    def make(name: str, url: str = issuer.url, timeout: str = "10s"):
        gateway = new_gateway(name)
        address = f"127.0.0.1:{free_port()}"
        wanted = yaml.safe_load(gateway.config.read_text())
        wanted |= {"listen": address, "public_url": f"http://{address}"}
        wanted["adapters"]["shenzhoufu"] = {
            "settings": {"merchant_id": MERCHANT, "card_type": "0",
                         "endpoint": url + ENTRY, "query_endpoint": url + QUERY_ENTRY},
            "secret_files": secret_files(gateway.folder),
            "limits": {"concurrency": 8, "requests_per_second": 500, "burst": 100, "timeout": timeout},
        }
        wanted["products"].append({"id": "topup", "issuer": "szf", "adapter": "shenzhoufu",
                                   "face_value": FACE, "policy": "w7", "reusable": False})
        gateway.config.write_text(yaml.safe_dump(wanted, sort_keys=False))
        return gateway

    return make


def deliver(gateway, cards, key: str | None = None, serial: str | None = None) -> tuple[str, str]:
    fresh_serial, fresh_key = cards.voucher()
    serial = serial or fresh_serial
    body = made.delivery(cards.order(), [made.item("topup", key or fresh_key, serial)])
    answers = Load(gateway.url, [raw_request(gateway.platform.secret, "shop", body)], 1).start().join()
    assert [answer.status for answer in answers] == [202]
    return serial, answers[0].json()["delivery"]


def consent(gateway, delivery: str):
    body = {"operation": "redeem", "given_by": "buyer", "beneficiary": BENEFICIARY}
    answer = call(gateway.url, "POST", f"/v1/deliveries/{delivery}/items/1/consents",
                  gateway.platform.bearer | {"content-type": "application/json"},
                  json.dumps(body).encode())
    assert answer.status == 201, answer.text
    return answer.json()


def settled(gateway, delivery: str, seconds: float = 30) -> dict:
    deadline = time.monotonic() + seconds
    while True:
        item = gateway.delivery(delivery)["items"][0]
        verdict = item["verdict"]
        if verdict is not None and verdict["state"] != "indeterminate":
            return item
        assert time.monotonic() < deadline, f"not settled: {item}\n{gateway.log_tail()}"
        time.sleep(0.05)


def test_no_code_is_redeemed_twice_by_sigkill_between_call_and_record(spending_gateway, issuer, cards):
    rnd = randomness("sigkill between redeem and record")
    gateway = None
    for number in range(count(10, 200)):
        if number % ROUNDS_OF_A_GATEWAY == 0:
            gateway = spending_gateway(f"redeem-{number}")
        gateway.start()
        serial, delivery = deliver(gateway, cards)
        issuer.taken.clear()
        issuer.answering.clear()
        order = consent(gateway, delivery)["redemption"]
        assert issuer.taken.wait(20), gateway.log_tail()
        if rnd.random() < 0.5:
            issuer.answering.set()
            time.sleep(rnd.random() * 0.01)
        gateway.kill()
        issuer.answering.set()
        gateway.start()
        item = settled(gateway, delivery)
        assert item["verdict"]["state"] == "ok_activated_by_buyer"
        assert item["claim"] is None
        assert issuer.submissions[serial] == 1, "the issuer was told twice"
        assert issuer.spent[serial] == 1
        rows = gateway.all_rows("/v1/redemptions", "redemptions")
        assert [row["state"] for row in rows if row["delivery"] == delivery] == ["settled"]
        assert any(name.endswith("-" + order["redemption"]) for name in issuer.queries), "nobody was asked"
        gateway.stop()
    assert issuer.refused == []
    assert max(issuer.submissions.values()) == 1


@pytest.fixture
def stoppable_issuer(cards, scratch):
    """The same protocol in a process of its own; `vouchers` are the cards that it knows."""
    class Issuer:
        vouchers = [cards.voucher() for _ in range(8)]
        url = f"http://127.0.0.1:{free_port()}"

        def state(self) -> dict:
            return call(self.url, "GET", "/control/state").json()

    issuer = Issuer()
    config = scratch / "shenzhoufu.json"
    config.write_text(json.dumps({
        "merchant_id": MERCHANT, "private_key": PRIVATE_KEY, "des_key": DES_KEY,
        "cards": {serial: {"key": key, "notices": [["1", "200"]], "query": "1"}
                  for serial, key in issuer.vouchers}}))
    script = pathlib.Path(__file__).parent / "issuers" / "shenzhoufu_server.py"
    issuer.process = subprocess.Popen(
        [sys.executable, str(script), issuer.url.rpartition(":")[2], str(config)],
        stdout=subprocess.PIPE)
    assert issuer.process.stdout.readline().decode().strip() == issuer.url
    yield issuer
    issuer.process.send_signal(signal.SIGCONT)
    issuer.process.terminate()
    issuer.process.wait(10)


def test_orders_at_an_issuer_that_stands_still_are_settled_and_none_is_placed_twice(
        spending_gateway, stoppable_issuer, cards):
    """What was sent while it stood still lies in its socket: it takes the cards when it goes on, after the
    gateway gave up waiting and may have asked about orders that the issuer does not know yet."""
    gateway = spending_gateway("redeem-stopped", stoppable_issuer.url, timeout="1s")
    gateway.start()
    deliveries = [deliver(gateway, cards, key, serial)[1] for serial, key in stoppable_issuer.vouchers]
    stoppable_issuer.process.send_signal(signal.SIGSTOP)
    for delivery in deliveries:
        consent(gateway, delivery)

    def states() -> set[str]:
        return {row["state"] for row in gateway.all_rows("/v1/redemptions", "redemptions")}

    deadline = time.monotonic() + 30
    while "unknown" not in states():
        assert time.monotonic() < deadline, states()
        time.sleep(0.05)
    assert states() <= {"planned", "intended", "unknown"}
    assert gateway.claims() == []
    stoppable_issuer.process.send_signal(signal.SIGCONT)
    for delivery in deliveries:
        item = settled(gateway, delivery, 90)
        assert item["verdict"]["state"] == "ok_activated_by_buyer" and item["claim"] is None
    found = stoppable_issuer.state()
    serials = [serial for serial, _ in stoppable_issuer.vouchers]
    assert found["submissions"] == dict.fromkeys(serials, 1)
    assert found["spent"] == dict.fromkeys(serials, 1)
    assert found["refused"] == []
    gateway.stop()


def test_the_operator_sees_orders_with_and_without_a_running_gateway(spending_gateway, issuer, cards):
    gateway = spending_gateway("redemption-list").start()
    issuer.answering.set()
    _, delivery = deliver(gateway, cards)
    consent(gateway, delivery)
    settled(gateway, delivery)
    running = gateway.cli_json("redemptions", "list")
    assert [row["state"] for row in running["redemptions"]] == ["settled"]
    assert gateway.cli_json("redemptions", "list", "--state", "person")["redemptions"] == []
    gateway.stop()
    assert gateway.cli_json("redemptions", "list") == running


def test_neither_the_code_nor_the_beneficiary_is_found_anywhere(spending_gateway, issuer, cards):
    gateway = spending_gateway("redemption-secrets").start()
    issuer.answering.set()
    _, key = cards.voucher()
    _, delivery = deliver(gateway, cards, key)
    answer = json.dumps(consent(gateway, delivery)).encode()
    settled(gateway, delivery)
    rows = gateway.all_rows("/v1/redemptions", "redemptions")
    metrics = call(gateway.metrics_url, "GET", "/metrics").body
    assert b"cardproof_redemptions_total" in metrics
    gateway.export("log")
    gateway.stop()
    search = LeakSearch([key, BENEFICIARY])
    texts = {"consent": answer, "orders": json.dumps(rows).encode(), "metrics": metrics}
    texts |= {f"output {number}": text for number, text in enumerate(gateway.printed)}
    files = [path for path in gateway.folder.rglob("*") if path.is_file()]
    assert search.texts(texts) + search.files(files) == []
