"""License Manager for WooCommerce: every status at every count, and every error of the plugin and of WordPress."""

from __future__ import annotations

import base64

from issuers import lmfwc_server
from issuers.strict import JSON, Answer
from recordings.plan import ECHO, Ask, Case, Recording

USER, PASSWORD = "ck_synthetic", "mark-Cs-9f31QqLmfwc"


def recording() -> Recording:
    server = lmfwc_server.LMFWCServer(USER, PASSWORD)
    cases: list[Case] = []

    def case(name: str, state: str, cause: str | None = None, known: bool = True, expect: dict | None = None,
             certainty: str = "authoritative", **licence) -> None:
        key = f"SYNTHETIC-Zq7k_M4{len(cases):04d}"
        if known:
            server.put(key, **licence)
        meaning = {"state": state, **({"cause": cause} if cause else {"certainty": certainty})}
        cases.append(Case(name, {"key": key}, [ask(key)], {**meaning, **(expect or {}), "requests": 1}))

    def refused(name: str, status: int, code: str, message: str, state: str, cause: str | None = None) -> None:
        case(name, state, cause, raw=lmfwc_server.error(status, code, message),
             expect={"issuer_code": code, "issuer_text": message})

    fresh = {"issuer_code": "2", "expires_on": "2027-11-20"}
    case("delivered, never activated", "ok_unused", expect=fresh)
    case("delivered, activated none of three times", "ok_unused", activated=0)
    case("sold", "ok_unused", status=1)
    case("active", "ok_unused", status=3)
    case("inactive", "not_activated", status=4, expect={"issuer_code": "4"})
    case("activated once of three times", "partially_used", activated=1)
    case("activated once without a limit", "partially_used", activated=1, limit=None)
    case("activated once with the limit 0", "partially_used", activated=1, limit=0)
    case("activated three times of three", "used", activated=3)
    case("without expiry", "ok_unused", expires_at=None)
    case("expired", "expired", certainty="derived", expires_at="2026-11-20 08:04:59")
    case("expired and inactive", "expired", certainty="derived", expires_at="2026-01-01 00:00:00", status=4)
    case("expires this second", "ok_unused", expires_at="2026-11-20 08:05:00")
    case("of another product", "wrong_product", product=8)
    case("of no product", "indeterminate", "unmapped", product=None)
    case("unknown", "not_found", known=False, expect={"issuer_code": "lmfwc_rest_data_error"})
    refused("expired, as the other routes say it", 405, "lmfwc_rest_license_expired",
            "The license Key expired on 2026-01-01 00:00:00 (UTC).", "expired")
    refused("an error of the database", 404, "lmfwc_rest_data_error", f"Unknown column {ECHO}.", "indeterminate",
            "unmapped")
    refused("a route that is switched off", 404, "lmfwc_rest_route_disabled_error",
            "This route is disabled via the plugin settings.", "indeterminate", "our_account")
    refused("without the plugin", 404, "rest_no_route", "No route was found matching the URL and request method.",
            "indeterminate", "our_account")
    refused("a wrong consumer secret", 401, "lmfwc_rest_authentication_error", "Consumer secret is invalid.",
            "indeterminate", "our_account")
    refused("without permission", 403, "lmfwc_rest_cannot_view", "Sorry, you cannot view this resource.",
            "indeterminate", "our_account")
    refused("without TLS", 403, "lmfwc_rest_no_ssl_error",
            "The connection is not secure, therefore the API cannot be used.", "indeterminate", "our_account")
    case("a page in its place", "indeterminate", "malformed_answer", raw=Answer.text(404, "<p>lost</p>", "text/html"))
    case("a status nobody documented", "indeterminate", "unmapped", status=5, expect={"issuer_code": "5"})
    case("a count that is no number", "indeterminate", "unmapped", activated="3")
    case("an expiry that is no time", "indeterminate", "unmapped", expires_at="soon")
    case("the list of all licences", "indeterminate", "unmapped", raw=Answer.json(200, {"success": True, "data": []}))
    case("about another key", "indeterminate", "malformed_answer", changes={"licenseKey": "SYNTHETIC-FFFFFFFF"})
    return Recording(
        "lmfwc", server, {"endpoint": "http://127.0.0.1:3000", "consumer_key": USER, "product_id": "7"}, cases,
        {"good": "delivered, never activated", "unmapped": "an error of the database",
         "echo": "an error of the database"},
        secrets={"consumer_secret": PASSWORD})


def ask(key: str) -> Ask:
    credentials = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    return Ask("GET", lmfwc_server.PREFIX + key, {"Authorization": f"Basic {credentials}", "Accept": JSON})
