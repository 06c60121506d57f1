"""cardproof-render, held against programs that know nothing of it: poppler reads its PDF, zbar its
codes, and a camera's view of both is a picture of a printed page."""

from __future__ import annotations

import json
import pathlib
import re
import shutil
import subprocess

import pytest

from harness import scale
from harness.gateway import ROOT, binary

EXAMPLE = json.loads((ROOT / "Tests/Vectors/statement.json").read_text(encoding="utf-8"))
A4_POINTS = (595.276, 841.89)
POINTS_PER_MILLIMETRE = 72 / 25.4
CJK_FONTS = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


def renderer() -> pathlib.Path:
    return binary().resolve().parent / "cardproof-render"


def run(arguments: list[str], given: bytes, **more) -> subprocess.CompletedProcess:
    more.setdefault("env", {})
    return subprocess.run([str(renderer()), *arguments], input=given, capture_output=True,
                          timeout=60, **more)


def drawn(kind: str, order: dict, **more) -> bytes:
    done = run([kind], json.dumps(order).encode(), **more)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    return done.stdout


def document(*blocks: dict, **more) -> dict:
    return {"title": "t", "language": "zh-CN", "created_at": "2026-11-20T08:03:11Z",
            "footer": "SHA-256 f00f", "blocks": list(blocks)} | more


def tool(*arguments, given: bytes = b"") -> str:
    done = subprocess.run([str(word) for word in arguments], input=given, capture_output=True)
    assert done.returncode == 0, (arguments, done.stderr.decode())
    return done.stdout.decode()


def pages(pdf: bytes) -> list[str]:
    """The text of each page, as a reader copies or searches it, without its line breaks."""
    texts = tool("pdftotext", "-enc", "UTF-8", "-", "-", given=pdf).split("\f")[:-1]
    return [re.sub(r"\s+", "", text) for text in texts]


def information(pdf: bytes) -> dict[str, str]:
    lines = tool("pdfinfo", "-isodates", "-", given=pdf).splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def texts(value) -> list[str]:
    """Every text of a document that has to be legible on paper."""
    if isinstance(value, str):
        return [value]
    items = value.values() if isinstance(value, dict) else value
    return [text for item in items for text in texts(item)]


def codes(picture: pathlib.Path) -> list[str]:
    return tool("zbarimg", "--quiet", "--raw", "--nodbus", picture).splitlines()


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return drawn("pdf", EXAMPLE)


def test_the_example_has_one_page_a_language_with_all_its_text(pdf):
    found = pages(pdf)
    assert len(found) == len(EXAMPLE["documents"]) == 2
    for number, (page, source) in enumerate(zip(found, EXAMPLE["documents"]), start=1):
        for text in [source["title"], source["footer"], *texts(source["blocks"])]:
            assert re.sub(r"\s+", "", text) in page, text
        assert page.endswith(f"{number}/2")
    assert "发行方在2026-11-2008:00:12Z返回：已使用（代码11）。" in found[0]


def test_its_metadata_is_the_document_s_and_its_fonts_are_embedded(pdf):
    found = information(pdf)
    assert found["Title"] == " · ".join(source["title"] for source in EXAMPLE["documents"])
    assert found["CreationDate"] == found["ModDate"] == "2026-11-20T08:03:11Z"
    size = re.match(r"([\d.]+) x ([\d.]+) pts", found["Page size"])
    assert [float(side) for side in size.groups()] == pytest.approx(A4_POINTS, abs=0.01)
    assert found["JavaScript"] == "no" and found["Encrypted"] == "no"
    fonts = tool("pdffonts", "-", given=pdf).splitlines()[2:]
    # Name, then type, encoding, and the three flags: embedded, a subset, with Unicode.
    assert fonts and all(re.search(r" yes yes yes +\d+ +\d+$", line) for line in fonts), fonts
    assert any("NotoSansCJK" in line for line in fonts)
    assert len(pdf) < 300_000


def test_the_same_input_gives_the_same_bytes_on_another_day_and_in_another_environment(pdf):
    order = json.dumps(EXAMPLE).encode()
    elsewhere = {"TZ": "Asia/Shanghai", "LANG": "zh_CN.UTF-8", "HOME": "/nonexistent"}
    assert run(["pdf"], order, env=elsewhere, cwd="/").stdout == pdf
    faketime = shutil.which("faketime")
    assert faketime, "faketime is missing: scripts/setup.sh test"
    later = subprocess.run([faketime, "2031-02-03 04:05:06", str(renderer()), "pdf"], input=order,
                           capture_output=True)
    assert later.stdout == pdf


