"""Evidence bundles, written from docs/evidence-bundle.md for these tests alone: a log of synthetic
events, what a bundle opens of it, and the container. All of it can be bent before it is sealed."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import hashlib
import random
import struct
import zlib

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .authority import UTC, Root, Signer, pem
from .merkle import leaf_hash, node_hash

MANIFEST, NOTE = "manifest.sha256", "manifest.sha256.note"
SECOND = datetime.timedelta(seconds=1)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def seconds(moment: datetime.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


class NoteKey:
    """A log's key (type 1) or a witness's (type 4)."""

    def __init__(self, rnd: random.Random, name: str, kind: int = 1):
        self.name, self.kind = name, kind
        self.private = Ed25519PrivateKey.from_private_bytes(rnd.randbytes(32))
        typed = bytes([kind]) + self.private.public_key().public_bytes_raw()
        self.id = sha256(f"{name}\n".encode() + typed)[:4]
        self.vkey = f"{name}+{self.id.hex()}+{b64(typed)}"

    def line(self, text: str, at: int = 0) -> str:
        signature = self.private.sign(text.encode()) if self.kind == 1 else (
            at.to_bytes(8) + self.private.sign(f"cosignature/v1\ntime {at}\n{text}".encode()))
        return f"— {self.name} {b64(self.id + signature)}\n"


class Log:
    """A log's entries, and everything that can be computed of them (RFC 6962)."""

    def __init__(self, key: NoteKey, witnesses: list[NoteKey] = []):
        self.key, self.witnesses, self.entries, self._known = key, witnesses, [], {}

    def append(self, leaf: bytes) -> int:
        self.entries.append(leaf)
        return len(self.entries) - 1

    def root(self, start: int, end: int) -> bytes:
        if (start, end) not in self._known:
            if end - start == 1:
                self._known[start, end] = leaf_hash(self.entries[start])
            elif end == start:
                return sha256(b"")
            else:
                half = start + (1 << (end - start - 1).bit_length() - 1)
                self._known[start, end] = node_hash(self.root(start, half), self.root(half, end))
        return self._known[start, end]

    def inclusion(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        half = start + (1 << (end - start - 1).bit_length() - 1)
        if index < half:
            return [*self.inclusion(index, start, half), self.root(half, end)]
        return [*self.inclusion(index, half, end), self.root(start, half)]

    def consistency(self, size: int, start: int, end: int, whole: bool = True) -> list[bytes]:
        if size == end - start:
            return [] if whole else [self.root(start, end)]
        half = 1 << (end - start - 1).bit_length() - 1
        if size <= half:
            return [*self.consistency(size, start, start + half, whole),
                    self.root(start + half, end)]
        return [*self.consistency(size - half, start + half, end, False),
                self.root(start, start + half)]

    def checkpoint(self, size: int, at: int = 1_800_000_000, cosigners=None) -> bytes:
        text = f"{self.key.name}\n{size}\n{b64(self.root(0, size))}\n"
        cosigners = self.witnesses if cosigners is None else cosigners
        return (text + "\n" + self.key.line(text)
                + "".join(witness.line(text, at) for witness in cosigners)).encode()

    def proof(self, index: int, checkpoint: bytes, size: int) -> bytes:
        path = "".join(b64(value) + "\n" for value in self.inclusion(index, 0, size))
        head = f"c2sp.org/tlog-proof@v1\nextra {b64(self.entries[index])}\nindex {index}\n{path}\n"
        return head.encode() + checkpoint


@dataclasses.dataclass
class Fields:
    """What a record commits to: a disclosure a field, and the digests of them all."""
    rnd: random.Random
    values: dict[str, object]

    def __post_init__(self):
        self.disclosures = {name: self._disclosure(name, value)
                            for name, value in self.values.items()}

    def _disclosure(self, name, value) -> str:
        return b64url(rfc8785.dumps([b64url(self.rnd.randbytes(16)), name, value]))

    def digests(self, count: int | None = None) -> list[str]:
        found = [b64url(sha256(text.encode())) for text in self.disclosures.values()]
        while count and len(found) < count:
            found.append(b64url(self.rnd.randbytes(32)))
        return sorted(found)

    def leaf(self, at: datetime.datetime) -> bytes:
        return rfc8785.dumps(
            {"_sd": self.digests(16), "_sd_alg": "sha-256", "t": seconds(at), "v": 1})

    def record(self) -> bytes:
        return rfc8785.dumps({"_sd": self.digests(), "_sd_alg": "sha-256"})

    def opened(self, rnd: random.Random, always: tuple[str, ...] = ()) -> bytes:
        """Some of the disclosures, in any order; those of `always` among them."""
        names = [n for n in self.disclosures if n in always or rnd.random() < 0.7]
        rnd.shuffle(names)
        return "".join(self.disclosures[name] + "\n" for name in names).encode()


def container(files: dict[str, bytes]) -> bytes:
    """The zip, in the one form that the specification names."""
    body, directory = b"", b""
    for path, content in sorted(files.items(), key=lambda file: file[0].encode()):
        name = path.encode()
        common = struct.pack("<HHHHHIIIHH", 10, 0x0800, 0, 0x0000, 0x0021, zlib.crc32(content),
                             len(content), len(content), len(name), 0)
        directory += struct.pack("<IH", 0x02014B50, 0x0314) + common + struct.pack(
            "<HHHII", 0, 0, 0, 0x81A40000, len(body)) + name
        body += struct.pack("<I", 0x04034B50) + common + name + content
    return body + directory + struct.pack(
        "<IHHHHIIH", 0x06054B50, 0, 0, len(files), len(files), len(directory), len(body), 0)


def manifest_of(files: dict[str, bytes]) -> bytes:
    ordered = sorted(files.items(), key=lambda file: file[0].encode())
    return "".join(f"{sha256(content).hex()}  {path}\n" for path, content in ordered
                   if path not in (MANIFEST, NOTE)).encode()


def seal(files: dict[str, bytes], key: NoteKey, origin: str | None = None) -> bytes:
    """The bundle: manifest, note and container made anew. `origin` is the log's, where it has ended."""
    manifest = manifest_of(files)
    text = f"cardproof.bundle/v1\n{origin or key.name}\n{sha256(manifest).hex()}\n"
    note = (text + "\n" + key.line(text)).encode()
    return container({**files, MANIFEST: manifest, NOTE: note})


@dataclasses.dataclass
class World:
    """Keys and authorities that all bundles of a test run share."""
    key: NoteKey
    witnesses: list[NoteKey]
    root: Root
    signers: list[Signer]
    verify_script: bytes


POLICIES = ("none", "one", "all", "nested")


def policy_of(world: World, kind: str) -> bytes:
    lines = ["# whom to believe", f"log {world.key.vkey} https://log.example/"]
    lines += [f"witness {w.name.split('/')[-1]} {w.vkey}" for w in world.witnesses]
    names = [w.name.split("/")[-1] for w in world.witnesses]
    match kind:
        case "none":
            lines.append("quorum none")
        case "one":
            lines.append(f"quorum {names[0]}")
        case "all":
            lines += [f"group every all {' '.join(names)}", "quorum every"]
        case "nested":
            lines += [f"group two 2 {' '.join(names[:3])}", f"group both all two {names[3]}",
                      "quorum both"]
    return ("\n".join(lines) + "\n").encode()


def value(rnd: random.Random, depth: int = 2):
    """Any value that a field may have."""
    kind = rnd.randrange(7 if depth else 5)
    if kind == 5:
        return [value(rnd, depth - 1) for _ in range(rnd.randrange(4))]
    if kind == 6:
        return {rnd.choice("abcdefgh") + str(number): value(rnd, depth - 1)
                for number in range(rnd.randrange(4))}
    return (None, rnd.random() < 0.5, rnd.randrange(-2**53 + 1, 2**53),
            "".join(rnd.choice('ab 卡密"\\/\n\t\x01é😀{}[],:') for _ in range(rnd.randrange(20))),
            rnd.choice(["used", "cmcc-50", "2026-11-20T08:00:00Z"]))[kind]


class Story:
    """A log with a delivery in it and what came of it, as a bundle shows it. `now`: stamped by
    `openssl ts`; otherwise at some time of the past. `skew` is by how many seconds the time in the
    verdict's leaf is off, `logs` how many a stamp covers (0: the checkpoint itself), `stamping` goes to `Signer.stamp`, `revoked` is how many seconds after a
    stamp its signer was. `raw_leaf` and `verdict_raw` are a leaf and a disclosure as they shall be written."""

    def __init__(self, world: World, rnd: random.Random, items: int = 1, filler: int = 20,
                 now: bool = False, policy: str = "none", logs: int = 0,
                 signer: Signer | None = None, lists: bool = True, skew: float = 0,
                 stamping: dict | None = None, revoked: float | None = None, reason: tuple = (), show_all: bool = False,
                 raw_leaf: bytes | None = None, verdict_raw: str | None = None,
                 late_anchor: bool | None = None, anchor_says: dict | None = None):
        self.world, self.rnd, self.logs, self.now = world, rnd, logs, now
        self.key = world.key
        self.anchor_says = anchor_says or {}
        self.filler, self.lists, self.skew, self.show_all = filler, lists, skew * SECOND, show_all
        self.stamping, self.revoked, self.reason = stamping or {}, revoked, reason
        self.verdict_raw = verdict_raw
        self.signer = signer or rnd.choice(world.signers)
        self.log = Log(world.key, [] if policy == "none" else world.witnesses)
        self.clock = (datetime.datetime.now(UTC).replace(microsecond=0) if now else
                      datetime.datetime(2026, rnd.randint(1, 10), rnd.randint(1, 28),
                                        rnd.randrange(24), rnd.randrange(60), tzinfo=UTC))
        self.files: dict[str, bytes] = {"trust/policy.txt": policy_of(world, policy)}
        self.folders: dict[int, str] = {}
        self.sizes: list[int] = []
        self.some(1)
        self.anchor(*self.stamp())
        self.delivery(items)
        self.verdict()
        self.duplicate()
        self.attachment()
        if raw_leaf is not None:
            leaf = raw_leaf.replace(b"TIME", seconds(self.clock).encode())
            self.folders[self.log.append(leaf)] = "entries"
        self.some()
        last = self.stamp()
        self.some()
        # It bounds from above alone: its anchor may be missing.
        if late_anchor if late_anchor is not None else rnd.random() < 0.5:
            self.anchor(*last)
        self.some()
        self.finish()

    def some(self, least: int = 0) -> None:
        """Entries that are not opened."""
        for _ in range(self.rnd.randint(least, max(least, self.filler))):
            self.log.append(Fields(self.rnd, {}).leaf(self.clock))
            self.tick()

    def tick(self) -> None:
        if not self.now:
            self.clock += self.rnd.randrange(3) * SECOND

    def entry(self, fields: Fields, always=("typ",), folder: str = "entries",
              skew: datetime.timedelta = 0 * SECOND) -> int:
        index = self.log.append(fields.leaf(self.clock + skew))
        self.folders[index] = folder
        self.files[f"{folder}/{index}.disclosures"] = fields.opened(self.rnd, always)
        self.tick()
        return index

    def stamp(self) -> tuple[int, bytes]:
        """Stamps the log as it is; the size and the response."""
        size = len(self.log.entries)
        stem = f"time/{size}.{self.signer.name}"
        checkpoint = self.log.checkpoint(size)
        stamped, self.place = checkpoint, {}
        if self.logs:
            others = Log(self.world.key)
            for _ in range(self.logs - 1):
                others.append(self.rnd.randbytes(200))
            index = self.rnd.randint(0, len(others.entries))
            others.entries.insert(index, checkpoint)
            count = len(others.entries)
            stamped = f"cardproof.stamp/v1\n{count}\n{b64(others.root(0, count))}\n".encode()
            path = [b64(value) for value in others.inclusion(index, 0, count)]
            self.files |= {f"{stem}.stamped": stamped,
                           f"{stem}.place": "\n".join(map(str, [index, count, *path, ""])).encode()}
            self.place[size] = {"stamp_index": index, "stamp_count": count, "stamp_path": path}
        response = (self.signer.stamp_now(stamped) if self.now else
                    self.signer.stamp(stamped, self.clock, **(
                        {"fraction": self.rnd.choice(["", ".5", ".001"])} | self.stamping)))
        self.files |= {f"time/{size}.checkpoint": checkpoint, f"{stem}.tsr": response,
                       f"{stem}.chain.pem": self.signer.chain}
        if self.lists:
            revoked = {77: self.clock}
            if self.revoked is not None:
                serial = self.signer.certificate.serial_number
                revoked[serial] = self.clock + self.revoked * SECOND
            self.files[f"{stem}.crl.pem"] = self.signer.root.revocation_lists(
                self.clock, revoked, *self.reason)
        self.sizes.append(size)
        self.tick()
        return size, response

    def anchor(self, size: int, response: bytes) -> None:
        checkpoint = self.files[f"time/{size}.checkpoint"]
        leaf = {"ckpt_sha256": sha256(checkpoint).hex(), "size": size, "t": seconds(self.clock),
                "tsa": "1.3.6.1.4.1.99999.1", "tsr_sha256": sha256(response).hex(), "typ": "anchor",
                "v": 1, **self.place.get(size, {}), **self.anchor_says}
        self.folders[self.log.append(rfc8785.dumps(leaf))] = "entries"
        self.tick()

    def delivery(self, count: int) -> None:
        text = rfc8785.dumps({"id": "w7", "window": value(self.rnd)})
        pin = {"hash": sha256(text).hex(), "id": "w7", "version": "1"}
        self.files[f"listing/policy-{pin['hash']}.json"] = text
        item = lambda: {"line": 1, "serial": value(self.rnd), "key": "synthetic", "policy": pin}
        common = {"typ": "delivery", "order_ref": value(self.rnd), "merchant": value(self.rnd)}
        if count == 1:
            self.sold = self.entry(Fields(self.rnd, common | item()), ("typ", "policy"))
            return
        items, tree = [Fields(self.rnd, item()) for _ in range(count)], Log(self.world.key)
        for fields in items:
            tree.append(fields.record())
        common["items_root"] = {"count": count, "root": b64(tree.root(0, count))}
        self.sold = self.entry(Fields(self.rnd, common), ("typ", "items_root"))
        shown = sorted(self.rnd.sample(
            range(count), count if self.show_all else self.rnd.randint(1, count)))
        for number in shown:
            stem = f"entries/{self.sold}.item-{number}"
            path = tree.inclusion(number, 0, count)
            self.files |= {
                f"{stem}.json": tree.entries[number],
                f"{stem}.path": "".join(b64(h) + "\n" for h in path).encode(),
                f"{stem}.disclosures": items[number].opened(self.rnd, ("serial", "policy"))}

    def verdict(self) -> None:
        exchanges, transcripts = [], []
        for _ in range(self.rnd.randint(1, 3)):
            request, reply = self.rnd.randbytes(self.rnd.randrange(300)), self.rnd.randbytes(40)
            transcripts.append((request, reply))
            exchanges.append({"at": "2026-11-20T08:00:00Z", "reply_sha256": sha256(reply).hex(),
                              "request_sha256": sha256(request).hex(), "tls": value(self.rnd)})
        fields = {"typ": "verdict", "verdict": {"state": "used"}, "transcripts": exchanges}
        fields = Fields(self.rnd, fields)
        if self.verdict_raw is not None:
            fields.disclosures["raw"] = b64url(self.verdict_raw.encode())
        self.checked = self.entry(fields, ("typ", "transcripts", "raw"), skew=self.skew)
        for number, (request, reply) in enumerate(transcripts):
            self.files |= {f"transcript/{self.checked}.{number}.req": request,
                           f"transcript/{self.checked}.{number}.rep": reply}

    def duplicate(self) -> None:
        self.other = self.entry(Fields(self.rnd, {"typ": "delivery", "serial": "1"}),
                                folder="duplicates")

    def attachment(self) -> None:
        picture = self.rnd.randbytes(self.rnd.randrange(2_000))
        named = {"name": "截图.png", "sha256": sha256(picture).hex()}
        index = self.entry(Fields(self.rnd, {"typ": "attachment", "attachment": named}),
                           ("typ", "attachment"))
        self.files[f"attachments/{index}.png"] = picture
        self.attached = index

    def finish(self) -> None:
        """The head, and everything that ends in it."""
        size = len(self.log.entries)
        checkpoint = self.log.checkpoint(size)
        rows = ["index,leaf_hash,time,type"]
        for index, folder in sorted(self.folders.items()):
            leaf = self.log.entries[index]
            self.files[f"{folder}/{index}.tlog-proof"] = self.log.proof(index, checkpoint, size)
            kind = "anchor" if b"anchor" in leaf else "\"x, 卡\""
            rows.append(f"{index},{b64(leaf_hash(leaf))},{self._time(leaf)},{kind}")
        for old in self.sizes:
            path = self.log.consistency(old, 0, size)
            self.files[f"time/{old}.consistency"] = "".join(b64(h) + "\n" for h in path).encode()
        self.files |= {
            "checkpoint": checkpoint, "timeline.csv": ("\n".join(rows) + "\n").encode(),
            "trust/log.vkey": f"{self.world.key.vkey}\n".encode(),
            "trust/witnesses.vkey": "".join(
                f"{key.vkey}\n" for key in self.world.witnesses).encode(),
            "trust/keys-history.jsonl": rfc8785.dumps({"vkey": self.world.key.vkey}) + b"\n",
            "trust/tsa-ca.pem": pem(self.signer.root.root), "verify.sh": self.world.verify_script,
            "VERIFY.md": b"# How to check\n", "summary.json": b"{}", "claim/1/state.json": b"{}",
            "00-说明.html": "<!doctype html>说明\n".encode(), "system/empty.txt": b""}

    @staticmethod
    def _time(leaf: bytes) -> str:
        return leaf.split(b'"t":"')[1][:20].decode()

    def end(self, *keys: NoteKey) -> None:
        """The log ends, and after it the log of each key but the last, which seals from now on."""
        log, self.key = self.log, keys[-1]
        for number, key in enumerate(keys, 1):
            log.append(key_change(self.clock, key.name, key.vkey))
            size = len(log.entries)
            if number == 1:
                self.finish()
            checkpoint = log.checkpoint(size)
            self.files[f"trust/succession-{number}.tlog-proof"] = log.proof(size - 1, checkpoint, size)
            log = Log(key)
            log.append(rfc8785.dumps({"t": seconds(self.clock), "typ": "health", "v": 1}))

    def seal(self) -> bytes:
        return seal(self.files, self.key, self.world.key.name)


def key_change(at: datetime.datetime, origin: str, vkey: str) -> bytes:
    """The last leaf of a log."""
    return rfc8785.dumps({"next_origin": origin, "next_vkey": vkey, "t": seconds(at),
                          "typ": "key_change", "v": 1})


def random_story(world: World, rnd: random.Random, largest: int) -> Story:
    return Story(world, rnd, items=rnd.choice([1, 1, 2, 3, rnd.randint(4, 12)]),
                 filler=rnd.choice([0, 1, 5, largest]), now=rnd.random() < 0.3,
                 policy=rnd.choice(POLICIES), logs=rnd.choice([0, 0, rnd.randint(1, 7)]),
                 lists=rnd.random() < 0.7, revoked=rnd.choice([None, 3_600]))
