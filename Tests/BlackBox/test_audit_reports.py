"""The reports of `cardproof audit`, judged by their published schemas, by a browser, and by what a disk, a pipe and a
person at the keyboard do to them."""

from __future__ import annotations

import csv
import gzip
import json
import os
import pathlib
import pty
import re
import resource
import select
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
from xml.etree import ElementTree

import html5lib
import jsonschema
import pytest
import xmlschema

from harness.browser import Browser
from harness.gateway import ROOT, binary, environment
from harness.scale import count

FORMATS = ["tsv", "json", "csv", "html", "sarif", "junit"]
SCHEMAS = ROOT / "Tests/Schemas"
# What XML, HTML, JSON, URI references and terminals each take for something else.
HOSTILE = "库存 <b>&'\"#%?]]>\u202e\x1b[31m\x01\t\n=1.txt"
SECONDS = 60

STOCK = [
    "10000000000000011----200000000000000011",
    "10000000000000012----200000000000000012",
    "",
    "10000000000000011----200000000000000011",
    "10000000000000013----20000000000000001",
    "10000000000000014----200000000000000014",
    "10000000000000012----200000000000000099",
    "not a card",
]
SOLD = STOCK[5]


def audit(folder: pathlib.Path, *arguments: str, stdin: bytes = b"", env=None, **more):
    return subprocess.run([str(binary()), "audit", *arguments], input=stdin, cwd=folder,
                          capture_output=True, timeout=SECONDS,
                          env=environment(folder) | (env or {}), **more)


def write(folder: pathlib.Path, name: str, lines: list[str]) -> str:
    (folder / name).write_text("\n".join(lines) + "\n")
    return name


@pytest.fixture
def files(tmp_path):
    """Arguments of an audit of two files, one of them with a name from hell, and a history."""
    first = write(tmp_path, "stock.txt", STOCK)
    second = write(tmp_path, HOSTILE, [STOCK[1], "20000000000000011----300000000000000011", "<tag>"])
    sold = write(tmp_path, "sold.txt", [SOLD])
    return ["--stock", first, "--stock", second, "--history", sold, "--card-format", "cmcc",
            "--as-of", "2026-06-01"]


def report(folder: pathlib.Path, form: str, arguments: list[str], code: int = 10) -> bytes:
    done = audit(folder, *arguments, "--report-format", form)
    assert done.returncode == code, done.stderr.decode(errors="replace")
    return done.stdout


def rows(folder: pathlib.Path, arguments: list[str], code: int = 10) -> list[dict]:
    return [json.loads(line) for line in report(folder, "json", arguments, code).splitlines()]


# SARIF

def valid_sarif(text: bytes) -> dict:
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text())
    log = json.loads(text)
    jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker()).validate(log)
    run, = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    return run


def place(location: dict) -> tuple[str | None, int]:
    physical = location["physicalLocation"]
    uri = physical["artifactLocation"].get("uri")
    return uri and urllib.parse.unquote(uri), physical["region"]["startLine"]


def test_sarif_is_valid_and_has_a_result_for_each_row(files, tmp_path):
    run = valid_sarif(report(tmp_path, "sarif", files))
    found = [(*place(result["locations"][0]), result["ruleId"].split("/")[0])
             for result in run["results"]]
    assert found == [(row["file"], row["line"], row["class"]) for row in rows(tmp_path, files)]
    assert len(found) == 7
    assert run["invocations"][0]["executionSuccessful"] is True
    assert run["properties"]["defects"] == {
        "dup": 2, "malformed": 3, "expired": 0, "sold": 1, "conflict": 1}
    duplicate = next(result for result in run["results"] if place(result["locations"][0])[0] == HOSTILE)
    assert place(duplicate["relatedLocations"][0]) == ("stock.txt", 2)
    for artifact in run["artifacts"]:
        assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", artifact["location"]["uri"])


def test_json_names_the_file_that_bears_a_code_first(files, tmp_path):
    first = {(row["file"], row["line"]): (row["first_file"], row["first_line"])
             for row in rows(tmp_path, files) if row["class"] in ("dup", "conflict")}
    assert first[HOSTILE, 1] == ("stock.txt", 2)
    assert all(name in ("stock.txt", HOSTILE) for name, _ in first.values())
    assert {row["first_file"] for row in rows(tmp_path, files) if row["class"] == "malformed"} == {None}