@pytest.mark.parametrize("resolution", [100, 200])
def test_a_code_on_paper_reads_back_as_its_text(pdf, tmp_path, resolution):
    (tmp_path / "statement.pdf").write_bytes(pdf)
    tool("pdftoppm", "-r", resolution, "-png", tmp_path / "statement.pdf", tmp_path / "page")
    expected = texts(EXAMPLE["documents"][0]["blocks"][-1])[0]
    pictures = sorted(tmp_path.glob("page-*.png"))
    assert len(pictures) == 2
    for picture in pictures:
        assert codes(picture) == [expected]


def test_codes_of_any_length_are_at_least_25_mm_wide_and_read_back(tmp_path):
    chance = scale.randomness("code texts")
    letters = "ABCabc0189+/=:-_.%"
    wanted = ["x", *("".join(chance.choices(letters, k=length)) for length in (44, 170, 500))]
    for number, text in enumerate(wanted):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(drawn("pdf", {"documents": [
            document({"qr": {"text": text, "caption": "c"}})]}))
        picture = tmp_path / f"{number}.pgm"
        tool("pdftoppm", "-r", 150, "-gray", "-singlefile", path, picture.with_suffix(""))
        assert codes(picture) == [text]
        assert drawn_width(picture, 150) >= 25


def drawn_width(picture: pathlib.Path, resolution: int) -> float:
    """Millimetres across the leftmost thing between the title and the footer: the code."""
    _, width, height, _, pixels = re.match(
        rb"(P5)\s+(\d+)\s+(\d+)\s+(\d+)\s(.*)", picture.read_bytes(), re.DOTALL).groups()
    width, pixel = int(width), 25.4 / resolution
    body = pixels[int(27 / pixel) * width:int(270 / pixel) * width]
    dark = [column for column in range(width) if min(body[column::width]) < 128]
    end = next((left for left, right in zip(dark, dark[1:]) if (right - left) * pixel > 3),
               dark[-1])
    return (end - dark[0] + 1) * pixel


def test_a_drawn_code_alone_reads_back_too(tmp_path):
    text = "https://cardproof.example/verify#sha256:AbC+/="
    svg = drawn("qr", {"text": text}).decode()
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ')
    assert not re.search(r"<(?!/?svg|path)|href|url\(|style", svg)
    side = int(re.search(r'viewBox="0 0 (\d+) ', svg)[1])
    picture = [[255] * side for _ in range(side)]
    for column, row, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", svg):
        for place in range(int(column), int(column) + int(length)):
            picture[int(row)][place] = 0
    zoom = 6
    body = bytes(value for row in picture for _ in range(zoom) for value in row
                 for _ in range(zoom))
    path = tmp_path / "code.pgm"
    path.write_bytes(b"P5 %d %d 255\n" % (side * zoom, side * zoom) + body)
    assert codes(path) == [text]


def test_a_table_goes_over_pages_with_its_titles_and_loses_nothing():
    rows = [[f"r{number}", f"发行方原话{number}。" * (1 + number % 9), "x" * (number % 60)]
            for number in range(1, 161)]
    rows.append(["last", "很长的一格" * 500, "end"])
    found = pages(drawn("pdf", {"documents": [
        document({"table": {"columns": ["行号", "原话", "其他"], "rows": rows}},
                 {"paragraph": "表后。"})]}))
    assert len(found) > 4
    body = ""
    for number, page in enumerate(found, start=1):
        assert page.endswith(f"SHA-256f00f{number}/{len(found)}")
        assert page.startswith("行号原话其他" if number > 1 else "t行号原话其他")
        body += page
    for number in range(1, 161):
        assert f"r{number}" in body
    # Lines of a cell stand between lines of its neighbours; letters are counted instead.
    assert body.count("发") == sum(1 + number % 9 for number in range(1, 161))
    assert body.count("很") == 500
    assert "表后。" in body


def test_a_heading_is_never_the_last_line_of_a_page():
    for lines in range(40, 56):
        found = pages(drawn("pdf", {"documents": [document(
            {"code": [f"line {number}" for number in range(lines)]},
            {"heading": "标题"}, {"paragraph": "正文"})]}))
        assert "标题正文" in "".join(page for page in found if "标题" in page)


