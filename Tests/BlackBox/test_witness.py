"""The witness: its answers to a Python client, its memory under SIGKILL, and its command line."""

from __future__ import annotations

import base64
import stat
import threading
import time

import pytest

from harness import merkle
from harness.scale import count, randomness
from harness.wire import call
from harness.witness import PythonLog, VerifierKey, Witness, consistency

ORIGIN = "python.example/log"


def leaves(number: int, fork: str = "") -> list[bytes]:
    return [merkle.leaf_hash(f"entry {index} {fork}".encode()) for index in range(number)]


@pytest.fixture
def log():
    return PythonLog(ORIGIN)


@pytest.fixture
def witness(tmp_path, log):
    made = Witness(tmp_path / "w", "witness.example/w1", [log.key.vkey]).start()
    yield made
    made.close()


def test_a_python_log_is_cosigned_and_python_verifies_it(witness, log):
    hashes, size = leaves(70), 0
    for next_size in (1, 2, 2, 7, 64, 65, 70):
        answer = witness.add(log.request(size, hashes[:next_size]))
        assert answer.status == 200, answer.text
        stamp = witness.key.verify(log.checkpoint(hashes[:next_size]) + answer.text)
        assert abs(stamp - time.time()) < 60
        size = next_size
    last = witness.last(ORIGIN)
    assert last.status == 200 and last.header("content-type").startswith("text/plain")
    assert merkle.Checkpoint.parse(last.text).size == 70
    witness.key.verify(last.text)
    VerifierKey.parse(log.key.vkey).verify(last.text)
    assert call(witness.url, "GET", "/vkey").text.strip() == witness.vkey


def test_each_refusal_has_the_status_of_the_protocol(witness, log):
    hashes = leaves(9)
    assert witness.last(ORIGIN).status == 404
    assert witness.add(log.request(0, hashes[:5])).status == 200
    honest = log.request(5, hashes)
    stranger = PythonLog("stranger.example/log")
    impostor = PythonLog(ORIGIN)
    rows = [
        (400, b""), (400, b"old 5\n"), (400, honest[:-1]), (400, b"\n" + honest),
        (400, honest.replace(b"old 5", b"old 05")), (400, honest.replace(b"\n", b"\r\n")),
        (400, b"old 5\n" + b"A" * 43 + b"=\n" * 70 + b"\n" + log.checkpoint(hashes).encode()),
        (400, b"old 10\n\n" + log.checkpoint(hashes).encode()),
        (403, impostor.request(5, hashes)),
        (403, honest.replace(b"\n9\n", b"\n8\n")),
        (404, stranger.request(0, hashes)),
        (409, log.request(4, hashes)), (409, log.request(0, hashes)),
        (422, log.request(5, leaves(9, "fork"))),
        (422, log.request(5, leaves(5, "fork"), proof=[])),
        (422, log.request(5, hashes, proof=consistency(5, hashes)[:-1])),
        (413, honest + b" " * 70_000),
    ]
    for status, body in rows:
        answer = witness.add(body)
        assert answer.status == status, f"{status} {body[:60]!r}: {answer.status} {answer.body!r}"
        if status == 409:
            assert answer.header("content-type") == "text/x.tlog.size" and answer.body == b"5\n"
    assert call(witness.url, "GET", "/add-checkpoint").status == 405
    for path in ("/checkpoint", "/00/checkpoint", "/" + "g" * 64 + "/checkpoint", "/"):
        assert call(witness.url, "GET", path).status == 404
    assert witness.add(honest).status == 200
    alarms = [line for line in witness.log().splitlines() if "alarm" in line]
    assert len(alarms) == 3 and ORIGIN in alarms[0]


def test_a_post_quantum_signature_beside_the_logs_is_tolerated(witness, log):
    payload = base64.b64encode(b"\x06\x06\x06\x06" + bytes(8 + 2420)).decode()
    body = log.request(0, leaves(3)) + f"\u2014 pq.example {payload}\n".encode()
    answer = witness.add(body)
    assert answer.status == 200, answer.text
    assert "pq.example" not in witness.last(ORIGIN).text


def test_one_of_many_forks_at_the_same_time_is_cosigned(witness, log):
    bodies = [log.request(0, leaves(3, str(fork))) for fork in range(24)]
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda body=body: statuses.append(witness.add(body).status))
               for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 23


