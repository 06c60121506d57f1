"""19pay's card interface, as strict as its samples.

    python nineteenpay_server.py PORT CONFIG.json

CONFIG: version_id, merchant_id, merchant_key, cards: {serial: {key, …}}. A card's script: `reply` (P), `notices` (a list
of [result, card_code1]; a failure may be followed by a success), `repeat`, `forged`, `changes`, `encrypted` (the card comes back
encrypted), `silent`.
"""

from __future__ import annotations

import re
import urllib.parse

import aggregator

SIGNED = ["version_id", "merchant_id", "order_date", "order_id", "amount", "currency", "cardnum1", "cardnum2", "pm_id", "pc_id"]
UNSIGNED = ["verifystring", "order_pdesc", "user_name", "user_phone", "user_mobile", "user_email", "order_pname", "select_amount",
            "notify_url"]
CHANNELS = {
    "CMJFK": ["CMJFK00010001", "CMJFK00010014", "CMJFK00010111", "CMJFK00010112"], "LTJFK": ["LTJFK00020000"],
    "DXJFK": ["DXJFK00010001"],
}
MEDIA_TYPE = "text/html;charset=GBK"


class NineteenPayServer(aggregator.AggregatorServer):
    def verifystring(self, fields: dict[str, str]) -> str:
        pairs = [f"{name}={value}" for name, value in fields.items()]
        return aggregator.md5("&".join(pairs + [f"merchant_key={self.config['merchant_key']}"]))

    @property
    def des_key(self) -> bytes:
        return self.config["merchant_key"].encode()[:8].ljust(8, b"\0")

    def reply(self, code: str, order: str, message: str) -> tuple:
        fields = [self.config["version_id"], self.config["merchant_id"], order] + [""] * 8 + [code, message]
        return 200, MEDIA_TYPE, "|".join(fields).encode("gbk")

    def handle(self, method, path, headers, body):
        if method != "POST" or path != "/charge" or headers.get("Content-Type") != "application/x-www-form-urlencoded":
            self.refuse("not a form")
            return 404, MEDIA_TYPE, b"not found"
        try:
            fields = aggregator.form(body, "utf-8")
        except (aggregator.Refused, UnicodeDecodeError):
            self.refuse("not a form")
            return 400, MEDIA_TYPE, b"bad request"
        order = fields.get("order_id", "")
        reason = self.deviation(fields)
        if reason is not None:
            self.refuse(reason)
            return self.reply("F", order, "请求有误")
        try:
            serial, key = (aggregator.des(bytes.fromhex(fields[name]), self.des_key, decrypt=True).decode()
                           for name in ("cardnum1", "cardnum2"))
        except ValueError:
            self.refuse("des")
            return self.reply("F", order, "解密失败")
        return self.take(order, fields, serial, key)

    def deviation(self, fields: dict[str, str]) -> str | None:
        if list(fields) != SIGNED + UNSIGNED:
            return "fields"
        if fields["merchant_id"] != self.config["merchant_id"] or fields["version_id"] != self.config["version_id"]:
            return "merchant"
        if fields["verifystring"] != self.verifystring({name: fields[name] for name in SIGNED}):
            return "verifystring"
        if not re.fullmatch(r"\d+\.\d\d", fields["amount"]) or fields["currency"] != "RMB":
            return "amount"
        if fields["select_amount"] + ".00" != fields["amount"]:
            return "select_amount"
        if not re.fullmatch(r"20\d{6}", fields["order_date"]):
            return "order_date"
        if fields["pc_id"] not in CHANNELS.get(fields["pm_id"], []):
            return "channel"
        if not fields["notify_url"].startswith("http"):
            return "notify_url"
        return None

    def take(self, order: str, fields: dict[str, str], serial: str, key: str) -> tuple | None:
        script = self.script(serial, key)
        with self.lock:
            self.submissions[serial] += 1
            self.orders[order] = fields
        if script.get("reply", "P") != "P":
            return self.reply(script["reply"], order, "系统忙")
        notices = []
        for result, code in script.get("notices", [["N", "81007"]]) * script.get("repeat", 1):
            if result == "Y":
                with self.lock:
                    self.spent[serial] += 1
            notices.append((f"{order}:{code}", self.notice(fields, script, serial, key, result, code)))
        self.report(fields["notify_url"], notices, "POST", lambda answer: answer == b"Y")
        return None if script.get("silent") else self.reply("P", order, "订单已受理")

    def notice(self, fields: dict[str, str], script: dict, serial: str, key: str, result: str, code: str) -> bytes:
        shown = (fields["cardnum1"], fields["cardnum2"]) if script.get("encrypted") else (serial, key)
        notice = {
            "version_id": fields["version_id"], "merchant_id": fields["merchant_id"], "order_id": fields["order_id"],
            "result": result, "order_date": fields["order_date"], "amount": fields["amount"], "currency": "RMB",
            "pay_sq": "990001", "pay_date": "20261120160105", "count": "1", "card_num1": shown[0], "card_pwd1": shown[1],
            "pc_id1": fields["pc_id"], "card_status1": "0" if result == "Y" else "1", "card_code1": code,
            "card_date1": "20261120160105", "r1": "",
        }
        notice.update(script.get("changes", {}))
        notice["verifystring"] = "0" * 32 if script.get("forged") else self.verifystring(notice)
        notice["pm_id1"] = fields["pm_id"]
        return urllib.parse.urlencode(notice).encode("ascii")


if __name__ == "__main__":
    aggregator.run(NineteenPayServer)
