"""Stock in .xlsx workbooks, written by openpyxl or by hand, and reports as workbooks, opened by openpyxl and LibreOffice.

A line of a defect is the row in the sheet; hostile workbooks are refused with a reason and cost no memory."""

from __future__ import annotations

import csv
import datetime
import io
import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

import openpyxl
import pytest

from harness.gateway import binary
from harness.scale import count

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MEBIBYTE = 1 << 20


def audit(*arguments, **more) -> subprocess.CompletedProcess:
    done = subprocess.run([str(binary()), "audit", "--lang", "en", *map(str, arguments)],
                          capture_output=True, timeout=300, **more)
    done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    return done


def rows(done: subprocess.CompletedProcess) -> list[tuple]:
    return [tuple(line.split("\t")) for line in done.stdout.splitlines()]


def sheet_csv(path: pathlib.Path, number: int = 1) -> list[list[str]]:
    """A sheet as the renderer gives it, a record a line."""
    with open(path, "rb") as file:
        done = subprocess.run([str(binary().resolve().parent / "cardproof-render"), "sheet",
                               str(number)], stdin=file, capture_output=True, env={}, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return list(csv.reader(io.StringIO(done.stdout.decode(), newline="")))


def card(number: int) -> tuple[str, str]:
    return f"1{number:016d}", f"2{number:017d}"


@pytest.fixture
def book(tmp_path):
    """Writes a workbook of these sheets and tells its path."""
    def write(sheets: dict[str, list], name: str = "stock.xlsx", change=None) -> pathlib.Path:
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for title, lines in sheets.items():
            sheet = workbook.create_sheet(title)
            for line in lines:
                sheet.append(line)
        if change:
            change(workbook)
        workbook.save(tmp_path / name)
        return tmp_path / name
    return write


def raw_book(path: pathlib.Path, sheet: str, parts: dict[str, str] | None = None, workbook: str = "",
             kept=lambda name: True) -> pathlib.Path:
    """A workbook written part by part, so that it can be what no library writes."""
    relationships = "".join(
        f'<Relationship Id="rId{place}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for place, (kind, target) in enumerate(
            [("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"),
             ("styles", "styles.xml")], 1))
    files = {
        # The sheet stands before the texts that it shares, as some writers do.
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": f"<sst {NAMESPACE}/>",
        "xl/styles.xml": f"<styleSheet {NAMESPACE}/>",
        "xl/workbook.xml": f'<workbook {NAMESPACE} xmlns:r="{OFFICE}">{workbook}<sheets>'
                           '<sheet name="Stock" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels":
            f'<Relationships xmlns="{PACKAGE}/relationships">{relationships}</Relationships>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
                       f'Type="{OFFICE}/officeDocument" Target="/xl/workbook.xml"/></Relationships>',
    } | (parts or {})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            if kept(name):
                archive.writestr(name, text)
    return path


def data(inner: str) -> str:
    return f"<worksheet {NAMESPACE}><sheetData>{inner}</sheetData></worksheet>"


def test_defects_are_named_by_their_rows_whatever_gaps_a_sheet_has(book):
    def change(workbook):
        sheet = workbook["库存"]
        for row, number in ((4, 1), (9, 2), (10, 1), (20, 3)):
            sheet.cell(row, 2).value, sheet.cell(row, 3).value = card(number)
        sheet.cell(9, 4).value = datetime.date(2026, 1, 31)
        sheet.cell(20, 4).value = "2030年1月1日"
        sheet.cell(12, 2).value = "两行\n备注"
    path = book({"库存": [["备注", "卡号", "卡密", "有效期"]]}, change=change)
    done = audit("--stock", path, "--as-of", "2026-06-01")
    assert done.returncode == 10, done.stderr
    assert [row[:2] for row in rows(done)] == [
        ("9", "expired"), ("10", "dup"), ("12", "malformed")]
    assert rows(done)[0][2] == "2026-01-31" and rows(done)[1][2] == "4"
    assert "stock.xlsx [库存]: read as …,serial,key,expires_on (csv, UTF-8)" in done.stderr


