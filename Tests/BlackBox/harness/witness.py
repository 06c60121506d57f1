"""Witnesses: the real binary, and one written from c2sp.org/tlog-witness for these tests alone."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import hashlib
import http.server
import pathlib
import signal
import subprocess
import threading
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives import serialization

from . import merkle
from .gateway import binary, environment
from .wire import Answer, call

LOG, COSIGNER = 1, 4
START_SECONDS = 20


@dataclasses.dataclass(frozen=True)
class VerifierKey:
    """A vkey of type 01 or 04 (c2sp.org/signed-note, /tlog-cosignature)."""
    name: str
    identifier: bytes
    kind: int
    public: bytes

    @classmethod
    def parse(cls, vkey: str) -> "VerifierKey":
        name, identifier, encoded = vkey.strip().split("+", 2)
        typed = base64.b64decode(encoded, validate=True)
        key = cls(name, bytes.fromhex(identifier), typed[0], typed[1:])
        digest = hashlib.sha256(name.encode() + b"\n" + typed).digest()
        assert key.identifier == digest[:4], "the key id is that of the name and the key"
        return key

    def signatures(self, note: str) -> list[bytes]:
        """Payloads of the lines that claim to be by this key."""
        found = []
        for line in note.rpartition("\n\n")[2].splitlines():
            dash, name, encoded = line.split(" ")
            assert dash == "\u2014"
            payload = base64.b64decode(encoded, validate=True)
            if name == self.name and payload[:4] == self.identifier:
                found.append(payload[4:])
        return found

    def verify(self, note: str) -> int | None:
        """Raises unless the key signed the note; the time of a cosignature."""
        text = (note.rpartition("\n\n")[0] + "\n").encode()
        payloads = self.signatures(note)
        assert payloads, f"{self.name} has not signed"
        public = Ed25519PublicKey.from_public_bytes(self.public)
        stamp = None
        for payload in payloads:
            if self.kind == COSIGNER:
                stamp = int.from_bytes(payload[:8], "big")
                public.verify(payload[8:], f"cosignature/v1\ntime {stamp}\n".encode() + text)
            else:
                public.verify(payload, text)
        return stamp

    def is_signer(self, note: str) -> bool:
        try:
            self.verify(note)
            return True
        except (InvalidSignature, AssertionError):
            return False


class SigningKey:
    """A key that signs notes, as a log (01) or as a cosigner (04)."""

    def __init__(self, name: str, kind: int):
        self.name, self.kind, self.private = name, kind, Ed25519PrivateKey.generate()
        public = self.private.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        typed = bytes([kind]) + public
        self.identifier = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
        self.vkey = f"{name}+{self.identifier.hex()}+{base64.b64encode(typed).decode()}"

    def line(self, text: bytes, at: int | None = None) -> str:
        if self.kind == COSIGNER:
            stamp = int(time.time()) if at is None else at
            signed = stamp.to_bytes(8, "big") + self.private.sign(
                f"cosignature/v1\ntime {stamp}\n".encode() + text)
        else:
            signed = self.private.sign(text)
        return f"\u2014 {self.name} {base64.b64encode(self.identifier + signed).decode()}\n"


def root(hashes: list[bytes]) -> bytes:
    """MTH of RFC 6962 2.1."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return merkle.node_hash(root(hashes[:split]), root(hashes[split:]))


def consistency(old: int, hashes: list[bytes]) -> list[bytes]:
    """PROOF of RFC 6962 2.1.2."""
    def sub(old: int, hashes: list[bytes], complete: bool) -> list[bytes]:
        if old == len(hashes):
            return [] if complete else [root(hashes)]
        split = 1 << (len(hashes) - 1).bit_length() - 1
        if old <= split:
            return sub(old, hashes[:split], complete) + [root(hashes[split:])]
        return sub(old - split, hashes[split:], False) + [root(hashes[:split])]
    return [] if old == 0 else sub(old, hashes, True)


