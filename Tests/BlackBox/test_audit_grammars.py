"""How `cardproof audit` reads what shops and suppliers really send: every line grammar, every kind of CSV, every
encoding and line end, every built-in card format, and the damage that spreadsheets do. All codes are synthetic."""

from __future__ import annotations

import gzip
import pathlib
import re
import subprocess

import pytest

from harness.gateway import binary, environment

SECONDS = 60

SERIALS = ["10000000000000011", "10000000000000012", "10000000000000013"]
KEYS = ["200000000000000011", "200000000000000012", "200000000000000013", "200000000000000014"]
# Two codes, the first again, the second's serial with another key.
CARDS = [(SERIALS[0], KEYS[0]), (SERIALS[1], KEYS[1]), (SERIALS[0], KEYS[0]), (SERIALS[1], KEYS[2])]
FOUND = ["3\tdup\t1", "4\tconflict\t2"]
BELOW_HEADER = ["4\tdup\t2", "5\tconflict\t3"]


def audit(folder: pathlib.Path, content: bytes, *arguments: str, name: str = "stock"):
    (folder / name).write_bytes(content)
    done = subprocess.run(
        [str(binary()), "audit", "--stock", name, "--as-of", "2026-06-01", *arguments], cwd=folder,
        capture_output=True, timeout=SECONDS, env=environment(folder))
    said = done.stderr.decode()
    # Whatever was read, neither the report nor the talk shows a code.
    assert not re.search(r"\d{11}", said + done.stdout.decode()), said
    return done.returncode, done.stdout.decode().splitlines(), said


def understood(said: str) -> tuple[str, str, int | None]:
    """The grammar, the encoding and the header's line, as they are announced before the work."""
    found = re.match(r"stock: read as .* \((\S+), (\S+(?:, gzip)?)\)(?:, header on line (\d+))?, ", said)
    assert found, said
    return found[1], found[2], int(found[3]) if found[3] else None


def code_count(said: str) -> int:
    found = re.search(r"^\d+ lines, (\d+) codes:$", said, re.MULTILINE)
    assert found, said
    return int(found[1])


def lines(separator: str) -> str:
    return "\n".join(separator.join(card) for card in CARDS) + "\n"


# Grammars: content, what is announced, codes, rows

GRAMMARS = {
    "dashes": (lines("----"), "lines:----", 4, FOUND),
    "colon": (lines(":"), "lines::", 4, FOUND),
    "bar": (lines("|"), "lines:|", 4, FOUND),
    "comma": (lines(","), "csv", 4, FOUND),
    "tab": (lines("\t"), "lines:tab", 4, FOUND),
    "space": (lines(" "), "lines:space", 4, FOUND),
    "bare key": ("\n".join([KEYS[0], KEYS[1], "", KEYS[0]]), "lines:bare", 3, ["4\tdup\t1"]),
    "bare key in groups": ("ABCDE-FGHIJ-KLMNO\nABCDE-FGHIJ-KLMNP\nABCDE-FGHIJ-KLMNO\n", "lines:bare", 3,
                           ["3\tdup\t1"]),
    "labels with full-width colons": (
        "".join(f"账号：{serial}--密码：{key}\n" for serial, key in CARDS), "lines:labelled", 4, FOUND),
    "labels with both colons": (
        "".join(f"卡号:{serial} 密码：{key}\n" for serial, key in CARDS), "lines:labelled", 4, FOUND),
    "labels that change place": (
        f"卡号:{SERIALS[0]} 密码:{KEYS[0]}\n密码：{KEYS[0]} 卡号：{SERIALS[0]}\n"
        f"密码:{KEYS[1]}\n面值:50 卡号:{SERIALS[2]}\n", "lines:labelled", 3,
        ["2\tdup\t1", "4\tmalformed\tlabel_missing"]),
    "accounts": (
        "a@mail.example----pass-1----x:y\nb@mail.example----pass-2----1|2\n"
        "a@mail.example----pass-1----x:y\na@mail.example----pass-9----x:y\nno address----pass\n",
        "lines:account", 4, ["3\tdup\t1", "5\tmalformed\tother_grammar: fits serial----key"]),
    "links": (
        "https://shop.example/redeem?code=AA1\nhttps://shop.example/redeem?code=AA2\n"
        "https://shop.example/redeem?code=AA1\n", "lines:bare", 3, ["3\tdup\t1"]),
    "csv with an English header": (
        "Serial No,Card Key,Expires_On\n" + f"{SERIALS[0]},{KEYS[0]},2026-05-31\n"
        f"{SERIALS[1]},{KEYS[1]},2026-06-01\n{SERIALS[2]},{KEYS[3]},\n", "csv", 3,
        ["2\texpired\t2026-05-31"]),
    "csv with a Chinese header in another order": (
        "有效期,卡密,供货商,卡号\n" + "".join(f"2027/1/31,{key},甲,{serial}\n" for serial, key in CARDS),
        "csv", 4, BELOW_HEADER),
    "csv without a header": (
        "".join(f"{serial},{key},2026-05-{day}\n" for (serial, key), day in
                zip(CARDS[:2], (30, 31))) + f"{SERIALS[2]},{KEYS[3]},\n",
        "csv", 3, ["1\texpired\t2026-05-30", "2\texpired\t2026-05-31"]),
    "csv with quotes and records of several lines": (
        f'serial,key,remark\n"{SERIALS[0]}","{KEYS[0]}","of two\nlines, and ""quoted"""\n'
        f'{SERIALS[1]},{KEYS[1]},plain\n"{SERIALS[0]}",{KEYS[0]},\n', "csv", 3, ["5\tdup\t2"]),
    "csv of semicolons": (
        "卡号;密码;有效期\n" + "".join(f"{serial};{key};\n" for serial, key in CARDS), "csv:;", 4,
        BELOW_HEADER),
    "csv of tabs": (
        "serial\tkey\texpires_on\n" + "".join(f"{serial}\t{key}\t\n" for serial, key in CARDS),
        "csv:tab", 4, BELOW_HEADER),
    "csv of bars": (
        "batch|serial|key\n" + "".join(f"B-1|{serial}|{key}\n" for serial, key in CARDS), "csv:|", 4,
        BELOW_HEADER),
}


