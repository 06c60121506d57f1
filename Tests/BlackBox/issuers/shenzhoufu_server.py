"""Shenzhoufu's interface 3 (serverconnszx and query), as strict as its documents.

    python shenzhoufu_server.py PORT CONFIG.json

CONFIG: merchant_id, private_key, des_key (base64), md5_mode (1, 2, 3), method (of the notification, GET), rsa_key (a PEM
file, for signString), cards: {serial: {key, …}}. A card's script: `reply` (200), `notices` (a list of [payResult,
errcode]), `repeat`, `card_money`, `forged` (a bad md5String), `forged_sign`, `errcode_on_the_way` (replaced after it was
signed), `changes`, `silent`, `query` (payResult of the query), `query_forged`.
"""

from __future__ import annotations

import base64
import re
import urllib.parse

import aggregator

SIGNED = ["version", "merId", "payMoney", "orderId", "returnUrl", "cardInfo", "privateField", "verifyType"]
UNSIGNED = ["merUserName", "merUserMail", "cardTypeCombine", "md5String", "signString"]
QUERY = ["version", "merId", "orderIds", "queryBegin", "queryEnd", "resultFormat", "md5String"]
ENTRY = "/interface/version3/serverconnszx/entry-noxml.aspx"
QUERY_ENTRY = "/interface/version3/query/entry.aspx"


class ShenzhoufuServer(aggregator.AggregatorServer):
    def md5(self, values: list[str], separator: str = "") -> str:
        return aggregator.md5(separator.join(values + [self.config["private_key"]]))

    def handle(self, method, path, headers, body):
        if method != "POST" or headers.get("Content-Type") != "application/x-www-form-urlencoded":
            self.refuse("not a form")
            return self.bare("917")
        try:
            fields = aggregator.form(body, "utf-8")
        except (aggregator.Refused, UnicodeDecodeError):
            self.refuse("not a form")
            return self.bare("917")
        if path == ENTRY:
            return self.charge(fields)
        if path == QUERY_ENTRY:
            return self.query(fields)
        return 404, "text/html", b"not found"

    @staticmethod
    def bare(code: str) -> tuple:
        return 200, "text/html; charset=utf-8", code.encode(), {"szfResponseCode": code}

    def charge(self, fields: dict[str, str]) -> tuple | None:
        if list(fields) != SIGNED + UNSIGNED:
            self.refuse("fields")
            return self.bare("902")
        if fields["merId"] != self.config["merchant_id"]:
            self.refuse("merchant")
            return self.bare("903")
        if fields["md5String"] != self.md5([fields[name] for name in SIGNED]):
            self.refuse("md5")
            return self.bare("101")
        if not re.fullmatch(r"20\d{6}-" + self.config["merchant_id"] + r"-\d{1,18}", fields["orderId"]):
            self.refuse("order")
            return self.bare("911")
        if not fields["returnUrl"].startswith("http"):
            self.refuse("returnUrl")
            return self.bare("910")
        if fields["version"] != "3" or fields["verifyType"] != "1" or not fields["cardTypeCombine"].isdigit():
            self.refuse("constants")
            return self.bare("917")
        try:
            card = aggregator.des(base64.b64decode(fields["cardInfo"], validate=True),
                                  base64.b64decode(self.config["des_key"]), decrypt=True).decode()
        except ValueError:
            self.refuse("des")
            return self.bare("109")
        parts = card.split("@")
        if int(fields["cardTypeCombine"]) >= 3:
            if parts.pop(0) != fields["cardTypeCombine"]:
                self.refuse("card type")
                return self.bare("917")
        if len(parts) != 3 or not parts[0].isdigit() or fields["payMoney"] != str(int(parts[0]) * 100):
            self.refuse("card")
            return self.bare("915")
        return self.take(fields, *parts)

    def take(self, fields: dict[str, str], face: str, serial: str, key: str) -> tuple | None:
        script = self.script(serial, key)
        with self.lock:
            self.submissions[serial] += 1
            if fields["orderId"] in self.orders:
                return self.bare("102")
            code = script.get("reply", "200")
            if code == "200":
                self.orders[fields["orderId"]] = {"fields": fields, "script": script}
        if code != "200":
            return self.bare(code)
        notices = []
        for result, errcode in script.get("notices", [["0", "208"]]) * script.get("repeat", 1):
            if result == "1":
                with self.lock:
                    self.spent[serial] += 1
            notices.append((f"{fields['orderId']}:{errcode}", self.notice(fields, script, face, result, errcode)))
        expected = fields["orderId"].encode()
        self.report(fields["returnUrl"], notices, self.config.get("method", "GET"), lambda answer: answer == expected)
        return None if script.get("silent") else self.bare("200")

    def notice(self, fields: dict[str, str], script: dict, face: str, result: str, errcode: str) -> bytes:
        mode = self.config.get("md5_mode", "1")
        notice = {"version": "3", "merId": fields["merId"], "payMoney": fields["payMoney"]}
        if mode != "1":
            notice["cardMoney"] = script.get("card_money", face)
        notice |= {"orderId": fields["orderId"], "payResult": result, "privateField": fields["privateField"], "payDetails": ""}
        notice.update(script.get("changes", {}))
        digest = self.md5(list(notice.values()), "|" if mode == "2" else "")
        if self.config.get("rsa_key"):
            signature = b"\0" * 128 if script.get("forged_sign") else aggregator.sign_md5_rsa(digest, self.config["rsa_key"])
            notice["signString"] = base64.b64encode(signature).decode()
        notice["md5String"] = "0" * 32 if script.get("forged") else digest
        notice["errcode"] = script.get("errcode_on_the_way", errcode)
        return urllib.parse.urlencode(notice).encode("ascii")

    def query(self, fields: dict[str, str]) -> tuple:
        if list(fields) != QUERY:
            self.refuse("query fields")
            return self.record([("queryResult", "F001")])
        if fields["merId"] != self.config["merchant_id"]:
            self.refuse("query merchant")
            return self.record([("queryResult", "F002")])
        signed = [fields[name] for name in ("version", "merId", "orderIds", "queryBegin", "queryEnd")]
        if fields["md5String"] != self.md5(signed):
            self.refuse("query md5")
            return self.record([("queryResult", "F004")])
        with self.lock:
            found = self.orders.get(fields["orderIds"])
        if found is None:
            return self.record([("queryResult", "F003"), ("version", "3"), ("merId", fields["merId"]), ("md5String", "")])
        script = found["script"]
        record = [("queryResult", "S"), ("version", "3"), ("merId", fields["merId"]), ("orderId", fields["orderIds"]),
                  ("payResult", script.get("query", "2")), ("payMoney", found["fields"]["payMoney"])]
        digest = "0" * 32 if script.get("query_forged") else self.md5([value for _, value in record])
        return self.record(record + [("payDetails", ""), ("md5String", digest)])

    @staticmethod
    def record(pairs: list[tuple[str, str]]) -> tuple:
        inner = "".join(f"<{name}>{value}</{name}>" for name, value in pairs)
        return 200, "text/xml", f'<?xml version="1.0" encoding="UTF-8"?>\n<response>{inner}</response>'.encode()


if __name__ == "__main__":
    aggregator.run(ShenzhoufuServer)
