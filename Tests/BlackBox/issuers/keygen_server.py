"""Keygen's validate-key action (JSON:API), strict, with licences that a test puts into it.

    python keygen_server.py PORT LICENCES.json [SEED]

The file is a list of the arguments of `LicenceServer.put`. With SEED (32 bytes in hexadecimal) every answer is signed as
Keygen signs it; `signature_headers` is the recipe.
"""

from __future__ import annotations

import base64
import collections
import dataclasses
import datetime
import email.utils
import hashlib
import json
import pathlib
import sys
import threading
import time
from collections.abc import Callable

# Run as a script, it is found beside its package.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from issuers.strict import Answer, Deviation, Question, StrictIssuer, check_members  # noqa: E402

ACCOUNT = "1fddcec8-0000-4000-8000-000000000000"
SIGNED_HOST = "api.keygen.sh"
MEDIA_TYPE = "application/vnd.api+json"
SCOPE = {"product": str, "policy": str, "fingerprint": str, "entitlements": list, "version": str}


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def stamp(instant: datetime.datetime) -> str:
    return instant.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def signature_headers(seed: bytes, target: str, body: bytes, date: datetime.datetime) -> dict[str, str]:
    """`Date`, `Digest` and `Keygen-Signature` of an answer; `target` is the lower-case method and the path asked for."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    said = email.utils.format_datetime(date.astimezone(datetime.timezone.utc), usegmt=True)
    digest = "sha-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
    text = f"(request-target): {target}\nhost: {SIGNED_HOST}\ndate: {said}\ndigest: {digest}"
    signature = base64.b64encode(Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode())).decode()
    return {"Date": said, "Digest": digest,
            "Keygen-Signature": f'keyid="{ACCOUNT}", algorithm="ed25519", signature="{signature}", '
                                'headers="(request-target) host date digest"'}


@dataclasses.dataclass
class Licence:
    code: str = "VALID"
    valid: bool | None = None
    # In place of the code in words.
    detail: str | None = None
    expires: datetime.datetime | None = None
    # None: they are not counted.
    machines: int | None = 0
    most_machines: int | None = None
    # Members of `data.attributes`, of `meta` and of the document that nobody would expect.
    attributes: dict = dataclasses.field(default_factory=dict)
    meta: dict = dataclasses.field(default_factory=dict)
    document: dict = dataclasses.field(default_factory=dict)
    status: int = 200
    delay: float = 0
    # From a body to the headers that sign it, in place of the server's own.
    signing: Callable[[bytes], dict[str, str]] | None = None

    def answer(self, key: str, meta: dict, at: datetime.datetime | None = None) -> dict:
        at = stamp(at or now())
        valid = self.code == "VALID" if self.valid is None else self.valid
        said = {"ts": at, "valid": valid, "detail": self.detail or f"is {self.code.lower().replace('_', ' ')}",
                "code": self.code}
        said |= {name: meta[name] for name in ("nonce", "scope") if name in meta}
        data = None if self.code == "NOT_FOUND" else {
            "id": "0d3c5c2a-0000-4000-8000-000000000001", "type": "licenses",
            "attributes": {
                "name": "Synthetic Owner", "key": key, "expiry": self.expires and stamp(self.expires),
                "status": self.code if self.code in {"EXPIRED", "SUSPENDED", "BANNED"} else "ACTIVE",
                "uses": 0, "suspended": self.code == "SUSPENDED", "maxMachines": self.most_machines, "maxUses": None,
                "lastValidated": at, "metadata": {"email": "owner@example.org"},
                "created": "2026-01-01T00:00:00.000Z", "updated": at} | self.attributes,
            "relationships": {} if self.machines is None else {
                "machines": {"meta": {"cores": 0, "count": self.machines}}}}
        return {"data": data, "meta": said | self.meta} | self.document


class LicenceServer(StrictIssuer):
    def __init__(self, account: str = "acct", port: int = 0, seed: bytes | None = None,
                 clock: Callable[[], datetime.datetime] = now):
        self.path = f"/v1/accounts/{account}/licenses/actions/validate-key"
        self.seed, self.clock = seed, clock
        self.licences: dict[str, Licence] = {}
        self.asked: collections.Counter[str] = collections.Counter()
        super().__init__(port)

    def put(self, key: str, **licence) -> None:
        """Puts a licence under its key, or replaces it."""
        self.licences[key] = Licence(**licence)

    def calls(self, key: str) -> int:
        return self.asked[key]

    @property
    def total(self) -> int:
        return sum(self.asked.values())

    def answer(self, question: Question) -> Answer:
        question.require("POST", self.path)
        if question.query:
            raise Deviation("parameters belong into the body")
        if question.header("Accept") != MEDIA_TYPE:
            raise Deviation(f"Accept must be {MEDIA_TYPE}")
        meta = question.json_object({"meta": dict}, media_type=MEDIA_TYPE)["meta"]
        check_members(meta, {"key": str}, {"nonce": int, "scope": dict})
        key, scope = meta["key"], meta.get("scope", {})
        check_members(scope, {}, SCOPE)
        if not all([key, *scope.values()]):
            raise Deviation("an empty member")
        with self.lock:
            self.asked[key] += 1
        licence = self.licences.get(key, Licence(code="NOT_FOUND"))
        time.sleep(licence.delay)
        if licence.status == 200:
            document = licence.answer(key, meta, self.clock())
        else:
            document = problem("Error", f"synthetic error about {key}", "SYNTHETIC")
        answer = Answer.json(licence.status, document, content_type=MEDIA_TYPE)
        more = (licence.signing or self.signature)(answer.body)
        if licence.status == 429:
            more["Retry-After"] = "1"
        return dataclasses.replace(answer, headers=(*answer.headers, *more.items()))

    def signature(self, body: bytes, seed: bytes | None = None, at: datetime.datetime | None = None) -> dict[str, str]:
        """The headers that sign an answer, by default with the account's key and now; none without a key."""
        seed = seed or self.seed
        return {} if seed is None else signature_headers(seed, f"post {self.path}", body, at or self.clock())


def problem(title: str, detail: str, code: str) -> dict:
    return {"errors": [{"title": title, "detail": detail, "code": code}]}


def main() -> None:
    port, licences, *seed = sys.argv[1:]
    server = LicenceServer(port=int(port), seed=bytes.fromhex(seed[0]) if seed else None)
    for entry in json.loads(pathlib.Path(licences).read_text()):
        if "expires" in entry:
            entry["expires"] = datetime.datetime.fromisoformat(entry["expires"])
        server.put(**entry)
    print(server.url, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
