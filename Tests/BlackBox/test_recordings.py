"""The adapters' fixtures are what their strict issuers answer, not what somebody wished."""

from __future__ import annotations

import base64
import dataclasses
import json
import xmlrpc.client

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from licensing.models import LicenseKey

import record_fixtures
from issuers.rsa import SigningKey
from issuers.strict import StrictIssuer
from recordings.plan import Ask


@pytest.mark.parametrize("adapter", record_fixtures.plans())
def test_the_fixtures_are_as_recorded(adapter):
    assert record_fixtures.target(adapter).read_text(encoding="utf-8") == record_fixtures.recorded(adapter)


def test_the_issuers_rsa_is_everybodys():
    key = SigningKey("somebody")
    load_der_public_key(key.spki).verify(key.sign(b"said"), b"said", padding.PKCS1v15(), SHA256())


def refused(server: StrictIssuer, ask: Ask) -> bool:
    """Whether the issuer counts this as a deviation."""
    before = len(server.deviations)
    answer = record_fixtures.ask(server.url, ask, frozenset())
    return len(server.deviations) == before + 1 and answer["status"] == 400


@pytest.fixture
def plan(request):
    recording = record_fixtures.plan(request.param)
    yield recording
    recording.server.stop()


@pytest.mark.parametrize("plan", ["keygen"], indirect=True)
def test_keygens_server_refuses_what_the_protocol_does_not_know(plan):
    good = plan.cases[0].asks[0]
    meta = json.loads(good.body)["meta"]

    def asked(**changes) -> bool:
        return refused(plan.server, dataclasses.replace(good, body=json.dumps({"meta": meta | changes}).encode()))

    def sent(**changes) -> bool:
        return refused(plan.server, dataclasses.replace(good, **changes))

    assert not sent()
    assert not asked(scope={"product": "p", "policy": "q"})
    assert sent(method="PUT")
    assert sent(target=good.target + "/")
    assert sent(target=good.target + "?key=1")
    assert sent(target=good.target.replace("synthetic", "another"))
    assert sent(headers={**good.headers, "Accept": "application/json"})
    assert sent(headers={**good.headers, "Content-Type": "application/json"})
    assert sent(body=json.dumps({"meta": meta, "data": {}}).encode())
    assert sent(body=json.dumps(meta).encode())
    assert sent(body=good.body.replace(b'"key"', b'"key": "A", "key"'))
    assert sent(body=b"")
    assert asked(key=7) and asked(key="") and asked(nonce="7") and asked(nonce=True) and asked(more=1)
    assert asked(scope=[]) and asked(scope={"product": ""}) and asked(scope={"product": 1}) and asked(scope={"x": "y"})


@pytest.mark.parametrize("plan", ["ericsson-vsip"], indirect=True)
def test_the_voucher_server_refuses_what_the_protocol_does_not_know(plan):
    good, key = plan.cases[0].asks[0], plan.cases[0].question["key"]

    def sent(**changes) -> bool:
        return refused(plan.server, dataclasses.replace(good, **changes))

    def called(method: str = "GetVoucherDetails", *parameters) -> bool:
        return sent(body=xmlrpc.client.dumps(parameters, method).encode())

    assert not sent()
    assert not called("GetVoucherHistory", {"activationCode": key, "networkOperatorId": "1"})
    assert not called("LoadVoucherCheck", {"serialNumberFirst": "00000001", "serialNumberLast": "00000002"})
    assert sent(method="PUT")
    assert sent(target="/")
    assert sent(target=good.target + "?a=b")
    assert sent(headers={**good.headers, "Content-Type": "application/json"})
    assert sent(headers={**good.headers, "Authorization": "Bearer of-nothing"})
    assert sent(body=b"<methodCall/>")
    assert called() and called("GetVoucherDetails", key)
    assert called("GetVoucherDetails", {"activationCode": key}, {})
    for members in [{}, {"activationCode": 20491173}, {"activationCode": key + "0000"}, {"activationCode": "A" + key[1:]},
                    {"activationCode": key, "serialNumber": "00000001"}, {"serialNumber": "1"},
                    {"activationCode": key, "subscriberId": "13800000000"}]:
        assert called("GetVoucherDetails", members), members
    assert called("LoadVoucherCheck", {"serialNumberFirst": "00000001"})
    # These are answers of the protocol's own.
    wrong = dict(good.headers, Authorization="Basic " + base64.b64encode(b"gateway:another").decode())
    assert record_fixtures.ask(plan.server.url, dataclasses.replace(good, headers=wrong), frozenset())["status"] == 401
    unknown = dataclasses.replace(good, body=xmlrpc.client.dumps(({},), "PurgeVouchers").encode())
    assert "<int>1004</int>" in record_fixtures.ask(plan.server.url, unknown, frozenset())["body"]


# What the vendor's SDK does not look at: when it was signed, and for which key and product.
BEYOND_THE_SDK = {"signed an hour ago", "signed tomorrow", "about another key", "about another product",
                  "a licence without a block"}


def test_the_vendors_sdk_believes_the_recorded_answers_that_decide():
    fixtures = yaml.safe_load(record_fixtures.target("cryptolens").read_text(encoding="utf-8"))
    for case in fixtures["cases"]:
        answer = case["answers"][0]["body"]
        licence = LicenseKey.load_from_string(fixtures["settings"]["public_key"], answer)
        decided = case["expect"]["state"] not in ("indeterminate", "not_found")
        if case["name"] not in BEYOND_THE_SDK:
            assert (licence is not None) == decided, case["name"]
        if decided:
            assert (licence.key, licence.block) == (case["key"], case["expect"]["state"] == "revoked")
