"""`keys rotate --log`: the old log ends and stays, the next begins, and a kill at any moment leaves one of the two."""

from __future__ import annotations

import io
import json
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile

import pytest

from harness import alone, foreign, lived, merkle, webhook
from harness import cards as made
from harness.gateway import ROOT
from harness.scale import count, randomness
from harness.stamping import POLICY, StampingAuthority
from harness.wire import call
from harness.witness import PythonWitness, VerifierKey
from harness.waiting import eventually, kill_at_a_random_moment
from test_cosigning import configure, cosigners, proof


def rotate(gateway, *arguments: str) -> dict:
    return gateway.cli_json("keys", "rotate", "--log", "shop", *arguments)


def logs(gateway) -> list[dict]:
    return gateway.cli_json("log", "list", "--platform", "shop")["logs"]


def send(gateway, cards) -> dict:
    answer = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("nobody", cards.licence())]))
    assert answer.status == 202, answer.text
    return answer.json()


def public(gateway, path: str) -> bytes:
    answer = call(gateway.url, "GET", f"/v1/platforms/shop/{path}")
    assert answer.status == 200, (path, answer.status)
    return answer.body


def proven(gateway, sent: dict, folder) -> dict:
    """The log whose key a receipt verifies with; the foreign verifier decides."""
    path = folder / "receipt.tlog-proof"
    path.write_text(sent["evidence"]["proof"])
    parsed = merkle.Proof.parse(sent["evidence"]["proof"])
    log = next(log for log in logs(gateway) if log["origin"] == parsed.checkpoint.origin)
    assert log["first_index"] + parsed.index == sent["evidence"]["index"]
    done = gateway.run("verify", str(path), "--key", log["vkey"])
    assert done.returncode == 0, done.stdout + done.stderr
    return log


@pytest.fixture(scope="module")
def rotated(new_gateway, cards, vouchers):
    """A gateway with a past in each of three logs, and what was delivered in each."""
    gateway = new_gateway("log-rotated").start()
    told = []
    for number in range(3):
        told.append(lived.live(gateway, cards, vouchers, plain=260 if number == 0 else 2))
        if number < 2:
            rotate(gateway, *(["--again"] if number else []))
    yield gateway, told
    gateway.close()


