"""An issuer behind OAuth 2.0 client credentials. Token endpoint and resource guard are authlib's own; this file only
carries HTTP to them and refuses what deviates from the one way of asking that it was started with.

    python oauth_server.py PORT STYLE SECRET_FILE EXPIRES_IN

STYLE is basic, form or json; EXPIRES_IN is in seconds, or `none` to leave the member out.

    POST /token            the token endpoint, for the client `gateway one`
    GET  /card             {"code": "00"}, for whoever shows a good token with the scope `cards`
    POST /control/forget   every token given out so far becomes invalid
    GET  /control/counts   {"tokens": …, "refused": …, "cards": …}
"""

from __future__ import annotations

import collections
import http.server
import json
import os
import pathlib
import secrets
import sys
import threading
import time
import urllib.parse

# authlib refuses plain HTTP unless told that this is a test.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.oauth2.rfc6749 import (AuthorizationServer, ClientMixin, OAuth2Error, OAuth2Request, ResourceProtector,
                                    TokenMixin, grants)
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenValidator

CLIENT = "gateway one"
AUDIENCE = "https://cards.example"
METHODS = {"basic": "client_secret_basic", "form": "client_secret_post", "json": "client_secret_post"}
TYPES = {"basic": "application/x-www-form-urlencoded", "form": "application/x-www-form-urlencoded",
         "json": "application/json"}


class Client(ClientMixin):
    def __init__(self, secret: str, method: str):
        self.secret, self.method = secret, method

    def get_client_id(self):
        return CLIENT

    def get_allowed_scope(self, scope):
        return " ".join(word for word in (scope or "").split() if word == "cards")

    def check_client_secret(self, client_secret):
        return secrets.compare_digest(client_secret.encode(), self.secret.encode())

    def check_endpoint_auth_method(self, method, endpoint):
        return endpoint == "token" and method == self.method

    def check_grant_type(self, grant_type):
        return grant_type == "client_credentials"


class Token(TokenMixin):
    def __init__(self, fields: dict):
        self.fields, self.ends = fields, time.time() + fields.get("expires_in", 3600)

    def get_scope(self):
        return self.fields.get("scope", "")

    def is_expired(self):
        return time.time() > self.ends

    def is_revoked(self):
        return False


class Request(OAuth2Request):
    def __init__(self, method: str, uri: str, headers, fields: dict):
        super().__init__(method, uri, headers=headers)
        self.payload = BasicOAuth2Payload(fields)

    @property
    def form(self):
        return self.payload.data


class Tokens(AuthorizationServer):
    def __init__(self, style: str, secret: str, expires_in: int | None):
        super().__init__(scopes_supported=["cards"])
        self.client, self.expires_in = Client(secret, METHODS[style]), expires_in
        self.given: dict[str, Token] = {}

        class Grant(grants.ClientCredentialsGrant):
            TOKEN_ENDPOINT_AUTH_METHODS = [METHODS[style]]

        self.register_grant(Grant)
        self.register_token_generator("default", self.make)

    def make(self, grant_type, client, user=None, scope=None, expires_in=None, include_refresh_token=True):
        token = {"access_token": "mark-token-" + secrets.token_urlsafe(24), "token_type": "Bearer",
                 "scope": client.get_allowed_scope(scope)}
        if self.expires_in is not None:
            token["expires_in"] = self.expires_in
        return token

    def query_client(self, client_id):
        return self.client if client_id == CLIENT else None

    def save_token(self, token, request):
        self.given[token["access_token"]] = Token(token)

    def create_oauth2_request(self, request):
        return request

    def handle_response(self, status, body, headers):
        return status, body, headers

    def send_signal(self, name, *args, **kwargs):
        pass


class Validator(BearerTokenValidator):
    def __init__(self, tokens: Tokens):
        super().__init__()
        self.tokens = tokens

    def authenticate_token(self, token_string):
        return self.tokens.given.get(token_string)


class Issuer:
    def __init__(self, port: int, style: str, secret: str, expires_in: int | None):
        self.style, self.tokens = style, Tokens(style, secret, expires_in)
        self.guard = ResourceProtector()
        self.guard.register_token_validator(Validator(self.tokens))
        self.counts: collections.Counter[str] = collections.Counter()
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.reply(*outer.get(self.path, f"{outer.url}{self.path}", self.headers))

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.reply(*outer.post(self.path, f"{outer.url}{self.path}", self.headers, body))

            def reply(self, status: int, answer: dict, headers=()):
                data = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in [*headers, ("Content-Length", str(len(data)))]:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def get(self, path: str, uri: str, headers):
        json_type = [("Content-Type", "application/json")]
        if path == "/control/counts":
            return 200, self.counts, json_type
        if path != "/card":
            return 404, {"error": "no such resource"}, json_type
        try:
            self.guard.validate_request(["cards"], Request("GET", uri, headers, {}))
        except OAuth2Error as error:
            self.count("refused")
            status, body, headers = error()
            return status, dict(body), headers
        self.count("cards")
        return 200, {"code": "00"}, json_type

    def post(self, path: str, uri: str, headers, body: bytes):
        json_type = [("Content-Type", "application/json")]
        if path == "/control/forget":
            self.tokens.given.clear()
            return 200, {}, json_type
        if path != "/token":
            return 404, {"error": "no such resource"}, json_type
        if headers.get("Content-Type") != TYPES[self.style]:
            return 400, {"error": "invalid_request", "error_description": "content type"}, json_type
        try:
            if self.style == "json":
                fields = json.loads(body)
            else:
                pairs = urllib.parse.parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)
                fields = dict(pairs)
                assert len(fields) == len(pairs), "a parameter stands twice"
            expected = {"grant_type", "scope", "audience"} | (
                set() if self.style == "basic" else {"client_id", "client_secret"})
            assert fields.keys() == expected, "parameters"
            assert fields["audience"] == AUDIENCE, "audience"
        except (ValueError, AssertionError) as error:
            return 400, {"error": "invalid_request", "error_description": str(error)}, json_type
        time.sleep(0.05)
        status, answer, headers = self.tokens.create_token_response(Request("POST", uri, headers, fields))
        self.count("tokens" if status == 200 else "refused")
        return status, dict(answer), headers

    def count(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1


def main() -> None:
    port, style, secret, expires_in = sys.argv[1:]
    issuer = Issuer(int(port), style, pathlib.Path(secret).read_text(),
                    None if expires_in == "none" else int(expires_in))
    print(issuer.url, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
