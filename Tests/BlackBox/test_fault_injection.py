"""Each write and each flush of one delivery's life fails once, or is where the process dies: nothing that was
acknowledged is lost, and every proof that was handed out stays good."""

from __future__ import annotations

import base64
import collections
import contextlib
import dataclasses
import hashlib
import http.client
import io
import json
import os
import pathlib
import shutil
import subprocess
import time
import zipfile

from harness import buyer, merkle, strace, webhook
from harness import cards as made
from harness.gateway import binary, environment
from harness.scale import SEED, SOAK, randomness
from harness.strace import FLUSHES, WRITES, Fault, Trace
from harness.wire import call
from harness.witness import VerifierKey

EFFECTS = ("EIO", "ENOSPC", "KILL")
# In a small run; a soak takes every number that a clean life reaches.
FLUSH_FAULTS, WRITE_FAULTS, FILE_FAULTS = 4, 8, 6
LIVES_OF_A_GATEWAY = 20
ATTACHMENT = 150_000
PATIENCE_SECONDS = 30
RESENDS = 40
DATABASE, LOG = "cardproof.db", "cardproof.db-wal"
# What can be named before it is there; the content of attachments has a test of its own.
FILES = (DATABASE, LOG, "cardproof.db-shm", "attachments")
GONE = (OSError, http.client.HTTPException)


@dataclasses.dataclass
class Acknowledged:
    """What the gateway told anybody, and so must stand by."""
    notices: dict[str, tuple[bytes, bytes]] = dataclasses.field(default_factory=dict)
    checks: dict[str, dict] = dataclasses.field(default_factory=dict)
    claims: dict[str, dict] = dataclasses.field(default_factory=dict)
    attachments: dict[str, tuple[dict, bytes]] = dataclasses.field(default_factory=dict)
    proofs: list[merkle.Proof] = dataclasses.field(default_factory=list)
    bundles: list[bytes] = dataclasses.field(default_factory=list)
    checkpoints: dict[str, merkle.Checkpoint] = dataclasses.field(default_factory=dict)

    def add_proof(self, text: str) -> None:
        proof = merkle.Proof.parse(text)
        self.proofs.append(proof)
        self.checkpoints[proof.checkpoint.text] = proof.checkpoint

    def add_checkpoint(self, text: str) -> None:
        self.checkpoints[text] = merkle.Checkpoint.parse(text)

    def add_bundle(self, content: bytes) -> None:
        self.bundles.append(content)
        archive = zipfile.ZipFile(io.BytesIO(content))
        for name in archive.namelist():
            if name.endswith(".tlog-proof"):
                self.add_proof(archive.read(name).decode())


