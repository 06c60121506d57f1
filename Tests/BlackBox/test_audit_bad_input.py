"""What no stock file should be: `cardproof audit` says what is wrong and where, reads what can be read, never ends
with 0 and never falls over."""

from __future__ import annotations

import contextlib
import gzip
import os
import pathlib
import random
import re
import resource
import signal
import subprocess
import threading
import time

import pytest

from harness.gateway import binary, environment
from harness.scale import count

SECONDS = 120
NOBODY = 65_534
# Larger than the sample that decides the reading and than the blocks that follow it.
BLOCK = 1 << 20


def card(number: int) -> bytes:
    return b"%d----%d" % (10 ** 16 + number, 2 * 10 ** 17 + number)


def cards(first: int, last: int) -> bytes:
    return b"".join(card(number) + b"\n" for number in range(first, last))


GOOD = card(1)


def command(*arguments: str) -> list[str]:
    return [str(binary()), "audit", *arguments]


def told(code: int, out: bytes, err: bytes) -> tuple[int, list[str], str]:
    """What came of it, once it is sure that it neither fell over nor showed a code."""
    said = err.decode(errors="replace")
    assert code > 0, (code, said)
    assert not re.search(rb"\d{11}", out + err)
    assert "Fatal error" not in said
    return code, out.decode().splitlines(), said


def audit(folder: pathlib.Path, content: bytes | None, *arguments: str, stdin: bytes = b"", env=None, **more):
    """An audit of `stock`, which is written first; content is None where it stands there already."""
    if content is not None:
        (folder / "stock").write_bytes(content)
    done = subprocess.run(
        command("--stock", "stock", *arguments), cwd=folder, input=stdin, capture_output=True,
        timeout=SECONDS, env=environment(folder) | (env or {}), **more)
    return told(done.returncode, done.stdout, done.stderr)


def between(*lines: bytes) -> bytes:
    """Lines with the same good code above and below."""
    return b"\n".join([GOOD, *lines, GOOD]) + b"\n"


# Lines

def test_a_line_of_ten_megabytes_is_one_malformed_line(tmp_path):
    code, rows, said = audit(tmp_path, between(b"1" * 10_000_000, card(2) + b" " * 10_000_000))
    too_long = "malformed\tline_too_long: more than 1048576 bytes"
    assert (code, rows) == (10, [f"2\t{too_long}", f"3\t{too_long}", "4\tdup\t1"])
    assert "4 lines, 2 codes:" in said


def test_a_quote_that_is_never_closed_costs_its_own_line_alone(tmp_path):
    content = b"serial,key\n1,200000000000000011\n2,\"200000000000000012\n" + b"1,200000000000000011\n" * 200
    code, rows, _ = audit(tmp_path, content)
    assert code == 10 and rows[0] == "3\tmalformed\tquote_unclosed"
    assert rows[1:] == [f"{line}\tdup\t2" for line in range(4, 204)]


def test_nul_bytes_make_their_lines_malformed(tmp_path):
    nul = [GOOD[:-1] + b"\0", b"\0" + GOOD, b"\0", b"\0" * 5_000]
    code, rows, _ = audit(tmp_path, between(*nul), "--card-format", "cmcc")
    assert code == 10 and rows[-1] == "6\tdup\t1"
    assert [row.split("\t")[:2] for row in rows[:-1]] == [[str(line), "malformed"] for line in range(2, 6)]
    assert [row.split("\t")[2] for row in rows[:2]] == ["control_character"] * 2


