"""docs/verify/merchant_grade.py computes published grades again from a log folder and a file of outcomes: the
same as the Swift code, and what was left out, bent or made up is counted and named."""

from __future__ import annotations

import json
import pathlib
import random
import subprocess
import sys

import pytest

from harness import scale
from harness.bundles import Log, NoteKey, b64url, sha256
from harness.merkle import TILE, tile_name

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "docs/verify/merchant_grade.py"
CASES = json.loads((ROOT / "Tests/Vectors/merchant-grades.json").read_text())["cases"]


def canonical(value) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def disclosure(chance: random.Random, name: str, value) -> str:
    return b64url(canonical([b64url(chance.randbytes(16)), name, value]))


def sealed(chance: random.Random, disclosures: list[str]) -> bytes:
    digests = [b64url(sha256(text.encode())) for text in disclosures]
    digests += [b64url(chance.randbytes(32)) for _ in range(16 - len(digests))]
    return canonical({"_sd": sorted(digests), "_sd_alg": "sha-256", "t": "2026-11-20T08:00:00Z", "v": 1})


class World:
    """An exported log of deliveries and closed claims, and the file that publishes the outcomes."""

    def __init__(self, folder: pathlib.Path, case: dict, seed: str):
        self.chance, self.folder = scale.randomness(seed), folder
        self.log = Log(NoteKey(self.chance, case["header"]["origin"]))
        self.lines, self.total = [case["header"]], 0
        left = case["header"]["platform_declared"]["deliveries"]
        for outcome in case["outcomes"]:
            self.close(outcome)
            self.deliver(some := min(left, self.chance.randrange(4)))
            left -= some
        self.deliver(left)
        self.health()

    def deliver(self, count: int):
        leaf = sealed(self.chance, [disclosure(self.chance, "typ", "delivery")])
        self.log.entries.extend([leaf] * count)

    def close(self, outcome: dict):
        opened = disclosure(self.chance, "outcome", outcome)
        leaf = self.log.append(sealed(self.chance, [disclosure(self.chance, "typ", "claim"), opened]))
        self.lines.append({"disclosure": opened, "leaf": leaf, "outcome": outcome})
        self.total = outcome["number"]

    def health(self):
        self.log.append(canonical({"build": "test", "outcomes": self.total, "t": "2026-11-20T09:00:00Z",
                                   "typ": "health", "v": 1}))

    def export(self) -> list[pathlib.Path]:
        size = len(self.log.entries)
        for start in range(0, size, TILE):
            entries = self.log.entries[start:start + TILE]
            partial = "" if len(entries) == TILE else f".p/{len(entries)}"
            path = self.folder / "tile/entries" / (tile_name(start // TILE) + partial)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"".join(len(entry).to_bytes(2) + entry for entry in entries))
        (self.folder / "checkpoint").write_bytes(self.log.checkpoint(size))
        self.published = self.folder / "outcomes.jsonl"
        self.published.write_bytes(b"".join(canonical(line) + b"\n" for line in self.lines))
        return [self.folder, self.published]


def run(*arguments) -> tuple[int, dict]:
    done = subprocess.run([sys.executable, str(PROGRAM), *map(str, arguments)], capture_output=True, text=True,
                          timeout=120)
    assert done.stderr == "" or done.returncode == 64, done.stderr
    return done.returncode, json.loads(done.stdout) if done.stdout else {}


def small(count: int = 12) -> dict:
    """One merchant whose claims were all well answered."""
    declared = {"deliveries": 40, "human_channel_7x24": True, "qualification": "valid"}
    header = {**CASES[0]["header"], "merchants": {"m-1": declared}, "platform_declared": declared}
    outcome = {"closed_at": "2026-11-19T09:00:00Z", "family": "delivery", "first_response_at": "2026-11-19T08:01:00Z",
               "liable": "merchant", "merchant": "m-1", "opened_at": "2026-11-19T08:00:00Z",
               "proposal_at": "2026-11-19T08:10:00Z", "result": "remedied"}
    return {"header": header, "outcomes": [{**outcome, "number": number} for number in range(1, count + 1)]}


def agrees(found: dict, published: dict):
    """With the JSON of a grade as the Swift code writes it."""
    metrics, values = published["metrics"], found["values"]
    assert (found["grade"], found["points_thousandths"]) == (published["grade"], published["points_thousandths"])
    assert found["answerable"] == metrics["answerable"]
    assert values["complaint_rate"] == metrics["complaints_ppm"]
    assert values["resolution_rate"] == metrics["resolution_ppm"]
    assert (values["dead_rate"], values["dead_rate_lower"]) == (metrics["dead_ppm"], metrics["dead_ppm_lower"])
    for name in ("first_response", "proposal", "resolution"):
        assert values[f"{name}_in_time"] == metrics[name]["in_time_ppm"]
        for rank in ("p50", "p95"):
            assert values.get(f"{name}_{rank}_seconds") == metrics[name][f"{rank}_seconds"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["header"]["platform"])
def test_grades_and_metrics_are_those_of_the_product(case, tmp_path):
    """M1-38, M2-32, D-17."""
    code, found = run(*World(tmp_path, case, "grades").export())
    assert (code, found["holds"], found["missing"]) == (0, True, 0), found
    agrees(found["platform"], case["platform"])
    assert found["merchants"].keys() == case["merchants"].keys()
    for name, published in case["merchants"].items():
        agrees(found["merchants"][name], published)
    assert any("platform's own word" in text for text in found["not_checked"])


def test_the_program_is_short_and_needs_nothing_but_python():
    text = PROGRAM.read_text()
    assert len(text.splitlines()) < 100
    for path in (PROGRAM, PROGRAM.with_name("exported_log.py")):
        for line in path.read_text().splitlines():
            if line.startswith("import "):
                modules = {name.strip() for name in line.removeprefix("import ").split(",")}
                assert modules <= sys.stdlib_module_names, modules
            elif line.startswith("from "):
                assert line.startswith("from exported_log import "), line


def test_a_line_that_is_left_out_is_counted_and_named(tmp_path):
    """D-17: the grade without the bad outcome is better, and nobody who looks believes it."""
    case = small()
    case["outcomes"][4] |= {"result": "refunded_external", "family": "code_unusable"}
    world = World(tmp_path, case, "left out")
    code, honest = run(*world.export())
    assert (code, honest["missing"]) == (0, 0)
    del world.lines[5]
    code, found = run(*world.export())
    assert (code, found["holds"], found["missing"], found["missing_numbers"]) == (12, False, 1, [5])
    assert found["outcomes"] == 11
    points = [one["merchants"]["m-1"]["points_thousandths"] for one in (honest, found)]
    assert points[0] < points[1]


def test_lines_cut_off_at_the_end_are_missed(tmp_path):
    world = World(tmp_path, small(), "cut off")
    del world.lines[-2:]
    code, found = run(*world.export())
    assert (code, found["missing"], found["missing_numbers"]) == (12, 2, [11, 12])


BENT = {
    "an outcome": lambda line: line["outcome"].update(result="withdrawn"),
    "a time": lambda line: line["outcome"].update(first_response_at="2026-11-19T08:00:30Z"),
    "a merchant": lambda line: line["outcome"].update(merchant="m-2"),
    "another leaf": lambda line: line.update(leaf=line["leaf"] + 1),
    "a leaf beyond the log": lambda line: line.update(leaf=10**6),
    "a leaf from the end": lambda line: line.update(leaf=-1),
    "the disclosure": lambda line: line.update(disclosure=b64url(canonical(["salt", "outcome", line["outcome"]]))),
    "no disclosure": lambda line: line.pop("disclosure"),
}


@pytest.mark.parametrize("bend", BENT.values(), ids=BENT.keys())
def test_a_line_that_was_bent_is_named(bend, tmp_path):
    """D-17."""
    world = World(tmp_path, small(), "bent")
    world.lines[7] = json.loads(json.dumps(world.lines[7]))
    bend(world.lines[7])
    code, found = run(*world.export())
    assert code == 12 and found["holds"] is False
    assert found["finding"].startswith(f"{world.published}, line 8: "), found


def test_another_disclosure_of_the_leaf_is_no_outcome(tmp_path):
    world = World(tmp_path, small(), "other")
    other = disclosure(world.chance, "note", world.lines[3]["outcome"])
    world.lines[3] |= {"disclosure": other, "leaf": world.log.append(sealed(world.chance, [other]))}
    code, found = run(*world.export())
    assert code == 12 and ", line 4: " in found["finding"]


def test_a_number_that_is_there_twice_is_named(tmp_path):
    world = World(tmp_path, small(), "twice")
    world.close({**world.lines[3]["outcome"], "result": "withdrawn"})
    code, found = run(*world.export())
    assert code == 12 and ", line 14: " in found["finding"] and "number" in found["finding"]


def test_an_entry_that_was_changed_does_not_lead_to_the_root(tmp_path):
    world = World(tmp_path, small(), "entry")
    folder, published = world.export()
    (path,) = (folder / "tile/entries/000.p").iterdir()
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.write_bytes(data)
    code, found = run(folder, published)
    assert code == 12 and "root" in found["finding"]


def test_a_file_of_another_log_is_refused(tmp_path):
    world = World(tmp_path, small(), "other log")
    world.lines[0] = {**world.lines[0], "origin": "log.example/other"}
    code, found = run(*world.export())
    assert code == 12 and ", line 1: " in found["finding"]


def test_more_deliveries_than_the_log_has_entries_are_refused(tmp_path):
    case = small()
    world = World(tmp_path, case, "deliveries")
    many = {**case["header"]["platform_declared"], "deliveries": 10_000}
    world.lines[0] = {**world.lines[0], "merchants": {"m-1": many}, "platform_declared": many}
    code, found = run(*world.export())
    assert code == 12 and "10000 deliveries" in found["finding"]


def test_numbers_run_on_in_the_log_after(tmp_path):
    """A log ends when its key is replaced; the next one has a file of its own."""
    whole = small(20)
    old = {**whole, "outcomes": whole["outcomes"][:9]}
    new = {"header": {**whole["header"], "origin": "log.example/second", "from_number": 10},
           "outcomes": whole["outcomes"][9:]}
    (tmp_path / "old").mkdir(), (tmp_path / "new").mkdir()
    pairs = [*World(tmp_path / "old", old, "old").export(), *World(tmp_path / "new", new, "new").export()]
    code, found = run(*pairs)
    assert (code, found["missing"], found["outcomes"]) == (0, 0, 20)
    assert found["merchants"]["m-1"]["answerable"] == 20
    code, found = run(*pairs[2:])
    assert (code, found["from_number"], found["missing"]) == (0, 10, 0)


def test_wrong_usage_says_how(tmp_path):
    for arguments in ([], [tmp_path], [tmp_path, tmp_path, tmp_path]):
        assert run(*arguments) == (64, {})


@pytest.mark.soak
def test_a_log_of_many_tiles_is_read(tmp_path):
    world = World(tmp_path, small(), "tiles")
    world.deliver(TILE * 1_001 - len(world.log.entries))
    code, found = run(*world.export())
    assert (code, found["missing"]) == (0, 0)
    assert (tmp_path / "tile/entries/x001/000").exists()
