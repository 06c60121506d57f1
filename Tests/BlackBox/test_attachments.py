"""Files added to a delivery's evidence: hashed first, sealed on disk, in every bundle, never looked into."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import socket
import time
import zipfile

import pytest

from harness import cards as made
from harness import webhook
from harness.scale import randomness
from harness.waiting import eventually
from harness.wire import call

MIB = 1 << 20


@pytest.fixture(scope="module")
def case(new_gateway, cards, vouchers):
    gateway = new_gateway("attachments").start()
    sent = []
    for _ in range(2):
        serial, key = cards.voucher()
        vouchers.put(key, serial=serial)
        notice = made.delivery(cards.order(), [made.item("voucher", key, serial)])
        sent.append(webhook.send(gateway, notice).json())
        gateway.checked(sent[-1]["delivery"])
    yield gateway, sent
    gateway.close()


def buyer(sent) -> dict:
    return {"authorization": f"Bearer {sent['order_token']}"}


def add(gateway, sent, content: bytes, headers: dict, query="slot=communication",
        media_type="image/png", digest: bytes | None = None, path="attachments"):
    digest = hashlib.sha256(content).digest() if digest is None else digest
    return call(gateway.url, "POST", f"/v1/deliveries/{sent['delivery']}/{path}?{query}", headers | {
        "content-type": media_type,
        "content-digest": f"sha-256=:{base64.b64encode(digest).decode()}:"}, content)


def test_a_buyers_screenshot_is_in_his_bundle_and_fills_a_gap(case, tmp_path):
    gateway, (sent, _) = case
    content = randomness("screenshot").randbytes(300_000)
    answer = add(gateway, sent, content, buyer(sent), "slot=communication&name=chat.png")
    assert answer.status == 201, answer.text
    added = answer.json()
    assert added["given_by"] == "buyer" and added["sha256"] == hashlib.sha256(content).hexdigest()
    index = added["evidence"]["index"]
    got = call(gateway.url, "GET", f"/v1/deliveries/{sent['delivery']}/bundle", buyer(sent))
    archive = zipfile.ZipFile(io.BytesIO(got.body))
    assert archive.read(f"attachments/{index}.png") == content
    summary = json.loads(archive.read("summary.json"))
    assert "communication" not in summary["completeness"]["missing"]
    (tmp_path / "b.zip").write_bytes(got.body)
    assert gateway.run("verify", str(tmp_path / "b.zip"), "--key", gateway.platform.vkey).returncode == 0
    listed = call(gateway.url, "GET", f"/v1/deliveries/{sent['delivery']}/attachments",
                  gateway.platform.bearer).json()["attachments"]
    assert added in listed
    back = call(gateway.url, "GET", f"/v1/deliveries/{sent['delivery']}/attachments/{added['attachment']}",
                buyer(sent))
    assert back.body == content and back.headers["content-disposition"] == "attachment"
    assert back.headers["x-content-type-options"] == "nosniff"


def test_the_file_lies_sealed_and_its_content_nowhere_else(case):
    gateway, (sent, _) = case
    marked = b"MARKED-CHAT-LOG-" + os.urandom(16).hex().encode()
    content = marked * 9_000
    assert add(gateway, sent, content, gateway.platform.bearer, "slot=communication&by=merchant",
               "text/plain").status == 201
    for path in gateway.data.rglob("*"):
        if path.is_file():
            assert marked not in path.read_bytes(), path


def test_the_same_content_is_one_file(case):
    gateway, (sent, _) = case
    content = os.urandom(70_000)
    first = add(gateway, sent, content, buyer(sent))
    files = len(list((gateway.data / "attachments").iterdir()))
    again = add(gateway, sent, content, buyer(sent))
    assert (first.status, again.status) == (201, 200)
    assert first.json() == again.json()
    assert len(list((gateway.data / "attachments").iterdir())) == files


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 131_072, 4 * MIB + 1])
def test_files_of_every_size_come_back_as_they_were(case, size):
    gateway, (_, sent) = case
    content = os.urandom(size)
    added = add(gateway, sent, content, gateway.platform.bearer, "slot=loss", "application/pdf")
    assert added.status == 201, added.text
    path = f"/v1/deliveries/{sent['delivery']}/attachments/{added.json()['attachment']}"
    assert call(gateway.url, "GET", path, gateway.platform.bearer).body == content


def test_what_is_not_as_announced_or_not_allowed_is_refused_and_kept_nowhere(case):
    gateway, (sent, other) = case
    files = set((gateway.data / "attachments").iterdir())
    refused = [
        (add(gateway, sent, b"x", buyer(sent), digest=b"\0" * 32), 422, "digest_mismatch"),
        (add(gateway, sent, b"x", buyer(sent), media_type="application/zip"), 415, "media_type_refused"),
        (add(gateway, sent, b"x", buyer(sent), "slot=gossip"), 422, "invalid_parameters"),
        (add(gateway, sent, b"x", buyer(sent), "slot=loss&by=merchant"), 422, "invalid_parameters"),
        (add(gateway, sent, b"x", buyer(other)), 404, "not_found"),
        (add(gateway, sent, b"x", {}), 401, "missing_token"),
        (add(gateway, sent, b"x", {"authorization": "Bearer nonsense"}), 401, "wrong_token"),
        (add(gateway, sent, b"x" * (20 * MIB + 1), buyer(sent)), 413, "body_too_large"),
    ]
    for answer, status, reason in refused:
        assert (answer.status, answer.json()["reason"]) == (status, reason)
    missing = call(gateway.url, "POST", f"/v1/deliveries/{sent['delivery']}/attachments?slot=loss",
                   buyer(sent) | {"content-type": "image/png"}, b"x")
    assert (missing.status, missing.json()["reason"]) == (400, "missing_digest")
    assert set((gateway.data / "attachments").iterdir()) == files


def test_a_damaged_file_is_found_by_its_seal(case):
    gateway, (_, sent) = case
    content = os.urandom(200_000)
    added = add(gateway, sent, content, gateway.platform.bearer, "slot=order").json()
    path = gateway.data / "attachments" / added["attachment"]
    sealed = bytearray(path.read_bytes())
    for change in (lambda b: b[:-1], lambda b: b[:65_564], lambda b: b + b"\0",
                   lambda b: b[:1_000] + bytes([b[1_000] ^ 1]) + b[1_001:]):
        path.write_bytes(change(bytes(sealed)))
        answer = call(gateway.url, "GET",
                      f"/v1/deliveries/{sent['delivery']}/attachments/{added['attachment']}",
                      gateway.platform.bearer)
        assert answer.status == 500
        audit = gateway.cli("log", "audit", "--deep", "--json")
        assert audit.returncode == 12 and added["attachment"] in audit.stdout.decode()
        got = call(gateway.url, "GET", f"/v1/deliveries/{sent['delivery']}/bundle", gateway.platform.bearer)
        missing = json.loads(zipfile.ZipFile(io.BytesIO(got.body)).read("summary.json"))["not_included"]
        assert "damaged_attachments" in {row["what"] for row in missing}
    path.unlink()
    audit = gateway.cli("log", "audit", "--deep", "--json")
    assert audit.returncode == 12 and added["attachment"] in audit.stdout.decode()
    path.write_bytes(sealed)
    assert gateway.cli("log", "audit", "--deep").returncode == 0


def test_the_operator_adds_a_file_by_the_command_line(case, tmp_path):
    gateway, (_, sent) = case
    file = tmp_path / "客服 记录.txt"
    file.write_text("synthetic conversation")
    added = gateway.cli_json("evidence", "attach", sent["delivery"], str(file), "--slot", "communication",
                             "--by", "merchant")
    shown = gateway.cli_json("evidence", "show", str(added["evidence"]["index"]), "--platform", "shop")
    assert shown["fields"]["file_name"] == "客服 记录.txt"
    assert shown["fields"]["attachment"]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_no_more_than_fifty_files_are_taken(new_gateway, cards, vouchers):
    gateway = new_gateway("many-attachments").start()
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    sent = webhook.send(gateway, made.delivery(cards.order(), [made.item("voucher", key, serial)])).json()
    answers = [add(gateway, sent, str(number).encode(), buyer(sent)).status for number in range(51)]
    assert answers == [201] * 50 + [409]
    # The other side is heard all the same, and the buyer's repetitions are.
    assert add(gateway, sent, b"merchant", gateway.platform.bearer).status == 201
    assert add(gateway, sent, b"0", buyer(sent)).status == 200
    gateway.close()


def test_whose_token_handed_a_file_in_is_told_beside_whose_it_is(case, tmp_path):
    gateway, (sent, _) = case
    added = add(gateway, sent, b"by the platform for the buyer", gateway.platform.bearer,
                "slot=loss&by=buyer").json()
    assert (added["given_by"], added["handed_in_by"]) == ("buyer", "platform")
    own = add(gateway, sent, b"by the buyer", buyer(sent), "slot=loss").json()
    assert (own["given_by"], own["handed_in_by"]) == ("buyer", "buyer")
    file = tmp_path / "operator.txt"
    file.write_text("by the operator")
    typed = gateway.cli_json("evidence", "attach", sent["delivery"], str(file), "--slot", "loss",
                             "--by", "merchant")
    assert (typed["given_by"], typed["handed_in_by"]) == ("merchant", "operator")
    got = call(gateway.url, "GET", f"/v1/deliveries/{sent['delivery']}/bundle", gateway.platform.bearer)
    summary = json.loads(zipfile.ZipFile(io.BytesIO(got.body)).read("summary.json"))
    told = {row["entry"]: row["handed_in_by"] for row in summary["attachments"]}
    assert told[added["evidence"]["index"]] == "platform" and told[own["evidence"]["index"]] == "buyer"


def test_what_is_left_of_a_file_whose_sender_went_away_is_removed(new_gateway, cards, vouchers):
    gateway = new_gateway("cut-off").start()
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    sent = webhook.send(gateway, made.delivery(cards.order(), [made.item("voucher", key, serial)])).json()
    kept = add(gateway, sent, b"kept", buyer(sent)).json()["attachment"]
    folder = gateway.data / "attachments"
    host, port = gateway.url.removeprefix("http://").split(":")
    head = (f"POST /v1/deliveries/{sent['delivery']}/attachments?slot=loss HTTP/1.1\r\nhost: x\r\n"
            f"authorization: Bearer {sent['order_token']}\r\ncontent-type: image/png\r\n"
            f"content-digest: sha-256=:{base64.b64encode(bytes(32)).decode()}:\r\n"
            "content-length: 900000\r\n\r\n").encode()
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head + bytes(300_000))
        eventually("a part is there", lambda: any(file.name.endswith(".part") for file in folder.iterdir()))
        gateway.kill()
    gateway.start()
    assert [file.name for file in folder.iterdir()] == [kept]
    with socket.create_connection((host, int(gateway.url.rsplit(":", 1)[1]))) as connection:
        connection.sendall(head + bytes(300_000))
        eventually("a part is there", lambda: any(file.name.endswith(".part") for file in folder.iterdir()))
    eventually("the part is gone", lambda: [file.name for file in folder.iterdir()] == [kept])
    assert "an attachment was not taken" not in gateway.log_tail()
    gateway.close()


def test_a_few_files_at_once_are_taken_of_one_delivery_and_those_of_others_beside_them(case):
    gateway, (sent, other) = case
    host, port = gateway.url.removeprefix("http://").split(":")
    slow = []
    try:
        for number in range(4):
            connection = socket.create_connection((host, int(port)))
            connection.sendall((
                f"POST /v1/deliveries/{sent['delivery']}/attachments?slot=loss HTTP/1.1\r\nhost: x\r\n"
                f"authorization: Bearer {sent['order_token']}\r\ncontent-type: image/png\r\n"
                f"content-digest: sha-256=:{base64.b64encode(bytes(32)).decode()}:\r\n"
                "content-length: 900000\r\n\r\nslow").encode())
            slow.append(connection)
        folder = gateway.data / "attachments"
        eventually("all are under way", lambda: sum(file.name.endswith(".part") for file in folder.iterdir()) == 4)
        assert add(gateway, sent, b"one more", buyer(sent)).json()["reason"] == "overloaded"
        assert add(gateway, other, b"of another order", buyer(other)).status == 201
    finally:
        for connection in slow:
            connection.close()
    eventually("there is room", lambda: add(gateway, sent, b"one more", buyer(sent)).status in (200, 201))


@pytest.mark.soak
def test_a_reader_who_is_slow_and_reads_on_gets_the_whole_file(case):
    """Longer than an answer may wait for a reader who does not read."""
    gateway, (_, sent) = case
    content = randomness("slow reader").randbytes(6 * MIB)
    added = add(gateway, sent, content, buyer(sent), "slot=delivery").json()
    host, port = gateway.url.removeprefix("http://").split(":")
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 << 10)
        connection.connect((host, int(port)))
        connection.sendall((
            f"GET /v1/deliveries/{sent['delivery']}/attachments/{added['attachment']} HTTP/1.1\r\n"
            f"host: x\r\nconnection: close\r\nauthorization: Bearer {sent['order_token']}\r\n\r\n"
        ).encode())
        received = bytearray()
        until = time.monotonic() + 23
        while piece := connection.recv(16 << 10):
            received += piece
            if time.monotonic() < until:
                time.sleep(0.25)
    assert bytes(received).partition(b"\r\n\r\n")[2] == content
