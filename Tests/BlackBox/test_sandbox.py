"""The sandbox issuer, asked by implementations that nobody here wrote: Python's xmlrpc, hmac and
codecs, openssl's DES, and the verifiers of `cryptography`. All codes and accounts are synthetic."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.server
import json
import os
import queue
import re
import stat
import subprocess
import threading
import time
import urllib.parse
import urllib.request
import xmlrpc.client
from email.utils import formatdate

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

from harness.gateway import binary


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    """A running sandbox: its addresses, and the settings of its adapters with their secrets."""
    folder = tmp_path_factory.mktemp("sandbox") / "credentials"
    process = subprocess.Popen(
        [binary(), "sandbox", "--json", "--settlement-delay", "1",
         "--credentials-directory", str(folder)],
        stdout=subprocess.PIPE, text=True)
    addresses = json.loads(process.stdout.readline())
    settings = yaml.safe_load((folder / "settings.yaml").read_text())
    for adapter in settings["adapters"].values():
        adapter.setdefault("secret_files", {})
        adapter["secrets"] = {
            name: open(path).read().strip() for name, path in adapter["secret_files"].items()}
    yield {"addresses": addresses, "adapters": settings["adapters"], "folder": folder}
    process.terminate()
    assert process.wait(timeout=20) == 0


@pytest.fixture
def receiver():
    """A merchant's server that is called back; it answers with the first item of `answers`."""
    calls: queue.Queue = queue.Queue()

    class Handler(http.server.BaseHTTPRequestHandler):
        answer = b"success"

        def reply(self):
            length = int(self.headers.get("Content-Length", 0))
            calls.put((self.command, self.path, self.rfile.read(length)))
            self.send_response(200)
            self.send_header("Content-Length", str(len(Handler.answer)))
            self.end_headers()
            self.wfile.write(Handler.answer)

        do_GET = do_POST = reply

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {"url": f"http://127.0.0.1:{server.server_port}/cb", "calls": calls, "handler": Handler}
    server.shutdown()


