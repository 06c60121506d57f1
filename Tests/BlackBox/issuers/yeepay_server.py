"""YeePay's ChargeCardDirect and ChargeCardQuery, as strict as their documents.

    python yeepay_server.py PORT CONFIG.json

CONFIG: merchant_id, key, charset (of the HMAC: utf-8 or gbk), cards: {serial: {key, type, value, …}}. A card's script:
`reply` (r1_Code, 1), `message`, `notices` (a list of [r1_Code, p8_cardStatus]), `repeat`, `forged` (a bad hmac),
`changes` (fields of the callback that are replaced before it is signed), `silent` (taken, never answered),
`pay_status` (of the query).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import urllib.parse

import aggregator

REQUEST = ["p0_Cmd", "p1_MerId", "p2_Order", "p3_Amt", "p4_verifyAmt", "p5_Pid", "p6_Pcat", "p7_Pdesc", "p8_Url", "pa_MP",
           "pa7_cardAmt", "pa8_cardNo", "pa9_cardPwd", "pd_FrpId", "pr_NeedResponse", "pz_userId", "pz1_userRegTime"]
QUERY = ["p0_Cmd", "p1_MerId", "p2_Order"]
TYPES = "SZX UNICOM TELECOM JUNNET SNDACARD ZHENGTU QQCARD JIUYOU NETEASE WANMEI SOHU ZONGYOU TIANXIA TIANHONG GUANGYU YPCARD"
MEDIA_TYPE = "text/html;charset=GBK"


class YeePayServer(aggregator.AggregatorServer):
    def sign(self, values: list[str]) -> str:
        message = "".join(values).encode(self.config.get("charset", "utf-8"))
        return hmac.new(self.config["key"].encode(), message, hashlib.md5).hexdigest()

    def handle(self, method, path, headers, body):
        media_type = headers.get("Content-Type", "").replace(" ", "").lower()
        if method != "POST" or media_type != "application/x-www-form-urlencoded;charset=gbk":
            self.refuse("not a GBK form")
            return 400, MEDIA_TYPE, b"bad request"
        try:
            fields = aggregator.form(body, "gbk")
        except (aggregator.Refused, UnicodeDecodeError):
            self.refuse("not a form")
            return 400, MEDIA_TYPE, b"bad request"
        if path == "/app-merchant-proxy/command.action":
            return self.charge(fields)
        if path == "/app-merchant-proxy/command":
            return self.query(fields)
        return 404, MEDIA_TYPE, b"not found"

    def lines(self, pairs: list[tuple[str, str]]) -> tuple:
        return 200, MEDIA_TYPE, "\n".join(f"{name}={value}" for name, value in pairs).encode("gbk")

    def reply(self, code: str, order: str, message: str = "") -> tuple:
        pairs = [("r0_Cmd", "ChargeCardDirect"), ("r1_Code", code), ("r6_Order", order), ("rq_ReturnMsg", message)]
        return self.lines(pairs + [("hmac", self.sign([value for _, value in pairs]))])

    def charge(self, fields: dict[str, str]) -> tuple | None:
        order = fields.get("p2_Order", "")
        if list(fields) != REQUEST + ["hmac"]:
            self.refuse("fields")
            return self.reply("-100", order, "参数错误")
        if fields["p1_MerId"] != self.config["merchant_id"] or fields["hmac"] != self.sign([fields[n] for n in REQUEST]):
            self.refuse("signature")
            return self.reply("-1", order, "签名较验失败")
        if fields["p0_Cmd"] != "ChargeCardDirect" or fields["pr_NeedResponse"] != "1" or fields["p4_verifyAmt"] not in ("true", "false"):
            self.refuse("constants")
            return self.reply("-100", order)
        if not re.fullmatch(r"\d+\.\d\d", fields["p3_Amt"]) or fields["pa7_cardAmt"] != fields["p3_Amt"]:
            self.refuse("amount")
            return self.reply("66", order)
        if fields["pd_FrpId"] not in TYPES.split():
            self.refuse("type")
            return self.reply("95", order)
        if not fields["pa8_cardNo"].isalnum() or not fields["pa9_cardPwd"].isalnum() or not fields["p8_Url"].startswith("http"):
            self.refuse("card")
            return self.reply("8002", order)
        return self.take(order, fields)

    def take(self, order: str, fields: dict[str, str]) -> tuple | None:
        serial = fields["pa8_cardNo"]
        script = self.script(serial, fields["pa9_cardPwd"])
        with self.lock:
            self.submissions[serial] += 1
            if order in self.orders:
                return self.reply("11", order, "订单号重复")
            code = script.get("reply", "1")
            if code == "1":
                self.orders[order] = {"fields": fields, "script": script}
        if code != "1":
            return self.reply(code, order, script.get("message", "失败"))
        notices = []
        for result, status in script.get("notices", [["2", "3001"]]) * script.get("repeat", 1):
            if status == "0":
                with self.lock:
                    self.spent[serial] += 1
            notices.append((f"{order}:{status}", self.notice(fields, script, result, status)))
        self.report(fields["p8_Url"], notices, "GET", lambda answer: answer.startswith(b"success"))
        return None if script.get("silent") else self.reply("1", order, "提交成功")

    def notice(self, fields: dict[str, str], script: dict, result: str, status: str) -> bytes:
        value = script.get("value", fields["pa7_cardAmt"] if result == "1" else "0.00")
        notice = {
            "r0_Cmd": "ChargeCardDirect", "r1_Code": result, "p1_MerId": fields["p1_MerId"], "p2_Order": fields["p2_Order"],
            "p3_Amt": fields["p3_Amt"] if result == "1" else "0.0", "p4_FrpId": fields["pd_FrpId"],
            "p5_CardNo": fields["pa8_cardNo"], "p6_confirmAmount": value, "p7_realAmount": value, "p8_cardStatus": status,
            "p9_MP": fields["pa_MP"], "pb_BalanceAmt": "0.00", "pc_BalanceAct": "",
        }
        notice.update(script.get("changes", {}))
        notice["hmac"] = "0" * 32 if script.get("forged") else self.sign(list(notice.values()))
        return urllib.parse.urlencode(notice, encoding="gbk").encode("ascii")

    def query(self, fields: dict[str, str]) -> tuple:
        if list(fields) != QUERY + ["hmac"] or fields["p0_Cmd"] != "ChargeCardQuery":
            self.refuse("query fields")
            return 400, MEDIA_TYPE, b"bad request"
        if fields["hmac"] != self.sign([fields[name] for name in QUERY]):
            self.refuse("query signature")
            return self.lines([("r1_Code", "-1")])
        with self.lock:
            found = self.orders.get(fields["p2_Order"])
        if found is None:
            return self.lines([("r0_Cmd", "ChargeCardQuery"), ("r1_Code", "50"), ("r6_Order", fields["p2_Order"])])
        script = found["script"]
        return self.lines([
            ("r0_Cmd", "ChargeCardQuery"), ("r1_Code", script.get("query", "1")), ("r6_Order", fields["p2_Order"]),
            ("rb_PayStatus", script.get("pay_status", "INIT")), ("r5_Pid", urllib.parse.quote("充值卡", encoding="gbk")),
        ])


if __name__ == "__main__":
    aggregator.run(YeePayServer)
