"""Gumroad: every answer that the server's source can give."""

from __future__ import annotations

import urllib.parse

from issuers import gumroad_server
from issuers.strict import FORM, Answer
from recordings.plan import ECHO, Ask, Case, Recording

PRODUCT = "32-nPAicqbLj8B_WswVlMw=="
ENDED_AT = "2026-11-01T00:00:00Z"


def recording() -> Recording:
    server = gumroad_server.GumroadServer()
    cases: list[Case] = []

    def case(name: str, expect: dict, product: str = PRODUCT, **licence) -> None:
        number = f"{len(cases):08X}"
        key = f"SYNTHETI-{number}-7Q4XWD2P-9HTLVCB3"
        if licence:
            server.put(key, product, **licence)
        cases.append(Case(name, {"key": key}, [ask(key)], expect))

    def bought(name: str, state: str, uses: int = 0, **purchase) -> None:
        case(name, {"state": state, "certainty": "authoritative", "issuer_code": str(uses), "requests": 1},
             uses=uses, purchase=purchase)

    def refused(name: str, expect: dict, message: str) -> None:
        case(name, {**expect, "issuer_text": message}, refusal=message)

    bought("never used", "ok_unused")
    bought("with the seller's own question", "ok_unused", **{"Who is it for?": "Synthetic Buyer"})
    bought("used once", "used", uses=1)
    bought("one of three seats used", "partially_used", uses=1, is_multiseat_license=True, quantity=3)
    bought("all three seats used", "used", uses=3, is_multiseat_license=True, quantity=3)
    bought("several bought, but one seat", "used", uses=1, quantity=3)
    bought("refunded", "revoked", refunded=True)
    bought("charged back", "revoked", uses=2, chargebacked=True)
    bought("disputed", "temporarily_unusable", disputed=True)
    bought("disputed and won", "ok_unused", disputed=True, dispute_won=True)
    bought("subscription ended", "expired", subscription_ended_at=ENDED_AT)
    bought("subscription cancelled", "expired", subscription_cancelled_at=ENDED_AT)
    case("subscription cancelled, but paid until later", {"state": "ok_unused", "expires_on": "2027-02-01"},
         purchase={"subscription_cancelled_at": "2027-02-01T00:00:00.000Z"})
    case("an end that is no time", {"state": "indeterminate", "cause": "unmapped"},
         purchase={"subscription_ended_at": "soon"})
    bought("subscription failed", "expired", subscription_failed_at=ENDED_AT)
    bought("a purchase by the seller himself", "wrong_product", test=True)
    case("an imported customer", {"state": "ok_unused", "issuer_code": "0"}, imported=True)
    case("an imported customer's key, used", {"state": "used", "issuer_code": "4"}, imported=True, uses=4)
    case("unknown", {"state": "not_found", "issuer_text": gumroad_server.UNKNOWN})
    case("of another product", {"state": "not_found", "issuer_text": gumroad_server.UNKNOWN}, product="another")
    refused("disabled", {"state": "revoked"}, gumroad_server.DISABLED)
    refused("access expired", {"state": "expired"}, gumroad_server.ENDED)
    undecided = {"state": "indeterminate", "cause": "unmapped"}
    refused("a refusal nobody documented", undecided, f"The license {ECHO} is resting.")
    case("a wrong address", {"state": "indeterminate", "cause": "malformed_answer"},
         raw=Answer.text(404, "<h1>Not found</h1>", "text/html"))
    case("a 404 of another program", undecided, raw=Answer.json(404, {"status": 404, "error": "Not Found"}))
    case("uses that are no number", undecided,
         raw=Answer.json(200, {"success": True, "uses": "0", "purchase": {"refunded": False}}))
    case("an answer about another key", {"state": "indeterminate", "cause": "malformed_answer"},
         purchase={"license_key": "SYNTHETI-FFFFFFFF-7Q4XWD2P-9HTLVCB3"})
    return Recording(
        "gumroad", server, {"endpoint": "http://127.0.0.1:3000", "product_id": PRODUCT}, cases,
        {"good": "never used", "unmapped": "a refusal nobody documented", "echo": "a refusal nobody documented"})


def ask(key: str) -> Ask:
    form = {"product_id": PRODUCT, "license_key": key, "increment_uses_count": "false"}
    return Ask("POST", "/v2/licenses/verify", {"Content-Type": FORM, "Accept": "application/json"},
               urllib.parse.urlencode(form).encode())
