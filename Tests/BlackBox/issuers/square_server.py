"""Square's Gift Cards API, as far as a card's state and its activities go, strict."""

from __future__ import annotations

import dataclasses
import re

from issuers.strict import Answer, Deviation, Question, StrictIssuer

LOOKUP = "/v2/gift-cards/from-gan"
ACTIVITIES = "/v2/gift-cards/activities"


@dataclasses.dataclass
class Card:
    id: str
    state: str = "ACTIVE"
    balance: int | None = 5000
    currency: str = "USD"
    # Type, time, amount, balance afterwards, further members of the details.
    activities: list[tuple] = dataclasses.field(default_factory=list)
    # What comes in place of everything else.
    raw: Answer | None = None
    raw_activities: Answer | None = None
    # The number that the answer names, where it is another one.
    named: str | None = None

    def describe(self, gan: str) -> dict:
        card = {
            "id": self.id, "type": "DIGITAL", "gan_source": "SQUARE", "state": self.state,
            "gan": self.named or gan, "created_at": "2026-10-01T09:00:00.000Z",
            "customer_ids": ["JDKYHBWT1D4F8MFH63DBMEN8Y4"]}
        if self.balance is not None:
            card["balance_money"] = {"amount": self.balance, "currency": self.currency}
        return card

    def history(self, gan: str) -> list[dict]:
        entries = []
        for number, (kind, at, amount, balance, *more) in enumerate(self.activities):
            details = {"amount_money": {"amount": amount, "currency": self.currency}} if amount is not None else {}
            entries.append({
                "id": f"gcact_{number:04}", "type": kind, "location_id": "81FN9BNFZTKS4", "created_at": at,
                "gift_card_id": self.id, "gift_card_gan": gan,
                "gift_card_balance_money": {"amount": balance, "currency": self.currency},
                f"{kind.lower()}_activity_details": {**details, **(more[0] if more else {})}})
        return entries


class SquareServer(StrictIssuer):
    def __init__(self, token: str, port: int = 0):
        super().__init__(port)
        self.token = token
        self.cards: dict[str, Card] = {}

    def put(self, gan: str, **card) -> None:
        self.cards[gan] = Card(**card)

    def answer(self, question: Question) -> Answer:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", question.header("Square-Version") or ""):
            raise Deviation("Square-Version is no date")
        if question.bearer_token() != self.token:
            return problem(401, "AUTHENTICATION_ERROR", "UNAUTHORIZED", "This request could not be authorized.")
        if question.path == LOOKUP:
            question.require("POST")
            return self.lookup(question.json_object({"gan": str})["gan"])
        if question.path == ACTIVITIES:
            question.require("GET")
            question.require_no_body()
            return self.activities(question.parameters({"gift_card_id"}, {"sort_order", "limit", "cursor"}))
        raise Deviation("another path")

    def lookup(self, gan: str) -> Answer:
        card = self.cards.get(gan)
        if card is None:
            return problem(404, "INVALID_REQUEST_ERROR", "NOT_FOUND", f"Gift card with gan `{gan}` not found.")
        return card.raw or Answer.json(200, {"gift_card": card.describe(gan)})

    def activities(self, parameters: dict[str, str]) -> Answer:
        limit = int(parameters.get("limit", "50"))
        if not 1 <= limit <= 100 or parameters.get("sort_order", "DESC") not in {"ASC", "DESC"}:
            raise Deviation("sort_order or limit is none that is documented")
        for gan, card in self.cards.items():
            if card.id == parameters["gift_card_id"]:
                if card.raw_activities is not None:
                    return card.raw_activities
                entries = card.history(gan)
                if parameters.get("sort_order", "DESC") == "DESC":
                    entries.reverse()
                answer = {"gift_card_activities": entries[:limit]} if entries else {}
                if len(entries) > limit:
                    answer["cursor"] = "synthetic-cursor"
                return Answer.json(200, answer)
        return problem(404, "INVALID_REQUEST_ERROR", "NOT_FOUND", "Gift card not found.")


def problem(status: int, category: str, code: str, detail: str) -> Answer:
    return Answer.json(status, {"errors": [{"category": category, "code": code, "detail": detail}]})
