"""`cardproof adapter`: making, trying, describing, recording, running a program beside a gateway."""

from __future__ import annotations

import http.server
import json
import os
import pathlib
import signal
import subprocess
import threading
import time

import pytest
import yaml

from harness.gateway import ROOT, binary, environment

KEY = "Wq4T-n8Yx-2PkC-6RvH"
SECRET = "synthetic-Library-Secret-9917"


def finish(*words: str, folder: pathlib.Path, expect: int = 0) -> subprocess.CompletedProcess:
    done = subprocess.run([binary(), *words], cwd=folder, env=environment(folder),
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == expect, done.stdout + done.stderr
    return done


def run(*words: str, folder: pathlib.Path, expect: int = 0) -> str:
    return finish(*words, folder=folder, expect=expect).stdout


def refused(*words: str, folder: pathlib.Path) -> str:
    return finish(*words, folder=folder, expect=64).stderr


@pytest.mark.parametrize("kind", ["yaml", "process"])
def test_a_new_adapter_passes_as_it_stands(tmp_path, kind):
    run("adapter", "new", "acme-cards", "--kind", kind, folder=tmp_path)
    report = json.loads(run("adapter", "test", "./acme-cards", "--json", folder=tmp_path))
    assert report["conforms"] and len(report["adapters"][0]["cases"]) > 25
    text = run("adapter", "test", "./acme-cards", "--lang", "zh-CN", folder=tmp_path)
    assert "✓ recorded-answer: fresh" in text and "✗" not in text
    run("adapter", "new", "acme-cards", "--kind", kind, folder=tmp_path, expect=64)


def test_swift_is_made_in_a_checkout_only(tmp_path):
    run("adapter", "new", "acme", "--kind", "swift", folder=tmp_path, expect=64)
    assert not (tmp_path / "Adapters").exists()


def test_a_wrong_adapter_fails_where_it_is_wrong(tmp_path):
    run("adapter", "new", "acme", folder=tmp_path)
    manifest = tmp_path / "acme" / "acme.yaml"
    manifest.write_text(manifest.read_text().replace('"07": used', '"07": ok_unused'))
    text = run("adapter", "test", "./acme", folder=tmp_path, expect=10)
    failed = [line for line in text.splitlines() if line.startswith("✗")]
    assert len(failed) == 1 and "spent" in failed[0] and "not used" in failed[0]


def test_every_adapter_that_ships_passes():
    report = json.loads(run("adapter", "test", "--all", "--json", folder=ROOT))
    assert report["conforms"], report
    listed = json.loads(run("adapter", "list", "--json", folder=ROOT))["adapters"]
    assert [tested["adapter"] for tested in report["adapters"]] == [
        entry["adapter"] for entry in listed]
    assert report["skipped"] == []


def test_an_adapter_that_ships_without_its_answers_fails_in_a_checkout(tmp_path):
    """A checkout is known by its package and its catalogue."""
    for name in ("Package.swift", "Adapters/AdapterCatalogue.swift"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text())
    for folder in (ROOT / "Adapters").iterdir():
        if folder.is_dir() and folder.name not in ("yeepay-card", "gumroad"):
            (tmp_path / "Adapters" / folder.name).symlink_to(folder)
    complaint = refused("adapter", "test", "--all", folder=tmp_path)
    assert "yeepay-card: there is no answers.yaml" in complaint and "gumroad: " in complaint
    assert "keygen" not in complaint


def test_what_cannot_be_tested_elsewhere_is_said(tmp_path):
    assert "nothing to test" in refused("adapter", "test", "--all", folder=tmp_path)
    run("adapter", "new", "acme", "--directory", "own", folder=tmp_path)
    (tmp_path / "cardproof.yaml").write_text("adapters_directory: own\n")
    done = finish("adapter", "test", "--all", "--lang", "en", folder=tmp_path)
    assert "acme@1: all" in done.stdout
    assert "not tested" in done.stderr and "yeepay-card" in done.stderr
    report = json.loads(run("adapter", "test", "--all", "--json", folder=tmp_path))
    listed = json.loads(run("adapter", "list", "--json", folder=tmp_path))["adapters"]
    assert {"acme", *report["skipped"]} == {entry["id"] for entry in listed}


def test_both_files_of_recorded_answers_are_read_and_told_of(tmp_path):
    page = run("adapter", "test", "--help", folder=tmp_path)
    assert "fixtures/answers.yaml" in page and "fixtures/redemptions.yaml" in page
    run("adapter", "test", "yeepay-card", "--fixtures",
        str(ROOT / "Adapters/yeepay-card/fixtures"), folder=tmp_path)


PAGE = (ROOT / "docs/adapters.md").read_text()


def block(start: str) -> str:
    (text,) = [part.split("```")[0] for part in PAGE.split("```yaml\n")[1:]
               if part.startswith(start)]
    return text


def test_the_first_steps_of_the_page_as_typed(tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "town-library.yaml").write_text(PAGE.split("```yaml\n")[1].split("```")[0])
    (tmp_path / "library.key").write_text(SECRET)
    (tmp_path / "cardproof.yaml").write_text(
        "adapters_directory: own\n"
        + block("adapters:\n  town-library:\n    settings").replace("/etc/cardproof/", ""))
    run("config", "check", folder=tmp_path)
    assert "town-library" in run("adapter", "list", folder=tmp_path)
    complaint = refused("adapter", "test", "town-library", folder=tmp_path)
    assert "there is no answers.yaml in" in complaint and "own/town-library/fixtures" in complaint
    assert "there is no answers.yaml in" in refused("adapter", "test", "--all", folder=tmp_path)
    fixtures = own / "town-library" / "fixtures"
    fixtures.mkdir(parents=True)
    (fixtures / "answers.yaml").write_text(block("adapter: town-library"))
    for words in (["town-library"], ["own/town-library.yaml"], ["--all"]):
        assert "town-library@1: all" in run("adapter", "test", *words, "--lang", "en",
                                            folder=tmp_path)


def test_an_adapter_is_found_by_where_one_stands(tmp_path):
    run("adapter", "new", "acme", folder=tmp_path)
    assert "acme@1: all" in run("adapter", "test", ".", "--lang", "en", folder=tmp_path / "acme")


def test_a_name_that_the_program_uses_is_refused_before_anything_is_written(tmp_path):
    assert "brings an adapter of that name" in refused("adapter", "new", "keygen", folder=tmp_path)
    assert not (tmp_path / "keygen").exists()


def test_what_is_wrong_with_an_adapters_files_is_said_in_their_words(tmp_path):
    run("adapter", "new", "acme", folder=tmp_path)
    manifest, answers = tmp_path / "acme/acme.yaml", tmp_path / "acme/fixtures/answers.yaml"
    good, recorded = manifest.read_text(), answers.read_text()

    def complaint() -> str:
        return refused("adapter", "test", "./acme", folder=tmp_path)

    manifest.write_text("")
    assert "acme.yaml: the file is empty" in complaint()
    manifest.write_text(good.replace("id: acme", "id: other-id"))
    assert "other-id" in complaint() and "bears its id" in complaint()
    manifest.write_text(good.split("# Asking twice")[0].replace("version: 1", "version: 1\nkind: swift"))
    assert "acme.yaml:4" in complaint() and "kind `swift`" in complaint()
    manifest.write_text(good)
    answers.write_text(recorded.replace("secrets: {api_key: mark-Synthetic-Key-7731}\n", ""))
    assert "answers.yaml" in complaint() and "it stands under `secrets`" in complaint()
    assert "api_key_file" not in complaint()
    answers.write_text(recorded.split("attacks:")[0] + "cases: []\n")
    assert "cases: is empty" in complaint()
    answers.unlink()
    assert "there is no answers.yaml in" in complaint()


def test_a_program_is_heard_when_one_of_its_cases_fails(tmp_path):
    run("adapter", "new", "acme", "--kind", "process", folder=tmp_path)
    done = finish("adapter", "test", "./acme", folder=tmp_path)
    assert done.stderr == "", done.stderr
    script = tmp_path / "acme" / "acme.py"
    script.write_text(script.read_text().replace('"07": "used"', '"07": "ok_unused"'))
    done = finish("adapter", "test", "./acme", "--lang", "en", folder=tmp_path, expect=10)
    assert "acme says: cannot read the answer" in done.stderr
    assert all(line.startswith("acme says: ") for line in done.stderr.splitlines())


def test_the_example_in_python_goes_from_nothing_to_conforming():
    folder = ROOT / "Examples" / "town-library"
    assert len((folder / "town_library.py").read_text().splitlines()) <= 60
    assert (folder / "town_library.py").read_text().rstrip() in (ROOT / "docs/adapters.md").read_text()
    assert (folder / "town-library.yaml").read_text().rstrip() in (ROOT / "docs/adapters.md").read_text()
    run("adapter", "test", "./Examples/town-library", folder=ROOT)


def test_describe_speaks_both_languages(tmp_path):
    chinese = run("adapter", "describe", "ericsson-vsip", "--lang", "zh-CN", folder=tmp_path)
    english = run("adapter", "describe", "ericsson-vsip", "--lang", "en", folder=tmp_path)
    assert "只读，不改变任何东西" in chinese and "发行方查不到这张卡密" in chinese
    assert "其他故障码" in chinese and "any other" not in chinese
    assert "changes nothing" in english and "The issuer does not know this code." in english
    assert "password  " in english and "password_file" not in english and "off: not tested live" in english
    listed = run("adapter", "list", "--lang", "en", folder=tmp_path)
    assert "off: not tested live" in listed and "WHAT IT DOES TO THE CODE" in listed
    assert "spends the code" in listed and "read_only" not in listed
    listed = run("adapter", "list", "--lang", "zh-CN", folder=tmp_path)
    assert "对卡密的影响" in listed and "会消耗卡密" in listed and "leaves_trace" not in listed
    value = json.loads(run("adapter", "describe", "ericsson-vsip", "--json", folder=tmp_path))
    assert value["off"] == "not_tested_live" and value["ready"] is False


def test_an_untested_adapter_is_told_of(tmp_path):
    run("adapter", "new", "acme", "--directory", str(tmp_path / "own"), folder=tmp_path)
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "cardproof.yaml").write_text(yaml.safe_dump({
        "adapters_directory": str(tmp_path / "own"),
        "adapters": {"acme": {"secret_files": {"api_key": str(tmp_path / "secret")}}}}))
    done = subprocess.run([binary(), "config", "check", "--lang", "en"], cwd=tmp_path,
                          env=environment(tmp_path), capture_output=True, text=True)
    assert done.returncode == 0 and "acme: not tested on the real issuer" in done.stderr


