"""How to complain is published: for everybody, in two languages, with the contacts of each platform."""

from __future__ import annotations

import pytest
import yaml

from harness import lived
from harness import cards as made
from harness.wire import call

CONTACTS = {"phone": "400-000-0000", "email": "help@shop.example", "hours": "09:00-21:00 <daily>",
            "address": "北京市朝阳区某某路 1 号"}


@pytest.fixture(scope="module")
def gateway(new_gateway):
    gateway = new_gateway("complaints", settings={"contacts": {"shop": CONTACTS}}).start()
    yield gateway
    gateway.close()


def guide(gateway, language: str = "en", platform: str = "shop"):
    return call(gateway.url, "GET", f"/v1/platforms/{platform}/complaints/how", {"accept-language": language})


def test_the_ways_to_complain_are_published_in_both_languages(gateway):
    """M1-37: without a token; steps, contacts, time limits, and who may file where."""
    english, chinese = guide(gateway).json(), guide(gateway, "zh-CN").json()
    assert english["contacts"] == chinese["contacts"] == CONTACTS
    assert english["steps"] and len(english["steps"]) == len(chinese["steps"]) and english["steps"] != chinese["steps"]
    limits = {limit["limit"]: limit["within"] for limit in english["limits"]}
    assert limits["first_response"] == "PT2M" and limits["resolution"] == "P1D", limits
    assert chinese["limits"][0]["text"] == "2 分钟"
    tiers = [channel["tier"] for channel in english["channels"]]
    assert tiers == sorted(tiers) and set(tiers) == {2, 3, 4}
    names = [channel["channel"] for channel in english["channels"]]
    assert len(names) == len(set(names)) and {"12315", "heimao", "payment_alipay", "small_claims_court"} <= set(names)
    assert "platform_queue" not in names
    filers = {channel["channel"]: channel["filers"] for channel in english["channels"]}
    assert filers["12315"] == ["buyer"] and filers["payment_alipay"] == ["buyer", "platform_agent"]


@pytest.mark.parametrize("query", ["", "?platform=shop"])
@pytest.mark.parametrize("language, title", [("en", "How to complain"), ("zh-CN", "如何投诉")])
def test_the_page_says_the_same_and_nothing_an_operator_wrote_is_markup(gateway, query, language, title):
    """M1-37."""
    answer = call(gateway.url, "GET", f"/complaints/how{query}", {"accept-language": language})
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert title in answer.text and CONTACTS["phone"] in answer.text and CONTACTS["address"] in answer.text
    assert "&lt;daily&gt;" in answer.text and "<daily>" not in answer.text


def test_a_platform_that_is_not_there_has_no_page(gateway):
    assert guide(gateway, platform="nobody").status == 404
    assert call(gateway.url, "GET", "/complaints/how?platform=nobody", {}).status == 404
    assert call(gateway.url, "GET", "/complaints/how?unknown=1", {}).status == 422


def test_a_claim_tells_when_it_was_accepted(gateway, cards, vouchers):
    """M1-37: the answer and the tracking page have the same instant."""
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial, state="used", history=[("used", made.now() - 2 * made.DAY)])
    sold = lived.deliver(gateway, cards.order(), [made.item("voucher", key, serial)])
    [claim] = gateway.claims_of(sold.id)
    tracked = call(gateway.url, "GET", f"/v1/tracking/{claim['tracking']}", {}).json()
    assert claim["opened_at"] == tracked["opened_at"] == tracked["steps"][0]["at"]


@pytest.mark.parametrize("contacts, fault", [
    ({"shop": {"phone": "1", "telefax": "2"}}, "telefax"), ({"shop": {"hours": "always"}}, "phone"),
    ({"shop": {"email": "nobody"}}, "email"), ({"shop": {"phone": "1" * 201}}, "200"), (["shop"], "mapping")])
def test_contacts_that_are_wrong_are_refused_with_their_line(gateway, tmp_path, contacts, fault):
    """M1-37."""
    document = yaml.safe_load(gateway.config.read_text()) | {"contacts": contacts}
    file = tmp_path / "cardproof.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))
    done = gateway.cli("config", "check", "--config", str(file), configured=False)
    told = (done.stdout + done.stderr).decode()
    assert done.returncode != 0 and fault in told and f"{file}:" in told, told
