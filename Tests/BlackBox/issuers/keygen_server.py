"""A licence server with Keygen's validate-key action (JSON:API), and licences that a test puts into it.

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
import http.server
import json
import pathlib
import sys
import threading
import time

ACCOUNT = "1fddcec8-0000-4000-8000-000000000000"
SIGNED_HOST = "api.keygen.sh"
MEDIA_TYPE = "application/vnd.api+json"


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
    expires: datetime.datetime | None = None
    status: int = 200
    delay: float = 0

    def answer(self, key: str, meta: dict) -> dict:
        known = self.code != "NOT_FOUND"
        valid = self.code == "VALID" if self.valid is None else self.valid
        said = {"ts": stamp(datetime.datetime.now(datetime.timezone.utc)), "valid": valid,
                "detail": f"is {self.code.lower()}", "code": self.code}
        if "nonce" in meta:
            said["nonce"] = meta["nonce"]
        if "scope" in meta:
            said["scope"] = meta["scope"]
        data = None if not known else {
            "id": "0d3c5c2a-0000-4000-8000-000000000001", "type": "licenses",
            "attributes": {
                "name": "Synthetic", "key": key, "expiry": self.expires and stamp(self.expires),
                "status": "ACTIVE", "uses": 0, "maxUses": None, "suspended": False,
                "lastValidated": said["ts"], "created": "2026-01-01T00:00:00.000Z"}}
        return {"data": data, "meta": said}


class LicenceServer:
    """Listens on 127.0.0.1 from the start; `port` 0 takes any free one."""

    def __init__(self, account: str = "acct", port: int = 0, seed: bytes | None = None):
        self.licences: dict[str, Licence] = {}
        self.asked: collections.Counter[str] = collections.Counter()
        self.lock = threading.Lock()
        path = f"/v1/accounts/{account}/licenses/actions/validate-key"
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.reply(*outer._answer(self.path == path, self.headers, body))

            def reply(self, status: int, answer: dict):
                data = json.dumps(answer).encode()
                signed = {} if seed is None else signature_headers(
                    seed, f"post {self.path}", data, datetime.datetime.now(datetime.timezone.utc))
                self.send_response_only(status)
                for name, value in signed.items() if signed else [("Date", self.date_time_string())]:
                    self.send_header(name, value)
                self.send_header("Content-Type", MEDIA_TYPE)
                self.send_header("Content-Length", str(len(data)))
                if status == 429:
                    self.send_header("Retry-After", "1")
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128

            def handle_error(self, request, client_address):
                """A client that is killed breaks its connections; that is no news in a test."""

        self.server = Server(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def put(self, key: str, **licence) -> None:
        """Puts a licence under its key, or replaces it."""
        self.licences[key] = Licence(**licence)

    def calls(self, key: str) -> int:
        return self.asked[key]

    @property
    def total(self) -> int:
        return sum(self.asked.values())

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _answer(self, known_path: bool, headers, body: bytes) -> tuple[int, dict]:
        if not known_path:
            return 404, problem("Not found", "The requested endpoint was not found", "NOT_FOUND")
        if headers.get("Content-Type", "").split(";")[0] != MEDIA_TYPE:
            return 400, problem("Bad request", "The content type is not supported", "HEADER_INVALID")
        try:
            meta = json.loads(body)["meta"]
            key = meta["key"]
        except (ValueError, KeyError, TypeError):
            return 400, problem("Bad request", "The request could not be completed", "PARAMS_INVALID")
        with self.lock:
            self.asked[key] += 1
        licence = self.licences.get(key, Licence(code="NOT_FOUND"))
        time.sleep(licence.delay)
        if licence.status != 200:
            return licence.status, problem("Error", f"synthetic error about {key}", "SYNTHETIC")
        return 200, licence.answer(key, meta)


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
