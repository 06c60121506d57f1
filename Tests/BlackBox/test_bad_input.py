"""Every field of the webhook missing, of the wrong type, too long; bad signatures, bytes, methods.

Each case states the status, the reason and the JSON pointer of the answer. After each one nothing
is stored (the list and the signed checkpoint are still the same) and the next request is served.
"""

from __future__ import annotations

import datetime
import json
import socket
import time

import pytest

from harness import cards as made
from harness import webhook
from harness.load import receive
from harness.wire import call

PATH = "/v1/platforms/shop/deliveries"


@pytest.fixture(scope="module")
def strict(new_gateway, cards):
    """A gateway that stores nothing but a good delivery at the start and after each case."""
    gateway = new_gateway("strict").start()
    assert webhook.send(gateway, harmless(cards)).status == 202
    yield gateway
    assert gateway.stop() == 0


def stored(gateway) -> tuple[list[str], bytes]:
    """The accepted notices, and the log's checkpoint: size, root and signature."""
    checkpoint = call(gateway.url, "GET", "/v1/platforms/shop/log/checkpoint")
    assert checkpoint.status == 200, checkpoint.text
    return [row["webhook_id"] for row in gateway.deliveries()], checkpoint.body


@pytest.fixture(autouse=True)
def nothing_is_stored(strict, cards):
    """Around every case: what is stored stays as it was, and a good delivery is served next."""
    before = stored(strict)
    yield
    assert stored(strict) == before, "a refused delivery was stored"
    assert webhook.send(strict, harmless(cards)).status == 202


def harmless(cards) -> dict:
    """A delivery that needs no issuer, so that nothing is written later than its 202."""
    return made.delivery(cards.order(), [made.item("no-such-product", cards.licence())])


def good(cards) -> dict:
    return made.delivery(cards.order(), [made.item(
        "voucher", cards.voucher()[1], cards.voucher()[0], expires_on="2031-12-31",
        face_value={"amount_minor": 5000, "currency": "CNY"})],
        promised_at=made.rfc3339(made.now()),
        order={"terms_sha256": "0" * 64, "terms_disclosed_at": made.rfc3339(made.now())})


