"""Writes the aggregators' fixtures from what their servers in this folder answer and report.

    python aggregator_fixtures.py [ADAPTERS_FOLDER]

Each case names one answer or callback of a server and what an adapter must make of it. Cards, keys and orders are synthetic.
"""

from __future__ import annotations

import base64
import json
import pathlib
import sys

import ckxiang_server
import nineteenpay_server
import shenzhoufu_server
import yeepay_server

SERIAL, KEY = "10111281010000123", "204911730086254971"
CALLBACK = "https://gateway.example/callbacks/x"
NUMBER = 700001
ECHO = "ECHO-GOES-HERE"


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def flow(values: dict) -> str:
    def shown(value) -> str:
        return quoted(value) if isinstance(value, str) else flow(value) if isinstance(value, dict) else json.dumps(value)

    return "{" + ", ".join(f"{name}: {shown(value)}" for name, value in values.items()) + "}"


def payload(data: bytes) -> str:
    """A body as text where it is plain ASCII or UTF-8, else as base64."""
    try:
        return f"body: {quoted(data.decode('utf-8'))}"
    except UnicodeDecodeError:
        return f"body_base64: {base64.b64encode(data).decode()}"


class Fixtures:
    def __init__(self, adapter: str, settings: dict, secrets: dict, attacks: dict, server: str):
        self.lines = [
            f"# What Tests/BlackBox/issuers/{server} answers and reports, for a synthetic card; written by",
            "# aggregator_fixtures.py beside it. docs/adapters.md explains this file.",
            f"adapter: {quoted(adapter)}", f"settings: {flow(settings)}", f"secrets: {flow(secrets)}",
            f"attacks: {flow(attacks)}", "cases:",
        ]

    def case(self, name: str, operation: str | None, expect: dict, answer: tuple | None = None, callback: tuple | None = None,
             serial: str | None = SERIAL, key: str = KEY, format: str = "cmcc", continuation: str | None = None) -> None:
        out = self.lines
        out.append(f"  - name: {quoted(name)}")
        if operation is not None:
            out.append(f"    operation: {operation}")
        if serial is not None:
            out.append(f"    serial: {quoted(serial)}")
        out += [f"    key: {quoted(key)}", f"    format: {format}", "    asked_at: 2026-11-20T08:00:01Z"]
        if continuation is not None:
            out.append(f"    continuation: {continuation}")
        if operation is not None:
            out += ["    face_value: {amount_minor: 5000, currency: CNY}",
                    f"    order: {{number: {NUMBER}, placed_at: 2026-11-20T08:00:00Z, callback_url: {quoted(CALLBACK)}}}"]
        if answer is not None:
            status, media_type, body, *more = answer
            headers = {"Content-Type": media_type, **(more[0] if more else {})}
            out += ["    answers:", f"      - status: {status}", f"        headers: {flow(headers)}", f"        {payload(body)}"]
        if callback is not None:
            method, data = callback
            out += ["    callback:", f"      method: {method}",
                    f"      {'query' if method == 'GET' else 'body'}: {quoted(data.decode('ascii'))}"]
        out.append(f"    expect: {flow(expect)}")

    def write(self, path: pathlib.Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(self.lines) + "\n")


def settled(state: str, code: str, acknowledgement: str, certainty: str = "authoritative", text: str | None = None) -> dict:
    expect = {"disposition": "settled", "state": state, "certainty": certainty, "issuer_code": code}
    if text is not None:
        expect["issuer_text"] = text
    return expect | {"acknowledgement": acknowledgement}


def undecided(disposition: str, cause: str, code: str | None = None, **more) -> dict:
    expect = {"disposition": disposition, "state": "indeterminate", "cause": cause}
    return expect | ({"issuer_code": code} if code is not None else {}) | more


