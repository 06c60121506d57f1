"""What the servers of the card aggregators have in common: strict forms, DES through openssl, counters, callbacks.

A server is started with `python NAME_server.py PORT CONFIG.json`. The file holds the merchant's settings and the cards,
by serial; a card's script says what happens to it. `GET /control/state` tells what arrived.
"""

from __future__ import annotations

import collections
import hashlib
import http.server
import json
import pathlib
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

CALLBACK_TRIES = 3
CALLBACK_TIMEOUT_SECONDS = 10


class Refused(Exception):
    """The request deviates from the protocol; the argument says how the server answers."""


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def des(data: bytes, key: bytes, decrypt: bool = False) -> bytes:
    """DES-ECB with PKCS #5 padding, by OpenSSL's legacy provider. Raises ValueError when it does not decrypt."""
    command = ["openssl", "enc", "-d" if decrypt else "-e", "-des-ecb", "-K", key.hex(),
               "-provider", "legacy", "-provider", "default"]
    done = subprocess.run(command, input=data, capture_output=True)
    if done.returncode != 0:
        raise ValueError("DES")
    return done.stdout


def sign_md5_rsa(text: str, key_file: str) -> bytes:
    command = ["openssl", "dgst", "-md5", "-sign", key_file]
    return subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout


def form(body: bytes, charset: str) -> dict[str, str]:
    """A form, read strictly: every escape whole, every name once, every value in the character set."""
    fields: dict[str, str] = {}
    for part in body.decode("ascii").split("&"):
        name, equals, value = part.partition("=")
        if not equals or name in fields or re.search(r"%(?![0-9A-Fa-f]{2})", value) or re.search(r"[^\x21-\x7e]", value):
            raise Refused("form")
        fields[name] = urllib.parse.unquote_to_bytes(value.replace("+", " ")).decode(charset)
    return fields


class AggregatorServer:
    """Listens on 127.0.0.1. Subclasses answer `handle`."""

    def __init__(self, config: dict, port: int = 0):
        self.config = config
        self.cards: dict[str, dict] = config.get("cards", {})
        self.submissions: collections.Counter[str] = collections.Counter()
        self.spent: collections.Counter[str] = collections.Counter()
        self.orders: dict[str, dict] = {}
        self.refused: list[str] = []
        self.acknowledged: list[str] = []
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if self.path == "/control/state":
                    return self.reply(200, "application/json", json.dumps(outer.state()).encode())
                self.answer(b"")

            def do_POST(self):
                self.answer(self.rfile.read(int(self.headers["Content-Length"])))

            def answer(self, body: bytes):
                answer = outer.handle(self.command, self.path, self.headers, body)
                if answer is None:  # taken, and never answered
                    self.close_connection = True
                    return
                self.reply(*answer)

            def reply(self, status: int, media_type: str, data: bytes, headers: dict | None = None):
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(data)))
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

            def handle_error(self, request, client_address):
                """A client that is killed breaks its connections; that is no news in a test."""

        self.server = Server(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def handle(self, method: str, path: str, headers, body: bytes) -> tuple | None:
        raise NotImplementedError

    def state(self) -> dict:
        with self.lock:
            return {"submissions": dict(self.submissions), "spent": dict(self.spent), "refused": self.refused,
                    "acknowledged": self.acknowledged}

    def refuse(self, reason: str) -> None:
        with self.lock:
            self.refused.append(reason)

    def script(self, serial: str, key: str) -> dict:
        """What happens to this card; an unknown one, or a wrong key, has its own."""
        card = self.cards.get(serial)
        return card if card is not None and card["key"] == key else {}

    def report(self, url: str, notices: list[tuple[str, bytes]], method: str, expected) -> None:
        """Sends callbacks one after the other; each again until the answer is as expected."""

        def run():
            for name, data in notices:
                for _ in range(CALLBACK_TRIES):
                    answer = send(url, data, method)
                    if answer is not None and expected(answer):
                        with self.lock:
                            self.acknowledged.append(name)
                        break
                    time.sleep(0.05)

        threading.Thread(target=run, daemon=True).start()


def send(url: str, data: bytes, method: str) -> bytes | None:
    """One callback; its answer, or None when it was refused."""
    if method == "GET":
        request = urllib.request.Request(url + "?" + data.decode("ascii"))
    else:
        request = urllib.request.Request(url, data=data, method="POST")
        request.add_header("Content-Type", "application/x-www-form-urlencoded")
    try:
        with urllib.request.urlopen(request, timeout=CALLBACK_TIMEOUT_SECONDS) as answer:
            return answer.read()
    except (urllib.error.URLError, OSError):
        return None


def run(kind: type[AggregatorServer]) -> None:
    port, config = sys.argv[1:]
    server = kind(json.loads(pathlib.Path(config).read_text()), int(port))
    print(server.url, flush=True)
    threading.Event().wait()
