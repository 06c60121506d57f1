"""An issuer in a process of its own, which can be stopped and continued as a whole.

    python stoppable.py PORT            (serves; counters at GET /counters)

It speaks Keygen's validate-key. A request whose sender has gone by the time it is read was asked
while the process stood still: it is counted apart and answered to nobody.
"""

from __future__ import annotations

import collections
import http.server
import json
import os
import pathlib
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

from harness.ports import free_port

from .keygen_server import MEDIA_TYPE, Licence

START_SECONDS = 20


class StoppableIssuer:
    """Starts the process; every key that begins with VALID is a good licence, others are not found."""

    def __init__(self):
        self.port = free_port()
        folder = pathlib.Path(__file__).resolve().parents[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "issuers.stoppable", str(self.port)], cwd=folder)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                self.counters()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the issuer did not start")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def counters(self) -> dict[str, dict[str, int]]:
        """`answered` and `abandoned` by key."""
        with urllib.request.urlopen(f"{self.url}/counters", timeout=5) as answer:
            return json.load(answer)

    def halt(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def stop(self) -> None:
        self.go_on()
        self.process.terminate()
        self.process.wait(10)


def is_gone(peer: socket.socket) -> bool:
    """Whether whoever asked has closed the connection meanwhile."""
    readable, _, _ = select.select([peer], [], [], 0)
    return bool(readable) and peer.recv(1, socket.MSG_PEEK) == b""


def main() -> None:
    counts = {"answered": collections.Counter(), "abandoned": collections.Counter()}
    lock = threading.Lock()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            with lock:
                self.reply(200, "application/json", counts)

        def do_POST(self):
            meta = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["meta"]
            key = meta["key"]
            code = "VALID" if key.startswith("VALID") else "NOT_FOUND"
            with lock:
                counts["abandoned" if is_gone(self.connection) else "answered"][key] += 1
            self.reply(200, MEDIA_TYPE, Licence(code=code).answer(key, meta))

        def reply(self, status: int, kind: str, content):
            data = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def handle_error(self, request, client_address):
            """Whoever has gone hears nothing; that is what the test is about."""

    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()


if __name__ == "__main__":
    main()