@pytest.mark.parametrize("broken", [
    b"\xff", b"\xc3", b"\xc0\x9f", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe5\x8d", b"\x80"],
    ids=["never", "cut", "overlong", "surrogate", "beyond", "half", "continuation"])
def test_bytes_that_are_no_utf8_make_their_line_malformed(broken, tmp_path):
    code, rows, said = audit(tmp_path, between(GOOD[:-1] + broken))
    assert (code, rows) == (10, ["2\tmalformed\tnot_utf8", "3\tdup\t1"])
    assert "lines:----, UTF-8)" in said


@pytest.mark.parametrize("content", [
    b"\xff\xfe" + between().decode().encode("utf-16-le") + "北".encode("utf-16-le")[:1],
    b"\xfe\xff" + between().decode().encode("utf-16-be") + b"\xd8\x00",
    between("卡号".encode("gb18030") + card(2)[2:]) + "北".encode("gb18030")[:1]],
    ids=["utf-16-le", "utf-16-be", "gb18030"])
def test_a_file_that_ends_inside_a_character_loses_that_line_alone(content, tmp_path):
    code, rows, said = audit(tmp_path, content)
    good, last = said.count("\n  line "), int(re.search(r"^(\d+) lines, ", said, re.MULTILINE)[1])
    assert (code, good) == (10, last - 1)
    assert rows == [f"{last - 1}\tdup\t1", f"{last}\tmalformed\tseparator_missing"]


def test_mixed_line_ends_are_lines_and_mixed_separators_are_told(tmp_path):
    code, rows, _ = audit(
        tmp_path, GOOD + b"\r\n" + card(2) + b"\r" + card(3) + b"\n\r" + GOOD + b"\r\r\n"
        + card(4).replace(b"----", b"|") + b"\n" + card(5).replace(b"----", b"\t") + b"\r" + card(2))
    # LF CR is an empty line, as is CR before CR LF.
    assert (code, rows) == (10, [
        "5\tdup\t1", "7\tmalformed\tother_grammar: fits serial|key",
        "8\tmalformed\tother_grammar: fits serial<tab>key", "9\tdup\t2"])


# No stock at all

@pytest.mark.parametrize("content", [b"", b"\n\r\n \t\n", b"\xef\xbb\xbf", gzip.compress(b""), b"serial,key\n"],
                         ids=["empty", "blank", "mark", "gzip", "header"])
def test_a_file_without_codes_is_no_clean_stock(content, tmp_path):
    code, rows, said = audit(tmp_path, content)
    assert (code, rows) == (64, [])
    assert said.endswith("error: no codes were found\n")


def test_a_directory_is_refused(tmp_path):
    (tmp_path / "stock").mkdir()
    assert audit(tmp_path, None) == (64, [], "error: stock: is a directory, not a stock file\n")


def test_what_is_not_there_is_refused_by_name(tmp_path):
    missing = "error: nowhere: cannot be opened: No such file or directory\n"
    assert audit(tmp_path, GOOD, "--stock", "nowhere") == (64, [], missing)
    assert audit(tmp_path, GOOD, "--history", "nowhere") == (64, [], missing)
    (tmp_path / "ring").symlink_to("ring")
    code, _, said = audit(tmp_path, GOOD, "--history", "ring")
    assert code == 64 and said.startswith("error: ring: cannot be opened: ")


@pytest.mark.parametrize("option", ["--stock", "--history"])
def test_a_file_that_may_not_be_read_is_named(option, tmp_path):
    locked = tmp_path / "locked"
    locked.write_bytes(GOOD)
    locked.chmod(0)
    # Root may read everything; the folders above are pytest's, and closed to others.
    user = {}
    if os.geteuid() == 0:
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        for folder in (tmp_path, *tmp_path.parents):
            if folder.stat().st_mode & 0o005 != 0o005:
                folder.chmod(0o755)
    assert audit(tmp_path, GOOD, option, "locked", **user) == (
        64, [], "error: locked: cannot be opened: Permission denied\n")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark_is_refused_with_what_to_do(codec, tmp_path):
    code, rows, said = audit(tmp_path, cards(1, 20).decode().encode(codec))
    assert (code, rows) == (64, [])
    assert said == ("error: stock: looks like UTF-16 without a byte order mark; save it as UTF-8, or as UTF-16 "
                    "with its mark\n")


def test_a_program_is_no_text(tmp_path):
    code, rows, said = audit(tmp_path, b"\x7fELF" + bytes(range(256)) * 1_000)
    assert (code, rows, said) == (64, [], "error: stock: is not a text file\n")


def test_noise_is_never_a_clean_stock(tmp_path):
    # As a photograph or an archive: some of its pieces look like words.
    noise = random.Random(2026).randbytes(200_000)
    for name in ("auto", "lines:----", "csv"):
        code, rows, _ = audit(tmp_path, noise, "--format", name)
        assert code in (10, 64) and all(row.split("\t")[1] == "malformed" for row in rows
                                        if "\tdup\t" not in row and "\tconflict\t" not in row)


# Readings

def test_two_readings_are_refused_and_both_are_shown(tmp_path):
    code, rows, said = audit(tmp_path, b"1:2----33\n3:4----55\n")
    assert (code, rows) == (64, [])
    assert said.splitlines() == [
        "error: stock: can be read in several ways that give different codes; settle it with --format",
        "as serial----key (--format lines:----)",
        "  line 1: serial •••• 3 symbols · key •••• 2 digits",
        "  line 2: serial •••• 3 symbols · key •••• 2 digits",
        "as serial:key (--format lines::)",
        "  line 1: serial •••• 1 digit · key •••• 3 digits",
        "  line 2: serial •••• 1 digit · key •••• 3 digits"]


def test_an_ambiguous_history_is_refused_and_the_format_settles_it(tmp_path):
    (tmp_path / "sold").write_bytes(b"1:2----33\n")
    code, _, said = audit(tmp_path, b"1:2----33\n", "--format", "lines::", "--history", "sold")
    assert code == 64 and said.startswith("error: sold: can be read in several ways")
    code, rows, _ = audit(tmp_path, None, "--format", "lines::", "--history", "sold",
                          "--history-format", "lines::")
    assert (code, rows) == (13, ["1\tsold"])


@pytest.mark.parametrize("arguments,told_of", [
    (["--format", "xml"], "--format xml: auto, lines, lines:SEP, csv or csv:SEP is expected"),
    (["--format", "lines:"], "--format lines:: auto, lines, lines:SEP, csv or csv:SEP is expected"),
    (["--format", "csv:ab"], "--format csv:ab: "),
    (["--history-format", "xml"],
     "--history-format xml: auto, lines, lines:SEP, csv or csv:SEP is expected"),
    (["--card-format", "nope"], "--card-format nope: no built-in format and no file; built in are cmcc, "),
    (["--report-format", "doc"], "--report-format doc: one of tsv, json, csv, html, sarif, junit, xlsx is"),
    (["--as-of", "2026-02-30"], "--as-of 2026-02-30: a day such as 2026-11-20 is expected"),
    (["--memory", "63M"], "--memory 63M: at least 64M is expected"),
    (["--memory", "9999999999G"], "--memory 9999999999G: a size is expected"),
    (["--memory", "lots"], "--memory lots: a size is expected, e.g. 512M or 2G"),
    (["--threads", "0"], "--threads 0: a number from 1 to 64 is expected"),
    (["--threads", "65"], "--threads 65: a number from 1 to 64 is expected"),
    (["--threads", "two"], "two"),
    (["--online", "some"], "some"),
    (["--lang", "fr"], "fr"),
    (["--bogus", "1"], "Unknown option '--bogus'"),
    (["--history", "-", "--stock", "-"], "standard input (-) can be read once"),
    (["--json", "--report", "-"], "--json and --report - both want standard output; choose one"),
    (["--report", "stock"], "--report stock: is one of the files to be read"),
    (["--report", "./link"], "--report ./link: is one of the files to be read"),
    (["--report", "sub/../stock"], "--report sub/../stock: is one of the files to be read"),
    (["--history", "sold", "--report", "sold"], "--report sold: is one of the files to be read"),
])
def test_options_that_cannot_be_used_are_named_and_nothing_is_written(arguments, told_of, tmp_path):
    (tmp_path / "link").symlink_to("stock")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sold").write_bytes(card(7))
    (tmp_path / "stock").write_bytes(GOOD)
    known = sorted(path.name for path in tmp_path.iterdir())
    code, rows, said = audit(tmp_path, None, *arguments)
    assert (code, rows) == (64, []) and told_of in said
    assert (tmp_path / "stock").read_bytes() == GOOD and (tmp_path / "sold").read_bytes() == card(7)
    assert sorted(path.name for path in tmp_path.iterdir()) == known


def test_a_report_under_another_hard_link_of_the_stock_leaves_the_stock_as_it_was(tmp_path):
    (tmp_path / "stock").write_bytes(between(card(2)))
    (tmp_path / "hard").hardlink_to(tmp_path / "stock")
    assert audit(tmp_path, None, "--report", "hard")[0] == 13
    assert (tmp_path / "stock").read_bytes() == between(card(2))
    assert (tmp_path / "hard").read_bytes() == b"3\tdup\t1\n"


# Reading that breaks off

def partial(rows: list[str], name: str) -> int:
    """After which line the report says that reading broke off."""
    mark = re.fullmatch(rf"# partial: reading broke off: {name} after line (\d+)", rows[-1])
    assert mark, rows[-3:]
    return int(mark[1])


PACKED = gzip.compress(cards(1, 10_000) + cards(1, 10_000))
GZIPS = {
    "cut": (PACKED[:-2_000], "gzip ends in the middle of its data"),
    "without its checksum": (PACKED[:-8], "gzip ends in the middle of its data"),
    "with another checksum": (
        PACKED[:-6] + bytes([PACKED[-6] ^ 1]) + PACKED[-5:], "gzip is damaged: incorrect data check"),
    "with another length": (PACKED[:-1] + bytes([PACKED[-1] ^ 1]), "gzip is damaged: incorrect length check"),
    "with something behind it": (PACKED + b"more", "gzip is damaged: incorrect header check"),
}


@pytest.mark.parametrize("name", GZIPS)
def test_a_damaged_gzip_is_audited_up_to_its_damage(name, tmp_path):
    content, reason = GZIPS[name]
    code, rows, said = audit(tmp_path, content)
    last = partial(rows, "stock")
    assert code == 1 and 10_000 < last < 20_000
    # The second half repeats the first.
    assert rows[:-1] == [f"{line}\tdup\t{line - 9_999}" for line in range(10_000, last + 1)]
    assert f"reading broke off, the report is partial: stock: {reason} (after line {last} of stock)" in said


def test_a_gzip_that_is_cut_before_its_data_is_refused(tmp_path):
    code, rows, said = audit(tmp_path, PACKED[:5])
    assert (code, rows) == (64, [])
    assert said == "error: stock: gzip ends in the middle of its data\n"


def test_a_history_that_breaks_off_makes_the_report_partial(tmp_path):
    (tmp_path / "sold").write_bytes(PACKED[:-2_000])
    code, rows, said = audit(tmp_path, card(5) + b"\n" + card(20_000), "--history", "sold")
    assert code == 1 and partial(rows, "sold") > 10_000
    assert rows[:-1] == ["1\tsold"]
    assert "stock: read as" in said and "sold: gzip ends in the middle of its data" in said
    assert "the rest of the history, which was not read" in said


def test_a_gzip_bomb_is_given_up_without_the_memory_it_asks_for(tmp_path):
    with gzip.open(tmp_path / "stock", "wb", compresslevel=9) as bomb:
        bomb.write(cards(1, 3) + cards(1, 3))
        for _ in range(300):
            bomb.write((b"#" * 1_023 + b"\n") * 1_024)
    code, rows, said, most = audit_watched(tmp_path, "--stock", "stock", "--memory", "64M")
    last = partial(rows, "stock")
    assert code == 1 and last > 200 * 1_024
    assert rows[:-1] == ["3\tdup\t1", "4\tdup\t2"] + [
        f"{line}\tmalformed\tcomment_line" for line in range(5, last + 1)]
    assert "stock: gzip expands more than 200 times; unpack it yourself if it is sound" in said
    assert 0 < most < 96 << 10, f"{most} KiB"


@pytest.mark.parametrize("memory", [64, pytest.param(128, marks=pytest.mark.soak)])
def test_one_code_by_the_million_keeps_within_the_memory(memory, tmp_path):
    lines = count(600_000, 5_000_000)
    (tmp_path / "stock").write_bytes((card(1) + b"\n") * lines)
    (tmp_path / "sold").write_bytes((card(1) + b"\n") * lines)
    code, rows, _, most = audit_watched(
        tmp_path, "--stock", "stock", "--history", "sold", "--memory", f"{memory}M")
    assert code == 13
    assert rows[:3] == ["1\tsold", "2\tdup\t1", "2\tsold"] and len(rows) == 2 * lines - 1
    # The memory is that of the audit: the program itself is there besides.
    assert 0 < most < memory + 32 << 10, f"{most} KiB"


def audit_watched(folder: pathlib.Path, *arguments: str) -> tuple[int, list[str], str, int]:
    """Exit code, rows and words of an audit, and the most memory that it had, in KiB."""
    out = folder / "out"
    with out.open("wb") as report:
        child = subprocess.Popen(command(*arguments), cwd=folder, env=environment(folder),
                                 stdout=report, stderr=subprocess.PIPE)
    most = 0
    # What wait4 tells counts the memory of these tests too, which the child shared before it began.
    while child.poll() is None:
        most = max(most, peak_memory(child.pid))
        time.sleep(0.01)
    return *told(child.returncode, out.read_bytes(), child.communicate()[1]), most


def peak_memory(process: int) -> int:
    """In KiB; 0 of one that has ended."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        found = re.search(r"VmHWM:\s*(\d+) kB", pathlib.Path(f"/proc/{process}/status").read_text())
        return int(found[1]) if found else 0
    return 0


# A history that says nothing

@pytest.mark.parametrize("history, arguments, words", [
    (card(1) + b"----2026-05-01\n", ("--history-format", "lines:----"), "no line of its sample is a code"),
    ("卡号\n".encode() + card(1)[:17] + b"\n", ("--card-format", "cmcc"), "no line of its sample is a code"),
    (b"refund, see mail\n", ("--history-format", "lines:----"), "settle it with --history-format"),
])
def test_a_history_without_codes_is_refused_and_not_passed_over(history, arguments, words, tmp_path):
    (tmp_path / "sold").write_bytes(history)
    code, rows, said = audit(tmp_path, GOOD + b"\n", "--history", "sold", *arguments)
    assert (code, rows) == (64, []) and words in said, said


@pytest.mark.parametrize("history", [b"", b"\n\n", b"# nothing was sold yet\n"])
def test_a_history_of_nothing_sold_yet_is_none(history, tmp_path):
    (tmp_path / "stock").write_bytes(GOOD + b"\n")
    (tmp_path / "sold").write_bytes(history)
    done = subprocess.run(command("--stock", "stock", "--history", "sold"), cwd=tmp_path, capture_output=True,
                          env=environment(tmp_path), timeout=SECONDS)
    assert done.returncode == 0, done.stderr.decode()


def test_lines_of_a_history_that_are_no_codes_leave_the_audit_undecided(tmp_path):
    (tmp_path / "sold").write_bytes(b"# of 2025\n\n" + card(2) + b"\nrefunded by mail\n" + card(3) + b"\n")
    clean = ("--history", "sold", "--history-format", "lines:----")
    code, rows, said = audit(tmp_path, GOOD + b"\n", *clean)
    assert (code, rows) == (11, []) and "history: 2 codes sold, 1 lines not understood" in said
    assert "not checked: the issuer's own state (--online)" in said and "1 lines of the history" in said
    code, _, said = audit(tmp_path, GOOD + b"\n", *clean, "--report", "page.html", "--report-format", "html")
    assert code == 11 and "1 lines of the history" in (tmp_path / "page.html").read_text()
    assert audit(tmp_path, card(2) + b"\n", *clean)[:2] == (13, ["1\tsold"])
    kept = subprocess.run(command("--stock", "stock", *clean, "--fail-on", "dup"), cwd=tmp_path, capture_output=True,
                          env=environment(tmp_path), timeout=SECONDS)
    assert kept.returncode == 0, kept.stderr.decode()


# A file that changes

def change(path: pathlib.Path, how: str) -> None:
    with path.open("r+b") as file:
        match how:
            case "grows":
                file.seek(0, os.SEEK_END)
                file.write(card(1) + b"\n")
            case "shrinks":
                file.truncate(path.stat().st_size - 100)
            case "empties":
                file.truncate(0)
            case "is written over":
                file.seek(100)
                file.write(b"x")


def position(child: int, path: pathlib.Path) -> int | None:
    """How far a process has read a file; None when it does not have it open."""
    for descriptor in pathlib.Path(f"/proc/{child}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            if os.readlink(descriptor) == str(path):
                told_of = pathlib.Path(f"/proc/{child}/fdinfo/{descriptor.name}").read_text()
                return int(re.search(r"pos:\s*(\d+)", told_of)[1])
    return None


def stopped_in_the_middle(folder: pathlib.Path, size: int) -> subprocess.Popen:
    """An audit that has read more than the sample, and not all, and stands still."""
    path = (folder / "stock").resolve()
    for _ in range(20):
        child = subprocess.Popen(command("--stock", "stock", "--threads", "1"), cwd=folder,
                                 env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while child.poll() is None:
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                if (position(child.pid, path) or 0) < BLOCK:
                    continue
                child.send_signal(signal.SIGSTOP)
                os.waitpid(child.pid, os.WUNTRACED)
                if (place := position(child.pid, path)) is not None and place < size - BLOCK:
                    return child
                child.send_signal(signal.SIGCONT)
                break
        child.communicate(timeout=SECONDS)
    raise AssertionError("the audit is too fast to be met in the middle: a larger file is needed")


@pytest.mark.parametrize("how", ["grows", "shrinks", "empties", "is written over"])
def test_a_file_that_changes_while_it_is_read_breaks_off(how, tmp_path):
    content = cards(1, 400_000)
    (tmp_path / "stock").write_bytes(content)
    child = stopped_in_the_middle(tmp_path, len(content))
    try:
        change(tmp_path / "stock", how)
        child.send_signal(signal.SIGCONT)
        out, err = child.communicate(timeout=SECONDS)
    finally:
        child.kill()
    code, rows, said = told(child.returncode, out, err)
    assert code == 1 and partial(rows, "stock") > 20_000
    assert "stock: changed while it was read; run again" in said


@pytest.mark.parametrize("how", ["grows", "shrinks", "empties", "is written over", "is replaced"])
def test_a_file_that_changes_between_its_sample_and_its_reading_breaks_off(how, tmp_path):
    (tmp_path / "stock").write_bytes(cards(1, 1_000))
    os.mkfifo(tmp_path / "second")
    child = subprocess.Popen(command("--stock", "stock", "--stock", "second"), cwd=tmp_path,
                             env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        # Opens once the audit asks for the second file: it has seen the first.
        with (tmp_path / "second").open("wb") as pipe:
            if how == "is replaced":
                (tmp_path / "new").write_bytes(cards(1, 1_000))
                (tmp_path / "new").replace(tmp_path / "stock")
            else:
                change(tmp_path / "stock", how)
            pipe.write(cards(5_000, 5_010))
        out, err = child.communicate(timeout=SECONDS)
    finally:
        child.kill()
    code, rows, said = told(child.returncode, out, err)
    assert code == 1 and partial(rows, "stock") == 0
    assert "stock: changed while it was read; run again" in said


# Disks

def limited(bytes_of_a_file: int):
    """As a full disk, on any file system."""
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_of_a_file, bytes_of_a_file))
    return {"preexec_fn": limit, "restore_signals": False}


def test_a_disk_that_fills_under_a_long_report_leaves_the_old_one(tmp_path):
    (tmp_path / "report").write_text("of yesterday")
    code, rows, said = audit(tmp_path, cards(1, 2) * 50_000, "--report", "report", **limited(100_000))
    assert (code, rows) == (1, [])
    assert "error: report: cannot be written: File too large" in said
    assert (tmp_path / "report").read_text() == "of yesterday"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report", "stock"]


def test_a_disk_that_fills_under_standard_output_is_told(tmp_path):
    (tmp_path / "stock").write_bytes(cards(1, 2) * 1_000)
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command("--stock", "stock"), cwd=tmp_path, env=environment(tmp_path), stdout=full,
                              stderr=subprocess.PIPE, timeout=SECONDS)
    code, _, said = told(done.returncode, b"", done.stderr)
    assert code == 1 and "standard output: cannot be written: No space left on device" in said


def test_a_disk_that_fills_under_the_scratch_space_is_told(tmp_path):
    (tmp_path / "scratch").mkdir()
    code, rows, said = audit(tmp_path, cards(1, 900_000), "--memory", "64M",
                             env={"TMPDIR": str(tmp_path / "scratch")}, **limited(1 << 20))
    assert code == 1 and "File too large" in said and str(tmp_path / "scratch") in said
    assert rows == [] or rows[-1].startswith("# partial")
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize("report", ["nowhere/report", "folder"])
def test_a_report_that_has_no_place_is_refused(report, tmp_path):
    (tmp_path / "folder").mkdir()
    code, rows, said = audit(tmp_path, GOOD, "--report", report)
    assert code in (1, 64) and rows == [] and f"{report}: cannot be written: " in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "stock"]


# Pipes

def test_a_reader_that_leaves_in_the_middle_of_the_report_is_told_of(tmp_path):
    (tmp_path / "stock").write_bytes(cards(1, 2) * 100_000)
    child = subprocess.Popen(command("--stock", "stock"), cwd=tmp_path, env=environment(tmp_path),
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert child.stdout.readline() == b"2\tdup\t1\n"
        child.stdout.close()
        err = child.stderr.read()
        child.wait(timeout=SECONDS)
    finally:
        child.kill()
        child.stderr.close()
    code, _, said = told(child.returncode, b"", err)
    assert code == 1 and said.count("standard output: cannot be written: Broken pipe") == 1


def test_a_pipe_that_ends_in_the_middle_of_a_line_gives_a_malformed_line(tmp_path):
    content = cards(1, 50_000) + card(1) + b"\n" + card(2)[:-7]
    done = subprocess.run(command("--stock", "-", "--card-format", "cmcc"), cwd=tmp_path, input=content,
                          capture_output=True, timeout=SECONDS, env=environment(tmp_path))
    code, rows, _ = told(done.returncode, done.stdout, done.stderr)
    assert code == 10 and [row.split(";")[0] for row in rows] == [
        "50000\tdup\t1", "50001\tmalformed\tkey_wrong_length: 11, expected 18"]


def test_a_pipe_that_dribbles_is_read_like_a_file(tmp_path):
    content = "序号,卡号,卡密\r\n".encode() + b"".join(
        b"%d,%s\r\n" % (n, card(n % 5).replace(b"----", b",")) for n in range(10))
    child = subprocess.Popen(command("--stock", "-"), cwd=tmp_path, env=environment(tmp_path),
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def dribble() -> None:
        for place in range(0, len(content), 7):
            child.stdin.write(content[place:place + 7])
            child.stdin.flush()
            time.sleep(0.001)
        child.stdin.close()
    writer = threading.Thread(target=dribble)
    writer.start()
    try:
        out, err = child.stdout.read(), child.stderr.read()
        child.wait(timeout=SECONDS)
    finally:
        child.kill()
        writer.join()
        child.stdout.close()
        child.stderr.close()
    code, rows, _ = told(child.returncode, out, err)
    assert (code, rows) == (13, [f"{line}\tdup\t{line - 5}" for line in range(7, 12)])


def test_a_closed_standard_input_is_told(tmp_path):
    done = subprocess.run(["/bin/sh", "-c", 'exec "$@" <&-', "sh", *command("--stock", "-")], cwd=tmp_path,
                          capture_output=True, timeout=SECONDS, env=environment(tmp_path))
    code, rows, said = told(done.returncode, done.stdout, done.stderr)
    assert (code, rows) == (64, []) and "error: " in said