def yeepay(folder: pathlib.Path) -> None:
    server = yeepay_server.YeePayServer({"merchant_id": "10000000001", "key": "mark-Yp77-Merchant-Key"})
    fixtures = Fixtures(
        "yeepay-card", {"merchant_id": "10000000001", "card_type": "SZX"}, {"merchant_key": "mark-Yp77-Merchant-Key"},
        {"redeemed": "accepted", "callback": "callback 0", "unmapped": "an undocumented code",
         "echo": "a reply that repeats what was sent", "signed": "accepted", "signature": "hmac"}, "yeepay_server.py")
    order = f"CP{NUMBER}"
    replies = [
        ("1", "提交成功", "accepted", "in_progress"), ("2", "卡密成功处理过或者提交卡号过于频繁", "unknown", "already_submitted"),
        ("11", "订单号重复", "unknown", "already_submitted"), ("21", "请求失败，请稍后再试", "not_taken", "issuer_unavailable"),
        ("66", "支付金额有误", "not_taken", "our_request"), ("8001", "卡面额组填写错误", "not_taken", "our_request"),
        ("8002", "卡号密码为空或者数量不相等", "not_taken", "our_request"), ("95", "支付方式未开通", "not_taken", "our_account"),
        ("112", "未开通此类卡业务", "not_taken", "our_account"), ("-1", "签名较验失败", "not_taken", "our_account"),
        ("-100", "", "unknown", "ambiguous_answer"),
    ]
    for code, message, disposition, cause in replies:
        name = "accepted" if code == "1" else f"reply {code}"
        fixtures.case(name, "redeem", undecided(disposition, cause, code, issuer_text=message, requests=1),
                      answer=server.reply(code, order, message))
    for code in ("5", "7", "61"):
        fixtures.case(f"reply {code}", "redeem", {"disposition": "settled", "state": "malformed", "issuer_code": code, "requests": 1},
                      answer=server.reply(code, order, "卡不符合规则"))
    fixtures.case("an undocumented code", "redeem", undecided("unknown", "unmapped", "4711"), answer=server.reply("4711", order, ""))
    fixtures.case("a reply that repeats what was sent", "redeem", undecided("unknown", "bad_signature", "2"),
                  answer=server.lines([("r0_Cmd", "ChargeCardDirect"), ("r1_Code", "2"), ("r6_Order", order),
                                       ("rq_ReturnMsg", f"card {ECHO}"), ("hmac", "0" * 32)]))
    fixtures.case("a reply about another order", "redeem", undecided("unknown", "malformed_answer"),
                  answer=server.reply("1", "CP1", ""))
    sent = {"p1_MerId": "10000000001", "p2_Order": order, "p3_Amt": "50.00", "pd_FrpId": "SZX", "pa7_cardAmt": "50.00",
            "pa8_cardNo": SERIAL, "pa_MP": ""}
    states = {
        "0": "ok_activated_by_buyer", "1": "conflict", "1003": "unsupported", "1004": "not_found", "1006": "not_found",
        "1007": "partially_used", "1008": "expired", "2005": "used", "2007": "not_found", "2013": "locked", "3001": "not_found",
        "3002": "used", "3003": "revoked", "3004": "revoked", "3005": "not_activated", "3006": "not_found", "3102": "expired",
    }
    causes = {"2": ("unknown", "ambiguous_answer"), "1002": ("not_taken", "rate_limited"), "1010": ("unknown", "reserved"),
              "2006": ("unknown", "reserved"), "3007": ("unknown", "reserved"), "3101": ("unknown", "issuer_unavailable"),
              "10000": ("unknown", "ambiguous_answer"), "4711": ("unknown", "unmapped")}
    causes |= {code: ("not_taken", "issuer_unavailable") for code in ("2008", "2009", "2010", "2011", "2012", "2014")}

    def notice(status: str, script: dict | None = None) -> tuple:
        return "GET", server.notice(sent, script or {}, "1" if status == "0" else "2", status)

    for status, state in states.items():
        worth = {"actual_value": {"amount_minor": 5000, "currency": "CNY"}} if status == "0" else {}
        fixtures.case(f"callback {status}", "callback", settled(state, status, "success") | worth, callback=notice(status))
    fixtures.case("callback 7", "callback", settled("wrong_product", "7", "success", "derived"), callback=notice("7"))
    fixtures.case("callback 7, worth less", "callback", settled("undervalued", "7", "success", "derived"),
                  callback=notice("7", {"value": "30.00"}))
    for status, (disposition, cause) in causes.items():
        fixtures.case(f"callback {status}", "callback", undecided(disposition, cause, status, acknowledgement="success"),
                      callback=notice(status))
    refusals = [("a forged callback", {"forged": True}, "bad_signature"),
                ("a callback about another order", {"changes": {"p2_Order": "CP2"}}, "other_order"),
                ("a callback about another card", {"changes": {"p5_CardNo": "10111281010000124"}}, "other_order"),
                ("a callback about another amount", {"changes": {"p3_Amt": "500.00"}}, "other_order")]
    for name, script, refusal in refusals:
        fixtures.case(name, "callback", {"refusal": refusal}, callback=notice("0", script))
    fixtures.case("a callback without its status", "callback", {"refusal": "malformed"},
                  callback=("GET", notice("0")[1].replace(b"p8_cardStatus=0&", b"")))
    query = {"p0_Cmd": "ChargeCardQuery", "p1_MerId": "10000000001", "p2_Order": order}
    query["hmac"] = server.sign(list(query.values()))
    fixtures.case("query, no such order", "query", undecided("not_taken", "our_request", "50"), answer=server.query(query))
    queries = [("1", "INIT", "accepted", "in_progress"), ("1", "SUCCESS", "unknown", "ambiguous_answer"),
               ("1", "CANCELED", "unknown", "ambiguous_answer"), ("3", "INIT", "accepted", "in_progress")]
    for code, pay_status, disposition, cause in queries:
        server.orders[order] = {"fields": sent, "script": {"query": code, "pay_status": pay_status}}
        fixtures.case(f"query, {code} {pay_status}", "query", undecided(disposition, cause, code, issuer_text=pay_status),
                      answer=server.query(query))
    fixtures.write(folder / "yeepay-card/fixtures/redemptions.yaml")


