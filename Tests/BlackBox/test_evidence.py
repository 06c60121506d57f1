"""The log: proofs and exports verified by other people's programs, and every flipped byte refused."""

from __future__ import annotations

import json
import pathlib
import shutil

import pytest

from harness import cards as made
from harness import foreign, merkle, webhook
from harness.scale import count, randomness
from harness.wire import call


@pytest.fixture(scope="module")
def told(new_gateway, cards, vouchers):
    """A log of some hundred entries (so with full and partial tiles), and all the proofs of it."""
    gateway = new_gateway("evidence").start()
    proofs = []
    for _ in range(count(150, 2_000)):
        serial, key = cards.voucher()
        vouchers.put(key, serial=serial)
        notice = made.delivery(cards.order(), [made.item("voucher", key, serial)])
        proofs.append(webhook.send(gateway, notice).json())
    for sent in proofs:
        gateway.checked(sent["delivery"])
    for row in proofs[:]:
        item = gateway.delivery(row["delivery"])["items"][0]
        answer = call(gateway.url, "GET", item["evidence"]["proof_url"])
        assert answer.status == 200
        proofs.append({"evidence": {"proof": answer.text}})
    folder = gateway.export("exported")
    yield gateway, folder, [sent["evidence"]["proof"] for sent in proofs]
    gateway.close()


def test_the_exported_log_verifies_with_go(told, scratch):
    gateway, folder, _ = told
    done = foreign.verify_log(scratch, folder, gateway.platform.vkey)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_exported_log_and_every_proof_verify_with_pymerkle(told, tmp_path):
    _, folder, proofs = told
    files = []
    for number, text in enumerate(proofs):
        files.append(tmp_path / f"{number}.tlog-proof")
        files[-1].write_text(text)
    done = foreign.pymerkle_log(folder, *files)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_proof_verifies_with_go(told, scratch, tmp_path):
    gateway, _, proofs = told
    for number, text in enumerate(proofs):
        path = tmp_path / f"{number}.tlog-proof"
        path.write_text(text)
        done = foreign.verify_proof(scratch, path, gateway.platform.vkey)
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_checkpoint_that_was_answered_lies_in_the_exported_log(told):
    _, folder, proofs = told
    parsed = [merkle.Proof.parse(text) for text in proofs]
    entries = merkle.exported_entries(folder)
    roots = merkle.roots(entries, {proof.checkpoint.size for proof in parsed})
    for proof in parsed:
        assert proof.checkpoint.root == roots[proof.checkpoint.size]
        assert proof.extra == entries[proof.index]
        assert proof.root_from(merkle.leaf_hash(proof.extra)) == proof.checkpoint.root


def test_every_entry_is_canonical_json_by_rfc8785(told):
    import rfc8785
    _, folder, _ = told
    for entry in merkle.exported_entries(folder):
        assert rfc8785.dumps(json.loads(entry)) == entry
        assert len(json.loads(entry)["_sd"]) == 16


def test_the_public_log_answers_without_a_token_and_ends_with_404(told):
    gateway, folder, _ = told
    base = "/v1/platforms/shop"
    checkpoint = call(gateway.url, "GET", f"{base}/log/checkpoint")
    assert checkpoint.status == 200
    assert checkpoint.header("content-type").startswith("text/plain")
    size = merkle.Checkpoint.parse(checkpoint.text).size
    assert call(gateway.url, "GET", f"{base}/log/vkey").text.strip() == gateway.platform.vkey
    assert call(gateway.url, "GET", f"{base}/log/policy").text.count("log ") >= 1
    full = call(gateway.url, "GET", f"{base}/log/tile/0/000")
    assert full.status == 200 and len(full.body) == 256 * 32
    assert full.body == (folder / "tile/0/000").read_bytes()
    entries = call(gateway.url, "GET", f"{base}/log/tile/entries/000")
    assert entries.body == (folder / "tile/entries/000").read_bytes()
    for past in (f"{base}/log/tile/0/x001/000", f"{base}/log/tile/0/{size // 256 + 1:03d}",
                 f"{base}/log/tile/7/000", f"{base}/evidence/{size + 1000}/proof",
                 f"{base}/log/tile/0/000.p/0", f"{base}/log/tile/0/000.p/256",
                 f"{base}/log/tile/00/000", f"{base}/log/tile/0/0", f"{base}/log/tile/64/000",
                 "/v1/platforms/nobody/log/checkpoint"):
        assert call(gateway.url, "GET", past).status == 404, past