def test_sarif_fingerprints_are_the_same_on_the_next_audit_and_differ_within_one(files, tmp_path):
    def prints(*more: str) -> list[str]:
        run = valid_sarif(report(tmp_path, "sarif", files + list(more)))
        return [result["partialFingerprints"]["cardproofRow/v1"] for result in run["results"]]
    known = prints("--threads", "1")
    assert prints("--threads", "4", "--memory", "64M") == known
    assert len(set(known)) == len(known)


def test_standard_input_has_no_address_in_sarif(tmp_path):
    done = audit(tmp_path, "--stock", "-", "--card-format", "cmcc", "--report-format", "sarif",
                 stdin="\n".join(STOCK).encode())
    run = valid_sarif(done.stdout)
    assert run["results"]
    for result in run["results"]:
        location, = result["locations"]
        assert "uri" not in location["physicalLocation"]["artifactLocation"]
        assert location["logicalLocations"][0]["name"] == "stdin"


MEASURE = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""


def test_sarif_is_written_as_it_comes(tmp_path):
    number = count(20_000, 1_000_000)
    write(tmp_path, "stock.txt", [STOCK[0]] * number)
    with (tmp_path / "report").open("wb") as out:
        # A child has the memory of who begins it until it is another program, so a small one begins it.
        done = subprocess.run(
            [sys.executable, "-S", "-c", MEASURE, str(binary()), "audit", "--stock", "stock.txt", "--report-format",
             "sarif", "--memory", "64M"], cwd=tmp_path, env=environment(tmp_path), stdout=out, stderr=subprocess.PIPE)
    code, kibibytes = map(int, done.stderr.split()[-2:])
    assert code == 13
    assert kibibytes < 160 << 10, f"{kibibytes} KiB for {number} results"
    with (tmp_path / "report").open("rb") as text:
        assert sum(line.startswith(b'{"ruleId":"dup"') for line in text) == number - 1


# JUnit

def valid_junit(text: bytes) -> ElementTree.Element:
    tree = ElementTree.fromstring(text)
    xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd")).validate(tree)
    for suite in tree:
        cases = suite.findall("testcase")
        assert int(suite.get("tests")) == len(cases)
        for kind, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert int(suite.get(name)) == sum(case.find(kind) is not None for case in cases)
    return tree


def failures(suite: ElementTree.Element) -> dict[str, str]:
    return {case.get("name"): case.find("failure").text for case in suite.findall("testcase")
            if case.find("failure") is not None}


def test_junit_is_valid_and_has_a_suite_for_each_file(files, tmp_path):
    first, second = valid_junit(report(tmp_path, "junit", files))
    assert first.get("name") == "stock.txt" and second.get("name").startswith("库存 <b>&'\"#%?]]>")
    assert failures(first) == {
        "dup": "line 4: first on line 1",
        "malformed/key_wrong_length":
            "line 5: key_wrong_length: 17, expected 18; leading zeros perhaps lost from the key",
        "malformed/separator_missing": "line 8: separator_missing",
        "sold": "line 6", "conflict": "line 7: first on line 2"}
    assert set(failures(second)) == {"dup", "malformed/separator_missing"}


def test_junit_names_twenty_lines_and_counts_all(tmp_path):
    write(tmp_path, "stock.txt", [STOCK[0]] * 100)
    suite, = valid_junit(report(tmp_path, "junit", ["--stock", "stock.txt"], 13))
    lines = failures(suite)["dup"].splitlines()
    assert len(lines) == 21 and lines[19].startswith("line 21:")
    assert lines[20] == "and 79 more; --report-format tsv lists all"
    case = next(case for case in suite.findall("testcase") if case.get("name") == "sold")
    assert case.find("skipped") is not None


def test_a_clean_stock_has_no_failure(tmp_path):
    write(tmp_path, "stock.txt", STOCK[:2])
    suite, = valid_junit(report(tmp_path, "junit", ["--stock", "stock.txt"], 0))
    assert failures(suite) == {} and suite.get("tests") == "6"


