"""docs/adapter-manifest.schema.json, by a foreign validator."""

from __future__ import annotations

import copy
import json
import pathlib
import re

import jsonschema
import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "adapter-manifest.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
MANIFESTS = sorted([*ROOT.glob("Adapters/*/*.yaml"), *ROOT.glob("Examples/*/*.yaml")])


def load(text: str):
    def named(value):
        """JSON's names are texts; YAML reads some of them as numbers or flags."""
        if isinstance(value, dict):
            return {str(name): named(inner) for name, inner in value.items()}
        return [named(inner) for inner in value] if isinstance(value, list) else value
    return named(yaml.safe_load(text))


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert len(MANIFESTS) >= 3


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_every_manifest_that_ships_is_valid(path):
    VALIDATOR.validate(load(path.read_text()))


def test_the_example_of_the_documentation_is_valid():
    page = (ROOT / "docs" / "adapters.md").read_text()
    example = re.search(r"```yaml\n(id: town-library.*?)```", page, re.DOTALL).group(1)
    VALIDATOR.validate(load(example))


def mappings(value, path=()):
    if isinstance(value, dict):
        yield path
        for name, inner in value.items():
            yield from mappings(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from mappings(inner, (*path, index))


# Mappings whose names are the issuer's or the operator's own.
FREE = re.compile(r"^(settings|answers|request/(query|headers|form|json|xml).*"
                  r"|response/rules/\d+/(when/(json|xml|headers)|table/codes))$")


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_a_key_nobody_knows_is_refused_wherever_it_stands(path):
    manifest = load(path.read_text())
    for place in mappings(manifest):
        if FREE.match("/".join(map(str, place))):
            continue
        changed = copy.deepcopy(manifest)
        target = changed
        for step in place:
            target = target[step]
        target["unheard_of"] = "x"
        assert not VALIDATOR.is_valid(changed), place
