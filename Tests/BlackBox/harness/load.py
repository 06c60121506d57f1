"""Load over raw keep-alive sockets: requests that were signed beforehand, answers kept whole."""

from __future__ import annotations

import dataclasses
import json
import re
import socket
import threading
import time
import urllib.parse

from . import webhook

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclasses.dataclass
class Acknowledged:
    """One answered delivery."""
    message_id: str
    status: int
    body: bytes

    def json(self) -> dict:
        return json.loads(self.body)


def raw_request(secret: str, platform: str, delivery: dict, message_id: str | None = None) -> tuple[str, bytes]:
    """The id and the bytes of a signed delivery."""
    message_id = message_id or webhook.new_id()
    body = webhook.encode(delivery)
    lines = [f"POST {webhook.path(platform)} HTTP/1.1", "Host: 127.0.0.1",
             f"Content-Length: {len(body)}"]
    lines += [f"{n}: {v}" for n, v in webhook.headers(secret, message_id, body).items()]
    return message_id, "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def receive(peer: socket.socket) -> tuple[int, bytes]:
    """Status and body of one answer."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = peer.recv(65536)
        if not more:
            raise ConnectionError("closed before an answer")
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    found = _LENGTH.search(head)
    length = int(found.group(1)) if found else 0
    while len(body) < length:
        more = peer.recv(65536)
        if not more:
            raise ConnectionError("closed inside an answer")
        body += more
    return int(head[9:12]), body


class Load:
    """Sends the requests over `connections` sockets until they run out or the server goes away."""

    def __init__(self, url: str, requests: list[tuple[str, bytes]], connections: int):
        parts = urllib.parse.urlsplit(url)
        self.address = (parts.hostname, parts.port)
        self.requests = iter(requests)
        self.lock = threading.Lock()
        self.answers: list[Acknowledged] = []
        self.sent: list[str] = []
        self.ended = False
        self.threads = [threading.Thread(target=self._work, daemon=True) for _ in range(connections)]

    def start(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def await_answers(self, count: int, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while len(self.answers) < count:
            assert time.monotonic() < deadline, (
                f"only {len(self.answers)} of {count} answers within {seconds} s")
            time.sleep(0.002)

    def join(self, seconds: float = 120) -> list[Acknowledged]:
        deadline = time.monotonic() + seconds
        for thread in self.threads:
            thread.join(max(0.0, deadline - time.monotonic()))
            assert not thread.is_alive(), f"the load did not end within {seconds} s"
        return self.answers

    def _work(self) -> None:
        try:
            with socket.create_connection(self.address, 5) as peer:
                peer.settimeout(30)
                while not self.ended:
                    with self.lock:
                        message_id, request = next(self.requests, (None, None))
                    if message_id is None:
                        return
                    self.sent.append(message_id)
                    peer.sendall(request)
                    self.answers.append(Acknowledged(message_id, *receive(peer)))
        except OSError:
            return