def test_what_cells_hold_is_read_as_it_is_shown(book):
    def change(workbook):
        sheet = workbook.active
        for row, (value, number_format) in enumerate([
                (42, "00000000"), (datetime.datetime(2027, 12, 31, 8, 30), "yyyy/m/d h:mm"),
                (46387, 'yyyy"年"m"月"d"日"'), (46387, "[$-804]General"), (0.1 + 0.2, "General"),
                (True, "General"), (123456789012345, "0"), (1.5, "General")], 1):
            sheet.cell(row, 2).value, sheet.cell(row, 2).number_format = value, number_format
    path = book({"S": [["a,b", None], ['q"q', None], ["一\r\n二", None], ["=SUM(1)", None],
                       ["_x0041_", None], ["e", None], ["f", None], [" g ", None]]}, change=change)
    assert sheet_csv(path) == [
        ["a,b", "00000042"], ['q"q', "2027-12-31"], ["一 二", "2026-12-31"], ["", "46387"],
        ["A", "0.3"], ["e", "TRUE"], ["f", "123456789012345"], [" g ", "1.5"]]


def test_dates_follow_the_workbook_s_own_calendar(tmp_path):
    styles = {"xl/styles.xml": f'<styleSheet {NAMESPACE}><cellXfs><xf numFmtId="0"/>'
                               '<xf numFmtId="14"/><xf numFmtId="31"/></cellXfs></styleSheet>'}
    cells = "".join(f'<row r="{row}"><c r="A{row}" s="{style}"><v>{value}</v></c></row>'
                    for row, (style, value) in enumerate(
                        [(1, 1), (1, 59), (1, 60), (2, 61), (1, "45000.75"), (0, 45000)], 1))
    early = raw_book(tmp_path / "1900.xlsx", data(cells), styles)
    assert [line[0] for line in sheet_csv(early)] == [
        "1900-01-01", "1900-02-28", "60", "1900-03-01", "2023-03-15", "45000"]
    late = raw_book(tmp_path / "1904.xlsx", data(cells), styles, '<workbookPr date1904="1"/>')
    assert [line[0] for line in sheet_csv(late)] == [
        "1904-01-02", "1904-02-29", "1904-03-01", "1904-03-02", "2027-03-16", "45000"]


def test_texts_shared_inline_and_rich_are_joined_and_pronunciations_left_out(tmp_path):
    shared = {"xl/sharedStrings.xml":
              f"<sst {NAMESPACE}><si><r><t>ab</t></r><r><rPr/><t xml:space='preserve'> c</t></r>"
              "<rPh sb='0' eb='1'><t>xx</t></rPh></si><si><t>&lt;_x0041_&gt;</t></si></sst>"}
    path = raw_book(tmp_path / "texts.xlsx", data(
        '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="inlineStr"><is><r><t>in</t></r><r>'
        '<t>line</t></r><rPh sb="0" eb="1"><t>yy</t></rPh></is></c></row>'
        '<row r="3"><c r="B3" t="str"><f>A1&amp;"x"</f><v>formula</v></c>'
        '<c r="D3" t="e"><v>#N/A</v></c><c r="E3" t="d"><v>2027-01-31T00:00:00</v></c></row>'),
        shared)
    assert sheet_csv(path) == [["ab c", "<A>", "inline"], [], ["", "formula", "", "#N/A",
                                                              "2027-01-31"]]