# HTML

@pytest.mark.parametrize("language,title", [("en", "Stock audit report"), ("zh-CN", "售前审核报告")])
def test_the_page_is_valid_says_its_language_and_names_every_head(files, tmp_path, language, title):
    text = report(tmp_path, "html", files + ["--lang", language])
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    assert page.get("lang") == language
    assert [head.text for head in page.iter("h1")] == [title]
    for table in page.iter("table"):
        assert all(cell.get("scope") in ("col", "row") for cell in table.iter("th"))
        assert all(row[0].tag == "th" for row in table.iter("tr"))
    assert not [element.tag for element in page.iter() if element.tag in (
        "script", "link", "img", "iframe", "b", "object")]
    assert b"\x1b" not in text and b"\x01" not in text and "\u202e".encode() not in text


def test_the_page_shows_the_first_rows_and_says_where_the_others_are(tmp_path):
    write(tmp_path, "stock.txt", [STOCK[0]] * 1_500)
    text = report(tmp_path, "html", ["--stock", "stock.txt"], 13).decode()
    assert text.count("first on line 1<") == 200
    assert "1,299 more are listed by <code>--report-format tsv</code>" in text


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.close()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_page_fits_a_telephone_and_asks_for_nothing(files, tmp_path, browser, language):
    place = tmp_path / "page.html"
    # Suppliers and batches, one of them with a name that has no place to break.
    write(tmp_path, "suppliers.csv", ["serial,key,expires_on,供货商,批次,面值"] + [
        f"{10 ** 16 + n},{2 * 10 ** 17 + n % 40},2026-{n % 12 + 1:02}-01,{name},2026-B{n % 7},{n % 5}0"
        for n in range(60) for name in ("W" * 60, "北京数字商品有限公司", "<script>")])
    files += ["--stock", "suppliers.csv", "--format", "auto"]
    place.write_bytes(report(tmp_path, "html", files + ["--lang", language]))
    page = browser.open(place.as_uri())
    for width in (1000, 360):
        page.resize(width)
        assert page.value("innerWidth") == width
        assert page.value("document.documentElement.scrollWidth"
                          " - document.documentElement.clientWidth") <= 0
        # Nothing sticks out of the text either.
        assert page.value("[...document.querySelectorAll('main *')].every("
                          "e => e.getBoundingClientRect().right <= document.documentElement.clientWidth)")
    assert page.requests == [place.as_uri()] and page.complaints == []


# Whole or not at all

@pytest.mark.parametrize("form", FORMATS)
def test_a_report_of_a_file_that_breaks_off_says_so(tmp_path, form):
    lines = "\n".join(STOCK * 3_000).encode()
    (tmp_path / "stock.gz").write_bytes(gzip.compress(lines)[:-500])
    text = report(tmp_path, form, ["--stock", "stock.gz", "--card-format", "cmcc"], 1)
    match form:
        case "tsv" | "csv": assert text.splitlines()[-1].startswith(b"# partial: reading broke off")
        case "json": assert json.loads(text.splitlines()[-1])["partial"] is True
        case "html": assert b"This report is partial" in text
        case "sarif":
            invocation, = valid_sarif(text)["invocations"]
            assert invocation["executionSuccessful"] is False
            assert invocation["toolExecutionNotifications"]
        case "junit":
            suite, = valid_junit(text)
            assert suite.get("errors") == "1"


@pytest.mark.parametrize("form", FORMATS)
def test_a_full_disk_is_named_and_leaves_no_report(tmp_path, form):
    write(tmp_path, "stock.txt", STOCK * 100)
    done = audit(tmp_path, "--stock", "stock.txt", "--card-format", "cmcc", "--report", "/dev/full",
                 "--report-format", form)
    assert done.returncode == 1
    assert b"/dev/full: cannot be written: No space left on device" in done.stderr

    def small() -> None:
        # As a full disk, on any file system.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    done = audit(tmp_path, "--stock", "stock.txt", "--card-format", "cmcc", "--report", "report",
                 "--report-format", form, preexec_fn=small, restore_signals=False)
    assert done.returncode == 1
    assert b"report: cannot be written: File too large" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["stock.txt"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_reader_that_goes_away_is_told_of_once(tmp_path, form):
    write(tmp_path, "stock.txt", STOCK * 100)
    read, out = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [str(binary()), "audit", "--stock", "stock.txt", "--report-format", form], cwd=tmp_path,
            env=environment(tmp_path), stdout=out, stderr=subprocess.PIPE, timeout=SECONDS)
    finally:
        os.close(out)
    assert done.returncode == 1
    assert done.stderr.count(b"standard output: cannot be written: Broken pipe") == 1


