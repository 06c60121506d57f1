"""What is already sold: an index of fingerprints, and the deliveries of a gateway that runs."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import time

import pytest

from harness import cards as made
from harness import lived, webhook
from harness.gateway import binary, environment
from harness.scale import count, randomness


def voucher(rnd) -> tuple[str, str]:
    return f"{rnd.randrange(10**16, 10**17)}", f"{rnd.randrange(10**17, 10**18)}"


def vouchers_of(name: str, number: int) -> list[tuple[str, str]]:
    rnd = randomness(name)
    return [voucher(rnd) for _ in range(number)]


def text(codes) -> str:
    return "".join(f"{serial}----{key}\n" for serial, key in codes)


def rows(done) -> list[str]:
    assert done.returncode in (0, 10, 13), done.stderr.decode()
    return done.stdout.decode().splitlines()


@pytest.fixture
def shelf(gateway, tmp_path):
    """A folder, and the program in it. The gateway is not asked."""

    class Shelf:
        folder = tmp_path
        key = tmp_path / "index.key"

        def write(self, name: str, codes) -> str:
            path = tmp_path / name
            path.write_text(codes if isinstance(codes, str) else text(codes))
            return str(path)

        def index(self, *histories: str, name: str = "sold.idx", key=None, more=()):
            arguments = [part for path in histories for part in ("--history", path)]
            key = key or self.key
            new = () if key.exists() else ("--new-key",)
            return gateway.run("audit", "index", "--index", str(tmp_path / name),
                               "--index-key", str(key), *new, *arguments, *more)

        def audit(self, stock: str, *more: str, name: str = "sold.idx", key=None):
            return gateway.run("audit", "--stock", stock, "--sold-index", str(tmp_path / name),
                               "--index-key", str(key or self.key), *more)

    return Shelf()


def test_codes_of_an_index_are_sold_however_they_are_spelled(shelf):
    codes = vouchers_of("sold-index", 3_000)
    first, second = shelf.write("a.txt", codes[:1_500]), shelf.write("b.txt", codes[1_200:2_000])
    assert shelf.index(first).returncode == 0
    done = shelf.index(second, more=("--json",))
    assert json.loads(done.stdout) == {"codes": 800, "malformed": 0, "added": 500, "total": 2_000}
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    (_, bare), (serial, dashed), (_, other) = codes[3], codes[1_400], codes[1_999]
    stock = shelf.write("stock.csv", "serial,key\n" + "".join(f"{s},{k}\n" for s, k in (
        codes[2_500], ("", bare.translate(wide)), (serial, f"{dashed[:6]}-{dashed[6:12]} {dashed[12:]}"),
        ("9" * 17, other), codes[2_600])))
    for more in ((), ("--threads", "1", "--memory", "64M"), ("--history", first)):
        assert rows(shelf.audit(stock, *more)) == ["3\tsold", "4\tsold", "5\tsold"]
    # As a stock that has the same codes in a file is told.
    plain = shelf.write("stock.txt", codes[1_000:3_000])
    assert rows(shelf.audit(plain)) == [f"{line}\tsold" for line in range(1, 1_001)]


def test_an_index_and_its_key_are_closed_to_others_and_hold_no_code(shelf):
    codes = vouchers_of("sold-secrets", 50)
    done = shelf.index(shelf.write("a.txt", codes))
    assert done.returncode == 0, done.stderr.decode()
    index = shelf.folder / "sold.idx"
    for path in (index, shelf.key):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    content = index.read_bytes() + done.stdout + done.stderr
    assert not any(part.encode() in content for code in codes for part in code)
    assert not (shelf.folder / "sold.idx.new").exists()
    shelf.key.chmod(0o644)
    refused = shelf.audit(shelf.write("stock.txt", codes))
    assert refused.returncode == 64 and b"chmod 600" in refused.stderr


def test_one_file_is_the_same_whatever_steps_made_it(shelf):
    codes = vouchers_of("sold-steps", 20_000)
    parts = [shelf.write(f"{number}.txt", codes[start:start + 6_000])
             for number, start in enumerate(range(0, 20_000, 5_000))]
    assert shelf.index(*parts, name="once.idx").returncode == 0
    for part in reversed(parts):
        assert shelf.index(part, name="steps.idx", more=("--threads", "1")).returncode == 0
    once, steps = ((shelf.folder / name).read_bytes() for name in ("once.idx", "steps.idx"))
    assert once == steps and len(once) == 1024 + 20_000 * 16 + 5 * 24


def test_what_is_not_the_index_that_was_asked_for_is_refused(shelf, gateway):
    codes = vouchers_of("sold-refused", 9_000)
    history = shelf.write("a.txt", codes)
    assert shelf.index(history).returncode == 0
    index, stock = shelf.folder / "sold.idx", shelf.write("stock.txt", codes[:20])
    whole = index.read_bytes()

    def refused(done, words: str, code: int = 64) -> None:
        assert done.returncode == code, done.stderr.decode()
        assert words in done.stderr.decode()
        assert b"sold\n" not in done.stdout

    other = shelf.folder / "other.key"
    assert shelf.index(history, name="other.idx", key=other).returncode == 0
    refused(shelf.audit(stock, key=other), "under another key")
    refused(shelf.index(history, key=other), "under another key")
    refused(shelf.audit(stock, "--card-format", "xbox"), "another normal form")
    refused(shelf.audit(stock, name="a.txt"), "is not an index")
    refused(shelf.index(history, name="a.txt"), "is not an index")
    refused(shelf.audit(stock, name="missing.idx"), "missing.idx")
    refused(shelf.audit(stock, key=shelf.folder / "missing.key"), "--index-key names no file")
    refused(gateway.run("audit", "--stock", stock, "--sold-index", str(index)), "--index-key")
    refused(gateway.run("audit", "index", "--index", str(index), "--history", history), "--new-key")
    refused(shelf.index(history, more=("--new-key",)), "exists already")
    refused(shelf.audit(stock, "--report", str(index)), "is one of the files to be read")
    index.write_bytes(whole[:-1])
    refused(shelf.audit(stock), "is cut short")
    index.write_bytes(whole[:8] + b"\x09" + whole[9:])
    refused(shelf.audit(stock), "format version 9")
    assert index.read_bytes()[8] == 9, "a refused index is left as it is"
    # A block is met late: the report says that it is not whole.
    second = 1024 + 65_536
    index.write_bytes(whole[:second] + bytes([whole[second] ^ 1]) + whole[second + 1:])
    report = shelf.folder / "report.tsv"
    refused(shelf.audit(shelf.write("all.txt", codes), "--report", str(report)),
            f"damaged at byte {second}", code=1)
    assert "partial" in report.read_text()
    refused(shelf.index(history), f"damaged at byte {second}", code=1)
    index.write_bytes(whole)
    assert rows(shelf.audit(stock)) == [f"{line}\tsold" for line in range(1, 21)]


def test_history_without_codes_or_that_breaks_off_changes_nothing(shelf):
    codes = vouchers_of("sold-broken", 100)
    assert shelf.index(shelf.write("a.txt", codes)).returncode == 0
    whole = (shelf.folder / "sold.idx").read_bytes()
    assert shelf.index(shelf.write("empty.txt", "\n\n")).returncode == 64
    packed = shelf.folder / "cut.gz"
    subprocess.run(["gzip", "-k", shelf.write("big.txt", vouchers_of("sold-big", 40_000))], check=True)
    packed.write_bytes((shelf.folder / "big.txt.gz").read_bytes()[:-4_000])
    done = shelf.index(str(packed))
    assert done.returncode == 1 and b"the index is as it was" in done.stderr
    assert (shelf.folder / "sold.idx").read_bytes() == whole
    assert not (shelf.folder / "sold.idx.new").exists()


def test_an_update_that_is_killed_leaves_the_old_index_whole(shelf, gateway):
    rnd = randomness("sold-killed")
    codes = [voucher(rnd) for _ in range(60_000)]
    assert shelf.index(shelf.write("a.txt", codes[:30_000])).returncode == 0
    index, new = shelf.folder / "sold.idx", shelf.folder / "sold.idx.new"
    old = index.read_bytes()
    added, stock = shelf.write("b.txt", codes), shelf.write("stock.txt", codes[29_990:30_010])
    command = [str(binary()), "audit", "index", "--index", str(index), "--index-key",
               str(shelf.key), "--history", added]
    # As long as a whole update takes, on another index.
    other = [*command]
    other[other.index(str(index))] = str(shelf.folder / "other.idx")
    start = time.monotonic()
    assert subprocess.run(other, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          env=environment(shelf.folder)).returncode == 0
    whole = time.monotonic() - start
    seen = set()
    for _ in range(count(40, 200)):
        victim = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  env=environment(shelf.folder))
        time.sleep(rnd.random() * whole)
        os.kill(victim.pid, signal.SIGKILL)
        victim.wait()
        seen.add((index.read_bytes() == old, new.exists()))
        wanted = 10 if index.read_bytes() == old else 20
        assert len(rows(shelf.audit(stock))) == wanted
        index.write_bytes(old)
    assert (True, True) in seen, "no update was killed while it wrote"
    assert shelf.index(added).returncode == 0
    assert len(rows(shelf.audit(stock))) == 20 and not new.exists()


def test_two_updates_at_a_time_do_not_lose_each_others_codes(shelf):
    codes = vouchers_of("sold-two", 10)
    history = shelf.write("a.txt", codes)
    assert shelf.index(history).returncode == 0
    fifo = shelf.folder / "fifo"
    os.mkfifo(fifo)
    waiting = subprocess.Popen(
        [str(binary()), "audit", "index", "--index", str(shelf.folder / "sold.idx"),
         "--index-key", str(shelf.key), "--history", str(fifo)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(shelf.folder))
    with open(fifo, "w") as pipe:
        # More than the sample, so that the lock is taken and the rest is waited for.
        pipe.write(text(vouchers_of("sold-pipe", 20_000)))
        pipe.flush()
        deadline = time.monotonic() + 20
        while not (shelf.folder / "sold.idx.new").exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        refused = shelf.index(history)
        assert refused.returncode == 64 and b"by another process" in refused.stderr
    assert waiting.wait(30) == 0
    assert rows(shelf.audit(history)) == [f"{line}\tsold" for line in range(1, 11)]


# The deliveries of a gateway

@pytest.fixture(scope="module")
def trading(new_gateway, cards):
    """A running gateway with two platforms, and what each received."""
    gateway = new_gateway("sold-here")
    other = gateway.add_platform("other")
    gateway.start()

    def handed_over(product: str, platform=None, **more) -> tuple[str, str]:
        serial, key = cards.voucher()
        if product == "short-card":
            key = cards.short()
        notice = made.delivery(cards.order(), [made.item(product, key, serial)], **more)
        assert webhook.send(gateway, notice, platform=platform).status == 202
        return serial, key

    yield gateway, {
        "here": [handed_over("offline-card") for _ in range(3)],
        "another merchant": [handed_over("offline-card", merchant="m-78")],
        "another platform": [handed_over("offline-card", platform=other)],
        "only looked at": [handed_over("offline-card", stage="dispense")],
        "reusable": [handed_over("voucher-reusable")],
        "short": [handed_over("short-card")],
        "never": [cards.voucher() for _ in range(2)],
    }
    assert gateway.stop() == 0


def here(gateway, stock: str, *more: str, product: str = "offline-card"):
    return gateway.cli("audit", "--stock", stock, "--sold-here", "--product", product, *more)


def test_codes_that_the_gateway_handed_over_are_sold_here(trading, tmp_path):
    gateway, told = trading
    stock = tmp_path / "stock.txt"
    codes = [code for codes in told.values() for code in codes if len(code[1]) == 18]
    stock.write_text(text(codes))
    sold = [codes.index(code) + 1 for kind in ("here", "another merchant") for code in told[kind]]
    assert rows(here(gateway, str(stock), "--platform", "shop")) == [
        f"{line}\tsold" for line in sold]
    elsewhere = codes.index(told["another platform"][0]) + 1
    assert rows(here(gateway, str(stock), "--platform", "other")) == [f"{elsewhere}\tsold"]
    # The same while nobody serves.
    gateway.stop()
    try:
        again = here(gateway, str(stock), "--platform", "shop")
    finally:
        gateway.start()
    assert len(rows(again)) == len(sold)


def test_codes_of_registered_stock_are_no_new_stock(trading, cards, tmp_path):
    gateway, told = trading
    access = ["--gateway", gateway.url, "--token", str(gateway.platform.folder / "api.token")]

    def register(name: str, codes, product="offline-card") -> str:
        path = tmp_path / name
        path.write_text(text(codes))
        done = gateway.cli("audit", "--stock", str(path), "--product", product, "--register", "--merchant", "m-79",
                           *access, "--json")
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)["batch"]["batch"]

    standing, mistaken = [cards.voucher() for _ in range(2)], [cards.voucher() for _ in range(2)]
    register("standing.txt", standing)
    taken_back = register("mistaken.txt", mistaken)
    stock = tmp_path / "offered.txt"
    stock.write_text(text([told["here"][0], standing[1], mistaken[0], cards.voucher()]))

    def found(*flags: str) -> list[str]:
        return rows(gateway.cli("audit", "--stock", str(stock), "--product", "offline-card", "--platform", "shop", *flags))

    assert found("--sold-here") == ["1\tsold"]
    assert found("--registered-here") == ["2\tsold\tregistered", "3\tsold\tregistered"]
    done = gateway.run("batches", "withdraw", taken_back, *access)
    assert done.returncode == 0, done.stderr.decode()
    assert found("--sold-here", "--registered-here") == ["1\tsold", "2\tsold\tregistered"]
    # What a registration says of it is the gateway's to know.
    done = gateway.cli("audit", "--stock", str(stock), "--product", "offline-card", "--platform", "shop", "--register",
                       "--registered-here", "--merchant", "m-80", *access, "--json")
    classes = json.loads(done.stdout)["batch"]["classes"]
    assert {name: n for name, n in classes.items() if n} == {"sold": 1, "duplicate_stock": 1}


def test_every_spelling_of_a_delivered_code_is_sold(trading, tmp_path):
    gateway, told = trading
    (serial, first), (_, second), (_, third) = told["here"]
    stock = tmp_path / "stock.csv"
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    stock.write_text("serial,key\n" + "".join(f"{s},{k}\n" for s, k in (
        (serial, f"{first[:4]}-{first[4:]}"), ("1" * 17, second.translate(wide)),
        (told["never"][0]), ("2" * 17, f"{third[:9]} {third[9:]}"))))
    assert rows(here(gateway, str(stock), "--platform", "shop")) == ["2\tsold", "3\tsold", "5\tsold"]


def test_short_keys_are_sold_with_their_serial_alone(trading, tmp_path):
    gateway, told = trading
    (serial, key), = told["short"]
    stock = tmp_path / "stock.txt"
    stock.write_text(f"{serial}----{key}\n{'3' * 17}----{key}\n")
    done = here(gateway, str(stock), "--platform", "shop", product="short-card")
    assert rows(done) == ["1\tsold"]
    # Another issuer's codes are other codes.
    done = here(gateway, str(stock), "--platform", "shop", product="licence")
    assert rows(done) == []


def test_an_index_under_the_gateways_key_is_asked_beside_its_deliveries(trading, tmp_path):
    gateway, told = trading
    earlier, index = tmp_path / "earlier.txt", str(tmp_path / "gateway.idx")
    earlier.write_text(text(told["never"][:1] + told["here"][:1]))
    done = gateway.cli("audit", "index", "--history", str(earlier), "--index", index,
                       "--product", "offline-card", "--json")
    assert json.loads(done.stdout)["total"] == 2
    stock = tmp_path / "stock.txt"
    stock.write_text(text(told["never"] + told["here"]))
    both = here(gateway, str(stock), "--platform", "shop", "--sold-index", index)
    assert rows(both) == ["1\tsold", "3\tsold", "4\tsold", "5\tsold"]
    alone = gateway.cli("audit", "--stock", str(stock), "--sold-index", index,
                        "--product", "offline-card")
    assert rows(alone) == ["1\tsold", "3\tsold"]
    for product, words in (("voucher", "issuer nobody"), ("licence", "issuer nobody")):
        refused = gateway.cli("audit", "--stock", str(stock), "--sold-index", index,
                              "--product", product)
        assert refused.returncode == 64 and words in refused.stderr.decode()
    refused = here(gateway, str(stock), "--platform", "shop", "--index-key", index)
    assert refused.returncode == 64 and b"--sold-here and --index-key" in refused.stderr


@pytest.mark.parametrize("arguments,words", [
    (("--product", "offline-card"), "there are: other, shop"),
    (("--product", "offline-card", "--platform", "nobody"), "there are: other, shop"),
    (("--platform", "shop"), "--product"),
    (("--product", "nothing", "--platform", "shop"), "is not configured"),
    (("--product", "offline-card", "--platform", "shop", "--card-format", "xbox"),
     "another normal form")])
def test_what_cannot_be_asked_of_a_gateway_says_why(trading, tmp_path, arguments, words):
    gateway, told = trading
    stock = tmp_path / "stock.txt"
    stock.write_text(text(told["here"]))
    done = gateway.cli("audit", "--stock", str(stock), "--sold-here", *arguments)
    assert done.returncode == 64 and words in done.stderr.decode(), done.stderr.decode()
    assert done.stdout == b""


def test_an_erased_delivery_is_not_remembered(trading, cards, tmp_path):
    gateway, _ = trading
    serial, key = cards.voucher()
    delivered = lived.deliver(gateway, cards.order(), [made.item("offline-card", key, serial)])
    stock = tmp_path / "stock.txt"
    stock.write_text(text([(serial, key)]))
    assert rows(here(gateway, str(stock), "--platform", "shop")) == ["1\tsold"]
    erased = gateway.cli_json("evidence", "erase", delivered.id, "--override-hold", "test")
    assert erased["status"] == "erased"
    assert rows(here(gateway, str(stock), "--platform", "shop")) == []