class Life:
    """One delivery of a used code: intake, check, claim, self-test, attachment, bundle, and the orderly end."""

    def __init__(self, gateway, cards, vouchers, known: Acknowledged):
        self.gateway, self.known = gateway, known
        serial, key = cards.voucher()
        vouchers.put(key, serial=serial, state="used",
                     history=[("used", made.now() - 2 * made.DAY)])
        self.message = webhook.new_id()
        self.body = webhook.encode(made.delivery(cards.order(), [made.item("voucher", key, serial)]))
        self.content = os.urandom(ATTACHMENT)
        self.delivery = self.token = ""
        # When each request was sent that was answered by what had been written for it.
        self.written: list[float] = []
        self.begun = self.completed = False
        self.ended = 0.0

    def live(self) -> None:
        """As far as it goes: the process may die at any step."""
        self.begun = True
        with contextlib.suppress(*GONE):
            for step in (self.deliver, self.check, self.test, self.attach, self.bundle):
                step()
            self.completed = True
        self.ended = time.time()

    def insist(self, ask, *wanted: int, writes: bool = False):
        """As a sender does: the same request again after a 503. Anything else is wrong."""
        for _ in range(RESENDS):
            sent = time.time()
            answer = ask()
            if answer.status in wanted:
                if writes:
                    self.written.append(sent)
                return answer
            assert answer.status == 503, f"{answer.status} {answer.text}"
            assert answer.header("retry-after"), "a 503 says when to come again"
            time.sleep(0.1)
        raise AssertionError(f"still 503 after {RESENDS} times:\n{self.gateway.log_tail()}")

    def deliver(self) -> None:
        answer = self.insist(lambda: webhook.send(self.gateway, self.body, self.message), 202,
                             writes=True)
        self.known.notices[self.message] = (self.body, answer.body)
        body = answer.json()
        self.known.add_proof(body["evidence"]["proof"])
        self.delivery, self.token = body["delivery"], body["order_token"]

    def check(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        path = f"/v1/deliveries/{self.delivery}"
        while True:
            body = self.insist(lambda: self.gateway.get(path), 200).json()
            if body["status"] == "checked":
                break
            assert time.monotonic() < deadline, f"no verdict: {body}\n{self.gateway.log_tail()}"
            time.sleep(0.02)
        item = body["items"][0]
        self.fetch_check(item["check"])
        assert (item["verdict"]["state"], item["liability"]) == ("used", "merchant")
        claim = self.insist(lambda: self.gateway.get(f"/v1/claims/{item['claim']}"), 200).json()
        assert claim["delivery"] == self.delivery
        self.known.claims[item["claim"]] = claim
        self.fetch_proof(item["evidence"]["proof_url"])

    def fetch_check(self, check: str) -> None:
        answer = self.insist(lambda: self.gateway.get(f"/v1/checks/{check}"), 200)
        self.known.checks[check] = answer.json()

    def fetch_proof(self, url: str) -> None:
        self.known.add_proof(self.insist(lambda: call(self.gateway.url, "GET", url), 200).text)

    def test(self) -> None:
        answer = self.insist(lambda: buyer.selftest(self.gateway, self.token, wait=5), 200,
                             writes=True)
        for item in answer.json()["items"]:
            if item["verdict"] is not None:
                self.fetch_check(item["check"])
                self.fetch_proof(item["evidence"]["proof_url"])

    def attach(self) -> None:
        digest = base64.b64encode(hashlib.sha256(self.content).digest()).decode()
        headers = {"authorization": f"Bearer {self.token}", "content-type": "image/png",
                   "content-digest": f"sha-256=:{digest}:"}
        path = f"/v1/deliveries/{self.delivery}/attachments?slot=communication"
        answer = self.insist(
            lambda: call(self.gateway.url, "POST", path, headers, self.content), 200, 201,
            writes=True)
        added = answer.json()
        self.known.attachments[added["attachment"]] = (added, self.content)
        self.fetch_proof(added["evidence"]["proof_url"])

    def bundle(self) -> None:
        path = f"/v1/deliveries/{self.delivery}/bundle"
        bearer = {"authorization": f"Bearer {self.token}"}
        answer = self.insist(lambda: call(self.gateway.url, "GET", path, bearer), 200)
        self.known.add_bundle(answer.body)
        path = f"/v1/platforms/{self.gateway.platform.name}/log/checkpoint"
        self.known.add_checkpoint(self.insist(lambda: call(self.gateway.url, "GET", path), 200).text)


class Trial:
    """A gateway that lives one life after another, each with a fault of its own."""

    def __init__(self, gateway, cards, vouchers):
        self.gateway, self.cards, self.vouchers = gateway, cards, vouchers
        self.known = Acknowledged()
        self.lives = 0

    def traced(self, fault: Fault | None) -> Trace:
        """How to run the gateway with this fault of its store's files."""
        self.lives += 1
        data = self.gateway.data
        (data / "attachments").mkdir(exist_ok=True)
        return Trace(self.gateway.folder / f"strace-{self.lives}", fault,
                     [data, *(data / name for name in FILES)])

    def run(self, fault: Fault | None) -> tuple[Life, Trace, int]:
        """Lives a life under strace; the exit code of the gateway at its end."""
        gateway, trace = self.gateway, self.traced(fault)
        life = Life(gateway, self.cards, self.vouchers, self.known)
        gateway.start(ready=False, under=trace.command)
        process = gateway.process
        try:
            if self.serves(process):
                life.live()
            code = strace.stop(gateway)
        finally:
            strace.end(process)
            gateway.process = None
        return life, trace, code

    def serves(self, process) -> bool:
        """Waits until it does, or has ended."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                return False
            with contextlib.suppress(*GONE, ValueError):
                if call(self.gateway.url, "GET", "/readyz", timeout=5).status == 200:
                    return True
            time.sleep(0.02)
        raise AssertionError(f"neither ready nor ended:\n{self.gateway.log_tail()}")

    def examine(self, life: Life) -> None:
        """Started again on a disk in order, it stands by all it ever said."""
        gateway, known = self.gateway, self.known
        gateway.start()
        try:
            if life.message not in known.notices:
                # Whether it was kept or not, its sender sends it again; then it is there once.
                life.deliver()
            rows = [row["webhook_id"] for row in gateway.deliveries()]
            assert len(rows) == len(set(rows)), "a notice is listed twice"
            assert set(rows) == set(known.notices), "lost, or half there"
            for message, (body, answer) in known.notices.items():
                again = webhook.send(gateway, body, message)
                assert (again.status, again.body) == (202, answer)
            gateway.checked(life.delivery, PATIENCE_SECONDS)
            claims = [claim["delivery"] for claim in gateway.claims()]
            assert sorted(claims) == sorted(set(claims)), "a claim was opened twice"
            assert life.delivery in claims
            self.compare_records()
            gateway.cli("log", "audit", "--deep", check=True)
            self.verify_log()
        finally:
            assert gateway.stop() == 0

    def compare_records(self) -> None:
        gateway, known = self.gateway, self.known
        for check, told in known.checks.items():
            assert gateway.get_json(f"/v1/checks/{check}") == told
        for claim, told in known.claims.items():
            now = gateway.get_json(f"/v1/claims/{claim}")
            # A self-test that came after is written behind what was told.
            assert now.pop("history")[:len(told["history"])] == told["history"]
            assert now == {name: value for name, value in told.items() if name != "history"}
        for name, (added, content) in known.attachments.items():
            path = f"/v1/deliveries/{added['delivery']}/attachments"
            assert added in gateway.get_json(path)["attachments"]
            assert gateway.get(f"{path}/{name}").body == content

    def verify_log(self) -> None:
        """All that was ever signed is of this log: by the product's own verifier, and by RFC 6962."""
        gateway, known = self.gateway, self.known
        shutil.rmtree(gateway.folder / "exported", ignore_errors=True)
        folder = gateway.export("exported")
        arguments = []
        for number, text in enumerate(known.checkpoints):
            path = gateway.folder / f"handed-out-{number}.checkpoint"
            path.write_text(text)
            arguments += ["--old", str(path)]
        done = gateway.run("verify", str(folder), "--key", gateway.platform.vkey, *arguments)
        assert done.returncode == 0, done.stdout.decode()
        entries = merkle.exported_entries(folder)
        roots = merkle.roots(entries, {point.size for point in known.checkpoints.values()})
        key = VerifierKey.parse(gateway.platform.vkey)
        for text, point in known.checkpoints.items():
            key.verify(text)
            assert roots[point.size] == point.root, f"another log of size {point.size} was signed"
        for proof in known.proofs:
            leaf = merkle.leaf_hash(entries[proof.index])
            assert proof.extra in (None, entries[proof.index])
            assert proof.root_from(leaf) == proof.checkpoint.root

    def verify_bundles(self) -> None:
        path = self.gateway.folder / "handed-out.zip"
        for content in self.known.bundles:
            path.write_bytes(content)
            done = self.gateway.run("verify", str(path), "--key", self.gateway.platform.vkey)
            assert done.returncode == 0, done.stdout.decode()


def judge(life: Life, trace: Trace, code: int) -> None:
    """What the gateway may do once the fault has struck."""
    fault, hits = trace.fault, trace.hit()
    if not hits:
        assert (code, life.completed) == (0, True), f"exit {code} without a fault"
        return
    if fault.kills:
        assert code == -9, f"exit {code}"
        return
    flush = next((hit for hit in hits if hit.name in FLUSHES and hit.file == LOG), None)
    if flush is not None and not (life.completed and flush.time > life.ended):
        # What the disk did not confirm is not said; and what came of it nobody knows any more.
        assert code > 0, f"went on after a failed flush, and ended with {code}"
        assert not [sent for sent in life.written if sent > flush.time], "acknowledged after it"
    elif life.begun:
        # The store gave way once and was asked again.
        assert life.completed and code == 0, f"exit {code}:\n{life.gateway.log_tail()}"


def faults(reached: dict[str, int], kinds: tuple[str, ...], some: int, name: str) -> list[Fault]:
    """Every call of these kinds with every effect; in a small run some of them, spread over the life."""
    every = [Fault(call, effect, number) for call, most in sorted(reached.items())
             if call in kinds for number in range(1, most + 1) for effect in EFFECTS]
    if SOAK:
        return every
    rnd = randomness(name)
    first = rnd.randrange(len(EFFECTS))
    chosen = []
    for place in range(some):
        stretch = every[len(every) * place // some:len(every) * (place + 1) // some]
        effect = EFFECTS[(first + place) % len(EFFECTS)]
        chosen += [rnd.choice([fault for fault in stretch if fault.effect == effect] or stretch)
                   ] if stretch else []
    return chosen


def test_no_failing_call_loses_what_was_acknowledged(new_gateway, cards, vouchers):
    trial = Trial(new_gateway("faults"), cards, vouchers)
    # The first life makes the files; the second is like every later one.
    for _ in range(2):
        life, trace, code = trial.run(None)
        assert (code, life.completed) == (0, True)
    calls = trace.made()
    assert {DATABASE, LOG, "attachments"} <= {call.file for call in calls}
    reached = strace.reach(calls)
    chosen = (faults(reached, FLUSHES, FLUSH_FAULTS, "flushes")
              + faults(reached, WRITES, WRITE_FAULTS, "writes"))
    struck: collections.Counter[str] = collections.Counter()
    for fault in chosen:
        if trial.lives > LIVES_OF_A_GATEWAY:
            trial.verify_bundles()
            trial = Trial(new_gateway("faults"), cards, vouchers)
        print(f"seed {SEED}: {fault}", end="", flush=True)
        life, trace, code = trial.run(fault)
        hits = trace.hit()
        print(f" struck {[hit.file for hit in hits]}, exit {code}")
        judge(life, trace, code)
        trial.examine(life)
        struck.update(hit.file for hit in hits[:1])
    trial.verify_bundles()
    print(f"a life makes {len(calls)} calls; of {len(chosen)} faults struck {dict(struck)}")
    assert struck.total() >= len(chosen) / 2, "the faults missed: nothing was tested"


def attach(gateway, delivery: str, content: bytes, fault: Fault | None):
    """The operator adds a file while no gateway runs: its writes are the file's and its answer's."""
    path = gateway.folder / "photo.png"
    path.write_bytes(content)
    trace = Trace(gateway.folder / "strace-attach", fault, calls=("write", "fsync"))
    done = subprocess.run(
        [*trace.command, str(binary()), "evidence", "attach", delivery, str(path), "--slot",
         "communication", "--by", "merchant", "--json", "--config", str(gateway.config)],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=60, cwd=gateway.folder,
        env=environment(gateway.folder))
    gateway.printed += [done.stdout, done.stderr]
    return done, trace


def test_no_failing_call_leaves_half_an_attachment(new_gateway, cards):
    gateway = new_gateway("attachment-faults").start()
    body = made.delivery(cards.order(), [made.item("nobody", cards.licence())])
    delivery = webhook.send(gateway, body).json()["delivery"]
    assert gateway.stop() == 0
    done, trace = attach(gateway, delivery, os.urandom(ATTACHMENT), None)
    assert done.returncode == 0, done.stderr.decode()
    folder = gateway.data / "attachments"
    sealed = [call for call in trace.made() if pathlib.Path(call.path).parent == folder]
    assert {"write", "fsync"} == {call.name for call in sealed}
    reached = strace.reach(trace.made())
    contents, left_by_kills = 1, 0
    for fault in faults(reached, ("write", "fsync"), FILE_FAULTS, "attachment"):
        content, known = os.urandom(ATTACHMENT), set(folder.iterdir())
        done, trace = attach(gateway, delivery, content, fault)
        hits = trace.hit()
        print(f"seed {SEED}: {fault} struck {[hit.path for hit in hits]}, exit {done.returncode}")
        if fault.kills and hits:
            assert done.returncode == -9
            left_by_kills += len(set(folder.iterdir()) - known)
        elif any(pathlib.Path(hit.path).parent == folder for hit in hits):
            assert done.returncode > 0, "an attachment that the disk refused was acknowledged"
            assert set(folder.iterdir()) == known, "a half file is left"
        again, _ = attach(gateway, delivery, content, None)
        assert again.returncode == 0, again.stderr.decode()
        if done.returncode == 0:
            assert json.loads(done.stdout) == json.loads(again.stdout)
        contents += 1
        added = json.loads(again.stdout)
        assert added["sha256"] == hashlib.sha256(content).hexdigest()
    gateway.start()
    path = f"/v1/deliveries/{delivery}/attachments"
    rows = gateway.get_json(path)["attachments"]
    assert len(rows) == contents, "one row a content"
    for row in rows:
        back = gateway.get(f"{path}/{row['attachment']}")
        assert hashlib.sha256(back.body).hexdigest() == row["sha256"]
    gateway.cli("log", "audit", "--deep", check=True)
    assert len(list(folder.iterdir())) <= contents + left_by_kills
    assert gateway.stop() == 0


def test_what_the_disk_did_not_confirm_is_not_copied_and_not_flushed_again(
        new_gateway, cards, vouchers):
    """The kernel may have dropped the pages that a failed fsync left, and calls the next one good. A
    checkpoint would then copy into the database what the log holds only as rumour."""
    for effect in ("EIO", "ENOSPC"):
        trial = Trial(new_gateway("unconfirmed"), cards, vouchers)
        trial.run(None)
        for number in (1, 2, 3):
            life, trace, code = trial.run(Fault("fdatasync", effect, number))
            failed = [hit for hit in trace.hit() if hit.file == LOG]
            if failed:
                after = [f"{call.name} {call.file}" for call in trace.made()
                         if call.time > failed[0].time and (
                             call.file == DATABASE or call.file == LOG and call.name in FLUSHES)]
                assert not after, f"{trace.fault}, exit {code}, and then: {after[:8]}"
            trial.examine(life)


def test_a_failed_flush_ends_the_gateway_whoever_wrote(new_gateway, cards, vouchers):
    """Also outside of deliveries: nothing is acknowledged on top of what was not confirmed."""
    trial = Trial(new_gateway("tenant-faults"), cards, vouchers)
    gateway = trial.gateway
    trial.run(None)
    # Late in its thread, so that the other threads of the store's queue could still flush.
    trace = trial.traced(Fault("fdatasync", "EIO", 7))
    gateway.start(ready=False, under=trace.command)
    process = gateway.process
    try:
        assert trial.serves(process)
        added = []
        for number in range(40):
            folder = gateway.folder / f"secrets-{number}"
            added.append(gateway.cli("tenant", "add", f"other-{number}", "--secrets-directory",
                                     str(folder)).returncode)
            if any(hit.file == LOG for hit in trace.hit()):
                break
        assert added[-1] != 0, "a platform that the disk did not confirm was acknowledged"
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        if process.poll() is None:
            body = made.delivery(cards.order(), [made.item("nobody", cards.licence())])
            status = webhook.send(gateway, body).status
            raise AssertionError(f"it goes on after a failed flush, and answers a delivery {status}")
        assert process.returncode > 0
    finally:
        strace.end(process)
        gateway.process = None
