"""A key of eight digits is guessed in a second by whoever holds a digest of it: in a bundle there is none, of any
making, unless the key was revealed on purpose."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import io
import itertools
import json
import re
import subprocess
import zipfile

import pytest

from harness import buyer, webhook
from harness import cards as made
from harness.scale import count, randomness

# As many bytes of a digest make it one: a truncated digest tells guesses apart as well.
WINDOW = 8
DEPTH = 4
HASHES = (hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.sha512, hashlib.sha3_256,
          hashlib.blake2b, hashlib.blake2s)
HEXADECIMAL = re.compile(rb"[0-9A-Fa-f]{16,}")
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{11,}")
AUDIENCES = ("buyer", "merchant", "platform")


class Holdings:
    """All that somebody can read out of some files: what stands in them, and what is encoded there."""

    def __init__(self, files: dict[str, bytes]):
        self.texts = dict(files)
        self.decoded: set[bytes] = set()
        for content in files.values():
            self._decode(content, DEPTH)
        self.windows = {blob[start:start + WINDOW]
                        for blob in itertools.chain(self.decoded, files.values())
                        for start in range(len(blob) - WINDOW + 1)}
        self.salts = self._salts()
        # What a digest could have been keyed with: salts, and every digest that stands by itself.
        self.secrets = {blob for blob in self.decoded if len(blob) in (16, 20, 32, 64)}

    def _decode(self, content: bytes, depth: int) -> None:
        if depth == 0:
            return
        found = {binascii.unhexlify(run[:len(run) // 2 * 2])
                 for run in HEXADECIMAL.findall(content)}
        for run in BASE64.findall(content):
            plain = run.replace(b"-", b"+").replace(b"_", b"/")
            # Where a token begins in a run, as behind a dash, nobody says.
            for start in range(4):
                part = plain[start:]
                part = part[:len(part) - (len(part) % 4 == 1)]
                found.add(base64.b64decode(part + b"=" * (-len(part) % 4)))
        for blob in found - self.decoded:
            self.decoded.add(blob)
            if blob.isascii():
                self._decode(blob, depth - 1)

    def _salts(self) -> set[str]:
        """Of every opened field."""
        salts = set()
        for blob in self.decoded:
            if blob.startswith(b'["'):
                try:
                    salts.add(json.loads(blob)[0])
                except ValueError:
                    continue
        return salts

    def holds(self, digest: bytes) -> bool:
        return digest[:WINDOW] in self.windows


class Guesser:
    """What anybody could try who knows the order: every usual making of a digest of a card."""

    def __init__(self, holdings: Holdings, serial: str, known: list[str]):
        self.holdings, self.serial, self.known = holdings, serial, known

    def spellings(self, key: str) -> set[bytes]:
        """The key, alone and with all that is known of its card and its order."""
        joined = {key}
        for other in (self.serial, "short", "short-card", "shop", *self.known):
            for gap in ("", ":", "|", ",", "-", "----", " ", "\t", "\n", "\0", ".", "/"):
                joined |= {other + gap + key, key + gap + other}
        texts = {text.encode() for text in joined}
        for parts in (("short", self.serial, key), ("short-card", self.serial, key),
                      (self.serial, key), ("short", key), ("short", "", key), (key,)):
            texts |= {"".join(parts).encode(), ":".join(parts).encode(), "|".join(parts).encode()}
            # Length-prefixed, as keyed fingerprints are.
            for width, order in itertools.product((1, 2, 4, 8), ("big", "little")):
                texts.add(b"".join(len(part).to_bytes(width, order) + part.encode()
                                   for part in parts))
        for value in ({"key": key}, {"key": key, "serial": self.serial},
                      {"serial": self.serial, "key": key}, ["key", key], key):
            texts |= {json.dumps(value).encode(),
                      json.dumps(value, separators=(",", ":")).encode()}
        return texts | {int(key).to_bytes(4, "big"), int(key).to_bytes(8, "big"),
                        int(key).to_bytes(4, "little"), int(key).to_bytes(8, "little")}

    def disclosures(self, key: str) -> set[bytes]:
        """RFC 9901 4.2.1, under every salt that lies open."""
        found = set()
        for salt, name, value in itertools.product(
                self.holdings.salts, ("key", "key_last4", "code"), (key, int(key), key[-4:])):
            for gaps in ((",", ":"), (", ", ": ")):
                text = json.dumps([salt, name, value], separators=gaps).encode()
                found.add(base64.urlsafe_b64encode(text).rstrip(b"="))
        return found

    def matches(self, key: str) -> list[str]:
        """How this guess is confirmed by what the files hold."""
        holds, found = self.holdings.holds, []
        for text in self.spellings(key):
            found += [f"{make().name} of {text!r}" for make in HASHES if holds(make(text).digest())]
        for text in self.disclosures(key):
            if holds(hashlib.sha256(text).digest()):
                found.append(f"disclosure {text!r}")
        keys = self.holdings.secrets | {salt.encode() for salt in self.holdings.salts}
        for secret, text in itertools.product(
                keys | {word.encode() for word in (self.serial, *self.known)},
                (key.encode(), (self.serial + key).encode(), f"{self.serial}:{key}".encode())):
            if holds(hmac.digest(secret, text, "sha256")):
                found.append(f"HMAC of {text!r} under {secret.hex()}")
            found += [f"SHA-256 of {text!r} salted with {secret.hex()}"
                      for salted in (secret + text, text + secret)
                      if holds(hashlib.sha256(salted).digest())]
        return found


def unpacked(content: bytes, folder) -> dict[str, bytes]:
    """The files of a bundle, and what stands written on its pages."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    files = {name: archive.read(name) for name in archive.namelist()}
    for name in [name for name in files if name.endswith(".pdf")]:
        path = folder / "page.pdf"
        path.write_bytes(files[name])
        files[name + ".txt"] = subprocess.run(
            ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True).stdout
    return files


