"""Evidence bundles made from the specification, and the programs that verify them: `verify.sh` with
nothing but a shell, unzip, grep, sed, coreutils and openssl and without a network, and
`cardproof_verify.py`. They must take the same bundles and refuse the same."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import (alone, bundles, bundle_succession_forgeries,  # noqa: F401 registers forgeries
                     bundle_time_forgeries)
from harness.authority import Root
from harness.bundle_forgeries import FORGERIES, Bench
from harness.gateway import ROOT, binary, environment
from harness.scale import count, randomness

SCRIPT = ROOT / "Sources/Gateway/Evidence/Bundle/verify.sh"
PROGRAM = ROOT / "docs/verify/cardproof_verify.py"
HOLDS, DOES_NOT, UNREADABLE = 0, 12, 64
sys.path.insert(0, str(PROGRAM.parent))


@pytest.fixture(scope="module")
def world(scratch):
    rnd = randomness("bundle world")
    root = Root(scratch / "authority", "synthetic")
    return bundles.World(
        bundles.NoteKey(rnd, "log.example/shop"),
        [bundles.NoteKey(rnd, f"witness.example/w{number}", 4) for number in range(4)],
        root, [root.signer("ec"), root.signer("rsa", "rsa")], SCRIPT.read_bytes())


@pytest.fixture(scope="module")
def tools(scratch):
    return alone.tools(scratch / "tools")


@pytest.fixture(scope="module")
def verifiers(world, tools, scratch):
    return Verifiers(world, tools, scratch)


class Verifiers:
    """Each asked the same: exit code and what it printed."""

    def __init__(self, world, tools, scratch):
        self.key, self.tools, self.folder = world.key.vkey, tools, scratch / "bundles"
        self.folder.mkdir()

    def written(self, data: bytes, name: str = "bundle.zip") -> pathlib.Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def shell(self, path: pathlib.Path, *options: str):
        """Without a route to anywhere, and with the programs of the folder alone."""
        done = alone.shell(self.tools, SCRIPT, str(path), *options, scratch=self.folder)
        assert not done.stderr, f"verify.sh talks on stderr:\n{done.stderr}"
        return done.returncode, done.stdout

    def program(self, *arguments: str):
        done = subprocess.run([sys.executable, str(PROGRAM), *arguments], capture_output=True,
                              text=True)
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout + done.stderr

    def inside(self, data: bytes):
        """cardproof_verify.py in this process: many bundles a second."""
        from cardproof_verify import Key, Verification
        verification = Verification(Key(self.key), None, None).run(data)
        said = "\n".join(f"{file}: {detail}" for file, detail in verification.findings)
        return (DOES_NOT if verification.findings else HOLDS), said

    def cardproof(self, path: pathlib.Path, *options: str):
        done = subprocess.run([str(binary()), "verify", str(path), *options], capture_output=True,
                              text=True, env=environment(self.folder))
        return done.returncode, done.stdout + done.stderr

    def all(self, data: bytes, name: str = "bundle.zip"):
        """(verifier, exit code, output) of each, with the log's key pinned."""
        path = self.written(data, name)
        answers = [("verify.sh", *self.shell(path, "--key", self.key)),
                   ("cardproof_verify.py", *self.inside(data)),
                   ("cardproof verify", *self.cardproof(path, "--key", self.key))]
        return answers

    def of_each(self, bundles_by_name: dict[str, bytes]) -> dict[str, list]:
        """The same of many bundles, as many at a time as there are processors."""
        names = [re.sub(r"\W+", "-", name) + ".zip" for name in bundles_by_name]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            answers = pool.map(self.all, bundles_by_name.values(), names)
            return dict(zip(bundles_by_name, answers))


def test_random_bundles_hold(world, verifiers):
    rnd = randomness("random bundles")
    made = {f"random {number}": bundles.random_story(world, rnd, count(200, 3_000)).seal()
            for number in range(count(5, 400))}
    for number, answers in verifiers.of_each(made).items():
        for name, code, said in answers:
            assert code == HOLDS, f"{number}, {name}: exit {code}\n{said}"


def test_bundles_of_logs_that_have_ended_hold(world, verifiers):
    rnd = randomness("ended logs")
    made = {}
    for number in range(count(4, 100)):
        story = bundles.random_story(world, rnd, count(50, 1_000))
        story.end(*(bundles.NoteKey(rnd, f"{world.key.name}/{2 + later}") for later in range(1 + number % 3)))
        made[f"ended {number}"] = story.seal()
    for number, answers in verifiers.of_each(made).items():
        for name, code, said in answers:
            assert code == HOLDS, f"{number}, {name}: exit {code}\n{said}"


