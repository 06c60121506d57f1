"""A gateway with witnesses: quorums in seconds, proofs that foreign code verifies, and alarms."""

from __future__ import annotations

import json
import shutil
import time

import pytest
import yaml

from harness import cards as made
from harness import foreign, merkle, webhook
from harness.wire import call
from harness.witness import PythonWitness, VerifierKey, Witness
from harness.waiting import eventually

INTERVAL = "300ms"


def deliver(gateway, cards, number: int = 1) -> list[dict]:
    sent = []
    for _ in range(number):
        notice = made.delivery(cards.order(), [made.item("no-such-product", cards.licence())])
        answer = webhook.send(gateway, notice)
        assert answer.status == 202, answer.text
        sent.append(answer.json())
    return sent


def configure(gateway, witnesses: list[dict], **more) -> None:
    wanted = yaml.safe_load(gateway.config.read_text())
    wanted.pop("witness_quorum", None)
    wanted |= {"witnesses": witnesses, "witness_interval": INTERVAL} | more
    gateway.config.write_text(yaml.safe_dump(wanted, sort_keys=False))


def proof(gateway, sent: dict) -> str:
    index = sent["evidence"]["index"]
    answer = call(gateway.url, "GET", f"/v1/platforms/shop/evidence/{index}/proof")
    assert answer.status == 200
    return answer.text


def cosigners(text: str, keys: list[VerifierKey]) -> list[VerifierKey]:
    note = text.partition("\n\n")[2]
    return [key for key in keys if key.is_signer(note)]


def doctor(gateway) -> tuple[int, dict[str, dict]]:
    done = gateway.cli("doctor", "--json")
    checks = json.loads(done.stdout)["checks"]
    return done.returncode, {check["check"]: check for check in checks}


@pytest.fixture
def pair(new_gateway, tmp_path):
    """A gateway and two witnesses of its log; both have to cosign."""
    gateway = new_gateway("cosigned")
    vkey = gateway.platform.vkey
    witnesses = [Witness(tmp_path / f"w{number}", f"witness.example/w{number}", [vkey]).start()
                 for number in (1, 2)]
    configure(gateway, [witness.entry(f"w{number}") for number, witness in enumerate(witnesses)],
              witness_quorum=2)
    gateway.start()
    yield gateway, witnesses
    for witness in witnesses:
        witness.close()
    gateway.close()


def test_a_quorum_is_reached_in_seconds_and_foreign_code_verifies_it(pair, cards, scratch, tmp_path):
    gateway, witnesses = pair
    keys = [witness.key for witness in witnesses]
    sent = deliver(gateway, cards, 5)
    begun = time.monotonic()
    texts = [eventually("both cosignatures", lambda row=row: len(
        cosigners(text := proof(gateway, row), keys)) == 2 and text) for row in sent]
    assert time.monotonic() - begun < 10
    policy = tmp_path / "policy"
    policy.write_bytes(call(gateway.url, "GET", "/v1/platforms/shop/log/policy").body)
    assert "quorum witnesses" in policy.read_text() and "http" not in policy.read_text()
    for number, text in enumerate(texts):
        path = tmp_path / f"{number}.tlog-proof"
        path.write_text(text)
        done = gateway.run("verify", str(path), "--policy", str(policy), "--lang", "en")
        assert done.returncode == 0, done.stdout + done.stderr
        assert b"cosigned by w0 (witness.example/w1) at 20" in done.stdout
        go = foreign.verify_proof(scratch, path, gateway.platform.vkey,
                                  *[witness.vkey for witness in witnesses])
        assert go.returncode == 0, go.stderr
        for key in keys:
            key.verify(text.partition("\n\n")[2])
    bare = tmp_path / "bare.tlog-proof"
    bare.write_text(sent[0]["evidence"]["proof"])
    done = gateway.run("verify", str(bare), "--policy", str(policy), "--lang", "zh-CN")
    assert done.returncode == 12 and "未见证：w0".encode() in done.stdout
    # The newest checkpoint, as monitors read it at the log and at the witness.
    def newest():
        text = call(gateway.url, "GET", "/v1/platforms/shop/log/checkpoint").text
        return text if all(key.is_signer(text) for key in keys) else None
    head = merkle.Checkpoint.parse(eventually("a cosigned head", newest))
    assert merkle.Checkpoint.parse(witnesses[0].last(gateway.platform.origin).text).root == head.root
    folder = gateway.export("exported")
    done = gateway.run("verify", str(folder), "--policy", str(folder / "policy"), "--json")
    assert done.returncode == 0, done.stdout
    assert all(row["cosigned_at"] for row in json.loads(done.stdout)["witnesses"])
    assert foreign.verify_log(scratch, folder, gateway.platform.vkey).returncode == 0
    code, checks = doctor(gateway)
    assert code == 0 and checks["witness:w0"]["state"] == "ok"
    metrics = call(gateway.metrics_url, "GET", "/metrics").text
    assert 'cardproof_witness_requests_total{result="cosigned",witness="w0"}' in metrics or \
        'cardproof_witness_requests_total{witness="w0",result="cosigned"}' in metrics