@pytest.mark.parametrize("name", GRAMMARS)
def test_each_grammar_is_announced_and_gives_its_codes(name, tmp_path):
    content, grammar, codes, expected = GRAMMARS[name]
    code, rows, said = audit(tmp_path, content.encode())
    assert understood(said)[:2] == (grammar, "UTF-8")
    assert (code_count(said), rows) == (codes, expected)
    assert code == (13 if all("\tdup\t" in row for row in expected) else 10)


@pytest.mark.parametrize("name", GRAMMARS)
def test_the_announced_name_given_as_format_reads_the_same(name, tmp_path):
    content, grammar, codes, expected = GRAMMARS[name]
    _, rows, said = audit(tmp_path, content.encode(), "--format", grammar)
    assert understood(said)[0] == grammar
    assert (code_count(said), rows) == (codes, expected)


@pytest.mark.parametrize("separator", ["::", "||", "#", "----|", "，"])
def test_a_separator_nobody_guesses_may_be_named(separator, tmp_path):
    code, rows, said = audit(tmp_path, lines(separator).encode(), "--format", f"lines:{separator}")
    assert understood(said)[0] == f"lines:{separator}"
    assert (code, rows) == (10, FOUND)


def test_a_line_of_another_grammar_is_malformed_and_says_which(tmp_path):
    odd = [SERIALS[2] + separator + KEYS[3] for separator in ("|", ",", "\t", " ", ":")] + [KEYS[3]]
    code, rows, said = audit(tmp_path, (lines("----") * 5 + "\n".join(odd)).encode())
    assert code == 10 and understood(said)[0] == "lines:----"
    patterns = ["serial|key", "serial,key", "serial<tab>key", "serial key", "serial:key", "key"]
    assert rows[-6:] == [
        f"{line}\tmalformed\tother_grammar: fits {pattern}" for line, pattern in enumerate(patterns, 21)]


def test_the_same_code_under_another_spelling_is_the_same_code(tmp_path):
    serial, key = SERIALS[0], KEYS[0]
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    spelt = [f"{serial}----{key}", f"{serial.translate(wide)}----{key.translate(wide)}",
             f"{serial}----{key[:6]}-{key[6:12]}-{key[12:]}", f" {serial} ---- {key[:9]} {key[9:]} ",
             f"{serial}----{key[:9]}\u200b{key[9:]}", f"{serial}----{key[:9]}\u2011{key[9:]}"]
    code, rows, _ = audit(tmp_path, "\n".join(spelt).encode(), "--format", "lines:----",
                          "--card-format", "cmcc")
    assert (code, rows) == (13, [f"{line}\tdup\t1" for line in range(2, 7)])


# Encodings and line ends

