"""What an operator looks at: health, metrics, the API's own description, configuration, doctor."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess

import pytest
import yaml

from harness import cards as made
from harness import webhook
from harness.wire import call


def test_health_answers_without_a_token(gateway):
    assert call(gateway.url, "GET", "/livez").status == 200
    assert call(gateway.url, "GET", "/readyz").status == 200


def test_metrics_are_read_by_promtool(gateway, cards, vouchers):
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    webhook.send(gateway, made.delivery(cards.order(), [made.item("voucher", key, serial)]), wait=10)
    answer = call(gateway.metrics_url, "GET", "/metrics")
    assert answer.status == 200
    assert answer.header("content-type").startswith("text/plain")
    promtool = shutil.which("promtool")
    assert promtool, "promtool is missing: scripts/setup.sh test"
    done = subprocess.run([promtool, "check", "metrics"], input=answer.body, capture_output=True)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    assert b"cardproof_" in answer.body


def test_metrics_have_an_address_of_their_own(gateway):
    assert call(gateway.url, "GET", "/metrics").status == 404


def test_metrics_count_what_happened_and_name_nobody(gateway, cards, vouchers):
    def counters() -> dict[str, float]:
        text = call(gateway.metrics_url, "GET", "/metrics").text
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}

    before, order = counters(), cards.order()
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    webhook.send(gateway, made.delivery(order, [made.item("voucher", key, serial)]), wait=10)
    after = counters()
    assert any(after[name] > before.get(name, 0) for name in after)
    text = "\n".join(after)
    assert order not in text and serial not in text and key not in text


def test_the_api_description_is_valid_and_served(gateway):
    from openapi_spec_validator import validate
    answer = call(gateway.url, "GET", "/openapi.yaml")
    assert answer.status == 200
    document = yaml.safe_load(answer.text)
    assert document["openapi"].startswith("3.1")
    validate(document)
    for path in ("/v1/platforms/{platform}/deliveries", "/v1/deliveries", "/v1/deliveries/{id}",
                 "/v1/checks/{id}", "/v1/claims", "/v1/claims/{id}", "/v1/selftests",
                 "/v1/platforms/{platform}/log/checkpoint",
                 "/v1/platforms/{platform}/evidence/{index}/proof", "/livez", "/readyz"):
        normal = {p.replace("{delivery}", "{id}").replace("{check}", "{id}")
                  .replace("{claim}", "{id}") for p in document["paths"]}
        assert path in normal, f"{path} is not described"


def test_what_is_answered_is_what_the_description_says(gateway, cards, vouchers):
    """The answers of the main routes against their schemas."""
    from jsonschema import Draft202012Validator
    document = yaml.safe_load(call(gateway.url, "GET", "/openapi.yaml").text)
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial, state="stolen")
    notice = made.delivery(cards.order(), [made.item("voucher", key, serial)])
    accepted = webhook.send(gateway, notice)
    delivery = accepted.json()["delivery"]
    item = gateway.checked(delivery)["items"][0]
    refused = webhook.send(gateway, {"order": {}})
    cases = [
        ("/v1/platforms/{platform}/deliveries", "post", "202", accepted),
        ("/v1/platforms/{platform}/deliveries", "post", "422", refused),
        ("/v1/deliveries", "get", "200", gateway.get("/v1/deliveries")),
        ("/v1/deliveries/{id}", "get", "200", gateway.get(f"/v1/deliveries/{delivery}")),
        ("/v1/checks/{id}", "get", "200", gateway.get(f"/v1/checks/{item['check']}")),
        ("/v1/claims", "get", "200", gateway.get("/v1/claims")),
        ("/v1/claims/{id}", "get", "200", gateway.get(f"/v1/claims/{item['claim']}")),
    ]
    for path, method, status, answer in cases:
        assert answer.status == int(status), f"{path}: {answer.status} {answer.text}"
        described = resolve(document, document["paths"][path][method]["responses"][status])
        [(_, content)] = described["content"].items()
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema",
                  "components": document["components"], **content["schema"]}
        errors = list(Draft202012Validator(schema).iter_errors(answer.json()))
        assert not errors, f"{method} {path} {status}: {errors[0].message}"


def resolve(document: dict, node: dict) -> dict:
    while "$ref" in node:
        found = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        node = found
    return node


def test_the_admin_socket_belongs_to_its_owner_alone(gateway):
    mode = (gateway.data / "admin.sock").stat().st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600


def test_doctor_finds_nothing_wrong_with_a_sound_setup(gateway):
    done = gateway.cli("doctor")
    assert done.returncode == 0, (done.stdout + done.stderr).decode()


def test_config_check_accepts_a_sound_file(gateway):
    done = gateway.cli("config", "check")
    assert done.returncode == 0, done.stderr.decode()


def test_config_print_says_where_each_value_comes_from(gateway):
    done = gateway.cli("config", "print", "--origin", env={"CARDPROOF_LOG_ORIGIN": "x.example"})
    assert done.returncode == 0, done.stderr.decode()
    text = done.stdout.decode()
    assert str(gateway.config) in text or gateway.config.name in text
    assert "CARDPROOF_LOG_ORIGIN" in text and "x.example" in text


def test_all_that_is_wrong_with_a_configuration_is_said_at_once_with_its_line(gateway, tmp_path):
    path = tmp_path / "cardproof.yaml"
    path.write_text("\n".join([
        "listen: 127.0.0.1:0", "liston: 1", "data: 7", "products:", "  - id: a", "    issuer: b",
        "    adapter: no-such-adapter", "    policy: no-such-policy", "    colour: red",
        "  - issuer: c", "log:", "  origin: [1]", ""]))
    done = gateway.run("config", "check", "--config", str(path))
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 64, said
    for line, word in ((2, "liston"), (7, "no-such-adapter"), (8, "no-such-policy"),
                       (9, "colour"), (12, "origin")):
        assert word in said, f"{word} is not named:\n{said}"
        assert f"cardproof.yaml:{line}" in said, f"line {line} is not named:\n{said}"
    served = gateway.run("serve", "--config", str(path))
    assert served.returncode == 64


@pytest.mark.parametrize("text", ["a: [", "\t- x", "", "[]", "7", "a: 1\na: 2", "\x00", "&a [*a]"])
def test_a_configuration_that_is_no_mapping_is_refused(gateway, tmp_path, text):
    path = tmp_path / "cardproof.yaml"
    path.write_text(text)
    done = gateway.run("serve", "--config", str(path), timeout=20)
    assert done.returncode == 64, (done.stdout + done.stderr).decode()
    assert b"cardproof.yaml" in done.stderr


def test_serve_without_a_configuration_file_says_what_to_do(gateway, tmp_path):
    done = gateway.run("serve", "--config", str(tmp_path / "nothing.yaml"), timeout=20)
    assert done.returncode == 64
    assert b"nothing.yaml" in done.stderr


def test_the_log_is_one_json_object_a_line(gateway):
    lines = gateway.log_path.read_text().splitlines()
    assert lines
    parsed = [json.loads(line) for line in lines]
    assert all({"level", "message"} <= set(line) for line in parsed)


def test_adapters_describe_themselves(gateway):
    rows = gateway.cli_json("adapter", "list")["adapters"]
    assert {"ericsson-vsip", "keygen", "offline"} <= {row["id"] for row in rows}
    one = gateway.cli_json("adapter", "describe", "ericsson-vsip")
    assert one["id"] == "ericsson-vsip" and one["operations"]
