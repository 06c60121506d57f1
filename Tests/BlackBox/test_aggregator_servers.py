"""The aggregators' servers speak the protocols of the vectors and refuse what deviates; the adapters meet them in Swift's tests."""

import json
import pathlib
import sys
import urllib.error
import urllib.parse
import urllib.request

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "issuers"))

import aggregator  # noqa: E402
import aggregator_fixtures  # noqa: E402
import ckxiang_server  # noqa: E402
import nineteenpay_server  # noqa: E402
import shenzhoufu_server  # noqa: E402
import yeepay_server  # noqa: E402

VECTORS = json.loads((HERE.parent / "Vectors" / "protocol-vectors.json").read_text())


def test_the_vectors_hold_for_the_servers_own_code():
    yeepay = yeepay_server.YeePayServer({"key": VECTORS["yeepay_request"]["key"], "merchant_id": "10000000001"})
    for name in ("yeepay_request", "yeepay_submit_response", "yeepay_callback", "yeepay_query"):
        assert yeepay.sign([value for _, value in VECTORS[name]["fields"]]) == VECTORS[name]["hmac"]
    request = VECTORS["szf_request"]
    shenzhoufu = shenzhoufu_server.ShenzhoufuServer({"private_key": request["privateKey"], "merchant_id": "151525"})
    assert shenzhoufu.md5([value for _, value in request["sign_fields_in_order"]]) == request["md5String"]
    nineteenpay = nineteenpay_server.NineteenPayServer({"merchant_key": VECTORS["19pay"]["merchant_key"]})
    signed = dict(pair.split("=") for pair in VECTORS["19pay"]["sign_string"].split("&")[:-1])
    assert nineteenpay.verifystring(signed) == VECTORS["19pay"]["verifystring"]
    assert aggregator.des(b"000000000012", nineteenpay.des_key).hex() == VECTORS["19pay"]["cardnum1(000000000012)"]
    vector = VECTORS["ckxiang_checkCard"]
    ckxiang = ckxiang_server.CKXiangServer({"app_secret": vector["appSecret"]})
    inner = json.loads(vector["inner_json"])
    assert ckxiang.sign({name: value for name, value in inner.items() if name != "sign"}) == vector["sign"]
    assert json.loads(aggregator.des(bytes.fromhex(vector["data_hex"]), ckxiang.des_key, decrypt=True)) == inner


def post(url: str, body: bytes, media_type: str) -> bytes:
    request = urllib.request.Request(url, data=body, method="POST", headers={"Content-Type": media_type})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        return error.read()


@pytest.mark.parametrize("change, code", [
    ({"p3_Amt": "50"}, "66"), ({"pd_FrpId": "VISA"}, "95"), ({"pa8_cardNo": "1,2"}, "8002"), ({"hmac": "0" * 32}, "-1"),
    ({"p1_MerId": "1"}, "-1"), ({"p0_Cmd": "AnnulCard"}, "-100"), ({"extra": "1"}, "-100"), ({}, "1"),
])
def test_yeepay_refuses_a_request_that_deviates(change, code):
    server = yeepay_server.YeePayServer({"key": VECTORS["yeepay_request"]["key"], "merchant_id": "10000000001"})
    try:
        fields = dict(VECTORS["yeepay_request"]["fields"]) | {name: value for name, value in change.items() if name != "hmac"}
        fields["hmac"] = change.get("hmac", server.sign([fields[name] for name in yeepay_server.REQUEST]))
        body = urllib.parse.urlencode(fields, encoding="gbk").encode()
        url = server.url + "/app-merchant-proxy/command.action"
        reply = post(url, body, "application/x-www-form-urlencoded; charset=GBK").decode("gbk")
        assert f"r1_Code={code}\n" in reply
        assert bool(server.state()["submissions"]) == (code == "1")
        assert post(url, body, "application/x-www-form-urlencoded") == b"bad request"
    finally:
        server.stop()


def test_the_committed_fixtures_are_what_the_servers_say(tmp_path):
    for write in (aggregator_fixtures.yeepay, aggregator_fixtures.shenzhoufu, aggregator_fixtures.nineteenpay,
                  aggregator_fixtures.ckxiang):
        write(tmp_path)
    written = sorted(path for path in tmp_path.rglob("*.yaml"))
    assert len(written) == 4
    for path in written:
        committed = HERE.parents[1] / "Adapters" / path.relative_to(tmp_path)
        assert path.read_text() == committed.read_text(), committed