def test_every_partial_tile_that_an_answered_checkpoint_needs_is_served(told):
    gateway, _, proofs = told
    sizes = sorted({merkle.Proof.parse(text).checkpoint.size for text in proofs})
    for size in sizes:
        number, width = divmod(size, 256)
        if width:
            path = f"/v1/platforms/shop/log/tile/0/{merkle.tile_name(number)}.p/{width}"
            answer = call(gateway.url, "GET", path)
            assert answer.status == 200, path
            assert len(answer.body) == 32 * width


def verify(gateway, path: pathlib.Path):
    return gateway.run("verify", str(path), "--key", gateway.platform.vkey)


def test_verify_says_what_it_checked_by_which_key_and_what_it_did_not(told, tmp_path):
    gateway, folder, proofs = told
    proof = tmp_path / "one.tlog-proof"
    proof.write_text(proofs[0])
    checkpoint = tmp_path / "checkpoint"
    checkpoint.write_text((folder / "checkpoint").read_text())
    for path in (proof, checkpoint, folder):
        done = verify(gateway, path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert gateway.platform.origin in done.stdout.decode()
        assert b"not checked" in done.stdout.lower(), done.stdout.decode()


def test_verify_needs_no_server_and_no_configuration(told, tmp_path):
    gateway, _, proofs = told
    proof = tmp_path / "alone.tlog-proof"
    proof.write_text(proofs[-1])
    done = gateway.run("verify", str(proof), "--key", gateway.platform.vkey,
                       env={"CARDPROOF_DATA": "/nonexistent", "HOME": "/nonexistent"})
    assert done.returncode == 0, done.stderr


def test_verify_refuses_another_key(told, tmp_path):
    gateway, folder, proofs = told
    right = gateway.platform.vkey
    flipped = right[:-4] + ("A" if right[-4] != "A" else "B") + right[-3:]
    proof = tmp_path / "one.tlog-proof"
    proof.write_text(proofs[0])
    for path in (proof, folder):
        assert gateway.run("verify", str(path), "--key", flipped).returncode in (12, 64)


@pytest.mark.parametrize("kind", ["missing", "a picture", "an empty file", "a folder of nothing"])
def test_verify_calls_what_is_no_evidence_no_evidence(told, tmp_path, kind):
    gateway, _, _ = told
    path = tmp_path / "thing"
    match kind:
        case "a picture":
            path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
        case "an empty file":
            path.write_bytes(b"")
        case "a folder of nothing":
            path.mkdir()
    assert verify(gateway, path).returncode == 64


def flips(length: int, wanted: int, rnd) -> list[tuple[int, int]]:
    """Places and bits: all of them if that is not more than wanted, else a sample."""
    places = range(length) if length <= wanted else sorted(rnd.sample(range(length), wanted))
    return [(place, 1 << rnd.randrange(8)) for place in places]


def test_every_flipped_byte_of_a_proof_is_refused(told, tmp_path):
    """C-05 M1-39: what was recorded is not changed afterwards."""
    gateway, _, proofs = told
    rnd = randomness("flip proof")
    original = proofs[len(proofs) // 2].encode()
    path = tmp_path / "flipped.tlog-proof"
    for place, bit in flips(len(original), count(150, 100_000), rnd):
        changed = bytearray(original)
        changed[place] ^= bit
        path.write_bytes(changed)
        done = verify(gateway, path)
        assert done.returncode == 12, (
            f"byte {place} of the proof, bit {bit}: exit {done.returncode}\n{done.stdout.decode()}")
        assert done.stdout + done.stderr, "it says why"


def test_every_flipped_byte_of_a_checkpoint_is_refused(told, tmp_path):
    gateway, folder, _ = told
    rnd = randomness("flip checkpoint")
    original = (folder / "checkpoint").read_bytes()
    path = tmp_path / "checkpoint"
    for place, bit in flips(len(original), count(500, 1_000), rnd):
        changed = bytearray(original)
        changed[place] ^= bit
        path.write_bytes(changed)
        done = verify(gateway, path)
        assert done.returncode == 12, (
            f"byte {place} of the checkpoint, bit {bit}: exit {done.returncode}")


@pytest.mark.parametrize("part", ["tile/entries", "tile/0", "tile/1", "checkpoint"])
def test_every_flipped_byte_of_an_exported_log_is_refused_and_named(told, tmp_path, part):
    gateway, folder, _ = told
    rnd = randomness(f"flip {part}")
    copy = tmp_path / "log"
    shutil.copytree(folder, copy)
    files = [copy / part] if part == "checkpoint" else sorted(
        path for path in (copy / part).rglob("*") if path.is_file())
    assert files, f"the export has no {part}"
    for path in files:
        original = path.read_bytes()
        for place, bit in flips(len(original), count(40, 20_000), rnd):
            changed = bytearray(original)
            changed[place] ^= bit
            path.write_bytes(changed)
            done = verify(gateway, copy)
            name = str(path.relative_to(copy))
            assert done.returncode == 12, f"byte {place} of {name}, bit {bit}: {done.returncode}"
            said = (done.stdout + done.stderr).decode(errors="replace")
            assert name in said or "entry" in said, f"{name} is not named:\n{said}"
        path.write_bytes(original)
    assert verify(gateway, copy).returncode == 0


@pytest.mark.parametrize("damage", ["removed", "emptied", "cut", "swapped", "grown"])
def test_a_damaged_export_is_refused(told, tmp_path, damage):
    gateway, folder, _ = told
    copy = tmp_path / "log"
    shutil.copytree(folder, copy)
    files = sorted(path for path in (copy / "tile/entries").rglob("*") if path.is_file())
    match damage:
        case "removed":
            files[0].unlink()
        case "emptied":
            files[0].write_bytes(b"")
        case "cut":
            files[0].write_bytes(files[0].read_bytes()[:-1])
        case "swapped":
            entries = files[0].read_bytes()
            first = 2 + int.from_bytes(entries[:2], "big")
            second = first + 2 + int.from_bytes(entries[first:first + 2], "big")
            files[0].write_bytes(entries[first:second] + entries[:first] + entries[second:])
        case "grown":
            files[0].write_bytes(files[0].read_bytes() + b"\x00\x01x")
    assert verify(gateway, copy).returncode == 12


def test_a_log_that_was_rolled_back_is_found_by_an_older_checkpoint(told, tmp_path):
    """M1-39: an export that ends before a checkpoint that was answered earlier does not agree with it."""
    gateway, folder, _ = told
    webhook.send(gateway, made.delivery("rolled-back", [made.item("no-such-product", "synthetic-1")]))
    newer = tmp_path / "newer-checkpoint"
    newer.write_bytes(call(gateway.url, "GET", "/v1/platforms/shop/log/checkpoint").body)
    done = gateway.run("verify", str(folder), "--key", gateway.platform.vkey, "--old", str(newer))
    assert done.returncode == 12, done.stdout.decode()
    later = gateway.export("later")
    done = gateway.run("verify", str(later), "--key", gateway.platform.vkey, "--old", str(newer))
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    assert foreign.verify_log(tmp_path, later, gateway.platform.vkey).returncode == 0