def shenzhoufu(folder: pathlib.Path) -> None:
    secrets = {"private_key": "mark-Sz88-Private-Key", "des_key": "fNCrhSynUm4="}
    server = shenzhoufu_server.ShenzhoufuServer({"merchant_id": "151525"} | secrets)
    fixtures = Fixtures("shenzhoufu", {"merchant_id": "151525", "card_type": "0", "private_field": "ref1"}, secrets,
                        {"redeemed": "accepted", "callback": "notified, paid", "unmapped": "an undocumented code",
                         "echo": "a page that repeats what was sent", "signed": "query, payResult 1",
                         "signature": "md5String"}, "shenzhoufu_server.py")
    order = f"20261120-151525-{NUMBER}"
    replies = {"200": ("accepted", "in_progress"), "107": ("unknown", "ambiguous_answer"), "106": ("not_taken", "issuer_unavailable"),
               "913": ("not_taken", "not_supported_by_issuer"), "4711": ("unknown", "unmapped")}
    replies |= {code: ("not_taken", "our_account") for code in "101 103 109 201 903 904 905 906 907 916".split()}
    replies |= {code: ("not_taken", "our_request") for code in "902 910 911 912 914 915 917".split()}
    replies |= {code: ("unknown", "already_submitted") for code in "102 104 105 908 909".split()}
    replies |= {code: ("unknown", "issuer_unavailable") for code in "0 501 502".split()}
    for code, (disposition, cause) in replies.items():
        name = {"200": "accepted", "4711": "an undocumented code"}.get(code, f"reply {code}")
        fixtures.case(name, "redeem", undecided(disposition, cause, code, requests=1), answer=server.bare(code))
    fixtures.case("a page that repeats what was sent", "redeem", undecided("unknown", "malformed_answer"),
                  answer=(200, "text/html; charset=utf-8", f"error: {ECHO}".encode()))
    fixtures.case("a header that contradicts the body", "redeem", undecided("unknown", "malformed_answer"),
                  answer=(200, "text/html", b"101", {"szfResponseCode": "200"}))
    sent = {"merId": "151525", "payMoney": "5000", "orderId": order, "privateField": "ref1"}

    def notice(result: str, errcode: str, **script) -> bytes:
        return server.notice(sent, script, "50", result, errcode)

    fixtures.case("notified, paid", "callback", settled("ok_activated_by_buyer", "200", order, text="payResult=1"),
                  callback=("GET", notice("1", "200")))
    for errcode in [str(code) for code in range(201, 222)]:
        fixtures.case(f"notified, failed {errcode}", "callback",
                      undecided("unknown", "ambiguous_answer", errcode, acknowledgement=order), callback=("GET", notice("0", errcode)))
    fixtures.case("notified by POST", "callback", settled("ok_activated_by_buyer", "200", order), callback=("POST", notice("1", "200")))
    refusals = [("a forged notification", {"forged": True}, "bad_signature"),
                ("a notification about another amount", {"changes": {"payMoney": "500000"}}, "other_order"),
                ("a notification about another order", {"changes": {"orderId": "20261120-151525-2"}}, "other_order"),
                ("a notification of another merchant", {"changes": {"merId": "151526"}}, "other_order")]
    for name, script, refusal in refusals:
        fixtures.case(name, "callback", {"refusal": refusal}, callback=("GET", notice("1", "200", **script)))
    fixtures.case("a notification without its result", "callback", {"refusal": "malformed"},
                  callback=("GET", notice("1", "200").replace(b"payResult=1&", b"")))
    query = {"version": "3", "merId": "151525", "orderIds": order, "queryBegin": "", "queryEnd": ""}
    query |= {"resultFormat": "1", "md5String": server.md5(list(query.values()))}
    fixtures.case("query, no such order", "query", undecided("not_taken", "our_request", "F003"), answer=server.query(query))
    failures = [("F001", "our_request"), ("F002", "our_account"), ("F004", "our_account")]
    for code, cause in failures:
        fixtures.case(f"query, {code}", "query", undecided("unknown", cause, code), answer=server.record([("queryResult", code)]))
    results = [("1", {"disposition": "settled", "state": "ok_activated_by_buyer", "issuer_code": "S", "issuer_text": "payResult=1"}),
               ("0", undecided("unknown", "ambiguous_answer", "S")), ("2", undecided("accepted", "in_progress", "S"))]
    for result, expect in results:
        server.orders[order] = {"fields": sent, "script": {"query": result}}
        fixtures.case(f"query, payResult {result}", "query", expect, answer=server.query(query))
    server.orders[order] = {"fields": sent, "script": {"query": "1", "query_forged": True}}
    fixtures.case("query, forged", "query", undecided("unknown", "bad_signature"), answer=server.query(query))
    fixtures.write(folder / "shenzhoufu/fixtures/redemptions.yaml")


