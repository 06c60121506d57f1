"""SIGKILL under load, an orderly end under load, and two processes on one store."""

from __future__ import annotations

import resource
import signal
import subprocess
import time

import pytest

from harness import cards as made
from harness import merkle
from harness.gateway import binary, environment
from harness.load import Load, raw_request
from harness.scale import count, randomness

CONNECTIONS = 16
ACKNOWLEDGED = 500


def requests(gateway, cards, number: int) -> list[tuple[str, bytes]]:
    """Signed deliveries of codes that no issuer has to be asked about."""
    secret, name = gateway.platform.secret, gateway.platform.name
    return [raw_request(secret, name, made.delivery(
        cards.order(), [made.item("no-such-product", cards.licence())])) for _ in range(number)]


class Ledger:
    """Everything that was ever acknowledged, and whether the gateway still knows it."""

    def __init__(self):
        self.acknowledged: dict[str, dict] = {}
        self.sizes: dict[int, set[bytes]] = {}

    def add(self, answers) -> int:
        taken = 0
        for answer in answers:
            if answer.status == 202:
                body = answer.json()
                self.acknowledged[answer.message_id] = body
                point = merkle.Proof.parse(body["evidence"]["proof"]).checkpoint
                self.sizes.setdefault(point.size, set()).add(point.root)
                taken += 1
            else:
                assert answer.status == 503, f"{answer.status} {answer.body!r}"
        return taken

    def check_list(self, rows: list[dict]) -> None:
        listed = [row["webhook_id"] for row in rows]
        assert len(listed) == len(set(listed)), "a delivery is listed twice"
        lost = set(self.acknowledged) - set(listed)
        assert not lost, f"{len(lost)} of {len(self.acknowledged)} acknowledged deliveries are lost"
        by_id = {row["webhook_id"]: row for row in rows}
        for name, body in self.acknowledged.items():
            assert by_id[name]["delivery"] == body["delivery"]
            assert by_id[name]["evidence"]["index"] == body["evidence"]["index"]

    def check_log(self, folder) -> None:
        entries = merkle.exported_entries(folder)
        last = merkle.exported_checkpoint(folder)
        roots = merkle.roots(entries, set(self.sizes) | {last.size})
        assert roots[last.size] == last.root
        for size, seen in self.sizes.items():
            assert seen == {roots[size]}, f"an answered checkpoint of size {size} is not this log's"
        for body in self.acknowledged.values():
            proof = merkle.Proof.parse(body["evidence"]["proof"])
            assert entries[proof.index] == proof.extra, "an acknowledged leaf is not in the log"


def test_nothing_acknowledged_is_lost_by_sigkill(new_gateway, cards):
    """Rounds of load, each ended by SIGKILL at a random moment after 500 acknowledgements."""
    rnd = randomness("sigkill")
    rounds, per_gateway = count(20, 1_000), 20
    starts: list[float] = []
    gateway, ledger = None, None
    for number in range(rounds):
        if number % per_gateway == 0:
            gateway, ledger = new_gateway(f"crash-{number}"), Ledger()
        begun = time.monotonic()
        gateway.start()
        starts.append(time.monotonic() - begun)
        load = Load(gateway.url, requests(gateway, cards, 4_000), CONNECTIONS).start()
        load.await_answers(ACKNOWLEDGED + rnd.randrange(200), 60)
        time.sleep(rnd.random() * 0.02)
        gateway.kill()
        taken = ledger.add(load.join())
        assert taken > ACKNOWLEDGED, f"round {number}: only {taken} acknowledged"
        gateway.start()
        ledger.check_list(gateway.cli_json("deliveries", "list")["deliveries"])
        gateway.stop()
        if (number + 1) % per_gateway == 0 or number + 1 == rounds:
            ledger.check_log(gateway.export("after"))
            done = gateway.run("verify", str(gateway.folder / "after"),
                               "--key", gateway.platform.vkey)
            assert done.returncode == 0, done.stdout.decode()
    starts.sort()
    worst = starts[int(len(starts) * 0.99)]
    print(f"{rounds} rounds; restart p50 {starts[len(starts) // 2]:.3f} s, p99 {worst:.3f} s")
    assert worst < 2, f"serving again took {worst:.2f} s"


