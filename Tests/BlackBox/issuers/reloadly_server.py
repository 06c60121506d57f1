"""Reloadly's authorization and gift card orders, strict. Tokens are given and checked by PyPI `oauthlib`.

Reloadly takes the token request as JSON, against RFC 6749; it is turned into the form that `oauthlib` reads.
"""

from __future__ import annotations

import dataclasses
import json
import re
import types
import urllib.parse

import oauthlib.oauth2

from issuers.strict import FORM, JSON, Answer, Deviation, Question, StrictIssuer

TOKEN_PATH = "/oauth/token"
ACCEPT = "application/com.reloadly.giftcards-v1+json"
LIFE_SECONDS = 86_400


@dataclasses.dataclass
class Order:
    status: str = "SUCCESSFUL"
    # Numbers and PINs.
    cards: list[tuple[str | None, str | None]] = dataclasses.field(default_factory=list)
    raw_status: Answer | None = None
    raw_cards: Answer | None = None


class Tokens(oauthlib.oauth2.RequestValidator):
    """One client, one scope, tokens that are remembered."""

    def __init__(self, client_id: str, secret: str):
        self.client_id, self.secret = client_id, secret
        self.given: set[str] = set()

    def authenticate_client(self, request, *_, **__):
        request.client = types.SimpleNamespace(client_id=request.client_id)
        return request.client_id == self.client_id and request.client_secret == self.secret

    def validate_grant_type(self, client_id, grant_type, client, request, *_, **__):
        return grant_type == "client_credentials"

    def get_default_scopes(self, *_, **__):
        return ["send-gift-cards"]

    def validate_scopes(self, client_id, scopes, *_, **__):
        return list(scopes) == ["send-gift-cards"]

    def save_bearer_token(self, token, *_, **__):
        self.given.add(token["access_token"])

    def validate_bearer_token(self, token, scopes, request):
        return token in self.given


class ReloadlyServer(StrictIssuer):
    def __init__(self, client_id: str, secret: str, audience: str, port: int = 0, generator=None):
        super().__init__(port)
        self.tokens = Tokens(client_id, secret)
        self.oauth = oauthlib.oauth2.BackendApplicationServer(
            self.tokens, token_generator=generator, token_expires_in=LIFE_SECONDS)
        self.audience = audience
        self.orders: dict[str, Order] = {}

    def put(self, transaction: int, **order) -> None:
        self.orders[str(transaction)] = Order(**order)

    def answer(self, question: Question) -> Answer:
        if question.path == TOKEN_PATH:
            return self.token(question)
        question.require("GET")
        question.require_no_body()
        if question.query:
            raise Deviation("parameters where none belong")
        if question.header("Accept") != ACCEPT:
            raise Deviation("another Accept than the version's")
        # Both spellings of the header are one to oauthlib.
        valid, _ = self.oauth.verify_request(
            self.url + question.path, "GET", None,
            {"Authorization": question.header("Authorization") or ""}, ["send-gift-cards"])
        if not valid:
            return problem(401, "INVALID_TOKEN", "Full authentication is required to access this resource", question.path)
        return self.order(question.path)

    def token(self, question: Question) -> Answer:
        question.require("POST")
        call = question.json_object({"client_id": str, "client_secret": str, "grant_type": str, "audience": str})
        if call.pop("audience") != self.audience:
            return Answer.json(403, {"error": "access_denied", "error_description": "Service not enabled"})
        headers, body, status = self.oauth.create_token_response(
            self.url + TOKEN_PATH, "POST", urllib.parse.urlencode(call), {"Content-Type": FORM})
        return Answer.json(status, json.loads(body))

    def order(self, path: str) -> Answer:
        asked = re.fullmatch(r"/reports/transactions/(\d+)|/orders/transactions/(\d+)/cards", path)
        if asked is None:
            raise Deviation("another path")
        number = asked.group(1) or asked.group(2)
        order = self.orders.get(number)
        if order is None:
            return problem(404, "TRANSACTION_NOT_FOUND", "Transaction not found", path)
        if asked.group(1):
            return order.raw_status or Answer.json(200, transaction(int(number), order))
        return order.raw_cards or Answer.json(
            200, [{"cardNumber": number, "pinCode": pin} for number, pin in order.cards])


def transaction(number: int, order: Order) -> dict:
    return {
        "transactionId": number, "amount": 60.5, "discount": 1.2, "currencyCode": "USD", "fee": 1.5,
        "recipientEmail": "buyer@example.org", "customIdentifier": "synthetic-order", "status": order.status,
        "product": {"productId": 1, "productName": "Synthetic US", "countryCode": "US", "quantity": len(order.cards),
                    "unitPrice": 50.0, "totalPrice": 50.0, "currencyCode": "USD", "brand": {"brandId": 2, "brandName": "Synthetic"}},
        "transactionCreatedTime": "2026-11-19 09:21:45", "preOrdered": False}


def problem(status: int, code: str, message: str, path: str = "/") -> Answer:
    return Answer.json(status, {
        "timeStamp": "2026-11-20 08:05:00", "message": message, "path": path, "errorCode": code,
        "infoLink": None, "details": []})
