"""Stamps by an outside authority: in the log, in the store, and before other people's verifiers."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
import time

import pytest

from harness import cards as made
from harness import foreign, merkle, webhook
from harness.stamping import POLICY, StampingAuthority
from harness.wire import call


@pytest.fixture(scope="module")
def stamped(new_gateway, cards, vouchers, scratch):
    """A gateway that was stamped after a first delivery and again after a second one."""
    authority = StampingAuthority(scratch / "stamping")
    gateway = new_gateway("stamped", settings={"time_stamps": {
        "interval": "1s", "health_interval": "1s",
        "authorities": [{"name": "trial", "url": authority.url, "ca": str(authority.root),
                         "policy": POLICY}]}}).start()
    for number in (1, 2):
        deliver(gateway, cards, vouchers)
        await_stamps(gateway, number)
    yield gateway, authority
    gateway.close()
    authority.stop()


def deliver(gateway, cards, vouchers) -> dict:
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    notice = made.delivery(cards.order(), [made.item("voucher", key, serial)])
    answer = webhook.send(gateway, notice).json()
    gateway.checked(answer["delivery"])
    return answer


def stamps(gateway) -> list[sqlite3.Row]:
    """As the store keeps them; read-only, beside the running gateway."""
    store = sqlite3.connect(f"file:{gateway.data / 'cardproof.db'}?mode=ro", uri=True)
    store.row_factory = sqlite3.Row
    with store:
        rows = store.execute(
            "SELECT time_stamps.*, chains.text AS chain_text, lists.text AS list_texts"
            " FROM time_stamps JOIN time_stamp_texts AS chains ON chains.number = chain"
            " JOIN time_stamp_texts AS lists ON lists.number = revocation_lists"
            " ORDER BY anchor_index").fetchall()
    store.close()
    return rows


def await_stamps(gateway, wanted: int, seconds: float = 20) -> list[sqlite3.Row]:
    deadline = time.monotonic() + seconds
    while len(rows := stamps(gateway)) < wanted:
        assert time.monotonic() < deadline, f"{len(rows)} stamps\n{gateway.log_tail()}"
        time.sleep(0.1)
    return rows


def public_leaves(folder) -> list[tuple[int, dict]]:
    leaves = enumerate(json.loads(entry) for entry in merkle.exported_entries(folder))
    return [(index, leaf) for index, leaf in leaves if "typ" in leaf]


def granted(token: bytes) -> bytes:
    """The TimeStampResp that grants a token: SEQUENCE { SEQUENCE { INTEGER 0 }, token }."""
    content = bytes.fromhex("3003020100") + token
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return b"\x30" + bytes([0x80 | len(length)]) + length + content


def test_anchors_in_the_exported_log_are_of_the_stored_tokens(stamped, scratch):
    gateway, _ = stamped
    folder = gateway.export("anchored")
    done = foreign.verify_log(scratch, folder, gateway.platform.vkey)
    assert done.returncode == 0, done.stdout + done.stderr
    anchors = {index: leaf for index, leaf in public_leaves(folder) if leaf["typ"] == "anchor"}
    rows = {row["anchor_index"]: row for row in stamps(gateway)}
    assert len(anchors) >= 2
    roots = merkle.roots(merkle.exported_entries(folder), {row["size"] for row in rows.values()})
    for index, leaf in anchors.items():
        row = rows[index]
        assert leaf["size"] == row["size"] <= index
        assert leaf["tsa"] == POLICY
        assert leaf["tsr_sha256"] == hashlib.sha256(granted(row["token"])).hexdigest()
        assert leaf["ckpt_sha256"] == hashlib.sha256(row["checkpoint"]).hexdigest()
        checkpoint = merkle.Checkpoint.parse(row["checkpoint"].decode())
        assert checkpoint.size == row["size"] and checkpoint.root == roots[row["size"]]


def test_stored_tokens_verify_with_openssl_and_rfc3161_client(stamped, tmp_path):
    gateway, authority = stamped
    for row in stamps(gateway):
        token, data = tmp_path / "token.tst", tmp_path / "checkpoint"
        token.write_bytes(row["token"])
        data.write_bytes(row["checkpoint"])
        arguments = ["openssl", "ts", "-verify", "-token_in", "-in", str(token), "-CAfile",
                     str(authority.root), "-attime", str(row["gen_time"] // 1000)]
        assert subprocess.run([*arguments, "-data", str(data)], capture_output=True).returncode == 0
        other = tmp_path / "other"
        other.write_bytes(row["checkpoint"] + b"x")
        assert subprocess.run([*arguments, "-data", str(other)],
                              capture_output=True).returncode != 0
        # rfc3161-client reads answers alone: the token behind a status of 0 (granted).
        body = bytes.fromhex("3003020100") + row["token"]
        response = tmp_path / "answer.tsr"
        response.write_bytes(b"\x30\x82" + len(body).to_bytes(2) + body)
        done = subprocess.run(
            [sys.executable, str(foreign.FOREIGN / "rfc3161_check.py"), str(response), str(data),
             str(authority.root)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_chain_and_revocation_list_lie_beside_the_token(stamped, tmp_path):
    gateway, authority = stamped
    rows = stamps(gateway)
    for row in rows:
        (tmp_path / "chain.pem").write_text(row["chain_text"])
        (tmp_path / "list.pem").write_text(row["list_texts"])
        assert row["chain_text"].count("BEGIN CERTIFICATE") == 2
        done = subprocess.run(
            ["openssl", "verify", "-CAfile", str(authority.root), "-crl_check", "-CRLfile",
             str(tmp_path / "list.pem"), "-purpose", "timestampsign", str(tmp_path / "chain.pem")],
            capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    # Kept for an hour, not fetched for every stamp.
    assert authority.lists_given == 1


def test_only_hashes_left_the_house(stamped):
    gateway, authority = stamped
    digests = [hashlib.sha256(row["checkpoint"]).digest() for row in stamps(gateway)]
    assert len(authority.requests) >= len(digests)
    for digest in digests:
        assert any(digest in request for request in authority.requests)
    assert all(len(request) < 100 for request in authority.requests)


def test_a_log_at_rest_is_stamped_no_more(stamped):
    gateway, authority = stamped
    time.sleep(1.5)
    before = len(authority.requests)
    time.sleep(3)
    assert len(authority.requests) == before


def test_health_leaves_tell_the_clock_and_how_the_issuer_answered(stamped):
    gateway, _ = stamped
    found = [leaf for _, leaf in public_leaves(gateway.export("healthy"))
             if leaf["typ"] == "health"]
    assert found
    timed = [leaf for leaf in found if "clock_offset_ms" in leaf]
    assert timed, "no health leaf knows the clock"
    for leaf in timed:
        assert abs(leaf["clock_offset_ms"]) <= leaf["clock_uncertainty_ms"] + 1_000
        assert leaf["build"] and leaf["tsa"] == POLICY
    asked = [leaf for leaf in found if "asked" in leaf]
    assert sum(sum(leaf["asked"]) for leaf in asked) == 2
    assert all(leaf["failed"] == [0] * len(leaf["adapters"]) for leaf in asked)


def test_an_authority_that_is_down_or_revoked_is_told_and_stops_nothing(
        stamped, cards, vouchers):
    gateway, authority = stamped
    authority.is_up = False
    deliver(gateway, cards, vouchers)
    deadline = time.monotonic() + 20
    while gateway.cli("doctor").returncode == 0:
        assert time.monotonic() < deadline
        time.sleep(0.3)
    text = gateway.cli("doctor").stdout.decode()
    assert "time_stamps:trial" in text and "503" in text
    metrics = call(gateway.metrics_url, "GET", "/metrics").text
    assert 'cardproof_time_stamps_total{authority="trial",result="unavailable"}' in metrics
    assert 'cardproof_time_stamps_total{authority="trial",result="stamped"}' in metrics
    before = len(stamps(gateway))
    authority.is_up = True
    authority.revoke("keyCompromise")
    started = time.monotonic()
    assert gateway.stop() == 0
    assert time.monotonic() - started < 8
    gateway.start()
    deadline = time.monotonic() + 20
    while "revoked certificate" not in gateway.log_path.read_text():
        assert time.monotonic() < deadline, gateway.log_tail()
        time.sleep(0.1)
    deliver(gateway, cards, vouchers)
    assert len(stamps(gateway)) == before


def test_an_accuracy_that_readers_of_bundles_would_take_for_a_better_one_is_refused(
        new_gateway, stamped):
    _, authority = stamped
    gateway = new_gateway("accuracies", settings={"time_stamps": {"authorities": [
        {"name": "silent", "url": authority.url, "ca": str(authority.root), "accuracy": "60s"}]}})
    text = gateway.config.read_text()
    assert gateway.cli("config", "check").returncode == 0 and text.count("60s") == 1, text
    gateway.config.write_text(text.replace("60s", "61s"))
    done = gateway.cli("config", "check")
    assert done.returncode == 64 and b"at most 60s" in done.stderr, done.stderr
    assert b"cardproof.yaml:" in done.stderr
