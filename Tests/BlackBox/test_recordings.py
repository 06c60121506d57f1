"""The adapters' fixtures are what their strict issuers answer, not what somebody wished."""

from __future__ import annotations

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from licensing.models import LicenseKey

import record_fixtures
from issuers.rsa import SigningKey


@pytest.mark.parametrize("adapter", record_fixtures.plans())
def test_the_fixtures_are_as_recorded(adapter):
    assert record_fixtures.target(adapter).read_text(encoding="utf-8") == record_fixtures.recorded(adapter)


def test_the_issuers_rsa_is_everybodys():
    key = SigningKey("somebody")
    load_der_public_key(key.spki).verify(key.sign(b"said"), b"said", padding.PKCS1v15(), SHA256())


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
