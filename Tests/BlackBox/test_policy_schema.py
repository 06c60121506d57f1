"""Config/policies/policy.schema.json, by a foreign validator."""

from __future__ import annotations

import copy
import json
import pathlib
import re

import jsonschema
import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "Config" / "policies" / "policy.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
POLICIES = sorted((ROOT / "Config" / "policies").glob("*.yaml"))
W7 = yaml.safe_load((ROOT / "Config" / "policies" / "w7.yaml").read_text())


def changed(path: str, value):
    """The policy w7 with another value at a dotted place."""
    document = copy.deepcopy(W7)
    *sections, name = path.split(".")
    target = document
    for section in sections:
        target = target.setdefault(section, {})
    target[name] = value
    return document


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert len(POLICIES) >= 6


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_every_policy_that_ships_is_valid(path):
    VALIDATOR.validate(yaml.safe_load(path.read_text()))


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_what_ships_as_a_comment_is_valid_too(path):
    """An operator takes the mark of a comment away and has a policy."""
    text = re.sub(r"^( *)# ?([a-z_]+: (?:[{\[]|P|cn))", r"\1\2", path.read_text(), flags=re.M)
    document = yaml.safe_load(text)
    assert "deliver_within" in document["promise"] and "delay" in document["remedies"]
    assert document["no_reason_return"] == "P7D"
    VALIDATOR.validate(document)


def test_the_example_of_the_documentation_is_valid():
    page = (ROOT / "docs" / "warranty-policies.md").read_text()
    example = re.search(r"```yaml\n(policy: .*?)```", page, re.DOTALL).group(1)
    VALIDATOR.validate(yaml.safe_load(example))


@pytest.mark.parametrize("path, value", [
    ("window.length", "P2W"), ("window.basis_fallback", {"after": "P30D"}), ("membership", None),
    ("sla.appeal_within", "P1DT12H"), ("sla.appeal_decided_within", "P5WD"),
    ("remedies.order", ["reissue", "refund_original", "points"]),
    ("deposit.per_case", {"amount_minor": 1, "currency": "CNY"}), ("coverage.states", ["used"]),
])
def test_a_good_value_passes(path, value):
    VALIDATOR.validate(changed(path, value))


@pytest.mark.parametrize("path, value", [
    ("policy", "Has Spaces"), ("version", 0), ("version", "1"), ("window", None),
    ("window.mode", "forever"), ("window.length", 7), ("window.length", "P7"),
    ("window.length", "P"), ("window.length", "PT"), ("window.length", "P3WD"),
    ("window.basis_fallback", {"use": "delivery"}), ("window.tolling", ["rain"]),
    ("sla.hard", "48h"), ("sla.hard", "P1M"), ("sla.most_extensions", 11),
    ("sla.missed_responses_for_intervention", 0), ("sla.review_start", "P1WD"),
    ("remedies.order", ["refund_plus_three"]), ("remedies.choice", "merchant"),
    ("remedies.delay", {"value": 101}), ("no_reason_return", "P7WD"),
    ("arbitration.arbiters", 0), ("arbitration.quorum_amount", {"amount_minor": 1}),
    ("deposit.per_day", {"amount_minor": 1.5, "currency": "CNY"}),
    ("deposit.backstop", "yes"), ("escalation", {"court_amount": "none"}), ("coverage.states", ["ok_unused"]),
    ("coverage.exclusions", ["no_refund_clause"]), ("membership", {"tolerance": "PT24H"}),
    ("disclosure", {"text_sha256": "abc"}),
])
def test_a_bad_value_is_refused(path, value):
    assert not VALIDATOR.is_valid(changed(path, value))


def mappings(value, path=()):
    if isinstance(value, dict):
        yield path
        for name, inner in value.items():
            yield from mappings(inner, (*path, name))


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_a_field_nobody_knows_is_refused_wherever_it_stands(path):
    policy = yaml.safe_load(path.read_text())
    for place in mappings(policy):
        document = copy.deepcopy(policy)
        target = document
        for step in place:
            target = target[step]
        target["unheard_of"] = "x"
        assert not VALIDATOR.is_valid(document), place
