"""Damaged input for every parser that reads what strangers send. Seeded; the seed is in the header.

Small in a test run; `make fuzz` goes on for CARDPROOF_FUZZ_SECONDS.
"""

from __future__ import annotations

import os
import signal
import time

import pytest

from harness import cards as made
from harness import webhook
from harness.scale import randomness
from harness.wire import call

SECONDS = float(os.environ.get("CARDPROOF_FUZZ_SECONDS", "20")) / 5
SPLICES = [b"\x00", b"\xff\xfe", b"\xc3\x28", b"\n\n", b"\r", b"----", b"," * 50, b'"', b"'" * 3,
           b"{" * 40, b"[" * 40, b"9" * 400, b"-", b"1e309", b"\\u0000", b"\\ud800", b"=cmd()",
           b"\xe2\x80\x94 ", b"index 18446744073709551616", b"x001/", b"\t", b"&#0;", b"<![CDATA["]


def damage(data: bytes, rnd) -> bytes:
    """One to four random faults: flipped bits, cuts, repeats, spliced-in nasties."""
    changed = bytearray(data)
    for _ in range(rnd.randrange(1, 5)):
        place = rnd.randrange(len(changed) + 1)
        match rnd.randrange(6):
            case 0 if place < len(changed):
                changed[place] ^= 1 << rnd.randrange(8)
            case 1:
                del changed[place:place + rnd.randrange(1, 40)]
            case 2:
                changed[place:place] = changed[place:place + rnd.randrange(1, 400)]
            case 3:
                changed[place:place] = rnd.choice(SPLICES)
            case 4:
                del changed[place:]
            case _:
                changed[place:place] = rnd.randbytes(rnd.randrange(1, 12))
    return bytes(changed)


def rounds(name: str):
    """A generator of seeded generators, until the time for this target is over."""
    rnd, until = randomness(name), time.monotonic() + SECONDS
    while time.monotonic() < until:
        yield rnd


def survived(done, allowed: set[int], data: bytes) -> None:
    assert done.returncode in allowed, (
        f"exit {done.returncode} ({signal.Signals(-done.returncode).name if done.returncode < 0 else ''})"
        f" for {data!r}\n{done.stderr.decode(errors='replace')[-2000:]}")


@pytest.mark.fuzz
def test_webhook_bodies(gateway, cards):
    seed = webhook.encode(made.delivery(cards.order(), [made.item(
        "no-such-product", cards.licence(), cards.licence(), expires_on="2031-12-31",
        face_value={"amount_minor": 5000, "currency": "CNY"})], note="充值卡"))
    for rnd in rounds("bodies"):
        body = damage(seed, rnd)
        answer = webhook.send(gateway, body)
        assert answer.status in (202, 400, 413, 422), f"{answer.status} for {body!r}"
    assert gateway.get("/livez").status == 200


@pytest.mark.fuzz
def test_webhook_headers(gateway, cards):
    body = webhook.encode(made.delivery(cards.order(), [made.item("x", cards.licence())]))
    for rnd in rounds("headers"):
        headers = webhook.headers(gateway.platform.secret, webhook.new_id(), body)
        name = rnd.choice(list(headers))
        value = damage(headers[name].encode(), rnd)
        value = bytes(byte for byte in value if byte >= 32 and byte != 127)
        answer = call(gateway.url, "POST", webhook.path("shop"), headers | {
            name: value.decode("latin-1")}, body)
        assert answer.status in (202, 400, 401, 409, 413, 415, 422, 431), (name, value)


@pytest.mark.fuzz
def test_paths(gateway):
    seeds = [b"/v1/platforms/shop/log/tile/0/x001/000.p/17", b"/v1/deliveries?cursor=AAAA&since=2026",
             b"/v1/platforms/shop/evidence/0/proof", b"/v1/checks/chk_01", b"/v1/claims/clm_01"]
    for rnd in rounds("paths"):
        path = bytes(byte for byte in damage(rnd.choice(seeds), rnd) if 33 <= byte < 127)
        answer = gateway.get("/" + path.decode().lstrip("/"))
        assert answer.status in (200, 400, 401, 403, 404, 405, 414, 422), (answer.status, path)


@pytest.mark.fuzz
def test_proofs(gateway, cards, tmp_path):
    seed = webhook.send(gateway, made.delivery(cards.order(), [
        made.item("no-such-product", cards.licence())])).json()["evidence"]["proof"].encode()
    path = tmp_path / "fuzz.tlog-proof"
    for rnd in rounds("proofs"):
        data = damage(seed, rnd)
        path.write_bytes(data)
        done = gateway.run("verify", str(path), "--key", gateway.platform.vkey)
        survived(done, {12, 64} if data != seed else {0}, data)


@pytest.mark.fuzz
def test_stock_files(gateway, tmp_path):
    seeds = ["serial,key,expires_on\n" + "".join(
                f"1000000000000{n:04d},20000000000000{n:04d},2031-01-01\n" for n in range(20)),
             "".join(f"1000000000000{n:04d}----20000000000000{n:04d}\r\n" for n in range(20)),
             "".join(f"卡号:{n:08d} 卡密:ABCD-EFGH-{n:04d}\n" for n in range(20))]
    encoded = [seed.encode(code) for seed in seeds for code in ("utf-8", "gb18030", "utf-16")]
    path = tmp_path / "stock"
    for rnd in rounds("stock"):
        data = damage(rnd.choice(encoded), rnd)
        path.write_bytes(data)
        done = gateway.run("audit", "--stock", str(path))
        survived(done, {0, 10, 11, 13, 64}, data)