def test_numbers_that_a_spreadsheet_damaged_and_its_errors_are_named(tmp_path):
    lines = [("12345678", "1.1041200001234568E17"), ("12345678", "110412000012345680"),
             ("1234567890123456", "777"), ("3", "#N/A")]
    cells = '<row r="1"><c t="str"><v>serial</v></c><c t="str"><v>key</v></c></row>'
    for row, values in enumerate(lines, 2):
        cells += f'<row r="{row}">' + "".join(
            f'<c t="{"e" if value[0] == "#" else "n"}"><v>{value}</v></c>' for value in values
        ) + "</row>"
    done = audit("--stock", raw_book(tmp_path / "damaged.xlsx", data(cells)))
    assert done.returncode == 10
    assert rows(done) == [("2", "malformed", "spreadsheet_exponent"),
                          ("3", "malformed", "spreadsheet_exponent"),
                          ("4", "malformed", "spreadsheet_exponent"),
                          ("5", "malformed", "spreadsheet_error")]


def test_each_visible_sheet_is_a_file_and_hidden_ones_are_said_not_to_be_read(book):
    def change(workbook):
        workbook["Old"].sheet_state = "hidden"
        workbook["Older"].sheet_state = "veryHidden"
    header = ["serial", "key"]
    path = book({"一月": [header, card(1), card(2)], "Old": [header, card(1), card(1)],
                 "二月": [["card,no", "x"], header, card(3), card(1)], "Older": [header],
                 "Sheet4": []}, change=change)
    done = audit("--stock", path, "--format", "csv")
    assert ("sheet Old is hidden and not read" in done.stderr
            and "sheet Older is hidden and not read" in done.stderr
            and "sheet Sheet4 is empty and not read" in done.stderr), done.stderr
    found = rows(done)
    assert (f"{path} [二月]", "4", "dup", f"2 in {path} [一月]") in found, found
    assert {row[0] for row in found} == {f"{path} [二月]"}


def test_a_workbook_can_be_the_history_and_come_through_a_pipe(book, tmp_path):
    stock = tmp_path / "stock.csv"
    stock.write_text("serial,key\n" + "".join(",".join(card(n)) + "\n" for n in (1, 2, 3)))
    path = book({"Sold": [["卡号", "卡密"], card(2)]})
    named = audit("--stock", stock, "--history", path)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    piped = audit("--stock", stock, "--history", "-", input=path.read_bytes(),
                  env=os.environ | {"TMPDIR": str(scratch)})
    with open(path, "rb") as file:
        handed = audit("--stock", stock, "--history", "-", stdin=file)
    for done in (named, piped, handed):
        assert done.returncode == 13, done.stderr
        assert rows(done) == [("3", "sold")]
    assert list(scratch.iterdir()) == []


def test_lines_of_text_in_a_single_column_are_read_as_lines(book):
    path = book({"S": [["1001----AB,C"], ["1002----A\"B"], ["1003----AB"], ["1004----AB"],
                       ["1001----AB,C"]]})
    done = audit("--stock", path)
    assert "read as serial----key" in done.stderr, done.stderr
    assert (done.returncode, rows(done)) == (13, [("5", "dup", "1")])
    assert sheet_csv(path)[0] == ["1001----AB", "C"]


# What is refused

def refused(path: pathlib.Path, *words: str, **more) -> None:
    done = audit("--stock", path, **more)
    assert done.returncode == 64, (done.returncode, done.stdout, done.stderr)
    for word in words:
        assert word in done.stderr, done.stderr


def test_old_encrypted_and_foreign_containers_are_refused_with_what_to_do(tmp_path, book):
    old = tmp_path / "password.xlsx"
    old.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096))
    refused(old, "is an old .xls or an encrypted workbook; save it as .xlsx without a password or "
                 "as CSV")
    plain = tmp_path / "stock.zip"
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("stock.txt", "1----A\n")
    refused(plain, "is a ZIP archive, but no workbook")
    binary_book = raw_book(tmp_path / "b.xlsx", data(""), {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
                       f'Type="{OFFICE}/officeDocument" Target="xl/workbook.bin"/></Relationships>'})
    refused(binary_book, ".xlsb")
    refused(book({"Empty": []}), "no visible sheet of the workbook has text")