def at(value, pointer: str):
    """The container that holds the pointer's last step, and that step."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    for step in steps[:-1]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value, int(steps[-1]) if isinstance(value, list) else steps[-1]


def problem(answer, status: int, reason: str | None = None) -> dict:
    assert answer.status == status, f"{answer.status} {answer.text}"
    assert answer.header("content-type").startswith("application/problem+json"), answer.headers
    body = answer.json()
    assert set(body) >= {"type", "title", "status", "reason", "detail"}, body
    assert body["status"] == status
    if reason is not None:
        assert body["reason"] == reason, body
    return body


REQUIRED = ["/order", "/order/id", "/merchant", "/items", "/items/0/line", "/items/0/product",
            "/items/0/key", "/delivered_at"]


@pytest.mark.parametrize("pointer", REQUIRED)
def test_a_missing_field_is_named(strict, cards, pointer):
    delivery = good(cards)
    container, step = at(delivery, pointer)
    del container[step]
    body = problem(webhook.send(strict, delivery), 422, "invalid_fields")
    pointers = {error["pointer"]: error["reason"] for error in body["errors"]}
    assert pointers == {pointer: "missing"} or pointers == {f"{pointer}/id": "missing"}


@pytest.mark.parametrize("pointer", REQUIRED)
def test_null_where_a_value_is_required_is_named(strict, cards, pointer):
    delivery = good(cards)
    container, step = at(delivery, pointer)
    container[step] = None
    body = problem(webhook.send(strict, delivery), 422, "invalid_fields")
    assert [error["pointer"] for error in body["errors"]] == [pointer]


STRINGS = ["/order/id", "/order/placed_at", "/order/terms_sha256", "/order/terms_disclosed_at",
           "/order/paid/currency", "/order/paid/payment_ref", "/merchant", "/buyer_ref",
           "/promised_at", "/delivered_at", "/items/0/product", "/items/0/serial",
           "/items/0/key", "/items/0/expires_on", "/items/0/face_value/currency"]
INTEGERS = ["/order/quantity", "/order/paid/amount_minor", "/items/0/line",
            "/items/0/face_value/amount_minor"]
OBJECTS = ["/order", "/order/paid", "/items/0", "/items/0/face_value"]
WRONG_TYPES = (
    [(pointer, wrong) for pointer in STRINGS for wrong in (7, True, [], {})]
    + [(pointer, wrong) for pointer in INTEGERS for wrong in ("7", 1.5, True, [], {}, 2**70)]
    + [(pointer, wrong) for pointer in OBJECTS for wrong in ("x", 7, [])]
    + [("/items", wrong) for wrong in ("x", 7, {}, True)])


@pytest.mark.parametrize("pointer,wrong", WRONG_TYPES,
                         ids=[f"{p}={json.dumps(w)}" for p, w in WRONG_TYPES])
def test_a_value_of_the_wrong_type_is_named(strict, cards, pointer, wrong):
    delivery = good(cards)
    container, step = at(delivery, pointer)
    container[step] = wrong
    body = problem(webhook.send(strict, delivery), 422, "invalid_fields")
    assert [error["pointer"] for error in body["errors"]] == [pointer]
    assert body["errors"][0]["reason"] == "wrong_type"


LIMITS = [("/items/0/key", 512), ("/items/0/serial", 512), ("/order/id", 1_024),
          ("/merchant", 1_024), ("/buyer_ref", 1_024), ("/items/0/product", 1_024),
          ("/order/paid/payment_ref", 1_024)]


@pytest.mark.parametrize("pointer,limit", LIMITS)
def test_a_string_over_its_limit_is_named(strict, cards, pointer, limit):
    delivery = good(cards)
    container, step = at(delivery, pointer)
    container[step] = "7" * (limit + 1)
    body = problem(webhook.send(strict, delivery), 422, "invalid_fields")
    assert [(error["pointer"], error["reason"]) for error in body["errors"]] == [
        (pointer, "too_long")]
    assert "7" * 20 not in body["detail"] + str(body["errors"]), "the value is not repeated"


BAD_VALUES = [
    ("/stage", "sold"), ("/stage", 7), ("/delivered_at", "yesterday"),
    ("/delivered_at", "2026-02-30T00:00:00Z"), ("/delivered_at", "2026-11-20 08:00:00"),
    ("/delivered_at", "2026-11-20T08:00:00"), ("/order/placed_at", "1763625600"),
    ("/items/0/expires_on", "2027-13-01"), ("/items/0/expires_on", "2027-02-29"),
    ("/items/0/expires_on", "31.12.2027"), ("/items/0/line", 0), ("/items/0/line", -1),
    ("/items/0/line", 2**53), ("/items/0/key", ""), ("/items/0/key", " -- \u3000"),
    ("/merchant", ""), ("/merchant", "m\u0000"), ("/order/id", ""), ("/order/id", "1\n2"),
    ("/items/0/product", ""), ("/order/quantity", -1), ("/order/paid/amount_minor", 2**53),
    ("/items/0/face_value/currency", "cny"), ("/items/0/face_value/currency", "YUAN"),
    ("/items/0/face_value/amount_minor", -1), ("/items", []),
]


@pytest.mark.parametrize("pointer,value", BAD_VALUES,
                         ids=[f"{p}={json.dumps(v)}" for p, v in BAD_VALUES])
def test_a_value_that_cannot_be_is_named(strict, cards, pointer, value):
    delivery = good(cards) | {"stage": "receipt"}
    container, step = at(delivery, pointer)
    container[step] = value
    body = problem(webhook.send(strict, delivery), 422, "invalid_fields")
    assert [error["pointer"] for error in body["errors"]] == [pointer]


def test_a_delivery_more_than_five_minutes_ahead_is_refused(strict, cards):
    delivery = good(cards)
    delivery["delivered_at"] = made.rfc3339(made.now() + datetime.timedelta(minutes=6))
    body = problem(webhook.send(strict, delivery), 422, "invalid_fields")
    assert [error["pointer"] for error in body["errors"]] == ["/delivered_at"]


def test_a_line_that_stands_twice_is_refused(strict, cards):
    delivery = good(cards)
    delivery["items"].append(made.item("voucher", cards.voucher()[1], line=1))
    body = problem(webhook.send(strict, delivery), 422, "invalid_fields")
    assert [(error["pointer"], error["reason"]) for error in body["errors"]] == [
        ("/items/1/line", "duplicate_line")]


def test_all_that_is_wrong_is_said_at_once(strict, cards):
    delivery = good(cards)
    del delivery["merchant"]
    delivery["items"][0]["line"] = "one"
    delivery["items"].append({"line": 2, "product": "voucher"})
    body = problem(webhook.send(strict, delivery), 422, "invalid_fields")
    assert {error["pointer"] for error in body["errors"]} == {
        "/merchant", "/items/0/line", "/items/1/key"}


def test_more_than_a_thousand_items_are_refused(strict, cards):
    delivery = good(cards)
    delivery["items"] = [made.item("no-such-product", f"synthetic-{number:06d}", line=number + 1)
                         for number in range(1_001)]
    body = problem(webhook.send(strict, delivery), 422, "invalid_fields")
    assert [(error["pointer"], error["reason"]) for error in body["errors"]] == [
        ("/items", "too_many")]


# Bytes

def raw(strict, body: bytes, **more):
    return webhook.send(strict, body, **more)


NOT_JSON = {
    "empty": b"", "text": b"hello", "half": b'{"order": {"id": "1"', "two values": b"{} {}",
    "trailing comma": b'{"a": 1,}', "comment": b"{} // x", "single quotes": b"{'a': 1}",
    "a NUL": b'{"a": "\x00"}', "NaN": b'{"a": NaN}', "leading zero": b'{"a": 01}',
    "BOM": b"\xef\xbb\xbf{}", "XML": b"<a/>",
    "line break in a string": b'{"a": "\n"}', "plus": b'{"a": +1}',
}


@pytest.mark.parametrize("name", NOT_JSON)
def test_what_is_not_json_is_refused(strict, name):
    problem(raw(strict, NOT_JSON[name]), 400, "not_json")


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"7", b"null", b"true"])
def test_json_that_is_no_object_is_refused(strict, body):
    answer = raw(strict, body)
    problem(answer, 422, "invalid_fields")


@pytest.mark.parametrize("bad", [
    b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xe4\xbd", b"\xf5\x80\x80\x80"])
def test_bytes_that_are_not_utf8_are_refused(strict, cards, bad):
    body = webhook.encode(good(cards)).replace(b'"m-77"', b'"m-' + bad + b'"')
    problem(raw(strict, body), 400, "invalid_utf8")


@pytest.mark.parametrize("half", ["d800", "dc00", "d800\\ud800", "d800\\u0041", "d800x"])
def test_half_a_character_is_refused(strict, half):
    """RFC 8259 §8.2: an escaped surrogate alone stands for no Unicode character."""
    problem(raw(strict, b'{"a": "\\u' + half.encode() + b'"}'), 400, "invalid_utf8")


@pytest.mark.parametrize("name", ["merchant", "stage", "items"])
def test_a_key_that_stands_twice_is_refused(strict, cards, name):
    body = webhook.encode(good(cards))
    problem(raw(strict, body[:-1] + f',"{name}":1,"{name}":2}}'.encode()), 400, "duplicate_key")


def test_a_key_that_stands_twice_by_an_escape_is_refused(strict, cards):
    body = webhook.encode(good(cards))[:-1] + b',"mer\\u0063hant":"m-78"}'
    problem(raw(strict, body), 400, "duplicate_key")


@pytest.mark.parametrize("depth", [33, 1_000, 100_000])
def test_deep_nesting_is_refused(strict, cards, depth):
    body = webhook.encode(good(cards))[:-1] + b',"note":' + b"[" * depth + b"]" * depth + b"}"
    problem(raw(strict, body), 400, "too_deep")


def test_a_body_over_one_mebibyte_is_refused(strict, cards):
    body = webhook.encode(good(cards) | {"note": "x" * (1 << 20)})
    problem(raw(strict, body), 413)


def test_a_body_that_is_announced_too_large_is_refused_before_it_is_sent(strict):
    host, _, port = strict.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), 10) as peer:
        peer.settimeout(10)
        peer.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                     "Content-Length: 99999999999\r\n\r\n".encode() + b"{" * 4096)
        assert receive(peer)[0] == 413


def test_a_chunked_body_without_end_is_cut_at_the_limit(strict, cards):
    host, _, port = strict.url.removeprefix("http://").partition(":")
    signed = webhook.headers(strict.platform.secret, webhook.new_id(), b"{}")
    lines = [f"POST {PATH} HTTP/1.1", "Host: x", "Transfer-Encoding: chunked"]
    lines += [f"{name}: {value}" for name, value in signed.items()]
    with socket.create_connection((host, int(port)), 10) as peer:
        peer.settimeout(20)
        try:
            peer.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
            for _ in range(400):
                peer.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
        except OSError:
            pass
        else:
            pytest.fail("the gateway read 25 MiB of a body that may have 1")


# Signatures

def signed_call(strict, cards, change, platform: str = "shop", method: str = "POST"):
    body = webhook.encode(good(cards))
    headers = webhook.headers(strict.platform.secret, webhook.new_id(), body)
    change(headers)
    headers = {name: value for name, value in headers.items() if value is not None}
    return call(strict.url, method, webhook.path(platform), headers, body)


def change(**values):
    def apply(headers):
        for name, value in values.items():
            headers[name.replace("_", "-")] = value
    return apply


BAD_IDS = {"missing": None, "empty": "", "too long": "m" * 129, "a dot": "msg.1",
           "a space": "msg 1", "a tab": "msg\t1", "not ASCII": "msg_\u00e9"}


@pytest.mark.parametrize("name", BAD_IDS)
def test_a_bad_webhook_id_is_refused(strict, cards, name):
    problem(signed_call(strict, cards, change(webhook_id=BAD_IDS[name])), 400, "bad_webhook_id")


BAD_SIGNATURES = {
    "missing": None, "empty": "", "no version": "AAAA", "another version": "v2,AAAA",
    "not base64": "v1,!!!!", "too short": "v1,AAAA", "zeros": "v1," + "A" * 43 + "=",
    "only a comma": ",", "v1a with nothing": "v1a,",
}


@pytest.mark.parametrize("name", BAD_SIGNATURES)
def test_a_bad_signature_is_refused(strict, cards, name):
    answer = signed_call(strict, cards, change(webhook_signature=BAD_SIGNATURES[name]))
    problem(answer, 401)


def test_every_single_changed_symbol_of_a_signature_is_refused(strict, cards):
    body = webhook.encode(good(cards))
    headers = webhook.headers(strict.platform.secret, webhook.new_id(), body)
    right = headers["webhook-signature"]
    for place in range(3, len(right) - 1):
        other = "A" if right[place] != "A" else "B"
        wrong = right[:place] + other + right[place + 1:]
        answer = call(strict.url, "POST", PATH, headers | {"webhook-signature": wrong}, body)
        problem(answer, 401)


def test_more_than_sixteen_signatures_are_refused(strict, cards):
    def many(headers):
        headers["webhook-signature"] = " ".join(["v1," + "A" * 43 + "="] * 16
                                                + [headers["webhook-signature"]])
    problem(signed_call(strict, cards, many), 401)


def test_a_signature_over_another_body_id_or_time_is_refused(strict, cards):
    body, other = webhook.encode(good(cards)), webhook.encode(good(cards))
    headers = webhook.headers(strict.platform.secret, webhook.new_id(), body)
    problem(call(strict.url, "POST", PATH, headers, other), 401)
    problem(call(strict.url, "POST", PATH, headers | {"webhook-id": webhook.new_id()}, body), 401)
    later = str(int(headers["webhook-timestamp"]) + 1)
    problem(call(strict.url, "POST", PATH, headers | {"webhook-timestamp": later}, body), 401)


def test_another_secret_is_refused(strict, cards):
    body = webhook.encode(good(cards))
    headers = webhook.headers(webhook.new_secret(), webhook.new_id(), body)
    problem(call(strict.url, "POST", PATH, headers, body), 401)


@pytest.mark.parametrize("seconds", [-302, 302, -86_400, 10**9])
def test_an_old_or_future_timestamp_is_refused(strict, cards, seconds):
    answer = webhook.send(strict, good(cards), timestamp=int(time.time()) + seconds)
    problem(answer, 401)


@pytest.mark.parametrize("value", [None, "", "now", "1.5", "-1", "99999999999999999999", "0x10"])
def test_a_timestamp_that_is_no_number_is_refused(strict, cards, value):
    problem(signed_call(strict, cards, change(webhook_timestamp=value)), 401)


def test_an_unknown_platform_is_not_told_apart_from_a_bad_signature(strict, cards):
    wrong = signed_call(strict, cards, change(webhook_signature="v1," + "A" * 43 + "="))
    unknown = signed_call(strict, cards, lambda headers: None, platform="nobody")
    first, second = problem(wrong, 401), problem(unknown, 401)
    assert first["reason"] == second["reason"] and first["detail"] == second["detail"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_refused(strict, cards, method):
    answer = signed_call(strict, cards, lambda headers: None, method=method)
    problem(answer, 405)
    assert "POST" in answer.header("allow")


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/platforms/shop", "/v2/deliveries"])
def test_an_unknown_path_is_not_found(strict, path):
    problem(call(strict.url, "GET", path), 404)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml",
                                  "application/x-www-form-urlencoded", "nonsense"])
def test_another_media_type_is_refused(strict, cards, kind):
    problem(signed_call(strict, cards, change(content_type=kind)), 415)


# Which of several faults is named

def test_the_order_in_which_faults_are_named(strict, cards):
    """404/405, then 413/415, then the id, then the signature, then the JSON."""
    large = b"x" * ((1 << 20) + 1)
    def ask(headers, body=b"not json", method="POST"):
        base = webhook.headers(webhook.new_secret(), webhook.new_id(), body)
        return call(strict.url, method, PATH, base | headers, body).status
    assert ask({"content-type": "text/plain"}, method="PUT") == 405
    assert ask({"webhook-id": "a.b"}, body=large) == 413
    assert ask({"content-type": "text/plain", "webhook-id": "a.b"}) == 415
    assert ask({"webhook-id": "a.b"}) == 400
    assert ask({}) == 401
    stale = webhook.headers(strict.platform.secret, "x1", b"not json", int(time.time()) - 999)
    assert call(strict.url, "POST", PATH, stale, b"not json").status == 401
    assert webhook.send(strict, b"not json").status == 400


def test_an_id_that_is_taken_is_named_before_the_body_is_judged(strict, cards):
    """401 before 409, 409 before 400 and 422."""
    taken = strict.deliveries()[0]["webhook_id"]
    for body in (b"not json", b"{}", webhook.encode(good(cards))):
        problem(webhook.send(strict, body, taken), 409, "webhook_id_reused")
        problem(webhook.send(strict, body, taken, timestamp=int(time.time()) - 999), 401)


# HTTP itself

RAW_HTTP = {
    "no request": b"\r\n\r\n",
    "garbage": bytes(range(256)),
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
    "two lengths": f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                   "Content-Length: 3\r\n\r\n{}}".encode(),
    "length and chunked": f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n".encode(),
    "negative length": f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n".encode(),
    "bad chunk": f"POST {PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "zz\r\n".encode(),
    "huge header": b"GET /livez HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    "many headers": b"GET /livez HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 20_000 + b"\r\n",
    "long path": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a NUL in a header": b"GET /livez HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
    "percent nonsense": b"GET /v1/platforms/%zz%ff%00/deliveries HTTP/1.1\r\nHost: x\r\n\r\n",
    "HTTP/0.9": b"GET /livez\r\n",
}


@pytest.mark.parametrize("name", RAW_HTTP)
def test_broken_http_is_answered_or_closed(strict, name):
    host, _, port = strict.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), 10) as peer:
        peer.settimeout(10)
        try:
            peer.sendall(RAW_HTTP[name])
            peer.shutdown(socket.SHUT_WR)
            answer = peer.recv(65_536)
        except OSError:
            answer = b""
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4"), answer[:200]