def test_each_log_is_served_and_exported_whole(rotated, scratch, tmp_path):
    gateway, _ = rotated
    listed = json.loads(public(gateway, "logs"))["logs"]
    assert [log["state"] for log in listed] == ["ended", "ended", "open"]
    assert [log["first_index"] for log in listed] == [
        sum(log["size"] for log in listed[:number]) for number in range(3)]
    for log in listed:
        folder = tmp_path / str(log["log"])
        gateway.cli("log", "export", str(folder), "--platform", "shop", "--log", str(log["log"]),
                    check=True)
        done = foreign.verify_log(scratch, folder, log["vkey"])
        assert done.returncode == 0, done.stdout + done.stderr
        assert gateway.run("verify", str(folder), "--key", log["vkey"]).returncode == 0
        assert len(merkle.exported_entries(folder)) == log["size"]
        at = f"log/{log['log']}"
        assert public(gateway, f"{at}/checkpoint") == (folder / "checkpoint").read_bytes()
        assert public(gateway, f"{at}/vkey").decode().strip() == log["vkey"]
        # Nothing wider than the log is served: behind it lie the entries of the next.
        width = log["size"] % 256
        tile = merkle.tile_name(log["size"] // 256)
        assert len(public(gateway, f"{at}/tile/0/{tile}.p/{width}")) == 32 * width
        wider = call(gateway.url, "GET",
                     f"/v1/platforms/shop/{at}/tile/0/{tile}.p/{width + 1}")
        assert wider.status == 404
    assert public(gateway, "log/checkpoint") == public(gateway, "log/3/checkpoint")
    assert call(gateway.url, "GET", "/v1/platforms/shop/log/4/checkpoint").status == 404


def test_the_ends_name_each_other(rotated, tmp_path):
    gateway, _ = rotated
    listed = logs(gateway)
    for old, new in zip(listed, listed[1:]):
        ends = []
        for log in (old, new):
            folder = tmp_path / f"{old['log']}-{log['log']}"
            gateway.cli("log", "export", str(folder), "--platform", "shop",
                        "--log", str(log["log"]), check=True)
            ends.append((folder, [json.loads(leaf) for leaf in merkle.exported_entries(folder)]))
        last, first = ends[0][1][-1], ends[1][1][0]
        assert last["typ"] == first["typ"] == "key_change"
        assert (last["next_origin"], last["next_vkey"]) == (new["origin"], new["vkey"])
        head = merkle.exported_checkpoint(ends[0][0])
        assert (first["prev_origin"], first["prev_vkey"], first["prev_size"]) == (
            old["origin"], old["vkey"], head.size)
        assert first["prev_root"].encode() in (ends[0][0] / "checkpoint").read_bytes()


def test_receipts_of_every_log_are_repeated_as_they_were_and_verify(rotated, tmp_path):
    gateway, told = rotated
    for number, deliveries in enumerate(told):
        for delivered in deliveries.values():
            log = proven(gateway, delivered.body, tmp_path)
            assert log["log"] == number + 1
            assert proof(gateway, delivered.body) == delivered.body["evidence"]["proof"]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_bundles_of_every_log_hold_for_all_verifiers(rotated, number, tmp_path, scratch):
    gateway, told = rotated
    log = logs(gateway)[number]
    for name in ("good", "duplicate", "many"):
        path = tmp_path / f"{name}.zip"
        gateway.cli("evidence", "bundle", told[number][name].id, "--out", str(path), check=True)
        done = gateway.run("verify", str(path), "--key", log["vkey"], "--json")
        report = json.loads(done.stdout)
        assert done.returncode == 0, report["findings"]
        assert ("succession" in report["checks"]) == (number < 2)
        done = subprocess.run(
            [sys.executable, str(ROOT / "docs/verify/cardproof_verify.py"), str(path), "--key",
             log["vkey"]], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        archive = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
        names = archive.namelist()
        assert sum(name.startswith("trust/succession-") for name in names) == 2 - number
        script = tmp_path / "verify.sh"
        script.write_bytes(archive.read("verify.sh"))
        done = alone.shell(alone.tools(scratch / f"log-tools-{number}-{name}"), script, str(path),
                           "--key", log["vkey"], scratch=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_delivery_in_two_logs_has_a_bundle_of_each(new_gateway, cards, vouchers, tmp_path):
    gateway = new_gateway("log-spanned").start()
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    order, item = cards.order(), made.item("voucher", key, serial)
    first = lived.deliver(gateway, order, [item], stage="dispense")
    rotate(gateway)
    again = lived.deliver(gateway, order, [item])
    assert again.id == first.id
    for log in logs(gateway):
        path = tmp_path / f"{log['log']}.zip"
        gateway.cli("evidence", "bundle", first.id, "--out", str(path), "--log", str(log["log"]),
                    check=True)
        assert gateway.run("verify", str(path), "--key", log["vkey"]).returncode == 0
        missing = json.loads(zipfile.ZipFile(path).read("summary.json"))["not_included"]
        assert "other_logs" in [row["what"] for row in missing]
    other = gateway.cli("evidence", "bundle", first.id, "--out", str(tmp_path / "x.zip"),
                        "--log", "3")
    assert other.returncode == 64 and b"log 3" in other.stderr


def test_a_sale_in_an_earlier_log_is_said_to_be_there(new_gateway, cards, vouchers, tmp_path):
    gateway = new_gateway("duplicate-over-logs").start()
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    sold = made.item("voucher", key, serial)
    gateway.checked(webhook.send(gateway, made.delivery(cards.order(), [sold])).json()["delivery"])
    rotate(gateway)
    again = webhook.send(gateway, made.delivery(cards.order(), [sold])).json()
    gateway.checked(again["delivery"])
    answer = call(gateway.url, "GET", f"/v1/deliveries/{again['delivery']}/bundle",
                  gateway.platform.bearer)
    archive = zipfile.ZipFile(io.BytesIO(answer.body))
    assert not [name for name in archive.namelist() if name.startswith("duplicates/")]
    missing = {row["what"] for row in json.loads(archive.read("summary.json"))["not_included"]}
    assert "other_sales_in_other_logs" in missing
    (tmp_path / "bundle.zip").write_bytes(answer.body)
    done = gateway.run("verify", str(tmp_path / "bundle.zip"), "--key", logs(gateway)[-1]["vkey"])
    assert done.returncode == 0, done.stdout + done.stderr
    gateway.close()


def test_the_bundle_of_an_entry_is_of_the_log_that_holds_it(new_gateway, cards, vouchers, tmp_path):
    gateway = new_gateway("entry-over-logs").start()
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    sent = webhook.send(gateway, made.delivery(cards.order(), [made.item("voucher", key, serial)])).json()
    gateway.checked(sent["delivery"])
    rotate(gateway)
    file = tmp_path / "late.txt"
    file.write_text("synthetic conversation")
    index = gateway.cli_json("evidence", "attach", sent["delivery"], str(file), "--slot",
                             "communication")["evidence"]["index"]
    answer = call(gateway.url, "GET", f"/v1/platforms/shop/evidence/{index}/bundle",
                  gateway.platform.bearer)
    own = index - logs(gateway)[-1]["first_index"]
    assert f"attachments/{own}.txt" in zipfile.ZipFile(io.BytesIO(answer.body)).namelist()
    gateway.close()


def test_only_under_its_own_number_is_a_logs_tile_kept_for_good(rotated):
    gateway, _ = rotated
    for path, is_kept in (("log/1/tile/0/000", True), ("log/tile/0/000.p/1", False)):
        answer = call(gateway.url, "GET", f"/v1/platforms/shop/{path}")
        assert answer.status == 200 and ("immutable" in answer.headers["cache-control"]) == is_kept


def test_an_audit_walks_every_log_and_old_checkpoints_of_each_continue(rotated, tmp_path):
    gateway, _ = rotated
    kept = []
    for log in logs(gateway):
        path = tmp_path / f"{log['log']}.checkpoint"
        path.write_bytes(public(gateway, f"log/{log['log']}/checkpoint"))
        kept += ["--old", str(path)]
    done = gateway.cli("log", "audit", "--deep", "--json", *kept)
    report = json.loads(done.stdout)
    assert done.returncode == 0, report["findings"]
    assert report["checked"]["logs"] == 3
    assert {row["standing"] for row in report["old"]} == {"continued"}
    assert gateway.cli("log", "fsck", *kept).returncode == 0


@pytest.mark.parametrize("damage, kind", [
    ("UPDATE logs SET vkey = (SELECT vkey FROM logs WHERE ordinal = 3) WHERE ordinal = 1", "log"),
    ("UPDATE logs SET end_index = end_index + 1 WHERE ordinal = 1", "log"),
    ("DELETE FROM logs WHERE ordinal = 1", "log"),
    ("UPDATE logs SET origin = 'log.example/another' WHERE ordinal = 2", "log"),
    ("UPDATE platforms SET log_ordinal = 2", "log"),
])
def test_an_audit_names_what_was_written_into_the_list_of_logs(rotated, tmp_path, damage, kind):
    gateway, _ = rotated
    with sqlite3.connect(gateway.data / "cardproof.db") as source, \
            sqlite3.connect(tmp_path / "cardproof.db") as copy:
        source.backup(copy)
        copy.execute(damage)
    config = tmp_path / "copy.yaml"
    config.write_text(gateway.config.read_text().replace(str(gateway.data), str(tmp_path)))
    done = gateway.cli("log", "audit", "--json", "--config", str(config), configured=False)
    report = json.loads(done.stdout)
    assert done.returncode == 12
    assert kind in {finding["kind"] for finding in report["findings"]}, report


def test_no_delivery_fails_while_logs_end(new_gateway, cards, tmp_path):
    gateway = new_gateway("log-loaded").start()
    sent, failed, stop = [], [], threading.Event()

    def deliver():
        while not stop.is_set():
            answer = webhook.send(gateway, made.delivery(
                cards.order(), [made.item("nobody", cards.licence())]))
            (sent if answer.status == 202 else failed).append(answer)

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(count(4, 60)):
        assert rotate(gateway, "--again")["status"] == "rotated"
        time.sleep(0.2)
    stop.set()
    for thread in threads:
        thread.join()
    assert failed == []
    for answer in randomness("receipts").sample(sent, min(len(sent), 20)):
        proven(gateway, answer.json(), tmp_path)
    gateway.stop()
    audit = gateway.cli("log", "audit", "--deep")
    assert audit.returncode == 0, audit.stdout


def test_the_old_private_key_is_in_no_file_of_the_store(new_gateway, cards):
    """The sealed secrets of before are gone, which with the master key would give the key back."""
    gateway = new_gateway("log-forgotten").start()
    send(gateway, cards)
    with sqlite3.connect(f"file:{gateway.data}/cardproof.db?mode=ro", uri=True) as store:
        (before,), = store.execute("SELECT sealed_secrets FROM platforms")
    rotate(gateway)
    for path in gateway.data.rglob("*"):
        if path.is_file() and not path.is_socket():
            assert before not in path.read_bytes(), path


def test_the_command_is_repeated_without_a_third_log(new_gateway, cards):
    gateway = new_gateway("log-repeated")
    first = rotate(gateway)
    assert first["status"] == "rotated"
    gateway.start()
    again = rotate(gateway)
    assert again["status"] == "already_rotated"
    assert again["open"]["vkey"] == first["open"]["vkey"]
    assert [again["ended"][name] for name in ("log", "size")] == [1, 1]
    named = rotate(gateway, "--origin", first["open"]["origin"])
    assert named["status"] == "already_rotated"
    other = rotate(gateway, "--origin", "log.example/elsewhere")
    assert other["status"] == "rotated" and other["open"]["origin"] == "log.example/elsewhere"
    taken = gateway.cli("keys", "rotate", "--log", "shop", "--origin", first["ended"]["origin"])
    assert taken.returncode == 64 and b"there already" in taken.stderr
    assert gateway.cli("keys", "rotate", "--log", "nobody").returncode == 64
    for wrong in (["--log", "shop", "--master"], ["--origin", "x"], ["--log", "shop", "--file", "x"]):
        assert gateway.cli("keys", "rotate", *wrong).returncode == 64


@pytest.mark.parametrize("running", [False, True])
def test_killed_at_any_moment_one_log_is_open_and_whole(new_gateway, cards, running, tmp_path):
    rnd = randomness(f"log rotation killed {running}")
    gateway = new_gateway(f"log-killed-{running}")
    if running:
        gateway.start()
    for number in range(count(8, 200)):
        kill_at_a_random_moment(gateway, rnd, "keys", "rotate", "--log", "shop", "--again",
                                whole=running and number % 2 == 1)
        # Repeated, it goes on from whatever stands there, and nothing is left between.
        answer = rotate(gateway)
        assert answer["open"]["state"] == "open", f"round {number}"
        if running:
            proven(gateway, send(gateway, cards), tmp_path)
    if running:
        gateway.stop()
    audit = gateway.cli("log", "audit", "--deep")
    assert audit.returncode == 0, audit.stdout
    listed = logs(gateway)
    assert [log["state"] for log in listed] == ["ended"] * (len(listed) - 1) + ["open"]


def test_entries_at_the_end_and_at_the_beginning_of_a_log_have_times(
        new_gateway, cards, vouchers, scratch, tmp_path):
    """The end is stamped although nothing can be added to it; the next log's stamps bound its own entries alone."""
    authority = StampingAuthority(scratch / "rotated-authority")
    gateway = new_gateway("log-stamped", settings={"time_stamps": {
        "interval": "1s", "health_interval": "off",
        "authorities": [{"name": "trial", "url": authority.url, "ca": str(authority.root),
                         "policy": POLICY}]}}).start()
    sent = []
    for number in range(3):
        sent.append(lived.live(gateway, cards, vouchers)["good"])
        if number < 2:
            rotate(gateway, "--again")
    lived.deliver(gateway, cards.order(), [made.item("nobody", cards.licence())])

    def bounded(delivered, path) -> bool:
        gateway.cli("evidence", "bundle", delivered.id, "--out", str(path), check=True)
        rows = zipfile.ZipFile(path).read("timeline.csv").decode().splitlines()[1:]
        return all(row.split(",")[4] for row in rows if row.split(",")[5] != "anchor")

    for delivered, log in zip(sent, logs(gateway)):
        path = tmp_path / f"{log['log']}.zip"
        eventually("its entries have an upper bound", lambda: bounded(delivered, path))
        done = gateway.run("verify", str(path), "--key", log["vkey"], "--tsa-ca",
                           str(authority.root), "--json")
        report = json.loads(done.stdout)
        assert done.returncode == 0 and "time_stamps" in report["checks"], report["findings"]
        done = subprocess.run(
            [sys.executable, str(ROOT / "docs/verify/cardproof_verify.py"), str(path), "--key",
             log["vkey"], "--tsa-ca", str(authority.root)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    gateway.stop()
    authority.stop()
    assert gateway.cli("log", "audit", "--deep").returncode == 0


def test_witnesses_cosign_the_last_checkpoint_and_the_next_log(new_gateway, cards, tmp_path):
    gateway = new_gateway("log-witnessed")
    witness = PythonWitness([gateway.platform.vkey])
    key = VerifierKey.parse(witness.key.vkey)
    configure(gateway, [{"name": "w", "vkey": witness.key.vkey, "url": witness.url}])
    gateway.start()
    first = send(gateway, cards)
    eventually("it is cosigned", lambda: cosigners(proof(gateway, first), [key]))
    opened = rotate(gateway)["open"]
    second = send(gateway, cards)
    eventually("the end is cosigned",
               lambda: key.is_signer(public(gateway, "log/1/checkpoint").decode()))
    # A log that a witness was not told of is refused; it is asked again minutes later, or at a start.
    witness.logs[opened["origin"]] = VerifierKey.parse(opened["vkey"])
    gateway.stop()
    gateway.start()
    eventually("the new log is cosigned",
               lambda: cosigners(proof(gateway, second), [key]))
    path = tmp_path / "bundle.zip"
    gateway.cli("evidence", "bundle", first["delivery"], "--out", str(path), check=True)
    policy = tmp_path / "policy"
    policy.write_bytes(public(gateway, "log/policy"))
    done = gateway.run("verify", str(path), "--policy", str(policy), "--json")
    assert done.returncode == 0, done.stdout
    assert {"witness_quorum", "succession"} <= set(json.loads(done.stdout)["checks"])
    assert witness.deviations == []
