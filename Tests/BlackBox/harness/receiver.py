"""Somebody who receives the gateway's events, and answers as he is told."""

from __future__ import annotations

import dataclasses
import http.server
import json
import threading
import time


# Of its own: a gateway goes on sending to a receiver that is gone, and its port may by then be that of somebody who
# counts every request, such as an issuer on 127.0.0.1.
ADDRESS = "127.0.0.2"


@dataclasses.dataclass(frozen=True)
class Event:
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def json(self) -> dict:
        return json.loads(self.body)

    @property
    def type(self) -> str:
        return self.json()["type"]


class Receiver:
    def __init__(self):
        self.events: list[Event] = []
        self.refuse_first = 0
        # Only events of this type are refused; of every type for None.
        self.refuse_type: str | None = None
        self.status = 204
        self.retry_after: int | None = None
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                with outer.lock:
                    headers = {name.lower(): value for name, value in self.headers.items()}
                    outer.events.append(Event(headers, body, time.monotonic()))
                    refused = outer.refuse_first > 0 and (
                        outer.refuse_type is None or f'"{outer.refuse_type}"'.encode() in body)
                    outer.refuse_first -= refused
                self.send_response(503 if refused else outer.status)
                if refused and outer.retry_after is not None:
                    self.send_header("Retry-After", str(outer.retry_after))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, request, client_address):
                """A gateway that is killed breaks its connections; that is no news in a test."""

        self.server = Server((ADDRESS, 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://{ADDRESS}:{self.server.server_address[1]}/events"

    def wait_for(self, wanted, seconds: float = 30) -> list[Event]:
        """All events for which `wanted` holds, once there is one."""
        deadline = time.monotonic() + seconds
        while True:
            found = [event for event in list(self.events) if wanted(event)]
            if found:
                return found
            assert time.monotonic() < deadline, (
                f"not among the events of {seconds} s: {[event.type for event in self.events]}")
            time.sleep(0.05)

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