ENCODINGS = {
    "UTF-8": (b"", "utf-8"), "UTF-8 with a mark": (b"\xef\xbb\xbf", "utf-8"),
    "UTF-16LE": (b"\xff\xfe", "utf-16-le"), "UTF-16BE": (b"\xfe\xff", "utf-16-be"),
    "GB18030": (b"", "gb18030"),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_each_encoding_and_line_end_gives_the_same_codes(encoding, end, packed, tmp_path):
    mark, codec = ENCODINGS[encoding]
    # Beyond the basic plane too: four bytes in each of the encodings.
    text = end.join(["卡号,卡密,供货商"] + [f"{serial},{key},北京𠮷店" for serial, key in CARDS] + [""])
    content = mark + text.encode(codec)
    code, rows, said = audit(tmp_path, gzip.compress(content) if packed else content)
    expected = encoding.removesuffix(" with a mark") + (", gzip" if packed else "")
    assert understood(said) == ("csv", expected, 1)
    assert (code, rows) == (10, BELOW_HEADER)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_the_last_line_needs_no_end_and_blank_lines_count(end, tmp_path):
    text = end.join(["", "----".join(CARDS[0]), "", " ", "----".join(CARDS[0])])
    assert audit(tmp_path, text.encode())[:2] == (13, ["5\tdup\t2"])
    assert audit(tmp_path, (text + end).encode())[:2] == (13, ["5\tdup\t2"])


def test_gzip_members_one_after_another_are_one_file(tmp_path):
    content = b"".join(gzip.compress("----".join(card).encode() + b"\n") for card in CARDS)
    code, rows, said = audit(tmp_path, content)
    assert (code, rows, code_count(said)) == (10, FOUND, 4)


# Card formats (serial or None, key), as protocols describe them

def of(length: int, symbols: str = "1234567") -> str:
    return (symbols * length)[:length]


LETTERS = "A1B2C3D"
CARD_FORMATS = {
    "cmcc": (of(17), of(18)), "cmcc-jiangsu": (of(16), of(17)), "cmcc-fujian": (of(16), of(17)),
    "cmcc-zhejiang": (of(10), of(8)), "cmcc-liaoning": (of(16), of(21)),
    "cmcc-guangdong": (of(17), of(18)), "unicom": (of(15), of(19)), "telecom": (of(19), of(18)),
    "junnet": (of(16, LETTERS), of(16, LETTERS)), "snda": ("CSC5" + of(11), of(9)),
    "zhengtu": (of(16, LETTERS), of(8, LETTERS)), "qq": (of(9), of(12)), "jiuyou": (of(13), of(10)),
    "netease": (of(13), of(9)), "wanmei": (of(10), of(15)), "sohu": (of(20), of(12)),
    "zongyou": (of(15), of(15)), "tianxia": (of(15), of(8)), "tianhong": ("TH" + of(10), of(15)),
    "ericsson-voucher": (of(20, LETTERS), of(20)), "nike": (of(19), of(6)),
    "sephora": (of(16), of(8)), "nd": (of(16), of(8)),
    "apple": (None, "X" + of(15, LETTERS)), "amazon": (None, of(15, LETTERS)),
    "xbox": (None, "BCDFG-HJKMP-QRTVW-XY234-67892"), "razer-gold": (None, of(18, LETTERS)),
    "steam": (None, "AB1CD-EF2GH-IJ3KL"), "square": (None, "7783320012341236"),
    "gumroad": (None, "0123ABCD-4567EF01-89ABCDEF-76543210"),
    "polar": (None, "SHOP-0b6f6a3e-1c2d-4e5f-8a9b-" + "a" * 72),
    "licensespring": (None, "AB12-CD34-EF56-GH78"),
    "cryptolens": (None, "ABCDE-FGHIJ-KLMNO-PQRST"),
    "generic": ("any:thing", "k" * 512),
}


def card_line(serial: str | None, key: str) -> bytes:
    return (key if serial is None else f"{serial}----{key}").encode()


def judged(folder: pathlib.Path, card_format: str, serial: str | None, key: str):
    grammar = "lines:bare" if serial is None else "lines:----"
    return audit(folder, card_line(serial, key), "--format", grammar, "--card-format", card_format)


def test_every_built_in_format_stands_in_the_table(tmp_path):
    code, _, said = audit(tmp_path, lines("----").encode(), "--card-format", "no-such-format")
    assert code == 64
    assert set(said.split("built in are ")[1].strip().split(", ")) == set(CARD_FORMATS)


@pytest.mark.parametrize("card_format", CARD_FORMATS)
def test_a_good_code_of_each_format_is_accepted(card_format, tmp_path):
    code, rows, said = judged(tmp_path, card_format, *CARD_FORMATS[card_format])
    assert (code, rows, code_count(said)) == (0, [], 1)


@pytest.mark.parametrize("card_format", CARD_FORMATS)
def test_a_key_that_is_too_long_is_malformed_with_both_numbers(card_format, tmp_path):
    serial, key = CARD_FORMATS[card_format]
    # As each is the longest of its kind, one more is too many.
    code, rows, _ = judged(tmp_path, card_format, serial, key + "1")
    row, = rows
    assert code == 10
    symbols = len(key.replace("-", "")) + 1
    if card_format == "generic":
        assert row == "1\tmalformed\tkey_too_long: more than 512 symbols"
    else:
        wanted = rf"expected (\d+ (to|or) )?{symbols - 1}$"
        assert re.match(rf"1\tmalformed\tkey_wrong_length: {symbols}, {wanted}", row)


@pytest.mark.parametrize("card_format", [name for name, (serial, _) in CARD_FORMATS.items()
                                         if serial and name != "generic"])
def test_a_serial_of_another_length_is_malformed(card_format, tmp_path):
    serial, key = CARD_FORMATS[card_format]
    _, (row,), _ = judged(tmp_path, card_format, serial + "1234", key)
    assert row.startswith(f"1\tmalformed\tserial_wrong_length: {len(serial) + 4}, expected ")


def test_a_length_between_two_that_are_good_does_not_contradict_itself(tmp_path):
    # Liaoning has serials of 16 or 18 digits.
    _, (row,), _ = judged(tmp_path, "cmcc-liaoning", of(17), of(21))
    assert row.split(";")[0] == "1\tmalformed\tserial_wrong_length: 17, expected 16 or 18"


# Damage done by spreadsheets and by eyes

ZERO_SERIAL, ZERO_KEY = "00012345678912345", "000012345678912345"
DAMAGE = {
    "an exponent for a serial": (
        "1.00000000000000E+16", KEYS[0], "spreadsheet_exponent"),
    "an exponent for a key": (SERIALS[0], "2E+17", "spreadsheet_exponent"),
    "no leading zeros before a serial": (
        ZERO_SERIAL.lstrip("0"), KEYS[0],
        "serial_wrong_length: 14, expected 17; leading zeros perhaps lost from the serial"),
    "no leading zeros before a key": (
        SERIALS[0], ZERO_KEY.lstrip("0"),
        "key_wrong_length: 14, expected 18; leading zeros perhaps lost from the key"),
    "a key cut short, which no spreadsheet did": (
        SERIALS[0], KEYS[0][:11], "key_wrong_length: 11, expected 18"),
    "a letter O for a zero in a serial": (
        "1O" + SERIALS[0][2:], KEYS[0],
        "serial_foreign_symbol: position 2; a look-alike at serial position 2 would make it good"),
    "a small L for a one in a key": (
        SERIALS[0], KEYS[0][:-1] + "l",
        "key_foreign_symbol: position 18; a look-alike at key position 18 would make it good"),
    "a letter that resembles nothing": (
        SERIALS[0], "W" + KEYS[0][1:], "key_foreign_symbol: position 1"),
    "the parts in each other's place": (KEYS[0], SERIALS[0], "parts_swapped"),
    "an error of a formula": (SERIALS[0], "#REF!", "spreadsheet_error"),
    "markup of a mail": (SERIALS[0], KEYS[0] + "<br/>", "markup"),
    "a character that was lost": (SERIALS[0], KEYS[0][:-1] + "\ufffd", "mojibake"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_named_and_the_lines_around_it_are_read(name, tmp_path):
    serial, key, detail = DAMAGE[name]
    content = "\n".join(["----".join(CARDS[0]), f"{serial}----{key}", "----".join(CARDS[0])])
    code, rows, said = audit(tmp_path, content.encode(), "--card-format", "cmcc")
    assert (code, code_count(said)) == (10, 2)
    assert rows == [f"2\tmalformed\t{detail}", "3\tdup\t1"]


def test_a_look_alike_outside_of_the_alphabet_of_a_format_is_placed(tmp_path):
    # A zero, where the alphabet has the D and the Q.
    key = CARD_FORMATS["xbox"][1]
    _, (row,), _ = judged(tmp_path, "xbox", None, key.replace("Q", "0"))
    assert row == ("1\tmalformed\tkey_foreign_symbol: position 11; "
                   "a look-alike at key position 11 would make it good")


def test_a_check_digit_of_ones_own_is_checked_and_a_misread_symbol_placed(tmp_path):
    (tmp_path / "card.yaml").write_text(
        'id: checked\nserial: {characters: "0-9", length: 17}\n'
        'key: {characters: "0-9", length: 16, check_digit: luhn}\n')
    good = CARD_FORMATS["square"][1]
    # A zero that was read as a letter, and a digit typed wrong.
    misread, mistyped = good.replace("0", "O", 1), good[:-1] + str((int(good[-1]) + 3) % 10)
    stock = "".join(f"{serial}----{key}\n" for serial, key in zip(SERIALS, (good, misread, mistyped)))
    code, rows, _ = audit(tmp_path, stock.encode(), "--card-format", "card.yaml")
    place = good.index("0") + 1
    assert code == 10 and rows[0] == (
        f"2\tmalformed\tkey_foreign_symbol: position {place}; "
        f"a look-alike at key position {place} would make it good")
    assert len(rows) == 2 and rows[1].startswith("3\tmalformed\tkey_check_digit_failed")
