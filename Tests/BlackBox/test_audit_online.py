"""`cardproof audit --online`: whom it asks, what it never does, and that no death asks a code twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time

import pytest
import yaml

from harness.gateway import binary, environment
from harness.sandbox import Sandbox
from harness.scale import count, randomness

RATE = 50
CODES = count(300, 10_000)
KILLS = count(5, 20)
# A timer that comes late lets questions close up: by so much of a second.
JITTER = 0.1


@pytest.fixture
def issuer(own_vouchers):
    return own_vouchers


@pytest.fixture
def gateway(new_gateway, issuer, request):
    name = f"online-{request.node.name[:40]}".replace("[", "-").replace("]", "")
    return new_gateway(name, voucher_url=issuer.url)


def stock_of(cards, issuer, path, codes: int, bad=(), undecided=(), **more):
    """A stock file with vouchers that the issuer knows; the given lines are used, or reserved."""
    keys = []
    with path.open("w") as file:
        for line in range(1, codes + 1):
            serial, key = cards.voucher()
            keys.append(key)
            state = "used" if line in bad else "reserved" if line in undecided else "available"
            issuer.put(key, serial=serial, state=state, **more)
            file.write(f"{serial}----{key}\n")
    return keys


def configure(gateway, adapters: dict, products: list[dict]) -> None:
    """Puts the sandbox in the place of the issuers that the configuration names."""
    written = yaml.safe_load(gateway.config.read_text())
    written["adapters"], written["products"] = adapters, products
    gateway.config.write_text(yaml.safe_dump(written, sort_keys=False))


def arguments(gateway, stock, report, *more: str) -> list[str]:
    return ["audit", "--stock", str(stock), "--product", "voucher", "--config", str(gateway.config),
            "--report", str(report), *more]


def audit(gateway, stock, report, *more: str):
    done = gateway.run(*arguments(gateway, stock, report, *more), timeout=900)
    return done, done.stderr.decode()


def rows(report) -> list[list[str]]:
    return [line.split("\t") for line in report.read_text().splitlines()]


def most_in_a_second(arrivals: list[float]) -> int:
    """The most arrivals in any window of one second."""
    most, first = 0, 0
    for last, arrival in enumerate(arrivals):
        while arrival - arrivals[first] >= 1:
            first += 1
        most = max(most, last - first + 1)
    return most


def test_every_code_is_asked_once_and_the_report_says_what_the_issuer_said(gateway, issuer, cards, tmp_path):
    """C-10."""
    stock, report = tmp_path / "stock.txt", tmp_path / "report.tsv"
    keys = stock_of(cards, issuer, stock, 40, bad={3, 17}, undecided={9})
    with stock.open("a") as file:
        file.write(stock.read_text().splitlines()[0] + "\n")
        file.write("no code at all\n")
    done, said = audit(gateway, stock, report, "--online", "all")
    assert done.returncode == 10, said
    found = rows(report)
    assert [(row[0], row[1]) for row in found] == [
        ("3", "issuer"), ("9", "issuer"), ("17", "issuer"), ("41", "dup"), ("42", "malformed")]
    assert found[0][2].startswith("used") and found[1][2].startswith("indeterminate: reserved")
    assert all(issuer.calls(key) == 1 for key in keys) and issuer.total == 40
    assert "inquire: reads only" in said and "at most 40 of 40" in said
    assert "2 bad, 1 undecided, 40 of 40 asked" in said
    kept = (tmp_path / "report.tsv.journal").read_text()
    assert not any(key in kept or key in said or key in report.read_text() for key in keys)


def test_only_undecided_answers_exit_11_and_are_asked_again_when_told_so(gateway, issuer, cards, tmp_path):
    stock, report = tmp_path / "stock.txt", tmp_path / "report.tsv"
    keys = stock_of(cards, issuer, stock, 10, undecided={4})
    done, said = audit(gateway, stock, report, "--online", "all", "--json")
    assert done.returncode == 11, said
    summary = json.loads(done.stdout)
    assert summary["issuer"]["undecided"] == 1 and summary["defects"]["issuer"] == 0
    done, said = audit(gateway, stock, report, "--online", "all")
    assert done.returncode == 64 and "--resume" in said
    done, said = audit(gateway, stock, report, "--online", "all", "--resume")
    assert done.returncode == 11 and issuer.total == 10
    issuer.vouchers[keys[3]].state = "available"
    done, said = audit(gateway, stock, report, "--online", "all", "--resume", "--ask-again")
    assert done.returncode == 0, said
    assert issuer.total == 11 and issuer.calls(keys[3]) == 2 and report.read_text() == ""


def ask_with_kills(gateway, stock, report, options, total, rnd) -> None:
    """An audit that is killed KILLS times on its way, each time after some more questions."""
    for kill in range(KILLS):
        resume = ["--resume"] if kill else []
        victim = subprocess.Popen(
            [str(binary()), *arguments(gateway, stock, report, *options, *resume)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=gateway.folder,
            env=environment(gateway.folder))
        before = total()
        deadline = time.monotonic() + 120
        wanted = rnd.randrange(1, CODES // KILLS)
        while total() - before < wanted and victim.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        time.sleep(rnd.random() * 0.05)
        victim.kill()
        victim.wait()
    assert 0 < total() < CODES, "killed too late to show anything"
    assert not report.exists() or not report.read_text()


def test_an_audit_that_is_killed_again_and_again_asks_each_code_once(gateway, issuer, cards, tmp_path):
    """C-10: resumable, with the report of one that nothing disturbed."""
    rnd = randomness("audit-online-kills")
    stock = tmp_path / "stock.txt"
    bad = set(rnd.sample(range(1, CODES + 1), 7))
    keys = stock_of(cards, issuer, stock, CODES, bad=bad, undecided=set(range(20, 25)) - bad, delay=0.03)
    whole, broken = tmp_path / "whole.tsv", tmp_path / "broken.tsv"
    options = ("--online", "all", "--rate", f"{RATE}/s")
    done, said = audit(gateway, stock, whole, *options)
    assert done.returncode == 10, said
    assert most_in_a_second(issuer.arrivals) <= RATE * (1 + JITTER) + 1
    issuer.asked.clear()
    issuer.arrivals.clear()
    ask_with_kills(gateway, stock, broken, options, lambda: issuer.total, rnd)
    done, said = audit(gateway, stock, broken, *options, "--resume")
    assert done.returncode == 10, said
    assert broken.read_text() == whole.read_text()
    assert {issuer.calls(key) for key in keys} == {1} and issuer.total == CODES
    assert most_in_a_second(issuer.arrivals) <= RATE * (1 + JITTER) + 1


def test_kills_before_the_sandbox_change_no_row_and_cost_no_question(new_gateway, cards, tmp_path):
    rnd = randomness("audit-online-sandbox-kills")
    sandbox = Sandbox(tmp_path / "sandbox")
    try:
        gateway = new_gateway("online-sandbox-kills")
        limits = {"concurrency": 16, "requests_per_second": 500, "burst": 100}
        configure(gateway, {"ericsson-vsip": {**sandbox.adapters["ericsson-vsip"], "limits": limits}},
                  [{"id": "voucher", "issuer": "cmcc", "format": "cmcc", "adapter": "ericsson-vsip",
                    "face_value": {"amount_minor": 5000, "currency": "CNY"}, "policy": "w7"}])
        bad = set(rnd.sample(range(CODES), 7))
        cardstock = [cards.voucher() for _ in range(CODES)]
        sandbox.script(*(
            {"key": key, "serial": serial, "state": "used" if line in bad else "good",
             "value_minor": 5000, "currency": "CNY", "fault": "latency:30"}
            for line, (serial, key) in enumerate(cardstock)))
        stock, whole, broken = (tmp_path / name for name in ("stock.txt", "whole.tsv", "broken.tsv"))
        stock.write_text("".join(f"{serial}----{key}\n" for serial, key in cardstock))
        options = ("--online", "all", "--rate", f"{RATE}/s")

        def total() -> int:
            return sandbox.asked("ericsson-vsip GetVoucherDetails")

        began = time.monotonic()
        done, said = audit(gateway, stock, whole, *options)
        assert done.returncode == 10, said
        assert time.monotonic() - began >= CODES / RATE * (1 - JITTER) - 1
        assert total() == CODES and [int(row[0]) - 1 for row in rows(whole)] == sorted(bad)
        before = total()
        ask_with_kills(gateway, stock, broken, options, lambda: total() - before, rnd)
        done, said = audit(gateway, stock, broken, *options, "--resume")
        assert done.returncode == 10, said
        assert broken.read_text() == whole.read_text() and total() - before == CODES
    finally:
        sandbox.stop()


def test_a_death_of_the_asking_process_leaves_at_most_undecided_codes(gateway, issuer, cards, tmp_path):
    stock, report = tmp_path / "stock.txt", tmp_path / "report.tsv"
    keys = stock_of(cards, issuer, stock, 60, delay=0.2)
    victim = subprocess.Popen(
        [str(binary()), *arguments(gateway, stock, report, "--online", "all", "--rate", "50/s")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=gateway.folder,
        env=environment(gateway.folder))
    while issuer.total < 12:
        time.sleep(0.01)
    children = children_of(victim.pid)
    assert len(children) == 1
    os.kill(children[0], signal.SIGKILL)
    assert victim.wait(timeout=30) == 1
    asked = issuer.total
    done, said = audit(gateway, stock, report, "--online", "all", "--resume")
    assert done.returncode == 11, said
    interrupted = rows(report)
    assert interrupted and all(row[2] == "indeterminate: interrupted" for row in interrupted)
    # Each question was written down before the issuer heard it, so none is put a second time.
    assert max(issuer.calls(key) for key in keys) == 1 and issuer.total >= asked
    done, said = audit(gateway, stock, report, "--online", "all", "--resume", "--ask-again")
    assert done.returncode == 0, said
    assert all(issuer.calls(key) >= 1 for key in keys)


def children_of(parent: int) -> list[int]:
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as file:
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == parent:
                found.append(int(name))
    return found


def test_ctrl_c_says_how_to_go_on_and_leaves_a_usable_journal(gateway, issuer, cards, tmp_path):
    stock, report = tmp_path / "stock.txt", tmp_path / "report.tsv"
    keys = stock_of(cards, issuer, stock, 60, delay=0.02)
    victim = subprocess.Popen(
        [str(binary()), *arguments(gateway, stock, report, "--online", "all", "--rate", "50/s")],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=gateway.folder,
        env=environment(gateway.folder))
    while issuer.total < 10:
        time.sleep(0.01)
    victim.send_signal(signal.SIGINT)
    _, said = victim.communicate(timeout=30)
    assert victim.returncode == 130 and b"--resume" in said
    done, said = audit(gateway, stock, report, "--online", "all", "--resume")
    assert done.returncode == 0, said
    assert {issuer.calls(key) for key in keys} == {1}


def test_a_sample_states_its_bound_and_is_the_same_for_the_same_seed(gateway, issuer, cards, tmp_path):
    stock, report = tmp_path / "stock.csv", tmp_path / "report.tsv"
    with stock.open("w") as file:
        file.write("serial,key,supplier,batch\n")
        for line in range(600):
            serial, key = cards.voucher()
            issuer.put(key, serial=serial)
            file.write(f"{serial},{key},s{line % 2},b{line // 300}\n")
    options = ("--online", "sample", "--max-bad-share", "5%", "--seed", "7", "--json")
    done, said = audit(gateway, stock, report, *options)
    assert done.returncode == 0, said
    summary = json.loads(done.stdout)["issuer"]
    assert summary["finding"] == "at_most" and summary["seed"] == 7
    assert summary["asked"] == summary["sample_size"] == issuer.total < 100
    assert len(summary["batches"]) == 4 and all(batch["asked"] >= 13 for batch in summary["batches"])
    assert f"at most 5 % bad at 95 % confidence: 0 bad, 0 undecided, {issuer.total} of 600 asked" in said
    first = set(issuer.asked)
    issuer.asked.clear()
    audit(gateway, stock, report, *options, "--journal", str(tmp_path / "again"))
    assert set(issuer.asked) == first
    issuer.asked.clear()
    audit(gateway, stock, report, *options[:5], "8", "--json", "--journal", str(tmp_path / "other"))
    assert set(issuer.asked) != first
    done, said = audit(gateway, stock, report, *options[:5], "8", "--resume")
    assert done.returncode == 64 and "--seed" in said


def test_a_sample_ends_early_when_it_has_clearly_failed(gateway, issuer, cards, tmp_path):
    stock, report = tmp_path / "stock.txt", tmp_path / "report.tsv"
    stock_of(cards, issuer, stock, 2_000, bad=set(range(1, 2_000, 2)))
    done, said = audit(gateway, stock, report, "--online", "sample", "--max-bad-share", "1%", "--json")
    assert done.returncode == 10, said
    summary = json.loads(done.stdout)["issuer"]
    assert summary["finding"] == "clear_failure" and summary["asked"] < summary["sample_size"] // 2
    assert "more than 1 % bad at 95 % confidence, stopped early" in said


def test_a_budget_is_never_exceeded_and_can_be_raised(gateway, issuer, cards, tmp_path):
    stock, report = tmp_path / "stock.txt", tmp_path / "report.tsv"
    keys = stock_of(cards, issuer, stock, 50)
    done, said = audit(gateway, stock, report, "--online", "all", "--budget", "20")
    assert done.returncode == 11 and issuer.total == 20 and "not finished" in said
    done, said = audit(gateway, stock, report, "--online", "all", "--budget", "50", "--resume")
    assert done.returncode == 0 and {issuer.calls(key) for key in keys} == {1}, said
    issuer.asked.clear()
    done, said = audit(gateway, stock, report, "--online", "sample", "--budget", "20",
                       "--journal", str(tmp_path / "sample"))
    assert issuer.total == 20 and "the budget is too small to show 0.2 %" in said
    assert done.returncode == 11 and "at 95 % confidence: 0 bad" in said


def test_a_changed_stock_is_not_gone_on_with(gateway, issuer, cards, tmp_path):
    stock, report = tmp_path / "stock.txt", tmp_path / "report.tsv"
    stock_of(cards, issuer, stock, 10)
    done, said = audit(gateway, stock, report, "--online", "all", "--budget", "5")
    assert done.returncode == 11, said
    lines = stock.read_text().splitlines()
    stock.write_text("\n".join([lines[1], lines[0], *lines[2:]]) + "\n")
    done, said = audit(gateway, stock, report, "--online", "all", "--resume")
    assert done.returncode == 64 and "has changed" in said and issuer.total == 5


def test_a_torn_last_record_is_cut_off_and_damage_is_refused(gateway, issuer, cards, tmp_path):
    stock, report = tmp_path / "stock.txt", tmp_path / "report.tsv"
    stock_of(cards, issuer, stock, 10)
    journal = tmp_path / "report.tsv.journal"
    audit(gateway, stock, report, "--online", "all", "--budget", "5")
    whole = journal.read_bytes()
    journal.write_bytes(whole + b"12345678 {\"answer")
    done, said = audit(gateway, stock, report, "--online", "all", "--resume")
    assert done.returncode == 0 and issuer.total == 10, said
    lines = whole.splitlines(keepends=True)
    journal.write_bytes(b"".join([lines[0], lines[1].replace(b"asking", b"askinG"), *lines[2:]]))
    done, said = audit(gateway, stock, report, "--online", "all", "--resume")
    assert done.returncode == 64 and "is damaged" in said and issuer.total == 10


def test_what_cannot_be_asked_is_refused_before_anybody_is(gateway, issuer, cards, tmp_path):
    stock, report = tmp_path / "stock.txt", tmp_path / "report.tsv"
    stock_of(cards, issuer, stock, 3)
    text = stock.read_text()
    piped = gateway.run(*arguments(gateway, "-", report, "--online", "all"), stdin=text)
    assert piped.returncode == 64 and b"cannot be read twice" in piped.stderr
    for options, word in [(["--online", "some"], "none, sample or all"),
                          (["--online", "all", "--rate", "5000/s"], "only a lower rate"),
                          (["--online", "all", "--allow", "anything"], "leaves_trace"),
                          (["--online", "sample", "--confidence", "1%"], "--confidence"),
                          (["--resume"], "--online")]:
        done, said = audit(gateway, stock, report, *options)
        assert done.returncode == 64 and word in said, said
    done = gateway.run("audit", "--stock", str(stock), "--product", "voucher", "--online", "all",
                       "--config", str(gateway.config))
    assert done.returncode == 64 and b"--journal" in done.stderr
    done = gateway.run("audit", "--stock", str(stock), "--product", "offline-card", "--online", "all",
                       "--config", str(gateway.config), "--report", str(report))
    assert done.returncode == 64 and b"no adapter that asks an issuer" in done.stderr
    assert issuer.total == 0


def test_a_code_is_never_marked_shown_or_spent_without_permission(new_gateway, cards, tmp_path):
    sandbox = Sandbox(tmp_path / "sandbox")
    try:
        products = [{"id": name, "issuer": name, "adapter": adapter, "policy": "w7",
                     **({"format": "cmcc", "face_value": {"amount_minor": 5000, "currency": "CNY"}}
                        if adapter in ("yeepay-card", "ckxiang") else {})}
                    for name, adapter in [("licence", "keygen"), ("spent", "yeepay-card"),
                                          ("shown", "ckxiang")]]
        gateway = new_gateway("online-sandbox")
        configure(gateway, sandbox.adapters, products)
        stock, report = tmp_path / "stock.txt", tmp_path / "report.tsv"
        stock.write_text("KEY-99102-7\nKEY-AAAAA-1\n")
        cardstock = tmp_path / "cards.txt"
        cardstock.write_text("\n".join("----".join(cards.voucher()) for _ in range(3)) + "\n")

        def ask(product: str, path, *more: str):
            done = gateway.run("audit", "--stock", str(path), "--product", product, "--online", "all",
                               "--config", str(gateway.config), "--report", str(report), *more)
            return done.returncode, done.stderr.decode()

        status, said = ask("licence", stock)
        assert status == 64 and "leaves a trace" in said and "--allow leaves_trace" in said
        status, said = ask("shown", cardstock)
        assert status == 64 and "--allow discloses" in said
        for more in ([], ["--allow", "consumes"], ["--allow", "discloses"]):
            status, said = ask("spent", cardstock, *more)
            assert status == 64 and "only spend" in said
        assert sandbox.calls()["total"] == 0
        status, said = ask("licence", stock, "--allow", "leaves_trace")
        assert status == 10, said
        assert [row[:2] for row in rows(report)] == [["1", "issuer"]]
        assert rows(report)[0][2].startswith("expired")
        assert sandbox.calls()["total"] == 2
        assert sandbox.calls()["redemptions"]["requests"] == 0
    finally:
        sandbox.stop()


def test_an_issuer_that_is_away_ends_the_asking_and_loses_nothing(gateway, issuer, cards, tmp_path):
    stock, report = tmp_path / "stock.txt", tmp_path / "report.tsv"
    keys = stock_of(cards, issuer, stock, 80)
    password = issuer.password
    issuer.password = "another-password"
    done, said = audit(gateway, stock, report, "--online", "all")
    issuer.password = password
    assert done.returncode == 1 and "refuses our account" in said, said
    assert report.read_text().splitlines()[-1].startswith("# partial")
    assert issuer.total == 0
    done, said = audit(gateway, stock, report, "--online", "all", "--resume", "--ask-again")
    assert done.returncode == 0, said
    assert {issuer.calls(key) for key in keys} == {1}