def is_consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: list[bytes]) -> bool:
    """RFC 9162 2.1.4.2, and the empty tree of tlog-witness."""
    if old == 0 or old == new:
        return not proof and (old == 0 or old_root == new_root)
    path = ([old_root] if old & (old - 1) == 0 else []) + proof
    if not path:
        return False
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for value in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = merkle.node_hash(value, first), merkle.node_hash(value, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = merkle.node_hash(second, value)
        node, last = node >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


class PythonLog:
    """A log of our own, with as many histories as a test likes."""

    def __init__(self, origin: str):
        self.origin, self.key = origin, SigningKey(origin, LOG)

    def checkpoint(self, hashes: list[bytes]) -> str:
        text = f"{self.origin}\n{len(hashes)}\n{base64.b64encode(root(hashes)).decode()}\n"
        return text + "\n" + self.key.line(text.encode())

    def request(self, old: int, hashes: list[bytes], proof: list[bytes] | None = None) -> bytes:
        proof = consistency(old, hashes) if proof is None else proof
        lines = [f"old {old}"] + [base64.b64encode(value).decode() for value in proof]
        return ("\n".join(lines) + "\n\n" + self.checkpoint(hashes)).encode()


class PythonWitness:
    """Strict: every deviation of its client is written down and answered 400."""

    def __init__(self, log_vkeys: list[str], name: str = "python.example/w"):
        self.logs = {key.name: key for key in map(VerifierKey.parse, log_vkeys)}
        self.key = SigningKey(name, COSIGNER)
        self.seen: dict[str, tuple[int, bytes]] = {}
        self.notes: dict[str, str] = {}
        self.statuses: list[int] = []
        self.deviations: list[str] = []
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                status, kind, text = outer.add_checkpoint(self.path, body)
                outer.statuses.append(status)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/w1"

    def add_checkpoint(self, path: str, body: bytes) -> tuple[int, str, bytes]:
        plain = "text/plain"
        try:
            assert path == "/w1/add-checkpoint", f"asked at {path}"
            head, note = body.decode().split("\n\n", 1)
            first, *lines = head.split("\n")
            assert first.startswith("old ") and str(int(first[4:])) == first[4:], first
            assert len(lines) <= 63, "too many proof lines"
            proof = [base64.b64decode(line, validate=True) for line in lines]
            assert all(len(value) == 32 for value in proof)
            point, old = merkle.Checkpoint.parse(note), int(first[4:])
            assert note.endswith("\n") and old <= point.size
        except (AssertionError, ValueError) as error:
            self.deviations.append(repr(error))
            return 400, plain, b"malformed\n"
        if point.origin not in self.logs:
            return 404, plain, b"unknown origin\n"
        if not self.logs[point.origin].is_signer(note):
            return 403, plain, b"not signed\n"
        with self.lock:
            size, known = self.seen.get(point.origin, (0, hashlib.sha256(b"").digest()))
            if old != size:
                return 409, "text/x.tlog.size", f"{size}\n".encode()
            if not is_consistent(old, point.size, known, point.root, proof):
                return 422, plain, b"inconsistent\n"
            self.seen[point.origin] = (point.size, point.root)
            line = self.key.line((note.rpartition("\n\n")[0] + "\n").encode())
            self.notes[point.origin] = note + line
        return 200, plain, line.encode()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Witness:
    """`cardproof witness`, on a folder of its own."""

    def __init__(self, folder: pathlib.Path, name: str, log_vkeys: list[str], listen: int = 0):
        self.root, self.folder, self.name = folder, folder / "witness", name
        folder.mkdir(parents=True, exist_ok=True)
        self.log_path, self.listen = folder / "witness.log", listen
        self.policy = folder / "logs.policy"
        self.policy.write_text("".join(f"log {vkey}\n" for vkey in log_vkeys) + "quorum none\n")
        self.process: subprocess.Popen | None = None
        done = self.cli("init", "--name", name, "--directory", str(self.folder))
        assert done.returncode == 0, done.stderr.decode()
        self.vkey = done.stdout.decode().strip()
        self.key = VerifierKey.parse(self.vkey)

    def cli(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([str(binary()), "witness", *arguments], capture_output=True,
                              timeout=60, env=environment(self.root))

    @property
    def serve_arguments(self) -> list[str]:
        return ["serve", "--directory", str(self.folder), "--logs", str(self.policy),
                "--listen", f"127.0.0.1:{self.listen}"]

    def start(self) -> "Witness":
        (self.folder / "listen.address").unlink(missing_ok=True)
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [str(binary()), "witness", *self.serve_arguments], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, env=environment(self.root))
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log()
            with contextlib.suppress(OSError, ValueError):
                if call(self.url, "GET", "/livez", timeout=2).status == 200:
                    # The same address from now on: a gateway knows it by its URL.
                    self.listen = int(self.url.rpartition(":")[2])
                    return self
            time.sleep(0.02)
        raise AssertionError(f"the witness does not listen:\n{self.log()}")

    @property
    def url(self) -> str:
        return "http://" + (self.folder / "listen.address").read_text().strip()

    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def add(self, body: bytes) -> Answer:
        return call(self.url, "POST", "/add-checkpoint", body=body, timeout=20)

    def last(self, origin: str) -> Answer:
        digest = hashlib.sha256(origin.encode()).hexdigest()
        return call(self.url, "GET", f"/{digest}/checkpoint")

    def kill(self) -> None:
        process, self.process = self.process, None
        process.kill()
        process.wait()

    def stop(self) -> int:
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        return process.wait(30)

    def close(self) -> None:
        if self.process is not None:
            self.kill()

    def entry(self, name: str) -> dict:
        """The element of `witnesses` in a gateway's configuration."""
        return {"name": name, "vkey": self.vkey, "url": self.url}