def test_a_workbook_that_is_cut_short_or_lacks_a_part_is_refused(tmp_path, book):
    whole = book({"S": [card(number) for number in range(2000)]}).read_bytes()
    for length in (30, len(whole) // 2, len(whole) - 10):
        cut = tmp_path / f"cut-{length}.xlsx"
        cut.write_bytes(whole[:length])
        refused(cut, "cut short or a damaged ZIP archive")
    sheet = data('<row><c t="s"><v>0</v></c></row>')
    for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"):
        path = raw_book(tmp_path / "part.xlsx", sheet, kept=lambda name: name != part)
        refused(path, f"it has no part {part}")
    refused(raw_book(tmp_path / "index.xlsx", sheet), "sheet Stock, row 1",
            "a shared text that is not there")


@pytest.mark.parametrize("rest,word", [
    ("<row r='3'><c><v>3</c></row>", "damaged XML (mismatched tag"),
    ("<row r='2'/>", "the row after it has no number above it"),
    ("<row r='1048577'/>", "the row after it has no number above it"),
    ("<row r='3'><c r='B3'><v>1</v></c><c r='A3'><v>1</v></c></row>", "its cells are not in order"),
    ("<row r='3'><c r='ZZZZ3'><v>1</v></c></row>", "its cells are not in order"),
    ("<row r='3'><c r='XFD3'><v>1</v></c></row>", "has text in column XFD; 1024 columns are read"),
    ("<row r='3'><c t='str'><v>" + "x" * 200_000 + "</v></c></row>", "a cell of more than"),
    ("<x>" * 200 + "</x>" * 200, "deep"),
])
def test_a_damaged_sheet_is_audited_up_to_there_and_the_place_is_named(tmp_path, rest, word):
    lines = "".join(f"<row r='{row}'><c t='str'><v>1----A{row}</v></c></row>" for row in (1, 2))
    done = audit("--stock", raw_book(tmp_path / "s.xlsx", data(lines + rest)))
    assert done.returncode == 1, done.stderr
    assert "sheet Stock, row" in done.stderr and word in done.stderr, done.stderr
    assert "partial" in done.stdout


def test_entities_are_not_expanded(tmp_path):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    sheet = (f'<!DOCTYPE worksheet [<!ENTITY l0 "lol">{laughs}]><worksheet {NAMESPACE}><sheetData>'
             '<row><c t="str"><v>&l11;</v></c></row></sheetData></worksheet>')
    refused(raw_book(tmp_path / "laughs.xlsx", sheet), "document type declaration")
    secret = tmp_path / "secret.txt"
    secret.write_text("1----A\n")
    sheet = (f'<!DOCTYPE w [<!ENTITY f SYSTEM "file://{secret}">]><worksheet {NAMESPACE}><sheetData>'
             '<row><c t="str"><v>&f;</v></c></row></sheetData></worksheet>')
    refused(raw_book(tmp_path / "external.xlsx", sheet), "document type declaration")


def test_a_bomb_is_refused(tmp_path):
    path = tmp_path / "bomb.xlsx"
    raw_book(path, data(""), kept=lambda name: "sheet1" not in name)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(f"<worksheet {NAMESPACE}><sheetData>".encode())
            for _ in range(300):
                part.write(b" " * MEBIBYTE)
            part.write(b"</sheetData></worksheet>")
    assert path.stat().st_size < MEBIBYTE
    refused(path, "expands more than 200 times")


def test_without_the_renderer_a_workbook_is_refused_and_a_text_is_read(tmp_path, book):
    alone = tmp_path / "cardproof"
    shutil.copy2(binary().resolve(), alone)
    path = book({"S": [["serial", "key"], card(1)]})
    done = subprocess.run([str(alone), "audit", "--stock", str(path), "--lang", "en"],
                          capture_output=True, text=True)
    assert done.returncode == 64 and "cardproof-render" in done.stderr, done.stderr
    text = tmp_path / "stock.txt"
    text.write_text("1----A\n")
    done = subprocess.run([str(alone), "audit", "--stock", str(text)], capture_output=True)
    assert done.returncode == 0
    done = subprocess.run([str(alone), "audit", "--stock", str(text), "--report-format", "xlsx",
                           "--report", str(tmp_path / "r.xlsx")], capture_output=True, text=True)
    assert done.returncode == 1 and "cardproof-render" in done.stderr
    assert not (tmp_path / "r.xlsx").exists()


# How much it takes

MEASURE = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_a_large_workbook_takes_bounded_memory(tmp_path):
    path = tmp_path / "large.xlsx"
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("Stock")
    sheet.append(["serial", "key", "expires_on"])
    rows = count(40_000, 300_000)
    for number in range(rows):
        sheet.append([*card(number % (rows - 1)), datetime.date(2027, 1, 31)])
    workbook.save(path)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(binary()), "audit", "--stock", str(path), "--memory",
         "64M", "--as-of", "2026-06-01", "--report", str(tmp_path / "report.tsv")],
        capture_output=True, text=True, timeout=300)
    code, kibibytes = map(int, done.stdout.split())
    assert code == 13, done.stderr
    assert (tmp_path / "report.tsv").read_text() == f"{rows + 1}\tdup\t2\n"
    # The larger of the audit and the renderer, which keeps two texts a row; a debug build included.
    assert kibibytes < 256 * 1024, kibibytes


