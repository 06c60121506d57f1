"""A bundle of a real delivery, stamped and witnessed, before all the programs that verify one."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
import zipfile

import pytest

from harness import alone
from harness import cards as made
from harness import webhook
from harness.gateway import ROOT
from harness.scale import count, randomness
from harness.stamping import POLICY, StampingAuthority
from harness.wire import call
from test_cosigning import Witness, configure

sys.path.insert(0, str(ROOT / "docs/verify"))
from cardproof_verify import Bundle, Key  # noqa: E402 lies in docs


@pytest.fixture(scope="module")
def proven(new_gateway, cards, vouchers, scratch):
    """A gateway with an authority and two witnesses, and the bundle of an order that claims."""
    authority = StampingAuthority(scratch / "proven-authority")
    gateway = new_gateway("proven", settings={"time_stamps": {
        "interval": "1s", "health_interval": "1s",
        "authorities": [{"name": "trial", "url": authority.url, "ca": str(authority.root),
                         "policy": POLICY}]}})
    witnesses = [Witness(scratch / f"proven-w{number}", f"witness.example/p{number}",
                         [gateway.platform.vkey]).start() for number in (1, 2)]
    configure(gateway, [witness.entry(f"w{number}") for number, witness in enumerate(witnesses)],
              witness_quorum=2)
    gateway.start()
    sent = [sell(gateway, cards, vouchers) for _ in range(3)]
    yield gateway, authority, sent, settled_bundle(gateway, sent[1])
    gateway.close()
    for witness in witnesses:
        witness.close()
    authority.stop()


def sell(gateway, cards, vouchers) -> dict:
    """A used code, a good one and an attachment; a stamp comes after it."""
    items = []
    for line, state in ((1, {"state": "used", "history": [("used", made.now() - made.DAY)]}), (2, {})):
        serial, key = cards.voucher()
        vouchers.put(key, serial=serial, **state)
        items.append(made.item("voucher", key, serial, line=line))
    sent = webhook.send(gateway, made.delivery(cards.order(), items)).json()
    gateway.checked(sent["delivery"])
    time.sleep(1.2)
    return sent


def settled_bundle(gateway, sent, seconds: float = 20, unwitnessed: bool = False) -> bytes:
    """The buyer's bundle once every entry has both bounds and the head its cosignatures."""
    deadline = time.monotonic() + seconds
    while True:
        answer = call(gateway.url, "GET", f"/v1/deliveries/{sent['delivery']}/bundle",
                      {"authorization": f"Bearer {sent['order_token']}"})
        assert answer.status == 200, answer.text
        missing = {row["what"] for row in json.loads(
            zipfile.ZipFile(io.BytesIO(answer.body)).read("summary.json"))["not_included"]}
        wanted = {"time_stamps"} if unwitnessed else {"time_stamps", "witnesses", "health"}
        if (not missing & wanted and both_bounds(answer.body)
                and (unwitnessed or len(health(answer.body)) == 2)):
            return answer.body
        assert time.monotonic() < deadline, f"{missing}\n{gateway.log_tail()}"
        time.sleep(0.3)


def both_bounds(data: bytes) -> bool:
    rows = zipfile.ZipFile(io.BytesIO(data)).read("timeline.csv").decode().splitlines()[1:]
    return all(row.split(",")[3] and row.split(",")[4] for row in rows
               if row.split(",")[5] not in ("anchor", "health"))


def health(data: bytes) -> list[dict]:
    return json.loads(zipfile.ZipFile(io.BytesIO(data)).read("system/health.json"))["reports"]


@pytest.fixture(scope="module")
def tools(scratch):
    return alone.tools(scratch / "proven-tools")


@pytest.fixture()
def path(proven, tmp_path):
    (tmp_path / "bundle.zip").write_bytes(proven[3])
    return tmp_path / "bundle.zip"


