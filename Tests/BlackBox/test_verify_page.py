"""The page /verify, in a real browser: bundles written from docs/evidence-bundle.md hold, and whatever is bent in
one is named, also when it was sealed again by the log's own key."""

from __future__ import annotations

import re

import pytest

from harness import bundles, scale
from harness.authority import Root
from harness.browser import Browser
from harness.wire import call

# Stamps and their certificates are not read by the page, and what a gateway merely says is proven by nothing.
NOT_READ = re.compile(r"time/.*\.(tsr|pem|stamped|place)|trust/(tsa-ca\.pem|keys-history\.jsonl)"
                      r"|trust/policy\.txt|summary\.json|verify\.sh|VERIFY\.md|claim/.*|system/.*|00-.*")


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp("browser"))
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    chance = scale.randomness("bundles of the page")
    root = Root(tmp_path_factory.mktemp("authority"), "root")
    witnesses = [bundles.NoteKey(chance, f"witness.example/w{number}", 4) for number in range(4)]
    return bundles.World(bundles.NoteKey(chance, "log.example/shop"), witnesses, root,
                         [root.signer("a")], b"#!/bin/sh\n")


@pytest.fixture(scope="module")
def page(browser, gateway):
    return browser.open(f"{gateway.url}/verify?lang=en")


def verified(page, path) -> tuple[str, dict[str, list[str]]]:
    """The state that the page comes to, and its lists in the language that it shows."""
    page.value("document.getElementById('result').dataset.state = 'none'")
    page.choose("#file", path)
    page.until("['holds', 'fails', 'undecided'].includes(document.getElementById('result').dataset.state)")
    shown = page.value("""Object.fromEntries(['findings', 'checked', 'unchecked'].map(id =>
        [id, [...document.querySelectorAll(`#${id} li`)].map(item => item.innerText)]))""")
    return page.value("document.getElementById('result').dataset.state"), shown


def written(tmp_path, data: bytes):
    path = tmp_path / "bundle.zip"
    path.write_bytes(data)
    return path


def test_good_bundles_of_many_shapes_hold(page, world, tmp_path):
    chance = scale.randomness("shapes")
    for _ in range(scale.count(15, 400)):
        story = bundles.random_story(world, chance, 40)
        if chance.random() < 0.3:
            story.end(bundles.NoteKey(chance, f"{world.key.name}/2"),
                      bundles.NoteKey(chance, f"{world.key.name}/3"))
        state, shown = verified(page, written(tmp_path, story.seal()))
        assert (state, shown["findings"]) == ("holds", []), scale.SEED
        assert f"{len(story.log.entries)} entries" in "\n".join(shown["checked"])
        rows = page.value("[...document.querySelectorAll('#entries tr')].map(row => row.cells[0].innerText)")
        assert rows == [str(index) for index in sorted(story.folders)]
    assert page.complaints == []


def proven(path: str, content: bytes) -> int:
    """How many bytes at the file's start the page has to prove. Cosignatures of a stamped checkpoint are
    covered by its stamp alone, and columns after the third are what the gateway says."""
    if path.startswith("time/") and path.endswith(".checkpoint"):
        return content.index(b"\n", content.index("\n\n—".encode()) + 2)
    if path == "timeline.csv":
        return len(b"index,leaf_hash,time")
    return len(content)


def test_every_file_that_is_bent_is_named_even_when_the_log_seals_it_again(page, world, tmp_path):
    """The worst case: whoever bends it holds the log's key, and signs the new manifest."""
    chance = scale.randomness("bent files")
    for _ in range(scale.count(3, 60)):
        story = bundles.Story(world, chance, items=3, filler=8, policy="one")
        for path, content in sorted(story.files.items()):
            if NOT_READ.fullmatch(path) or not content:
                continue
            bent = bytearray(content)
            bent[chance.randrange(proven(path, content))] ^= 1 << chance.randrange(7)
            data = bundles.seal({**story.files, path: bytes(bent)}, world.key)
            state, shown = verified(page, written(tmp_path, data))
            assert state == "fails", (scale.SEED, path, shown)
            # A path is told of its record, and a head that is still signed of each proof.
            named = ("checkpoint: ", "tlog-proof: ") if path == "checkpoint" else (path.rpartition(".")[0],)
            assert any(name in line for line in shown["findings"] for name in named), (
                scale.SEED, path, shown)


def test_words_for_people_may_hold_anything_but_a_zero_byte(page, world, tmp_path):
    story = bundles.Story(world, scale.randomness("words"), policy="one")
    for words, wanted in ((b" \xef\xbf\n", "holds"), (b" \0\n", "fails")):
        files = {**story.files, "timeline.csv": story.files["timeline.csv"].rstrip(b"\n") + words}
        assert verified(page, written(tmp_path, bundles.seal(files, world.key)))[0] == wanted, words


def test_a_policy_that_names_another_key_or_more_witnesses_is_seen(page, world, tmp_path):
    story = bundles.Story(world, scale.randomness("policies"), policy="one")
    policy = story.files["trust/policy.txt"].decode()
    for bent in (policy.replace("log ", "# log "), policy.replace("quorum w0", "quorum w4"),
                 policy.replace(world.key.vkey, world.witnesses[0].vkey), policy + "quorum w0\n",
                 policy.replace("quorum w0", "group more 2 w0\nquorum more"),
                 policy.replace("quorum w0", "group more 1.0 w0\nquorum more"), "# \x01\n" + policy,
                 policy.replace(world.witnesses[1].vkey, bundles.NoteKey(
                     scale.randomness("a log's key"), "log.example/other").vkey),
                 policy.replace("witness w1", "witness w0"), policy.rstrip("\n")):
        assert bent != policy
        files = {**story.files, "trust/policy.txt": bent.encode()}
        # Keys of the policy as it is now, so that the policy alone is wrong.
        del files["trust/log.vkey"], files["trust/witnesses.vkey"]
        assert verified(page, written(tmp_path, bundles.seal(files, world.key)))[0] == "fails", bent