class Library(http.server.BaseHTTPRequestHandler):
    """An issuer that repeats the code and its caller's credential."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        body = json.dumps({"code": "00", "message": f"card {asked['pin'].lower()} is fine, "
                           f"{self.headers['x-api-key']}", "used_at": None}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Set-Cookie", "session=1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def ask(url: str, key: str) -> dict:
    import urllib.request
    request = urllib.request.Request(
        url + "/api/check", data=json.dumps({"serial": "0071", "pin": key}).encode(),
        headers={"Content-Type": "application/json", "X-Api-Key": SECRET})
    return json.loads(urllib.request.urlopen(request, timeout=10).read())


def test_a_recording_is_a_fixture_without_code_or_secret(tmp_path):
    run("adapter", "new", "acme", folder=tmp_path)
    (tmp_path / "codes").write_text(f"0071----{KEY}\n")
    (tmp_path / "secret").write_text(SECRET)
    issuer = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Library)
    threading.Thread(target=issuer.serve_forever, daemon=True).start()
    recorder = subprocess.Popen(
        [binary(), "adapter", "record", "./acme", "--upstream",
         f"http://127.0.0.1:{issuer.server_port}", "--codes", "codes", "--secret-file", "secret",
         "--out", "recorded", "--address-file", "address"],
        cwd=tmp_path, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True)
    try:
        deadline = time.monotonic() + 30
        while not (tmp_path / "address").exists():
            assert time.monotonic() < deadline and recorder.poll() is None
            time.sleep(0.05)
        url = (tmp_path / "address").read_text().strip()
        assert KEY.lower() in ask(url, KEY)["message"]
        ask(url, "ZZZZ-yyyy-9999-XXXX")
        recorder.send_signal(signal.SIGINT)
        out, err = recorder.communicate(timeout=30)
    finally:
        recorder.kill()
        issuer.shutdown()
    assert recorder.returncode == 0, err
    assert "not kept" in err
    text = (tmp_path / "recorded" / "answers.yaml").read_text()
    assert not (tmp_path / "address").exists()
    for mark in (KEY, KEY.lower(), KEY.replace("-", ""), SECRET, "session=1", "ZZZZ"):
        assert mark not in text + out + err
    fixtures = yaml.safe_load(text)
    (case,) = fixtures["cases"]
    assert case["expect"]["state"] == "ok_unused" and case["expect"]["issuer_code"] == "00"
    assert fixtures["attacks"] == {"good": "recorded-1"}
    assert len(case["key"]) == len(KEY) and case["key"].lower() in case["answers"][0]["body"]


def test_a_recording_of_nothing_is_no_file(tmp_path):
    run("adapter", "new", "acme", folder=tmp_path)
    (tmp_path / "codes").write_text(f"0071----{KEY}\n")
    words = ["adapter", "record", "./acme", "--out", "recorded", "--address-file", "address"]
    upstream = ["--upstream", "http://127.0.0.1:9"]
    recorder = subprocess.Popen([binary(), *words, *upstream, "--codes", "codes"], cwd=tmp_path,
                                env=environment(tmp_path), stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 30
        while not (tmp_path / "address").exists():
            assert time.monotonic() < deadline and recorder.poll() is None
            time.sleep(0.05)
        recorder.send_signal(signal.SIGINT)
        _, err = recorder.communicate(timeout=30)
    finally:
        recorder.kill()
    assert recorder.returncode == 64 and "nothing was recorded" in err, err
    assert not (tmp_path / "recorded").exists()
    assert "--codes names no file" in refused(*words, *upstream, "--codes", "none", folder=tmp_path)
    (tmp_path / "empty").write_text("")
    assert "--codes empty: " in refused(*words, *upstream, "--codes", "empty", folder=tmp_path)
    for address in ("https://issuer.example/api", "https://issuer.example//", "https://", "issuer"):
        assert "without a path" in refused(*words, "--upstream", address, "--codes", "codes",
                                           folder=tmp_path)


def test_secrets_never_stand_in_the_arguments_of_a_program(tmp_path):
    """The program's own view: its arguments and environment hold nothing but what is public."""
    run("adapter", "new", "acme", "--kind", "process", folder=tmp_path)
    script = tmp_path / "acme" / "acme.py"
    seen = tmp_path / "acme" / "seen"
    script.write_text("import os, sys\nopen('seen', 'a').write(repr(sys.argv) + repr(dict(os.environ)))\n"
                      + script.read_text())
    run("adapter", "test", "./acme", folder=tmp_path)
    assert "mark-Synthetic" not in seen.read_text() and "Zq7K" not in seen.read_text()
    assert "HOME" not in seen.read_text()
    assert not any(pathlib.Path(f"/proc/{pid}/cwd").resolve() == script.parent
                   for pid in os.listdir("/proc") if pid.isdigit() and os.path.exists(f"/proc/{pid}/cwd"))