def test_a_report_replaces_its_predecessor_and_follows_a_link(tmp_path):
    write(tmp_path, "stock.txt", STOCK)
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/report").write_text("an older report, much longer than the new one" * 99)
    (tmp_path / "report").symlink_to("kept/report")
    done = audit(tmp_path, "--stock", "stock.txt", "--report", "report")
    assert done.returncode == 10
    assert (tmp_path / "report").is_symlink()
    assert (tmp_path / "kept/report").read_text().startswith("4\tdup\t1\n")
    assert len(list(tmp_path.rglob("*"))) == 4


# Ctrl-C

def start(folder: pathlib.Path, *arguments: str) -> subprocess.Popen:
    os.mkfifo(folder / "pipe")
    return subprocess.Popen(
        [str(binary()), "audit", "--stock", "pipe", *arguments], cwd=folder,
        env=environment(folder), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def stream(path: pathlib.Path, lines: int | None, stop: threading.Event) -> None:
    """Distinct codes, each tenth a duplicate, until enough were sent or nobody reads."""
    try:
        with path.open("w") as pipe:
            number = 0
            while not stop.is_set() and (lines is None or number < lines):
                for _ in range(1_000):
                    number += 1
                    shown = 1 if number % 10 == 0 else number
                    pipe.write(f"{shown:017}----{shown:018}\n")
                pipe.flush()
                time.sleep(0.002)
            stop.wait()
    except BrokenPipeError:
        pass


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_reading_and_the_report_so_far_is_written(tmp_path, number):
    child, stop = start(tmp_path, "--report", "report"), threading.Event()
    feeder = threading.Thread(target=stream, args=(tmp_path / "pipe", None, stop))
    feeder.start()
    try:
        time.sleep(2)
        child.send_signal(number)
        _, said = child.communicate(timeout=SECONDS)
    finally:
        child.kill()
        stop.set()
        feeder.join()
    assert child.returncode == 1, said.decode()
    *found, last = (tmp_path / "report").read_text().splitlines()
    mark = re.fullmatch(r"# partial: interrupted: pipe after line (\d+)", last)
    assert mark and int(mark[1]) > 10_000
    assert [line.split("\t")[:2] for line in found] == [
        [str(line), "dup"] for line in range(10, int(mark[1]) + 1, 10)]
    assert b"the audit was stopped, the report is partial" in said


def test_a_second_signal_ends_at_once(tmp_path):
    child, stop = start(tmp_path, "--report", "report"), threading.Event()
    # Enough to be understood, then silence: the reader waits.
    feeder = threading.Thread(target=stream, args=(tmp_path / "pipe", 20_000, stop))
    feeder.start()
    try:
        time.sleep(2)
        child.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert child.poll() is None
        child.send_signal(signal.SIGINT)
        assert child.wait(timeout=5) == 128 + signal.SIGINT
    finally:
        child.kill()
        stop.set()
        feeder.join()
        child.stderr.close()
    assert not (tmp_path / "report").exists()


# The terminal

def on_terminal(folder: pathlib.Path, *arguments: str, env=None) -> str:
    """What a person sees on standard error."""
    terminal, end = pty.openpty()
    child = subprocess.Popen(
        [str(binary()), "audit", *arguments], cwd=folder, stdout=subprocess.DEVNULL, stderr=end,
        env=environment(folder) | {"TERM": "xterm"} | (env or {}))
    os.close(end)
    seen = b""
    while select.select([terminal], [], [], SECONDS)[0]:
        try:
            piece = os.read(terminal, 1 << 16)
        except OSError:
            break
        seen += piece
    os.close(terminal)
    child.wait(timeout=SECONDS)
    return seen.decode()


def test_progress_is_shown_on_a_terminal_alone_and_without_escape_codes(tmp_path):
    write(tmp_path, "stock.txt", [f"{n:017}----{n:018}" for n in range(4_000_000)])
    seen = on_terminal(tmp_path, "--stock", "stock.txt")
    shown = [line for line in seen.split("\r") if "lines/s" in line]
    assert shown and re.match(r"\[#*-*\] \d+%  [\d,]+ lines/s  ETA \d+:\d\d  0 defects", shown[0])
    assert "\x1b" not in seen
    assert "行/秒" in on_terminal(tmp_path, "--stock", "stock.txt", "--lang", "zh-CN")
    for quiet in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        plain = on_terminal(tmp_path, "--stock", "stock.txt", env=quiet)
        assert "\r" not in plain.replace("\r\n", "\n")
    assert b"lines/s" not in audit(tmp_path, "--stock", "stock.txt").stderr


def test_names_cannot_steer_the_terminal(files, tmp_path):
    seen = on_terminal(tmp_path, *files)
    assert "\x1b" not in seen and "\u202e" not in seen and "\x01" not in seen
    assert "库存 <b>&'\"#%?]]>" in seen


def test_cells_of_hostile_names_stay_cells(files, tmp_path):
    for line in report(tmp_path, "tsv", files).decode().splitlines():
        assert re.match(r"[^\t]*\t\d+\t(dup|malformed|sold|conflict)(\t[^\t]*)?$", line)
    write(tmp_path, "=cmd|'x'!A1\n.txt", STOCK)
    text = report(tmp_path, "csv", files + ["--stock", "=cmd|'x'!A1\n.txt"]).decode()
    records = list(csv.reader(text.splitlines(keepends=True)))
    assert {len(record) for record in records} == {4}
    assert not [cell for record in records for cell in record if cell.startswith("=")]


# What the exit code speaks of

@pytest.mark.parametrize("classes,code", [
    ("dup", 13), ("sold,dup", 13), ("malformed", 10), ("expired", 0), ("none", 0), ("issuer", 0),
    ("expired,conflict", 10)])
def test_the_exit_code_speaks_of_the_classes_named(files, tmp_path, classes, code):
    known = report(tmp_path, "tsv", files)
    done = audit(tmp_path, *files, "--fail-on", classes)
    assert (done.returncode, done.stdout) == (code, known)


def test_an_unknown_class_is_refused_with_the_list(files, tmp_path):
    done = audit(tmp_path, *files, "--fail-on", "dup,broken")
    assert done.returncode == 64
    assert b"broken" in done.stderr and b"dup, malformed, expired, sold, conflict, issuer" in done.stderr


def test_a_partial_audit_fails_whatever_is_asked(tmp_path):
    (tmp_path / "stock.gz").write_bytes(gzip.compress("\n".join(STOCK * 3_000).encode())[:-500])
    done = audit(tmp_path, "--stock", "stock.gz", "--card-format", "cmcc", "--fail-on", "none")
    assert done.returncode == 1


def test_a_short_shelf_life_is_reported_as_a_day_with_both_numbers(tmp_path):
    write(tmp_path, "stock.csv", [
        "serial,key,expires_on", "1,200000000000000011,2026-05-31", "2,200000000000000012,2026-06-30",
        "3,200000000000000013,2026-07-01", "4,200000000000000014,"])
    arguments = ["--stock", "stock.csv", "--as-of", "2026-06-01", "--min-remaining-days", "30"]
    assert report(tmp_path, "tsv", arguments).decode() == (
        "2\texpired\t2026-05-31\n"
        "3\texpired\t2026-06-30 short_shelf_life: 29 days left, 30 wanted\n")
    run = valid_sarif(report(tmp_path, "sarif", arguments))
    assert [(result["ruleId"], result["level"]) for result in run["results"]] == [
        ("expired", "error"), ("expired/short_shelf_life", "warning")]
    for wrong in ("-1", "3651", "x"):
        done = audit(tmp_path, "--stock", "stock.csv", f"--min-remaining-days={wrong}")
        assert done.returncode == 64