def test_cardproof_verifies_it_under_pinned_key_policy_and_authority(proven, path, tmp_path):
    gateway, authority, _, _ = proven
    policy = tmp_path / "policy"
    policy.write_bytes(call(gateway.url, "GET", "/v1/platforms/shop/log/policy").body)
    done = gateway.run("verify", str(path), "--key", gateway.platform.vkey, "--policy", str(policy),
                       "--tsa-ca", str(authority.root), "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0, report["findings"]
    assert {"log_signature", "witness_quorum", "time_stamps", "manifest_signature"} <= set(report["checks"])
    assert "trusted_time" not in report["not_checked"]
    assert report["policy_source"] == "pinned"
    for entry in report["entries"]:
        if entry["type"] not in ("anchor", "health"):
            assert entry["not_before"] <= entry["time"].replace("Z", ".999Z")
            assert entry["time"] <= entry["not_after"]


def test_the_python_verifier_agrees(proven, path):
    gateway, authority, _, _ = proven
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs/verify/cardproof_verify.py"), str(path), "--key",
         gateway.platform.vkey, "--tsa-ca", str(authority.root)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_own_verify_sh_agrees_without_a_network(proven, path, tools, tmp_path):
    gateway, _, _, data = proven
    script = tmp_path / "verify.sh"
    script.write_bytes(zipfile.ZipFile(io.BytesIO(data)).read("verify.sh"))
    done = alone.shell(tools, script, str(path), "--key", gateway.platform.vkey, scratch=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_flipped_bytes_are_refused_by_each(proven, path, tools, tmp_path):
    gateway, _, _, data = proven
    script = tmp_path / "verify.sh"
    archive = zipfile.ZipFile(io.BytesIO(data))
    script.write_bytes(archive.read("verify.sh"))
    own = data.index(archive.read("verify.sh"))
    exempt = range(own, own + archive.getinfo("verify.sh").file_size)
    rnd = randomness("flips of a real bundle")
    for _ in range(count(12, 2_000)):
        place = rnd.choice([n for n in range(len(data)) if n not in exempt])
        flipped = bytearray(data)
        flipped[place] ^= 1 << rnd.randrange(8)
        path.write_bytes(flipped)
        assert gateway.run("verify", str(path), "--key", gateway.platform.vkey).returncode == 12, place
        assert alone.shell(tools, script, str(path), "--key", gateway.platform.vkey,
                           scratch=tmp_path).returncode == 12, place
        assert Bundle(Key(gateway.platform.vkey)).verify(bytes(flipped)).finding, place


def test_an_authority_that_the_reader_does_not_know_proves_no_time(proven, path, scratch):
    gateway, _, _, _ = proven
    stranger = StampingAuthority(scratch / "stranger")
    done = gateway.run("verify", str(path), "--key", gateway.platform.vkey, "--tsa-ca",
                       str(stranger.root), "--json")
    stranger.stop()
    report = json.loads(done.stdout)
    assert done.returncode == 12
    assert [finding["part"] for finding in report["findings"]] == ["file time"]
    assert "time_stamps" not in report["checks"]
    assert "trusted_time" in report["not_checked"]
    assert any(word.startswith("time_stamp:time/") for word in report["not_checked"])


@pytest.mark.parametrize("name, states, setting", [
    ("silent", "", {"accuracy": "2s"}),
    ("vague", "accuracy = secs:45", {"largest_accuracy": "1m"})])
def test_stamps_that_are_inexact_or_do_not_say_hold_with_wide_brackets(
        name, states, setting, new_gateway, cards, vouchers, tools, scratch, tmp_path):
    """What the gateway's configuration accepts, its bundles must hold with."""
    authority = StampingAuthority(scratch / name, states)
    gateway = new_gateway(name, settings={"time_stamps": {
        "interval": "1s", "health_interval": "off",
        "authorities": [{"name": name, "url": authority.url, "ca": str(authority.root), **setting}]}})
    gateway.start()
    data = settled_bundle(gateway, [sell(gateway, cards, vouchers) for _ in range(3)][1],
                          unwitnessed=True)
    authority.stop()
    path = tmp_path / "bundle.zip"
    path.write_bytes(data)
    done = gateway.run("verify", str(path), "--key", gateway.platform.vkey, "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0, report["findings"]
    unstated = [word for word in report["not_checked"] if word.startswith("stated_accuracy:")]
    assert bool(unstated) == (not states)
    assert all(word.endswith(f".{name}.tsr") for word in unstated)
    told = {row.split(",")[0]: row.split(",")[3:5] for row in zipfile.ZipFile(
        io.BytesIO(data)).read("timeline.csv").decode().splitlines()[1:]}
    for entry in report["entries"]:
        bounds = [entry["not_before"] or "", entry["not_after"] or ""]
        assert told[str(entry["index"])] == bounds, "the gateway says another bracket"
    assert Bundle(Key(gateway.platform.vkey)).verify(data).finding is None
    script = tmp_path / "verify.sh"
    script.write_bytes(zipfile.ZipFile(io.BytesIO(data)).read("verify.sh"))
    done = alone.shell(tools, script, str(path), "--key", gateway.platform.vkey, scratch=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ("60 s were taken" in done.stdout) == (not states)
    gateway.close()


def test_it_says_how_the_gateway_was_before_and_after_the_delivery(proven):
    _, _, _, data = proven
    before, after = health(data)
    archive = zipfile.ZipFile(io.BytesIO(data))
    own = [int(row.split(",")[0]) for row in archive.read("timeline.csv").decode().splitlines()[1:]
           if row.split(",")[5] not in ("anchor", "health")]
    assert before["entry"] < min(own) and max(own) < after["entry"]
    for report in (before, after):
        assert report["build"]
        assert f"entries/{report['entry']}.tlog-proof" in archive.namelist()
    assert abs(after["clock_offset_ms"]) < 5_000 and after["clock_uncertainty_ms"] > 0
    assert sum(after["asked"]) >= 2 and sum(after["failed"]) == 0


def test_it_stays_the_same_while_the_log_goes_on(proven, cards, vouchers):
    gateway, _, sent, data = proven
    sell(gateway, cards, vouchers)
    answer = call(gateway.url, "GET", f"/v1/deliveries/{sent[1]['delivery']}/bundle",
                  {"authorization": f"Bearer {sent[1]['order_token']}"})
    assert answer.body == data


def test_an_old_bundle_shows_a_log_that_was_rolled_back(proven, path, tmp_path):
    gateway, _, _, _ = proven
    folder = gateway.export("proven-log")
    assert gateway.run("verify", str(folder), "--key", gateway.platform.vkey, "--old",
                       str(path)).returncode == 0
    fsck = gateway.cli("log", "fsck", "--old", str(path))
    assert fsck.returncode == 0, fsck.stdout + fsck.stderr