def test_a_stock_is_held_against_what_the_issuer_loaded(new_gateway, vouchers):
    gateway = new_gateway("load-check")
    for number in range(3, 10):
        vouchers.put(f"7700000000000000{number:02d}", serial=f"880000000000000{number:02d}")
    counted = gateway.cli_json("adapter", "count", "ericsson-vsip",
                               "--first", "88000000000000005", "--last", "88000000000000020")
    assert counted == {"loaded": 5}
    refused = gateway.cli("adapter", "count", "keygen", "--first", "1", "--last", "2")
    assert refused.returncode == 64 and b"counts nothing" in refused.stderr
    # What the issuer does not count is no number, and no zero.
    settings = yaml.safe_load(gateway.config.read_text())["adapters"]["ericsson-vsip"]
    pathlib.Path(settings["secret_files"]["password"]).write_text("synthetic-other-password")
    refused = gateway.cli("adapter", "count", "ericsson-vsip", "--first", "1", "--last", "2")
    assert refused.returncode == 11 and refused.stdout.decode().startswith("our_account")


def test_a_report_says_what_was_not_tried_and_why(tmp_path):
    run("adapter", "new", "acme", folder=tmp_path)
    (tested,) = json.loads(run("adapter", "test", "./acme", "--json", folder=tmp_path))["adapters"]
    left = {entry["name"]: entry["reason"] for entry in tested["not_applicable"]}
    assert left["altered-callback"]["en"] == "has no callback"
    assert all(reason["en"] and reason["zh-CN"] for reason in left.values())
    assert not left.keys() & {case["name"] for case in tested["cases"]}
    short = run("adapter", "test", "./acme", "--lang", "en", folder=tmp_path)
    assert f"{len(left)} do not apply" in short and "--reasons" in short
    whole = run("adapter", "test", "./acme", "--lang", "en", "--reasons", folder=tmp_path)
    assert all(f"– {name}  " in whole for name in left)