@pytest.fixture(scope="module")
def bench(world, scratch):
    """Makes a fresh start for a forger; the story in it is made once."""
    other = Root(scratch / "other", "another")
    first = Bench(world, randomness("forgeries"), other)

    def fresh() -> Bench:
        first.files = dict(first.story.files)
        return first
    return fresh


def test_what_forgers_start_from_holds(bench, verifiers):
    for name, code, said in verifiers.all(bench().seal()):
        assert code == HOLDS, f"{name}: {said}"


@pytest.fixture(scope="module")
def judged(bench, verifiers):
    """What every verifier says of every forgery."""
    return verifiers.of_each({name: forge(bench()) for name, (_, forge) in FORGERIES.items()})


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_refused_and_named(judged, forgery):
    named, _ = FORGERIES[forgery]
    for name, code, said in judged[forgery]:
        assert code == DOES_NOT, f"{name}: exit {code}\n{said}"
        findings = [line for line in said.splitlines() if not line.startswith(("✓", "-", "entry "))]
        assert any(named in line for line in findings), f"{name} does not name {named}:\n{said}"


def test_every_flipped_byte_is_refused(bench, verifiers):
    rnd = randomness("flips")
    data = bench().seal()

    def flip() -> tuple[int, int, bytes]:
        place, bit = rnd.randrange(len(data)), 1 << rnd.randrange(8)
        return place, bit, data[:place] + bytes([data[place] ^ bit]) + data[place + 1:]

    for _ in range(count(300, 20_000)):
        place, bit, flipped = flip()
        assert verifiers.inside(flipped)[0] == DOES_NOT, f"byte {place}, bit {bit}"
    made = {f"byte {place}, bit {bit}": flipped
            for place, bit, flipped in (flip() for _ in range(count(24, 2_000)))}
    for where, answers in verifiers.of_each(made).items():
        # No zip at all is another answer than a zip that does not hold.
        refusals = (DOES_NOT, UNREADABLE) if re.match("byte [0-3],", where) else (DOES_NOT,)
        for name, code, said in answers:
            assert code in refusals, f"{where}, {name}: exit {code}\n{said}"


def test_every_flipped_byte_of_a_file_is_refused_when_the_container_is_made_anew(bench, verifiers):
    """Not even the note's signature line has two spellings."""
    rnd = randomness("file flips")
    from cardproof_verify import container_files
    files = container_files(bench().seal())
    for number in range(count(100, 20_000)):
        path = rnd.choice([path for path, content in files.items() if content])
        if number < 20:
            path = bundles.NOTE
        place, bit = rnd.randrange(len(files[path])), 1 << rnd.randrange(8)
        changed = bytearray(files[path])
        changed[place] ^= bit
        data = bundles.container({**files, path: bytes(changed)})
        code, said = verifiers.inside(data)
        assert code == DOES_NOT, f"{path}, byte {place}, bit {bit}"
        assert path in said or path == bundles.MANIFEST, said
        if number % 20 == 0:
            code, said = verifiers.shell(verifiers.written(data), "--key", verifiers.key)
            assert code == DOES_NOT, f"{path}, byte {place}, bit {bit}:\n{said}"


def test_whose_key_it_is_matters_only_when_it_is_pinned(world, verifiers):
    other = bundles.dataclasses.replace(
        world, key=bundles.NoteKey(randomness("another key"), world.key.name))
    theirs = bundles.Story(other, randomness("theirs"), filler=2).seal()
    path = verifiers.written(theirs, "theirs.zip")
    code, said = verifiers.program(str(path))
    assert code == HOLDS and "NOT PINNED" in said, said
    assert verifiers.program(str(path), "--key", verifiers.key)[0] == DOES_NOT
    code, said = verifiers.shell(path)
    assert code == HOLDS and "--key" in said, said
    assert verifiers.shell(path, "--key", verifiers.key)[0] == DOES_NOT


def test_pinned_policies_and_roots_take_the_place_of_the_bundles_own(
        world, bench, verifiers, tmp_path):
    path = verifiers.written(bench().story.seal())
    policy, strict, roots = tmp_path / "policy", tmp_path / "strict", tmp_path / "roots.pem"
    policy.write_bytes(bundles.policy_of(world, "one"))
    stranger = bundles.NoteKey(randomness("stranger"), "witness.example/stranger", 4)
    strict.write_text(f"log {world.key.vkey}\nwitness s {stranger.vkey}\nquorum s\n")
    roots.write_bytes(bundles.pem(bench().other_root.root))
    assert verifiers.program(str(path), "--policy", str(policy))[0] == HOLDS
    assert verifiers.program(str(path), "--policy", str(strict))[0] == DOES_NOT
    assert verifiers.program(str(path), "--tsa-ca", str(roots))[0] == DOES_NOT