# Reports

def libreoffice_csv(path: pathlib.Path, folder: pathlib.Path) -> dict[str, list[list[str]]]:
    """Every sheet as LibreOffice shows it, by name."""
    office = folder / "office"
    office.mkdir()
    # Comma, double quote, UTF-8, cells as shown, all sheets (LibreOffice's CSV filter options).
    options = "44,34,76,1,,0,false,true,false,false,false,-1"
    subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
                    "--convert-to", f"csv:Text - txt - csv (StarCalc):{options}", "--outdir",
                    str(office), str(path)], check=True, capture_output=True, timeout=180)
    return {file.stem.removeprefix(f"{path.stem}-"):
            list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
            for file in office.glob("*.csv")}


@pytest.fixture
def report(tmp_path):
    """A report on stock whose file names begin as formulas do."""
    stock = tmp_path / "=1+1.csv"
    stock.write_text("serial,key,expires_on\n" + "".join(
        ",".join([*card(number), day]) + "\n"
        for number, day in ((1, "2026-01-01"), (2, "2030-01-01"), (2, "2030-01-01"), (3, "x"))))
    other = tmp_path / "@b.csv"
    other.write_text("serial,key\n" + ",".join(card(1)) + "\n")

    def write(name: str, *more: str) -> pathlib.Path:
        path = tmp_path / name
        done = audit("--stock", "=1+1.csv", "--stock", "@b.csv", "--as-of", "2026-06-01",
                     "--report", path, "--report-format", "xlsx", *more, cwd=tmp_path)
        assert done.returncode == 10, done.stderr
        return path
    return write


DEFECTS = [("=1+1.csv", 2, "expired", "2026-01-01", None), ("=1+1.csv", 4, "dup", "3", 3),
           ("=1+1.csv", 5, "malformed", "expiry_unreadable", None),
           ("@b.csv", 2, "dup", "2 in =1+1.csv", 2)]


def test_a_report_is_a_workbook_that_openpyxl_reads(report):
    workbook = openpyxl.load_workbook(report("report.xlsx"))
    assert workbook.sheetnames == ["Summary", "Defects", "Groups", "Shelf life", "Face values"]
    sheet = workbook["Defects"]
    values = list(sheet.iter_rows(values_only=True))
    assert values == [("File", "Line", "Class", "Detail", "First line"), *DEFECTS]
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref == "A1:E5"
    assert all(cell.font.b for cell in sheet[1])
    # Texts stay texts, and stay so when they are edited.
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in sheet["A"])
    assert all(cell.data_type == "n" for cell in sheet["B"][1:])
    summary = dict(list(workbook["Summary"].iter_rows(values_only=True))[1:])
    assert summary["Codes"] == 4 and summary["Duplicate (dup)"] == 2
    assert summary["Already sold (sold)"] == "not checked"
    assert "This report is partial" not in summary
    assert [row[0] for row in workbook["Shelf life"].iter_rows(min_row=2, values_only=True)][0] \
        == "Expired"