def nineteenpay(folder: pathlib.Path) -> None:
    config = {"version_id": "2.00", "merchant_id": "991", "merchant_key": "mark-Np99-Merchant"}
    server = nineteenpay_server.NineteenPayServer(config)
    fixtures = Fixtures(
        "19pay", {"endpoint": "https://issuer.example/charge", "merchant_id": "991", "card_type": "CMJFK",
                  "card_channel": "CMJFK00010001"},
        {"merchant_key": config["merchant_key"]},
        {"redeemed": "accepted", "callback": "notified Y 00000", "unmapped": "an undocumented result",
         "echo": "a reply that repeats what was sent"}, "nineteenpay_server.py")
    order = f"CP{NUMBER}"
    fixtures.case("accepted", "redeem", undecided("accepted", "in_progress", "P", issuer_text="订单已受理", requests=1),
                  answer=server.reply("P", order, "订单已受理"))
    fixtures.case("an undocumented result", "redeem", undecided("unknown", "unmapped", "F", requests=1),
                  answer=server.reply("F", order, "系统忙"))
    fixtures.case("a reply that repeats what was sent", "redeem", undecided("unknown", "unmapped", "F"),
                  answer=server.reply("F", order, f"card {ECHO}"))
    sent = {"version_id": "2.00", "merchant_id": "991", "order_id": order, "order_date": "20261120", "amount": "50.00",
            "pc_id": "CMJFK00010001", "pm_id": "CMJFK"}

    def notice(result: str, code: str, **script) -> tuple:
        return "POST", server.notice(sent, script, SERIAL, KEY, result, code)

    states = [("Y", "00000", "ok_activated_by_buyer"), ("Y", "00001", "ok_activated_by_buyer"), ("Y", "00003", "undervalued"),
              ("N", "00002", "undervalued"), ("N", "10083", "locked"), ("N", "10119", "wrong_product"), ("N", "81000", "revoked"),
              ("N", "81007", "not_found"), ("N", "82019", "unsupported")]
    for result, code, state in states:
        fixtures.case(f"notified {result} {code}", "callback", settled(state, code, "Y", text=f"result={result}"),
                      callback=notice(result, code))
    causes = {"10110": ("unknown", "issuer_unavailable"), "10016": ("unknown", "already_submitted"),
              "10076": ("unknown", "already_submitted"), "10082": ("unknown", "ambiguous_answer"),
              "10091": ("accepted", "in_progress"), "10120": ("accepted", "in_progress"), "82009": ("not_taken", "our_account"),
              "47110": ("unknown", "unmapped")}
    causes |= {code: ("unknown", "issuer_unavailable") for code in "10014 10029 10030 10123 10124 81001".split()}
    for code, (disposition, cause) in causes.items():
        fixtures.case(f"notified N {code}", "callback", undecided(disposition, cause, code, acknowledgement="Y"),
                      callback=notice("N", code))
    fixtures.case("a success that names a failure", "callback", undecided("unknown", "ambiguous_answer", "81007"),
                  callback=notice("Y", "81007"))
    refusals = [("a forged notification", {"forged": True}, "bad_signature"),
                ("a notification about another amount", {"changes": {"amount": "500.00"}}, "other_order"),
                ("a notification about another card", {"changes": {"card_num1": "10111281010000124"}}, "other_order"),
                ("a notification about another order", {"changes": {"order_id": "CP2"}}, "other_order")]
    for name, script, refusal in refusals:
        fixtures.case(name, "callback", {"refusal": refusal}, callback=notice("Y", "00000", **script))
    fixtures.case("a notification without its code", "callback", {"refusal": "malformed"},
                  callback=("POST", notice("Y", "00000")[1].replace(b"card_code1=00000&", b"")))
    fixtures.write(folder / "19pay/fixtures/redemptions.yaml")