@pytest.fixture(scope="module")
def sold(new_gateway, cards, tmp_path_factory):
    """A short key sold twice and tested by its buyer: the bundles of each side, one with the key
    revealed, and the public log beside them."""
    gateway = new_gateway("masked-key").start()
    folder = tmp_path_factory.mktemp("masked")
    serial = cards.voucher()[0]
    # Its last four digits must not be what stands there anyway: a year, a port of the RFCs.
    key = next(key for key in iter(cards.short, None) if key[-4:] > "6962" and key[-4] != key[-3])
    orders, messages = [cards.order() for _ in range(2)], [webhook.new_id() for _ in range(2)]
    sent = [webhook.send(gateway, made.delivery(
        order, [made.item("short-card", key, serial), made.item("short-card", cards.short(), line=2)]
        if order == orders[0] else [made.item("short-card", key, serial)]), message).json()
        for order, message in zip(orders, messages)]
    for body in sent:
        gateway.checked(body["delivery"])
    answer = buyer.selftest(gateway, sent[0]["order_token"], [{"line": 1, "key": key}], wait=5)
    assert answer.status == 200 and answer.json()["items"][0]["matches_delivered"] is True

    def bundles(bodies, audiences, *arguments: str) -> dict[str, bytes]:
        files: dict[str, bytes] = {}
        for body, audience in itertools.product(bodies, audiences):
            path = folder / ("revealed.zip" if arguments else "bundle.zip")
            gateway.cli("evidence", "bundle", body["delivery"], "--for", audience, "--out",
                        str(path), *arguments, check=True)
            where = f"{body['delivery']}/{audience}"
            files |= {f"{where}/{name}": content
                      for name, content in unpacked(path.read_bytes(), folder).items()}
        return files

    exported = gateway.export("exported")
    public = {str(path.relative_to(exported)): path.read_bytes()
              for path in exported.rglob("*") if path.is_file()}
    closed = bundles(sent, AUDIENCES) | public
    revealed = bundles(sent[:1], ("buyer",), "--reveal", "key") | public
    gateway.stop()
    known = [*orders, *messages, *(body["delivery"] for body in sent),
             *(item["check"] for body in sent for item in body["items"]), "m-77", *(f"b-{order}" for order in orders), "1"]
    return serial, key, known, closed, revealed


def test_no_guess_of_a_short_key_is_confirmed_by_a_bundle(sold):
    serial, key, known, closed, _ = sold
    holdings = Holdings(closed)
    assert len(holdings.salts) > 20 and len(holdings.secrets) > 50, "the bundles were not read"
    guesser = Guesser(holdings, serial, known)
    rnd = randomness("guesses")
    others = [f"{rnd.randrange(10_000_000, 100_000_000)}" for _ in range(count(10, 1_000))]
    for guess in (key, *others):
        assert guesser.matches(guess) == []


def test_neither_the_short_key_nor_its_last_four_are_in_a_bundle(sold):
    _, key, _, closed, _ = sold
    forms = {key.encode(), key[::-1].encode(), key.encode().hex().encode(),
             f"{key[:4]}-{key[4:]}".encode(), f"{key[:4]} {key[4:]}".encode(),
             key.encode("utf-16-le"), key.encode("utf-16-be")}
    holdings = Holdings(closed)
    for content in itertools.chain(closed.values(), holdings.decoded):
        assert not any(form in content for form in forms)
    # Four digits by themselves, as a mask leaves them; in longer runs they stand by chance.
    last = re.compile(rb"(?<![0-9A-Za-z+/_.-])" + key[-4:].encode() + rb"(?![0-9A-Za-z+/_-])")
    for name, content in closed.items():
        assert not last.search(content), name
    fields = [json.loads(blob) for blob in holdings.decoded if blob.startswith(b'["')]
    assert "key" not in {name for _, name, _ in fields}
    assert {value for _, name, value in fields if name == "key_last4"} == {None}


def test_a_revealed_key_is_confirmed_and_no_other(sold):
    serial, key, known, _, revealed = sold
    guesser = Guesser(Holdings(revealed), serial, known)
    found = guesser.matches(key)
    assert any(match.startswith("disclosure") for match in found), found
    assert any(key.encode() in blob for blob in guesser.holdings.decoded)
    assert guesser.matches(f"{(int(key) + 1) % 100_000_000:08d}") == []