def test_an_older_bundle_shows_that_history_was_rewritten(world, verifiers, bench):
    story = bench().story
    old = verifiers.written(story.seal(), "old.zip")
    size = story.sizes[0]
    checkpoint = verifiers.written(story.files[f"time/{size}.checkpoint"], "old-checkpoint")
    rewritten = verifiers.written(
        Bench(world, randomness("rewritten"), world.root).story.seal(), "rewritten.zip")
    for kept in (old, checkpoint):
        code, said = verifiers.program(str(old), "--key", verifiers.key, "--old", str(kept))
        assert code == HOLDS, said
    code, said = verifiers.program(str(rewritten), "--key", verifiers.key, "--old", str(old))
    assert code == DOES_NOT and "old.zip" in said, said


def test_an_unpacked_bundle_verifies_and_says_that_its_container_was_not_checked(
        bench, verifiers, tmp_path):
    path = verifiers.written(bench().story.seal())
    subprocess.run(["unzip", "-qq", str(path), "-d", str(tmp_path)], check=True,
                   env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
    code, said = verifiers.shell(tmp_path, "--key", verifiers.key)
    assert code == HOLDS and "container: this is a folder" in said, said
    (tmp_path / "system/more.txt").write_text("more")
    assert verifiers.shell(tmp_path, "--key", verifiers.key)[0] == DOES_NOT
    (tmp_path / "system/more.txt").unlink()
    (tmp_path / "summary.json").unlink()
    (tmp_path / "summary.json").symlink_to("system/empty.txt")
    assert verifiers.shell(tmp_path, "--key", verifiers.key)[0] == DOES_NOT


def test_hostile_bytes_are_refused_without_a_traceback(bench, verifiers, tmp_path):
    rnd = randomness("hostile")
    good = bench().story.seal()
    for number, data in enumerate([
            b"", b"PK", rnd.randbytes(5_000), good[:len(good) // 2], good[:-1], good[100:],
            b"PK\5\6" + bytes(18), b"PK\3\4" + b"\xff" * 60]):
        assert verifiers.inside(data)[0] == DOES_NOT
        path = verifiers.written(data, f"hostile-{number}.zip")
        assert verifiers.shell(path)[0] == DOES_NOT
    deep = ("[" * 100_000).encode()
    start = bench()
    path = f"entries/{start.story.checked}.disclosures"
    start.files[path] = bundles.b64url(deep).encode() + b"\n"
    assert verifiers.inside(start.seal())[0] == DOES_NOT


@pytest.mark.parametrize("arguments", [[], ["/nonexistent.zip"], ["x.zip", "--key"]])
def test_wrong_use_is_told_apart(verifiers, arguments):
    assert verifiers.program(*arguments)[0] == UNREADABLE
    done = subprocess.run(["sh", str(SCRIPT), *arguments], capture_output=True)
    assert done.returncode == UNREADABLE


def test_the_four_commands_of_verify_md_do_what_it_says(world, verifiers, tmp_path):
    story = bundles.Story(world, randomness("four commands"))
    path = verifiers.written(story.seal())
    subprocess.run(["unzip", "-qq", str(path), "-d", str(tmp_path)], check=True,
                   env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
    text = SCRIPT.with_name("VERIFY.md").read_text()
    block = next(b for b in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) if "manifest" in b)
    scratch = str(tmp_path / "system")
    block = block.replace("S.NAME", f"{story.sizes[0]}.{story.signer.name}").replace(
        "time/S.", f"time/{story.sizes[0]}.").replace("/tmp/", scratch + "/")
    commands = block.splitlines()
    assert len(commands) == 4
    said = [subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True)
            for command in commands]
    assert [done.returncode for done in said] == [0, 0, 0, 0], said
    digests = said[1].stdout.split("\n")
    assert digests[1].startswith(digests[0])
    assert "Signature Verified Successfully" in said[2].stdout + said[2].stderr


def test_verify_sh_is_clean_by_shellcheck_and_leaves_nothing_behind(bench, verifiers, tmp_path):
    done = subprocess.run(["shellcheck", "-s", "sh", str(SCRIPT)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    before = {path for path in verifiers.folder.iterdir() if path.is_dir()}
    verifiers.shell(verifiers.written(bench().seal()))
    assert {path for path in verifiers.folder.iterdir() if path.is_dir()} == before