def test_every_byte_of_the_container_counts(page, world, tmp_path):
    chance = scale.randomness("flipped bits")
    good = bundles.Story(world, chance).seal()
    for _ in range(scale.count(60, 3000)):
        bent = bytearray(good)
        bent[chance.randrange(len(bent))] ^= 1 << chance.randrange(8)
        assert verified(page, written(tmp_path, bytes(bent)))[0] == "fails", scale.SEED
    for bent in (b"", b"PK", good[:-1], good + b"\0", b"no zip at all" * 99):
        assert verified(page, written(tmp_path, bent))[0] == "fails"


def test_a_pinned_key_decides_who_signed(page, world, tmp_path):
    chance = scale.randomness("pinned keys")
    path = written(tmp_path, bundles.Story(world, chance).seal())
    enter = "document.getElementById('vkey').value = '{}'"
    _, shown = verified(page, path)
    assert any("not who signed" in line for line in shown["unchecked"])
    try:
        page.value(enter.format(world.key.vkey))
        state, shown = verified(page, path)
        assert state == "holds"
        assert not any("not who signed" in line for line in shown["unchecked"])
        page.value(enter.format(bundles.NoteKey(chance, "log.example/shop").vkey))
        assert verified(page, path)[0] == "fails"
        page.value(enter.format("no key"))
        state, shown = verified(page, path)
        assert (state, shown["findings"]) == ("undecided", [])
        assert "no vkey" in page.value("document.getElementById('verdict').innerText")
    finally:
        page.value(enter.format(""))


def test_what_was_not_checked_is_said(page, world, tmp_path):
    chance = scale.randomness("not checked")
    _, shown = verified(page, written(tmp_path, bundles.Story(world, chance).seal()))
    text = "\n".join(shown["unchecked"])
    for words in ("time stamps (RFC 3161)", "issuer told the truth", "shows everybody the same",
                  "fields that are not opened", "entries that were left out"):
        assert words in text


def test_nothing_leaves_the_page(browser, gateway, world, tmp_path):
    url = f"{gateway.url}/verify"
    page = browser.open(url, language="zh-CN")
    path = written(tmp_path, bundles.Story(world, scale.randomness("leaving")).seal())
    state, shown = verified(page, path)
    assert state == "holds"
    assert any("时间戳" in line for line in shown["unchecked"])
    assert page.value("document.documentElement.lang") == "zh-CN"
    asked = [address for address in page.requests if not address.startswith("blob:")]
    assert set(asked) <= {url, f"{gateway.url}/favicon.ico"}
    refused = page.value("fetch('/livez').then(() => 'sent', () => 'refused')")
    assert refused == "refused"


def test_a_saved_copy_works_without_a_server(browser, gateway, world, tmp_path):
    copy = tmp_path / "verify.html"
    copy.write_bytes(call(gateway.url, "GET", "/verify").body)
    page = browser.open(copy.as_uri())
    chance = scale.randomness("saved copy")
    good = bundles.Story(world, chance).seal()
    assert verified(page, written(tmp_path, good))[0] == "holds"
    assert verified(page, written(tmp_path, good[:-1]))[0] == "fails"
    page.value("document.querySelector('nav a[hreflang=\"zh-CN\"]').click()")
    assert "不成立" in page.value("document.getElementById('verdict').innerText")
    assert page.complaints == []


@pytest.mark.parametrize("lacking", [
    "crypto.subtle.importKey = async () => { throw new DOMException('x', 'NotSupportedError'); };",
    "crypto.subtle.verify = async () => true;",
    "Object.defineProperty(crypto, 'subtle', {value: undefined});",
])
def test_a_browser_that_cannot_verify_decides_nothing(browser, gateway, world, tmp_path, lacking):
    page = browser.open(f"{gateway.url}/verify?lang=en", before=lacking)
    path = written(tmp_path, bundles.Story(world, scale.randomness("old browser")).seal())
    state, shown = verified(page, path)
    assert state == "undecided"
    assert shown == {"findings": [], "checked": [], "unchecked": []}
    assert "nothing was decided" in page.value("document.getElementById('verdict').innerText")


@pytest.mark.parametrize("query, headers, language", [
    ("", {}, "en"), ("", {"Accept-Language": "zh-CN,zh;q=0.9"}, "zh-CN"),
    ("", {"Accept-Language": "zh", "Cookie": "a=b; lang=en"}, "en"),
    ("?lang=zh-CN", {"Accept-Language": "en", "Cookie": "lang=en"}, "zh-CN"),
    ("?lang=klingon", {"Accept-Language": "zh"}, "zh-CN"),
])
def test_its_language_and_its_policy(gateway, query, headers, language):
    answer = call(gateway.url, "GET", f"/verify{query}", headers=headers)
    assert answer.status == 200
    assert f'<html lang="{language}">' in answer.text
    policy = answer.headers["content-security-policy"]
    for rule in ("default-src 'none'", "connect-src 'none'", "form-action 'none'",
                 "frame-ancestors 'none'"):
        assert rule in policy
    assert "unsafe" not in policy and "*" not in policy