@pytest.mark.parametrize("arguments, given, words", [
    ([], b"", "usage:"),
    (["png"], b"{}", "usage:"),
    (["pdf", "x"], b"{}", "usage:"),
    (["pdf"], b"", "/: not the JSON that is expected (not_json) at byte 0"),
    (["pdf"], b"\xff", "at byte 0"),
    (["pdf"], b"[" * 1000, "too_deep"),
    (["pdf"], b'{"documents": []}', "/documents: 0 documents"),
    (["pdf"], json.dumps({"documents": [document({"picture": "/etc/passwd"})]}).encode(),
     "/documents/0/blocks/0/picture: no such kind of block"),
    (["pdf"], b" " * (9 << 20), "standard input has more than 8388608 bytes"),
    (["qr"], b'{"text": 5}', "/text: a string is expected"),
    (["qr"], json.dumps({"text": "x" * 501}).encode(), "/text: 501 bytes"),
])
def test_what_cannot_be_drawn_ends_with_64_and_one_line(arguments, given, words):
    done = run(arguments, given)
    assert done.returncode == 64
    assert done.stdout == b""
    assert words in done.stderr.decode()
    if arguments in (["pdf"], ["qr"]):
        assert re.fullmatch(r"cardproof-render: [^\n]+\n", done.stderr.decode())


def test_a_document_of_too_many_pages_is_refused():
    long = "很长的一格" * 500
    rows = [[long] * 8] + [[long] + [""] * 7] * 99
    done = run(["pdf"], json.dumps({"documents": [
        document({"table": {"columns": ["a"] * 8, "rows": rows}})]},
        ensure_ascii=False).encode())
    assert done.returncode == 64
    assert "more than 400 pages" in done.stderr.decode()


def test_damaged_input_never_ends_it_by_a_signal():
    chance = scale.randomness("damaged orders")
    order = json.dumps(EXAMPLE, ensure_ascii=False).encode()
    for _ in range(scale.count(40, 2000)):
        damaged = bytearray(order)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(damaged))
            damaged[place:place + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        done = run(["pdf"], bytes(damaged))
        assert done.returncode in (0, 64), (scale.SEED, done)


def test_without_a_chinese_font_it_says_so_instead_of_drawing_boxes(tmp_path):
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    latin = tool("fc-match", "--format=%{file}", "Liberation Sans")
    (fonts / pathlib.Path(latin).name).symlink_to(latin)
    settings = tmp_path / "fonts.conf"
    settings.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
        f"<fontconfig><dir>{fonts}</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>")
    order = json.dumps(EXAMPLE).encode()
    done = run(["pdf"], order, env={"FONTCONFIG_FILE": str(settings)})
    assert done.returncode == 69 and done.stdout == b""
    assert "install fonts-noto-cjk" in done.stderr.decode()
    (fonts / "cjk.ttc").symlink_to(CJK_FONTS)
    assert run(["pdf"], order, env={"FONTCONFIG_FILE": str(settings)}).returncode == 0


def test_a_character_that_turns_the_text_is_seen():
    order = {"documents": [document({"paragraph": "状态：\u202e已使用\u202c"})]}
    assert "状态：\ufffd已使用\ufffd" in pages(drawn("pdf", order))[0]


def test_it_opens_no_socket_and_writes_no_file(tmp_path):
    """The kernel's own record of what it asked for."""
    strace = shutil.which("strace")
    assert strace, "strace is missing: scripts/setup.sh test"
    record = tmp_path / "calls"
    done = subprocess.run([strace, "-f", "-e", "trace=%network,%file", "-o", str(record),
                           str(renderer()), "pdf"], input=json.dumps(EXAMPLE).encode(),
                          capture_output=True, env={"HOME": str(tmp_path)})
    assert done.returncode == 0
    calls = record.read_text(errors="replace")
    assert not re.search(r"\b(socket|connect|bind|unlink|rename|mkdir|execve)\w*\(",
                         calls.partition("\n")[2])
    assert not re.search(r"O_(WRONLY|RDWR|CREAT)", calls)


def test_the_gateway_s_program_does_not_need_the_drawing_libraries():
    needed = tool("ldd", binary())
    assert "libcurl" in needed
    assert not re.search(r"cairo|pango|qrencode|glib|fontconfig", needed)
    assert re.search(r"libpangocairo", tool("ldd", renderer()))


def test_doctor_draws_a_trial_page(gateway):
    found = {check["check"]: check for check in gateway.cli_json("doctor")["checks"]}
    assert found["renderer"] == {"check": "renderer", "state": "ok", "detail": str(renderer())}