def test_sigkill_at_a_random_moment_of_a_busy_issuer(new_gateway, cards, vouchers):
    """Killed while checks are on their way: after the restart each is asked again and recorded once."""
    rnd = randomness("sigkill while checking")
    gateway = new_gateway("crash-checking")
    sent: dict[str, str] = {}
    for _ in range(count(5, 100)):
        gateway.start()
        wanted = []
        for _ in range(100):
            serial, key = cards.voucher()
            vouchers.put(key, serial=serial, state="stolen", delay=0.05)
            wanted.append(raw_request(gateway.platform.secret, "shop", made.delivery(
                cards.order(), [made.item("voucher", key, serial)])))
        load = Load(gateway.url, wanted, CONNECTIONS).start()
        load.await_answers(60, 30)
        time.sleep(rnd.random() * 0.3)
        gateway.kill()
        for answer in load.join():
            if answer.status == 202:
                sent[answer.message_id] = answer.json()["delivery"]
    gateway.start()
    for delivery in sent.values():
        item = gateway.checked(delivery, 60)["items"][0]
        assert item["verdict"]["state"] == "revoked"
        assert item["claim"] is not None
    claims = gateway.claims()
    by_delivery = [claim["delivery"] for claim in claims]
    assert len(by_delivery) == len(set(by_delivery)), "a claim was opened twice"
    assert set(by_delivery) >= set(sent.values())
    gateway.stop()


def test_an_orderly_end_under_load_answers_all_it_took_and_exits_0(new_gateway, cards):
    gateway, ledger = new_gateway("orderly"), Ledger()
    for _ in range(count(3, 100)):
        gateway.start()
        load = Load(gateway.url, requests(gateway, cards, 4_000), CONNECTIONS).start()
        load.await_answers(200, 60)
        assert gateway.stop() == 0
        ledger.add(load.join())
        gateway.start()
        ledger.check_list(gateway.deliveries())
        assert gateway.stop() == 0
    ledger.check_log(gateway.export("after"))


def test_an_orderly_end_releases_the_checks_that_are_on_their_way(new_gateway, cards, vouchers):
    gateway = new_gateway("leases").start()
    sent = []
    for _ in range(20):
        serial, key = cards.voucher()
        vouchers.put(key, serial=serial, delay=1)
        wanted = raw_request(gateway.platform.secret, "shop", made.delivery(
            cards.order(), [made.item("voucher", key, serial)]))
        sent.append(wanted)
    load = Load(gateway.url, sent, 4).start()
    answers = load.join()
    begun = time.monotonic()
    assert gateway.stop() == 0
    assert time.monotonic() - begun < 20
    gateway.start()
    begun = time.monotonic()
    for answer in answers:
        gateway.checked(answer.json()["delivery"], 30)
    assert time.monotonic() - begun < 25, "leases of the ended process were waited for"
    gateway.stop()


def test_a_second_serve_on_the_same_store_says_so_and_exits(new_gateway):
    gateway = new_gateway("second").start()
    done = subprocess.run([str(binary()), "serve", "--config", str(gateway.config)],
                          capture_output=True, timeout=30, env=environment(gateway.folder))
    gateway.printed += [done.stdout, done.stderr]
    assert done.returncode not in (0, -signal.SIGTRAP, -signal.SIGILL)
    assert done.returncode > 0, "it ends by itself, not by a signal"
    assert str(gateway.data) in done.stderr.decode()
    assert gateway.get("/v1/deliveries").status == 200, "the first one serves on"
    gateway.stop()


def test_two_processes_started_at_once_leave_one_that_serves(new_gateway, cards):
    for number in range(count(3, 100)):
        gateway = new_gateway(f"race-{number}")
        both = [subprocess.Popen([str(binary()), "serve", "--config", str(gateway.config)],
                                 stderr=subprocess.PIPE, env=environment(gateway.folder))
                for _ in range(2)]
        deadline = time.monotonic() + 20
        while all(process.poll() is None for process in both):
            assert time.monotonic() < deadline, "both went on"
            time.sleep(0.05)
        loser = next(process for process in both if process.poll() is not None)
        winner = next(process for process in both if process is not loser)
        assert loser.returncode > 0
        gateway.process = winner
        gateway.await_ready()
        answers = Load(gateway.url, requests(gateway, cards, 20), 4).start().join()
        assert [answer.status for answer in answers] == [202] * 20
        assert gateway.stop() == 0
        for process in both:
            process.stderr.close()


def test_the_command_line_works_with_and_without_a_running_gateway(new_gateway, cards):
    gateway = new_gateway("both-ways").start()
    Load(gateway.url, requests(gateway, cards, 5), 1).start().join()
    running = gateway.cli_json("deliveries", "list")
    gateway.stop()
    assert gateway.cli_json("deliveries", "list") == running
    assert len(running["deliveries"]) == 5


def test_no_core_file_is_written_when_it_dies(new_gateway):
    """A core file would hold keys in clear, so the process forbids itself to write one."""
    gateway = new_gateway("core")
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    try:
        gateway.start()
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))
    limits = open(f"/proc/{gateway.process.pid}/limits").read()
    line = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert line.split()[4] == "0", line
    gateway.process.send_signal(signal.SIGABRT)
    gateway.process.wait(30)
    gateway.process = None
    assert not list(gateway.folder.rglob("core*"))


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_both_signals_end_it_in_order(new_gateway, name):
    gateway = new_gateway(f"signal-{name}").start()
    gateway.process.send_signal(getattr(signal, name))
    assert gateway.process.wait(30) == 0
    gateway.process = None