def post(url: str, fields, charset: str = "utf-8") -> tuple[bytes, dict]:
    body = urllib.parse.urlencode(fields, encoding=charset).encode()
    request = urllib.request.Request(url, data=body, headers={
        "Content-Type": f"application/x-www-form-urlencoded; charset={charset}"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read(), dict(answer.headers)


def des(plain: bytes, key: bytes) -> bytes:
    return subprocess.run(
        ["openssl", "enc", "-des-ecb", "-K", key.hex(), "-provider", "legacy", "-provider",
         "default"], input=plain, stdout=subprocess.PIPE, check=True).stdout


def calls_of(sandbox) -> dict:
    with urllib.request.urlopen(sandbox["addresses"]["control"] + "/calls", timeout=20) as answer:
        return json.load(answer)


def test_secrets_stand_in_files_that_only_their_owner_reads(sandbox):
    secrets = [secret for adapter in sandbox["adapters"].values()
               for secret in adapter["secrets"].values()]
    assert len(secrets) > 10 and len(set(secrets)) == len(secrets)
    open_text = json.dumps(sandbox["addresses"]) + (sandbox["folder"] / "settings.yaml").read_text()
    for adapter in sandbox["adapters"].values():
        for path in adapter["secret_files"].values():
            assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert not any(secret in open_text for secret in secrets)
    for name, endpoint in sandbox["addresses"]["issuers"].items():
        assert sandbox["adapters"][name]["settings"]["endpoint"] == endpoint


def test_a_refill_by_pythons_xmlrpc_shows_at_the_voucher_server(sandbox):
    code = "110412000087654321"
    air = sandbox["adapters"]["ericsson-ucip"]

    class Transport(xmlrpc.client.Transport):
        user_agent = "python/5.0/1.0"

        def send_headers(self, connection, headers):
            connection.putheader("Date", formatdate(usegmt=True))
            super().send_headers(connection, headers)

    def server(url: str, user: str, password: str, transport=None):
        pair = f"{user}:{urllib.parse.quote(password)}@"
        return xmlrpc.client.ServerProxy(url.replace("://", f"://{pair}"), transport=transport)

    node = server(air["settings"]["endpoint"], air["settings"]["username"],
                  air["secrets"]["password"], Transport())
    question = {
        "originNodeType": "EXT", "originHostName": "python", "originTransactionID": "1",
        "originTimeStamp": xmlrpc.client.DateTime(0), "subscriberNumberNAI": 1,
        "subscriberNumber": "13900000000", "voucherActivationCode": code}
    assert node.Refill(question)["responseCode"] == 0
    assert node.Refill(question)["responseCode"] == 107
    vouchers = server(sandbox["addresses"]["vsip"], "any", "pair")
    history = vouchers.GetVoucherHistory({"activationCode": code})
    assert history["state"] == "used"
    assert history["transactionRecords"][-1]["subscriberId"] == "13900000000"


def test_yeepay_with_pythons_gbk_and_hmac(sandbox, receiver):
    yeepay = sandbox["adapters"]["yeepay-card"]
    key = yeepay["secrets"]["merchant_key"].encode()

    before = calls_of(sandbox)["redemptions"]

    def sign(values, charset):
        return hmac.new(key, "".join(values).encode(charset), hashlib.md5).hexdigest()

    for place, charset in enumerate(["utf-8", "gbk"]):
        fields = [
            ("p0_Cmd", "ChargeCardDirect"), ("p1_MerId", yeepay["settings"]["merchant_id"]),
            ("p2_Order", f"PY{place}"), ("p3_Amt", "50.00"), ("p4_verifyAmt", "true"),
            ("p5_Pid", "充值卡"), ("p6_Pcat", ""), ("p7_Pdesc", ""), ("p8_Url", receiver["url"]),
            ("pa_MP", "备注"), ("pa7_cardAmt", "50.00"), ("pa8_cardNo", "10000000000000017"),
            ("pa9_cardPwd", f"20000000000000001{place}"), ("pd_FrpId", "SZX"),
            ("pr_NeedResponse", "1"), ("pz_userId", "u1"),
            ("pz1_userRegTime", "2026-01-01 00:00:00")]
        fields.append(("hmac", sign([value for _, value in fields], charset)))
        body, _ = post(yeepay["settings"]["endpoint"], fields, "gbk")
        lines = dict(line.split("=", 1) for line in body.decode("gbk").splitlines())
        assert lines["r1_Code"] == "1"
        signed = [lines[name] for name in ["r0_Cmd", "r1_Code", "r6_Order", "rq_ReturnMsg"]]
        assert lines["hmac"] == sign(signed, "utf-8")
        method, path, _ = receiver["calls"].get(timeout=20)
        told = urllib.parse.parse_qsl(
            path.split("?", 1)[1], keep_blank_values=True, encoding="gbk")
        assert method == "GET" and dict(told)["p8_cardStatus"] == "0"
        assert dict(told)["p9_MP"] == "备注"
        assert told[-1] == ("hmac", sign([value for _, value in told[:-1]], "utf-8"))
    after = calls_of(sandbox)["redemptions"]
    assert after["codes_redeemed"] - before["codes_redeemed"] == 2
    assert after["redeemed_twice"] == before["redeemed_twice"]


def test_shenzhoufu_with_openssls_des(sandbox, receiver):
    shenzhoufu = sandbox["adapters"]["shenzhoufu"]
    merchant = shenzhoufu["settings"]["merchant_id"]
    order = f"20260101-{merchant}-1"
    receiver["handler"].answer = order.encode()
    card = des(b"50@10000000000000017@300000000000000018",
               base64.b64decode(shenzhoufu["secrets"]["des_key"]))
    fields = {
        "version": "3", "merId": merchant, "payMoney": "5000", "orderId": order,
        "returnUrl": receiver["url"], "cardInfo": base64.b64encode(card).decode(),
        "privateField": "ref1", "verifyType": "1"}
    key = shenzhoufu["secrets"]["private_key"]
    md5 = hashlib.md5(("".join(fields.values()) + key).encode()).hexdigest()
    body, _ = post(
        shenzhoufu["settings"]["endpoint"],
        {**fields, "cardTypeCombine": "0", "md5String": md5})
    assert body == b"200"
    _, _, told = receiver["calls"].get(timeout=20)
    notice = dict(urllib.parse.parse_qsl(told.decode(), keep_blank_values=True))
    names = ["version", "merId", "payMoney", "cardMoney", "orderId", "payResult", "privateField",
             "payDetails"]
    piped = "|".join([notice[name] for name in names] + [key])
    assert notice["payResult"] == "1"
    assert notice["md5String"] == hashlib.md5(piped.encode()).hexdigest()
    certificate = (sandbox["folder"] / "rsa-certificate.pem").read_bytes()
    x509.load_pem_x509_certificate(certificate).public_key().verify(
        base64.b64decode(notice["signString"]), notice["md5String"].encode(),
        padding.PKCS1v15(), hashes.MD5())


def test_ckxiang_with_openssls_des(sandbox):
    ckxiang = sandbox["adapters"]["ckxiang"]
    secret = ckxiang["secrets"]["app_secret"]

    def ask(operation, members):
        members = {**members, "timestamp": int(time.time())}
        compact = {name: value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
                   for name, value in members.items()}
        text = secret + "".join(name + compact[name] for name in sorted(compact)) + secret
        members["sign"] = hashlib.md5(text.encode()).hexdigest()
        body = json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()
        request = urllib.request.Request(
            f"{ckxiang['settings']['endpoint']}/api/userApiManage/{operation}",
            data=json.dumps({"data": des(body, secret.encode()[:8]).hex()}).encode(),
            headers={"Content-Type": "application/json", "appId": ckxiang["settings"]["app_id"]})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    card = "X993010000000001"
    assert ask("checkCard", {"cards": [card], "productMark": "iTunes", "regionId": 2,
                             "regionName": "美国", "autoType": 0})["data"] is True
    states = []
    for _ in range(3):
        answer = ask("checkCardResult", {"cardNo": card, "pinCode": "", "productMark": "iTunes"})
        plain = subprocess.run(
            ["openssl", "enc", "-d", "-des-ecb", "-K", secret.encode()[:8].hex(), "-provider",
             "legacy", "-provider", "default"], input=bytes.fromhex(answer["data"]),
            stdout=subprocess.PIPE, check=True).stdout
        states.append(json.loads(plain)["status"])
    assert states == [0, 1, 4]


def test_signed_replies_verify_under_the_published_keys(sandbox):
    with urllib.request.urlopen(sandbox["addresses"]["control"] + "/keys", timeout=20) as answer:
        keys = json.load(answer)
    keygen = sandbox["adapters"]["keygen"]["settings"]
    assert keygen["public_key"] == keys["ed25519"]["hex"]
    path = f"/v1/accounts/{keygen['account']}/licenses/actions/validate-key"
    request = urllib.request.Request(
        keygen["endpoint"] + path, data=json.dumps({"meta": {"key": "K-1"}}).encode(),
        headers={"Content-Type": "application/vnd.api+json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        body, headers = answer.read(), answer.headers
    digest = "sha-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
    signed = (f"(request-target): post {path}\nhost: 127.0.0.1\ndate: {headers['Date']}\n"
              f"digest: {digest}")
    signature = re.search(r'signature="([^"]+)"', headers["Keygen-Signature"]).group(1)
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(keygen["public_key"])).verify(
        base64.b64decode(signature), signed.encode())
    cryptolens = sandbox["adapters"]["cryptolens"]
    body, _ = post(cryptolens["settings"]["endpoint"] + "/api/key/getkey", {
        "token": cryptolens["secrets"]["access_token"], "ProductId": cryptolens["settings"]["product_id"],
        "Key": "AAAAA-BBBBB-CCCCC-DDDDD", "Sign": "True", "SignMethod": "1"})
    answer = json.loads(body)
    modulus, exponent = (
        int.from_bytes(base64.b64decode(number)) for number in re.fullmatch(
            "<RSAKeyValue><Modulus>(.+)</Modulus><Exponent>(.+)</Exponent></RSAKeyValue>",
            cryptolens["settings"]["public_key"]).groups())
    RSAPublicNumbers(exponent, modulus).public_key().verify(
        base64.b64decode(answer["signature"]), base64.b64decode(answer["licenseKey"]),
        padding.PKCS1v15(), hashes.SHA256())
