"""HTTP as a client without opinions: any method, any bytes, no redirects, nothing retried."""

from __future__ import annotations

import dataclasses
import http.client
import json
import urllib.parse


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self):
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    def header(self, name: str) -> str | None:
        return self.headers.get(name.lower())


class Connection:
    """One kept-alive connection to a server."""

    def __init__(self, url: str, timeout: float = 60):
        parts = urllib.parse.urlsplit(url)
        self.base = parts.path.rstrip("/")
        self.inner = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)

    def call(self, method: str, path: str, headers=None, body: bytes | None = None) -> Answer:
        self.inner.request(method, self.base + path, body=body, headers=dict(headers or {}))
        got = self.inner.getresponse()
        return Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())

    def close(self) -> None:
        self.inner.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def call(url: str, method: str, path: str, headers=None, body: bytes | None = None,
         timeout: float = 60) -> Answer:
    with Connection(url, timeout) as connection:
        return connection.call(method, path, headers, body)