def test_a_witness_that_is_down_delays_nothing_and_is_asked_again(pair, cards):
    gateway, witnesses = pair
    keys = [witness.key for witness in witnesses]
    witnesses[1].kill()
    begun = time.monotonic()
    sent = deliver(gateway, cards, 20)
    assert time.monotonic() - begun < 10
    eventually("doctor says so", lambda: doctor(gateway)[1]["witness:w1"]["state"] == "warn")
    assert doctor(gateway)[0] == 0
    assert cosigners(proof(gateway, sent[-1]), keys) != keys
    witnesses[1].start()
    eventually("both cosignatures", lambda: cosigners(proof(gateway, sent[-1]), keys) == keys, 40)
    begun = time.monotonic()
    witnesses[1].kill()
    deliver(gateway, cards, 3)
    assert gateway.stop() == 0
    assert time.monotonic() - begun < 15


def test_a_python_witness_of_the_specification_accepts_our_requests(new_gateway, cards):
    gateway = new_gateway("python-witness")
    witness = PythonWitness([gateway.platform.vkey])
    key = VerifierKey.parse(witness.key.vkey)
    configure(gateway, [{"name": "python", "vkey": witness.key.vkey, "url": witness.url}])
    gateway.start()
    for _ in range(4):
        sent = deliver(gateway, cards, 30)
        eventually("it is cosigned", lambda: cosigners(proof(gateway, sent[-1]), [key]))
    # It forgets what we remember, so that our old size is wrong.
    witness.seen.clear()
    sent = deliver(gateway, cards)
    eventually("it is cosigned", lambda: cosigners(proof(gateway, sent[-1]), [key]))
    assert 409 in witness.statuses and 422 not in witness.statuses
    assert witness.deviations == []
    gateway.stop()
    witness.stop()


@pytest.mark.parametrize("kind", ["forked", "rolled_back"])
def test_a_log_with_another_past_is_refused_and_the_gateway_says_so(pair, cards, tmp_path, kind):
    """The store is copied, goes on, and is then put back: with another future, or with none."""
    gateway, witnesses = pair
    keys = [witness.key for witness in witnesses]
    deliver(gateway, cards, 3)
    gateway.stop()
    shutil.copytree(gateway.data, tmp_path / "old")
    gateway.start()
    sent = deliver(gateway, cards, 3)
    eventually("both cosignatures", lambda: cosigners(proof(gateway, sent[-1]), keys) == keys)
    gateway.stop()
    before = witnesses[0].last(gateway.platform.origin).text
    shutil.rmtree(gateway.data)
    shutil.copytree(tmp_path / "old", gateway.data)
    if kind == "forked":
        wanted = yaml.safe_load(gateway.config.read_text())
        alone = {name: value for name, value in wanted.items() if not name.startswith("witness")}
        gateway.config.write_text(yaml.safe_dump(alone, sort_keys=False))
        gateway.start()
        deliver(gateway, cards, 9)
        gateway.stop()
        gateway.config.write_text(yaml.safe_dump(wanted, sort_keys=False))
    gateway.start()
    def alarmed():
        code, checks = doctor(gateway)
        return code == 1 and checks["witness:w0"]["state"] == "FAIL" and checks["witness:w0"]
    detail = eventually("the alarm", alarmed)["detail"]
    assert "ALARM" in detail and ("shorter" in detail) == (kind == "rolled_back"), detail
    rows = json.loads(call_admin(gateway))["witnesses"]
    assert {row["state"] for row in rows} == {kind}
    assert any("alarm" in line and '"level":"error"' in line
               for line in gateway.log_path.read_text().splitlines())
    metrics = call(gateway.metrics_url, "GET", "/metrics").text
    assert any(line.startswith("cardproof_witness_alarm{") and line.endswith(" 1")
               for line in metrics.splitlines())
    # The alarm holds nothing up, and the witnesses have cosigned nothing of it.
    deliver(gateway, cards, 2)
    assert witnesses[0].last(gateway.platform.origin).text == before
    assert gateway.stop() == 0


def call_admin(gateway) -> str:
    import http.client
    import socket
    connection = http.client.HTTPConnection("cardproof")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(gateway.data / "admin.sock"))
    connection.request("GET", "/admin/status")
    return connection.getresponse().read().decode()


def test_a_wrong_configuration_of_witnesses_is_told_with_its_line(new_gateway):
    gateway = new_gateway("wrong-witnesses")
    good = PythonWitness([gateway.platform.vkey])
    entry = {"name": "w", "vkey": good.key.vkey, "url": good.url}
    for witnesses, more in (
            ([entry | {"vkey": gateway.platform.vkey}], {}), ([entry | {"url": "ftp://x"}], {}),
            ([entry, entry], {}), ([entry], {"witness_quorum": 2}), ([{"name": "w"}], {}),
            ([entry | {"name": "none"}], {}), ([entry | {"colour": "red"}], {})):
        configure(gateway, witnesses, **more)
        done = gateway.cli("config", "check")
        assert done.returncode == 64, (witnesses, done.stdout)
        assert b"witness" in done.stderr and b"cardproof.yaml:" in done.stderr, done.stderr
    configure(gateway, [entry])
    assert gateway.cli("config", "check").returncode == 0
    good.stop()