def test_a_killed_witness_never_cosigns_a_fork_or_a_smaller_tree(tmp_path, log):
    """Honest and forked requests from several threads, SIGKILL at random moments, and again."""
    rnd = randomness("killed witness")
    witness = Witness(tmp_path / "w", "witness.example/w1", [log.key.vkey])
    histories = {"": leaves(4_000), "fork": leaves(20) + leaves(4_000, "fork")[20:]}
    cosigned: list[tuple[int, bytes, int]] = []

    def press(stop: threading.Event, name: str, seed: int) -> None:
        own = randomness(f"press {seed}")
        old = 0
        while not stop.is_set():
            size = min(old + own.randrange(0, 4), 4_000)
            hashes = histories[name][:size]
            try:
                answer = witness.add(log.request(old, hashes))
            except OSError:
                return
            if answer.status == 409:
                old = int(answer.body)
            elif answer.status == 200:
                note = log.checkpoint(hashes) + answer.text
                point = merkle.Checkpoint.parse(note)
                cosigned.append((point.size, point.root, witness.key.verify(note)))
                old = size
            elif answer.status == 422:
                old = own.choice([0, old])

    highest = 0
    for kill in range(count(20, 200)):
        witness.start()
        if highest:
            stands = merkle.Checkpoint.parse(witness.last(ORIGIN).text)
            assert stands.size >= highest, "a cosigned tree was forgotten"
        stop = threading.Event()
        threads = [threading.Thread(target=press, args=(stop, name, 10 * kill + number))
                   for number, name in enumerate(("", "", "fork"))]
        for thread in threads:
            thread.start()
        time.sleep(0.05 + rnd.random() * 0.25)
        witness.kill()
        stop.set()
        for thread in threads:
            thread.join()
        highest = max([highest] + [size for size, _, _ in cosigned])
    assert highest > 20, f"only {highest} leaves were cosigned"
    names = {name for name, hashes in histories.items()
             if all(root == merkle_root(hashes, size) for size, root, _ in cosigned)}
    assert names, "two histories were cosigned"
    by_time = sorted((stamp, size) for size, _, stamp in cosigned)
    for (early, small), (late, large) in zip(by_time, by_time[1:]):
        assert early == late or small <= large, "a smaller tree was cosigned later"


_roots: dict[tuple[int, int], bytes] = {}


def merkle_root(hashes: list[bytes], size: int) -> bytes:
    from harness.witness import root
    key = (id(hashes), size)
    if key not in _roots:
        _roots[key] = root(hashes[:size])
    return _roots[key]


def test_the_key_is_its_owners_alone_and_key_and_memory_stay_together(tmp_path, log):
    witness = Witness(tmp_path / "w", "witness.example/w1", [log.key.vkey])
    key = witness.folder / "witness.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(witness.folder.stat().st_mode) == 0o700
    assert witness.cli("init", "--name", "x", "--directory", str(witness.folder)).returncode == 64
    secret = key.read_text()
    key.chmod(0o640)
    done = witness.cli(*witness.serve_arguments)
    assert done.returncode == 64 and secret.strip().encode() not in done.stderr
    key.chmod(0o600)
    memory = witness.folder / "witness.db"
    memory.rename(tmp_path / "away.db")
    done = witness.cli(*witness.serve_arguments)
    assert done.returncode == 1 and b"witness.db" in done.stderr
    (tmp_path / "away.db").rename(memory)
    other = Witness(tmp_path / "o", "witness.example/w2", [log.key.vkey])
    key.write_text((other.folder / "witness.key").read_text())
    done = witness.cli(*witness.serve_arguments)
    assert done.returncode == 1 and b"another witness" in done.stderr
    key.write_text(secret)
    witness.start()
    done = witness.cli(*witness.serve_arguments)
    assert done.returncode == 1 and b"another process" in done.stderr
    assert secret.strip() not in witness.log()
    assert witness.stop() == 0
    bad = tmp_path / "none.policy"
    bad.write_text("quorum none\n")
    done = witness.cli("serve", "--directory", str(witness.folder), "--logs", str(bad))
    assert done.returncode == 64