def ckxiang(folder: pathlib.Path) -> None:
    card = "X7K4M9Q2W8R5T3Z6"
    server = ckxiang_server.CKXiangServer({"app_id": "app-1", "app_secret": "mark-Ck55-App-Secret"})
    fixtures = Fixtures(
        "ckxiang", {"endpoint": "https://issuer.example", "app_id": "app-1", "product_mark": "iTunes", "region_id": "2",
                    "region_name": "美国", "auto_type": "0"},
        {"app_secret": "mark-Ck55-App-Secret"},
        {"good": "tested, valid", "unmapped": "tested, an undocumented status", "echo": "a refusal that repeats what was asked"},
        "ckxiang_server.py")

    def case(name: str, answer: tuple, expect: dict, polled: bool) -> None:
        fixtures.case(name, None, expect, answer=answer, serial=None, key=card, format="generic",
                      continuation="submitted" if polled else None)

    def state(word: str, cause: str | None, code: str) -> dict:
        expect = {"state": word} | ({"cause": cause} if cause else {"certainty": "derived"})
        if cause == "in_progress":
            expect |= {"retry_after_seconds": 8, "continuation": "submitted"}
        return expect | {"issuer_code": code, "requests": 1}

    case("submitted", server.answer(200, "操作成功", True), state("indeterminate", "in_progress", "200"), False)
    case("submitted, signature refused", server.answer(500, "验签失败"), state("indeterminate", "our_account", "500"), False)
    case("submitted, refused", server.answer(500, "余额不足"), state("indeterminate", "unmapped", "500"), False)
    case("submitted, but nothing in the answer", server.answer(200, "操作成功"), state("indeterminate", "malformed_answer", "200"), False)
    meanings = [(0, "tested, waiting", "indeterminate", "in_progress"), (1, "tested, in progress", "indeterminate", "in_progress"),
                (2, "tested, valid", "ok_unused", None), (3, "tested, invalid", "indeterminate", "ambiguous_answer"),
                (4, "tested, redeemed", "used", None), (5, "tested, failed", "indeterminate", "issuer_unavailable"),
                (6, "tested, out of points", "indeterminate", "our_account"),
                (9, "tested, an undocumented status", "indeterminate", "unmapped")]
    server.submissions[card] = 1
    for status, name, word, cause in meanings:
        server.cards[card] = {"statuses": [status], "message": "检测完成"}
        server.polls.clear()
        case(name, server.poll({"cardNo": card, "pinCode": ""}), state(word, cause, str(status)), True)
    server.cards[card] = {"statuses": [4], "other_card": True}
    case("tested, another card", server.poll({"cardNo": card, "pinCode": ""}),
         state("indeterminate", "malformed_answer", "200"), True)
    case("a refusal that repeats what was asked", server.answer(500, f"card {ECHO}"),
         state("indeterminate", "unmapped", "500"), True)
    fixtures.write(folder / "ckxiang/fixtures/answers.yaml")


def main() -> None:
    default = pathlib.Path(__file__).resolve().parents[3] / "Adapters"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    for write in (yeepay, shenzhoufu, nineteenpay, ckxiang):
        write(folder)


if __name__ == "__main__":
    main()