def test_a_report_opens_in_libreoffice_with_the_same_values(report, tmp_path):
    sheets = libreoffice_csv(report("report.xlsx"), tmp_path)
    assert set(sheets) == {"Summary", "Defects", "Groups", "Shelf life", "Face values"}
    assert [tuple(row) for row in sheets["Defects"][1:]] == [
        tuple("" if value is None else str(value) for value in row) for row in DEFECTS]


def test_a_report_speaks_chinese_and_is_the_same_each_time(report):
    first = report("one.xlsx", "--lang", "zh-CN").read_bytes()
    assert first == report("two.xlsx", "--lang", "zh-CN").read_bytes()
    workbook = openpyxl.load_workbook(io.BytesIO(first))
    assert workbook.sheetnames == ["概要", "问题", "供货商和批次", "剩余有效期", "面值"]


def test_a_report_of_a_damaged_workbook_says_that_it_is_partial(tmp_path):
    path = raw_book(tmp_path / "s.xlsx", data(
        "<row r='1'><c t='str'><v>1----A1</v></c></row><row r='3'><c><v>3</c></row>"))
    done = audit("--stock", path, "--report", tmp_path / "r.xlsx", "--report-format", "xlsx")
    assert done.returncode == 1
    summary = dict(list(openpyxl.load_workbook(tmp_path / "r.xlsx")["Summary"].values)[1:])
    assert "after line 1" in summary["This report is partial"]


@pytest.mark.soak
def test_a_full_sheet_is_continued_in_another():
    renderer = binary().resolve().parent / "cardproof-render"
    records = b'{"sheet":"Defects","leads":false,"columns":[{"title":"Line","width":9}]}\n' + b"".join(
        b'{"row":[%d]}\n' % number for number in range(1_048_580))
    done = subprocess.run([str(renderer), "workbook"], input=records, capture_output=True, env={},
                          timeout=300)
    assert done.returncode == 0, done.stderr
    workbook = openpyxl.load_workbook(io.BytesIO(done.stdout), read_only=True)
    assert workbook.sheetnames == ["Defects", "Defects 2"]
    more = list(workbook["Defects 2"].iter_rows(values_only=True))
    assert more == [("Line",), *[(number,) for number in range(1_048_575, 1_048_580)]]


@pytest.mark.parametrize("record,word", [
    (b"{", "record 1"), (b'{"row":[1]}', "a row before any sheet"), (b"", "there is no sheet"),
    (b'{"sheet":"a/b","leads":false,"columns":[{"title":"x","width":1}]}', "/sheet"),
    (b'{"sheet":"a","leads":false,"columns":[]}', "/columns"),
    (b'{"sheet":"a","leads":false,"columns":[{"title":"x","width":1}]}\n{"row":[1,2]}', "more cells"),
    (b'{"sheet":"a","leads":false,"columns":[{"title":"x","width":1}]}\n{"row":[[]]}', "/row/0"),
    (b'{"row":["' + b"x" * 2_000_000 + b'"]}', "a record of more than"),
])
def test_the_renderer_refuses_what_is_no_record(record, word):
    renderer = binary().resolve().parent / "cardproof-render"
    done = subprocess.run([str(renderer), "workbook"], input=record, capture_output=True, env={})
    assert done.returncode == 64 and word in done.stderr.decode(), done.stderr
    assert done.stderr.count(b"\n") == 1
