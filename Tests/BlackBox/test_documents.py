"""What the documents and the files of Config/ say, held against the program that they are about."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
import yaml

from harness.gateway import ROOT
from harness.wire import call

CONFIG = ROOT / "Config"
DOCS = ROOT / "docs"
POLICIES = sorted(path.name for path in (CONFIG / "policies").glob("*.yaml"))


def keys(gateway) -> list[dict]:
    rows = gateway.cli_json("config", "print", "--keys", configured=False)["keys"]
    assert len(rows) > 10
    return rows


def words(text: str) -> list[str]:
    return [word for word in re.split(r"[,\s]+", text) if word]


def test_the_set_up_page_names_every_key_with_its_variable_and_default(gateway):
    table = {}
    for line in (DOCS / "set-up.md").read_text().splitlines():
        cells = [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[3].startswith("CARDPROOF_"):
            table[cells[0]] = cells
    known = keys(gateway)
    assert set(table) == {key["name"] for key in known}
    for key in known:
        _, _, default, variable = table[key["name"]]
        assert variable == key["environment"]
        if key["default"]:
            assert words(default) == words(key["default"]), key["name"]


def test_the_annotated_configuration_is_good_and_names_every_key(gateway):
    path = CONFIG / "cardproof.yaml"
    done = gateway.run("config", "check", "--config", str(path))
    assert done.returncode == 0, done.stderr.decode()
    text = path.read_text()
    for key in keys(gateway):
        assert re.search(rf"\b{key['environment']}$", text, re.MULTILINE), key["name"]
        assert re.search(rf"^[# ]*{key['name'].rpartition('.')[2]}:", text, re.MULTILINE), (
            key["name"])


def test_what_the_annotated_configuration_shows_as_default_is_the_default(gateway):
    document = yaml.safe_load((CONFIG / "cardproof.yaml").read_text())
    for key in keys(gateway):
        value = document
        for word in key["name"].split("."):
            value = value.get(word) if isinstance(value, dict) else None
        if value is None or key["name"] == "log.origin":
            continue
        shown = ",".join(map(str, value)) if isinstance(value, list) else str(value)
        assert shown == key["default"], key["name"]


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_that_ships_as_a_file_can_be_read(gateway, tmp_path, name):
    """Under the next version, since the built-in one has this already."""
    folder = tmp_path / "policies"
    folder.mkdir()
    text = (CONFIG / "policies" / name).read_text()
    assert "\nversion: 1\n" in text
    (folder / name).write_text(text.replace("\nversion: 1\n", "\nversion: 2\n"))
    done = gateway.cli("config", "check", env={"CARDPROOF_POLICIES_DIRECTORY": str(folder)})
    assert done.returncode == 0, done.stderr.decode()


def test_the_policies_that_ship_as_files_are_those_that_are_built_in():
    assert POLICIES == ["cn-platform-minimum.yaml", "membership-30.yaml", "one-time-verification.yaml",
                        "w15.yaml", "w30.yaml", "w7.yaml"]
    for name in POLICIES:
        document = yaml.safe_load((CONFIG / "policies" / name).read_text())
        assert document["policy"] == name.removesuffix(".yaml")


def test_the_page_of_errors_lists_every_reason(gateway):
    answer = call(gateway.url, "GET", "/problems")
    assert answer.status == 200
    known = set(re.findall(r'href="/problems/([a-z_0-9]+)"', answer.text))
    section = (DOCS / "errors.md").read_text().partition("## Reasons\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| \d{3} \| `([a-z_0-9]+)` \|", section, re.MULTILINE)) == known


def test_the_alerts_are_good_and_use_documented_series():
    path = CONFIG / "prometheus" / "alerts.yml"
    promtool = shutil.which("promtool")
    assert promtool, "promtool is missing: scripts/setup.sh test"
    done = subprocess.run([promtool, "check", "rules", str(path)], capture_output=True)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    named = set(re.findall(r"\bcardproof_[a-z_]+(?=[{\[])", path.read_text()))
    assert named
    metrics = (DOCS / "metrics.md").read_text()
    assert [series for series in sorted(named) if f"`{series}`" not in metrics] == []


@pytest.mark.parametrize("page, heading, route", [
    ("warranty-policies.md", "## What is covered", "/v1/deliveries"),
    ("warranty-policies.md", "## Who is liable", "/v1/checks/{id}"),
    ("warranty-claims.md", "## The states", "/v1/claims/{id}/events"),
    ("self-test.md", "# The buyer's self-test", "/v1/selftests"),
], ids=["what a warranty is", "liability", "process", "practice"])
def test_each_theme_of_after_sale_has_its_page_and_its_route(gateway, page, heading, route):
    """M3-01."""
    assert heading in (DOCS / page).read_text(encoding="utf-8").splitlines()
    described = yaml.safe_load(call(gateway.url, "GET", "/openapi.yaml").text)
    assert route in described["paths"]


def test_every_link_between_documents_leads_somewhere():
    lost = []
    for path in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
            if "://" not in target and not (path.parent / target).exists():
                lost.append(f"{path.relative_to(ROOT)}: {target}")
    assert lost == []


def test_the_claims_page_names_every_event_with_its_members():
    page = (DOCS / "warranty-claims.md").read_text()
    table = page[page.index("### The events"):page.index("A ruling is `ruling`")]
    rows = {name: row for row in table.splitlines() if row.startswith("| `")
            for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    api = yaml.safe_load((ROOT / "Sources/GatewayHTTP/openapi.yaml").read_text())
    members: dict[str, set[str]] = {}
    for act in api["components"]["schemas"]["ClaimEvent"]["oneOf"]:
        event = act["properties"]["event"]
        for name in event.get("enum", [event.get("const")]):
            members.setdefault(name, set()).update(set(act["properties"]) - {"event", "actor"})
    assert len(members) > 20 and set(rows) == set(members)
    for name, known in members.items():
        if "ruling" in known:
            assert "a ruling" in rows[name], name
            known -= {"ruling", "liable", "remedy", "amount", "exclusion", "evidence"}
        assert all(f"`{member}`" in rows[name] for member in known), (name, known)


def test_every_member_of_a_claims_events_has_an_option(gateway):
    api = yaml.safe_load((ROOT / "Sources/GatewayHTTP/openapi.yaml").read_text())
    members = {member for act in api["components"]["schemas"]["ClaimEvent"]["oneOf"]
               for member in act["properties"]} - {"event"}
    text = gateway.run("claims", "act", "--help").stdout.decode()
    for member in sorted(members):
        option = "--" + member.removeprefix("is_").replace("_", "-")
        # An answer is told by one of two words.
        assert ("--accept" if option == "--accepted" else option) in text, option
