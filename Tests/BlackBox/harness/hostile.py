"""An issuer that is down, slow, lying, truncating or not an issuer at all: raw bytes on a socket."""

from __future__ import annotations

import contextlib
import gzip
import socket
import struct
import threading
import time

BEHAVIOURS: dict[str, bytes] = {
    "html": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 43\r\n\r\n"
            b"<html><body>System maintenance</body></html>"[:-1],
    "empty": b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 0\r\n\r\n",
    "truncated": b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 4000\r\n\r\n"
                 b"<?xml version='1.0'?><methodResponse><params><param><value><struct>",
    "garbage": b"\x16\x03\x03\xff\xff" + bytes(60),
    "not_http": b"-ERR unknown command\r\n",
    "502": b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 11\r\n\r\nbad gateway",
    "503": b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 4\r\n\r\nbusy",
    "429": b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 4\r\n\r\nslow",
    "401": b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"v\"\r\n"
           b"Content-Length: 0\r\n\r\n",
    "404": b"HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot found",
    "bad_xml": b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 24\r\n\r\n"
               b"<methodResponse><params>",
    "bad_json": b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.api+json\r\n"
                b"Content-Length: 24\r\n\r\n{\"meta\":{\"valid\":true,\"c",
    "bad_utf8": b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 30\r\n\r\n"
                b"<methodResponse>\xff\xfe\xc0\xaf</meth",
    "bad_chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<xml\r\nZZ\r\n",
    "204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "nowhere": b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
    "huge_head": b"HTTP/1.1 200 OK\r\nX-Filler: " + b"f" * 2_000_000 + b"\r\n\r\n",
    "many_heads": b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000,
    "deep_json": b"",
    "deep_xml": b"",
    "gzip_bomb": b"",
    "entity_bomb": b"",
    "endless": b"",
    "slow": b"",
    "reset": b"",
    "silent": b"",
}

_ENTITY_BODY = (
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY a 'aaaaaaaaaaaaaaaaaaaa'>"
    b"<!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>"
    b"<!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;'><!ENTITY e '&d;&d;&d;&d;&d;&d;&d;&d;'>]>"
    b"<methodResponse><params><param><value>&e;</value></param></params></methodResponse>")
BEHAVIOURS["entity_bomb"] = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(_ENTITY_BODY)
    + _ENTITY_BODY)


def ok(kind: str, body: bytes, extra: str = "") -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{extra}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


BEHAVIOURS["deep_json"] = ok("application/vnd.api+json", b'{"meta":' + b"[" * 100_000)
BEHAVIOURS["deep_xml"] = ok(
    "text/xml", b"<methodResponse><params><param>" + b"<value><struct><member>" * 8_000)
BEHAVIOURS["gzip_bomb"] = ok(
    "text/xml", gzip.compress(bytes(100_000_000), 1), "Content-Encoding: gzip\r\n")


class HostileServer:
    """Answers every connection in the way that `behaviour` names; counts them; keeps what it was asked."""

    def __init__(self, behaviour: str = "html"):
        self.behaviour = behaviour
        self.asked: list[bytes] = []
        self.redirect_to = ""
        self.echo_marker: bytes | None = None
        self.ended = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def stop(self) -> None:
        self.ended.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self) -> None:
        while not self.ended.is_set():
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        with peer, contextlib.suppress(OSError):
            peer.settimeout(60)
            request = self._read(peer)
            if not request:
                return
            self.asked.append(request)
            self._answer(peer, request)

    def _read(self, peer: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            more = peer.recv(65536)
            if not more:
                return data
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        while len(body) < length:
            more = peer.recv(65536)
            if not more:
                break
            body += more
        return head + b"\r\n\r\n" + body

    def _answer(self, peer: socket.socket, request: bytes) -> None:
        match self.behaviour:
            case "reset":
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            case "silent":
                self.ended.wait(60)
            case "slow":
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n")
                for _ in range(60):
                    if self.ended.wait(1):
                        return
                    peer.sendall(b"<")
            case "endless":
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
                deadline = time.monotonic() + 60
                while time.monotonic() < deadline and not self.ended.is_set():
                    peer.sendall(b"<value>" * 9000)
            case "redirect":
                head = f"HTTP/1.1 302 Found\r\nLocation: {self.redirect_to}\r\n"
                peer.sendall(head.encode() + b"Content-Length: 0\r\n\r\n")
            case "echo_error":
                body = b"cannot parse: " + request
                peer.sendall(b"HTTP/1.1 500 Internal Server Error\r\nX-Debug: "
                             + request.rpartition(b"\n")[2][:400].replace(b"\r", b" ")
                             + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            case "echo_redirect":
                payload = request.partition(b"\r\n\r\n")[2].replace(b"\n", b"").hex()
                where = f"{self.redirect_to}/?q={payload}"
                key = self.echo_marker or b""
                peer.sendall(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: " + where.encode()
                             + b"&key=" + key + b"\r\nContent-Length: 0\r\n\r\n")
            case name:
                peer.sendall(BEHAVIOURS[name])
