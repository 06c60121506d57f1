"""What the strict issuers share: a server that refuses, and remembers, whatever deviates from its protocol.

A deviation is answered with 400 and plain text, which no protocol here knows, and stands under `GET /-/deviations`.
"""

from __future__ import annotations

import base64
import dataclasses
import email.message
import http.server
import json
import ssl
import threading
import urllib.parse
import xmlrpc.client

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
DEVIATIONS = "/-/deviations"


class Deviation(Exception):
    """The request is not what the protocol asks for; the text says why and quotes no value."""


@dataclasses.dataclass(frozen=True)
class Question:
    method: str
    # As sent: percent-encoded, without the query.
    path: str
    query: str
    headers: email.message.Message
    body: bytes

    def header(self, name: str) -> str | None:
        """The one header of that name; sent twice is a deviation."""
        values = self.headers.get_all(name, [])
        if len(values) > 1:
            raise Deviation(f"the header {name} is there {len(values)} times")
        return values[0] if values else None

    def require(self, method: str, path: str | None = None) -> None:
        if self.method != method:
            raise Deviation(f"{self.method} in place of {method}")
        if path is not None and self.path != path:
            raise Deviation("another path")

    def require_no_body(self) -> None:
        if self.body:
            raise Deviation("a body where none belongs")

    def require_media_type(self, wanted: str, charset: str | None = None) -> None:
        """The type, with no parameter but a charset, which must be UTF-8 or the one given."""
        written = self.header("Content-Type") or ""
        kind, _, parameters = written.partition(";")
        if kind.strip().lower() != wanted:
            raise Deviation(f"content type {kind.strip() or 'missing'} in place of {wanted}")
        allowed = {"", f"charset={(charset or 'utf-8').lower()}"}
        if parameters.strip().lower() not in allowed:
            raise Deviation("another parameter of the content type than its charset")

    def form(self, required: set[str], optional: set[str] = frozenset(), charset: str = "utf-8") -> dict[str, str]:
        """The form's fields: exactly those, each once, each encoded as `charset`."""
        self.require_media_type(FORM, charset)
        return fields(self.body, required, optional, charset)

    def parameters(self, required: set[str], optional: set[str] = frozenset(), charset: str = "utf-8") -> dict[str, str]:
        """The query's parameters, as strictly."""
        return fields(self.query.encode("ascii"), required, optional, charset)

    def json_object(self, required: dict[str, type], optional: dict[str, type] | None = None,
                    media_type: str = JSON) -> dict:
        """The JSON object: exactly those members, each once and of its type."""
        self.require_media_type(media_type)
        try:
            value = json.loads(self.body.decode("utf-8"), object_pairs_hook=_once)
        except ValueError as error:
            raise Deviation("the body is not JSON") from error
        check_members(value, required, optional or {})
        return value

    def struct_call(self) -> tuple[str, dict]:
        """Method and members of an XML-RPC call, whose one parameter is a struct."""
        self.require_media_type("text/xml")
        try:
            parameters, method = xmlrpc.client.loads(self.body.decode("utf-8"))
        except Exception as error:
            raise Deviation("the body is no XML-RPC call") from error
        if len(parameters) != 1 or not isinstance(parameters[0], dict):
            raise Deviation("not one struct")
        return method, parameters[0]

    def basic_credentials(self) -> tuple[str, str] | None:
        """User and password of RFC 7617; None without the header."""
        written = self.header("Authorization")
        if written is None:
            return None
        scheme, _, value = written.partition(" ")
        try:
            user, colon, password = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
        except ValueError as error:
            raise Deviation("the credentials are not base64 of UTF-8") from error
        if scheme.lower() != "basic" or not colon:
            raise Deviation("not the Basic scheme")
        return user, password

    def bearer_token(self) -> str | None:
        """RFC 6750; None without the header."""
        written = self.header("Authorization")
        if written is None:
            return None
        scheme, _, token = written.partition(" ")
        if scheme.lower() != "bearer" or not token or " " in token:
            raise Deviation("not the Bearer scheme")
        return token


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()

    @staticmethod
    def json(status: int, value, *headers: tuple[str, str], content_type: str = JSON) -> "Answer":
        body = json.dumps(value, indent=1, ensure_ascii=False).encode()
        return Answer(status, body, (("Content-Type", content_type), *headers))

    @staticmethod
    def xml(text: str) -> "Answer":
        return Answer(200, text.encode(), (("Content-Type", "text/xml"),))

    @staticmethod
    def text(status: int, text: str, content_type: str = "text/plain; charset=utf-8") -> "Answer":
        return Answer(status, text.encode(), (("Content-Type", content_type),))


def fields(body: bytes, required: set[str], optional: set[str], charset: str) -> dict[str, str]:
    try:
        pairs = urllib.parse.parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(body), encoding=charset,
            errors="strict")
    except ValueError as error:
        raise Deviation("the fields cannot be read") from error
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Deviation("a field is there twice")
    check_names(set(found), required, optional)
    return found


def check_members(value, required: dict[str, type], optional: dict[str, type]) -> None:
    if not isinstance(value, dict):
        raise Deviation("not a JSON object")
    check_names(set(value), set(required), set(optional))
    for name, member in value.items():
        wanted = required.get(name) or optional[name]
        # In Python a bool is an int; in JSON it is not.
        if not isinstance(member, wanted) or isinstance(member, bool) != (wanted is bool):
            raise Deviation(f"{name} is no {wanted.__name__}")


def check_names(found: set[str], required: set[str], optional: set[str]) -> None:
    if missing := required - found:
        raise Deviation(f"missing: {', '.join(sorted(missing))}")
    if unknown := found - required - set(optional):
        raise Deviation(f"unknown: {', '.join(sorted(unknown))}")


def _once(pairs: list[tuple[str, object]]) -> dict:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Deviation("a member is there twice")
    return value


class StrictIssuer:
    """Listens on 127.0.0.1 from the start; `port` 0 takes any free one. With `tls` it is HTTPS. A protocol overrides
    `answer`."""

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None):
        self.scheme = "http" if tls is None else "https"
        self.deviations: list[str] = []
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # One write a reply: small packets would wait for each other.
            wbufsize = -1

            def reply(self):
                path, _, query = self.path.partition("?")
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answer = outer._answered(Question(self.command, path, query, self.headers, body))
                self.send_response_only(answer.status)
                # An answer that signs its date brings it.
                if not any(name == "Date" for name, _ in answer.headers):
                    self.send_header("Date", self.date_time_string())
                for name, value in answer.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = reply

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128

            def handle_error(self, request, client_address):
                """A client that is killed breaks its connections; that is no news in a test."""

        self.server = Server(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, question: Question) -> Answer:
        raise NotImplementedError

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server.server_address[1]}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _answered(self, question: Question) -> Answer:
        if question.path == DEVIATIONS:
            with self.lock:
                return Answer.json(200, self.deviations)
        try:
            return self.answer(question)
        except Deviation as deviation:
            with self.lock:
                self.deviations.append(str(deviation))
            return Answer.text(400, f"deviation: {deviation}")
