"""Evidence bundles made from the specification, and the programs that verify them: `verify.sh` with
nothing but a shell, unzip, grep, sed, coreutils and openssl and without a network, and
`cardproof_verify.py`. They must take the same bundles and refuse the same."""

from __future__ import annotations

import contextlib
import io
import os
import pathlib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

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
import cardproof_verify  # noqa: E402 lies in docs
from cardproof_verify import Bundle, Key, files_of  # noqa: E402


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
        stem, suffix = os.path.splitext(name)
        path = self.folder / (stem[:100] + suffix)
        path.write_bytes(data)
        return path

    def shell(self, path: pathlib.Path, *options: str):
        """Without a route to anywhere, and with the programs of the folder alone."""
        done = alone.shell(self.tools, SCRIPT, str(path), *options, scratch=self.folder)
        assert not done.stderr, f"verify.sh talks on stderr:\n{done.stderr}"
        return done.returncode, done.stdout

    def program(self, *arguments: str):
        """cardproof_verify.py with these arguments; in this process, which has it loaded already."""
        said, code = io.StringIO(), HOLDS
        with (mock.patch.object(sys, "argv", [str(PROGRAM), *arguments]),
              contextlib.redirect_stdout(said), contextlib.redirect_stderr(said)):
            try:
                cardproof_verify.main()
            except SystemExit as end:
                code = end.code
        return code, said.getvalue()

    def inside(self, data: bytes):
        """cardproof_verify.py in this process: many bundles a second."""
        finding = Bundle(Key(self.key)).verify(data).finding
        return (DOES_NOT if finding else HOLDS), finding or ""

    def cardproof(self, path: pathlib.Path, *options: str):
        done = subprocess.run([str(binary()), "verify", str(path), *options], capture_output=True,
                              text=True, env=environment(self.folder))
        return done.returncode, done.stdout + done.stderr

    def all(self, data: bytes, name: str = "bundle.zip", shell: bool = True):
        """(verifier, exit code, output) of each, with the log's key pinned."""
        path = self.written(data, name)
        answers = [("cardproof_verify.py", *self.inside(data)),
                   ("cardproof verify", *self.cardproof(path, "--key", self.key))]
        if shell:
            answers.append(("verify.sh", *self.shell(path, "--key", self.key)))
        return answers

    def of_each(self, bundles_by_name: dict[str, bytes], shells: int | None = None
                ) -> dict[str, list]:
        """The same of many bundles, as many at a time as there are processors. `verify.sh`, which
        starts hundreds of processes for each, sees so many of them; by default all."""
        names = [re.sub(r"\W+", "-", name) + ".zip" for name in bundles_by_name]
        seen = range(len(names)) if shells is None else randomness("shells").sample(
            range(len(names)), min(shells, len(names)))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            answers = pool.map(self.all, bundles_by_name.values(), names,
                               (number in seen for number in range(len(names))))
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
    """What every verifier says of every forgery; `verify.sh` of a sample, in the soak of all."""
    made = {name: forge(bench()) for name, (_, forge) in FORGERIES.items()}
    return verifiers.of_each(made, shells=count(12, len(made)))


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_refused_and_named(judged, forgery):
    named, _ = FORGERIES[forgery]
    for name, code, said in judged[forgery]:
        assert code == DOES_NOT, f"{name}: exit {code}\n{said}"
        findings = [line for line in said.splitlines() if not line.startswith(("✓", "-", "entry "))]
        assert any(part in line for part in named for line in findings), f"{name} does not name {named}:\n{said}"


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
            for place, bit, flipped in (flip() for _ in range(count(16, 2_000)))}
    for where, answers in verifiers.of_each(made).items():
        # No zip at all is another answer than a zip that does not hold.
        refusals = (DOES_NOT, UNREADABLE) if re.match("byte [0-3],", where) else (DOES_NOT,)
        for name, code, said in answers:
            assert code in refusals, f"{where}, {name}: exit {code}\n{said}"


def test_every_flipped_byte_of_a_file_is_refused_when_the_container_is_made_anew(bench, verifiers):
    """Not even the note's signature line has two spellings."""
    rnd = randomness("file flips")
    files = files_of(bench().seal())
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
        if number % 40 == 0:
            code, said = verifiers.shell(verifiers.written(data), "--key", verifiers.key)
            assert code == DOES_NOT, f"{path}, byte {place}, bit {bit}:\n{said}"


def bent(rnd, content: bytes) -> bytes:
    """Something else than it was, near enough to be read."""
    lines = content.split(b"\n")
    match rnd.randrange(6):
        case 0:
            place = rnd.randrange(len(content))
            return content[:place] + bytes([content[place] ^ 1 << rnd.randrange(8)]) + content[place + 1:]
        case 1:
            return content[:rnd.randrange(len(content))]
        case 2:
            return content + rnd.choice([b"\n", b" ", b"\0", b"AAAA\n", lines[0] + b"\n"])
        case 3:
            lines.insert(rnd.randrange(len(lines)), rnd.choice([b"", b"#", *lines]))
        case 4:
            del lines[rnd.randrange(len(lines))]
        case _:
            rnd.shuffle(lines)
    return b"\n".join(lines)


def test_the_verifiers_agree_about_whatever_the_logs_key_signs(world, bench, verifiers):
    """Files that are bent, moved or left out before the bundle is sealed: some of them are only what
    the gateway says, so some bundles hold."""
    rnd, made = randomness("agreement"), {}
    own = [path for path in bench().files if not path.startswith(("claim/", "system/", "verify.sh"))]
    for number in range(count(16, 3_000)):
        start = bench()
        path = rnd.choice(own)
        content = start.files.pop(path)
        match rnd.randrange(8):
            case 0:
                change = "left out"
            case 1:
                change = rnd.choice(own)
                start.files[change] = content
            case _:
                change, start.files[path] = "bent", bent(rnd, content or b"\n")
        made[f"{number} {path} {change}"] = start.seal()
    for what, answers in verifiers.of_each(made, shells=count(3, len(made))).items():
        codes = {name: code for name, code, _ in answers}
        assert len(set(codes.values())) == 1, f"{what}: {codes}\n" + "\n".join(
            f"{name}: {said}" for name, _, said in answers)


def test_words_for_people_may_hold_anything(bench, verifiers):
    """No entry speaks of them, so no verifier may fall over them."""
    start = bench()
    start.files["timeline.csv"] = start.files["timeline.csv"].rstrip(b"\n") + b" \xef\xbf\n"
    start.files["trust/keys-history.jsonl"] += b"\0\xff"
    for name, code, said in verifiers.all(start.seal(), "words.zip"):
        assert code == HOLDS, f"{name}: {said}"


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
    both = [lambda *options: verifiers.program(str(path), *options),
            lambda *options: verifiers.cardproof(path, *options)]
    for verify in both:
        assert verify("--policy", str(policy))[0] == HOLDS
        code, said = verify("--policy", str(strict))
        assert code == DOES_NOT and "the policy that you gave" in said, said
        code, said = verify("--tsa-ca", str(roots))
        assert code == DOES_NOT and "time: " in said and "authority that you gave" in said, said
        policy.write_text(f"witness s {stranger.vkey}\nquorum s\n")
        code, said = verify("--policy", str(policy))
        assert code == UNREADABLE and "--policy" in said and "names no log" in said, said
        policy.write_bytes(bundles.policy_of(world, "one"))


def test_a_bundle_made_without_witnesses_says_so(world, verifiers, tmp_path):
    """The policy in it asks for none; a pinned one that asks for some says why it is not reached."""
    data = bundles.Story(world, randomness("unwitnessed"), filler=2, policy="none").seal()
    path, policy = verifiers.written(data, "unwitnessed.zip"), tmp_path / "policy"
    policy.write_bytes(bundles.policy_of(world, "all"))
    code, said = verifiers.cardproof(path, "--key", verifiers.key)
    assert code == HOLDS and "the policy in the evidence itself asks for none" in said, said
    code, said = verifiers.program(str(path), "--key", verifiers.key)
    assert code == HOLDS and "quorum none of the bundle's policy" in said, said
    code, said = verifiers.shell(path, "--key", verifiers.key)
    assert code == HOLDS and "the policy in the bundle itself asks for none" in said, said
    for code, said in (verifiers.cardproof(path, "--policy", str(policy)),
                       verifiers.program(str(path), "--policy", str(policy))):
        assert code == DOES_NOT and "own policy asks for none" in said, said


def test_one_known_authority_is_enough_and_the_others_do_not_count(
        world, bench, verifiers, tmp_path):
    start = bench()
    story, other = start.story, start.other_root.signer("another")
    for size in story.sizes:
        stamp = other.stamp(story.files[f"time/{size}.checkpoint"], story.clock)
        start.files |= {f"time/{size}.another.tsr": stamp,
                        f"time/{size}.another.chain.pem": other.chain}
    start.files["trust/tsa-ca.pem"] += bundles.pem(other.root.root)
    data, roots = start.seal(), tmp_path / "roots.pem"
    for name, code, said in verifiers.all(data, "two-authorities.zip"):
        assert code == HOLDS, f"{name}: {said}"
    roots.write_bytes(bundles.pem(world.root.root))
    path = verifiers.written(data, "two-authorities.zip")
    for code, said in (verifiers.program(str(path), "--tsa-ca", str(roots)),
                       verifiers.cardproof(path, "--tsa-ca", str(roots))):
        assert code == HOLDS, said
        for size in story.sizes:
            assert f"time/{size}.another.tsr: by none of the authorities" in said, said


@pytest.mark.parametrize("accuracy", [None, 300.25])
def test_stamps_that_are_inexact_or_do_not_say_widen_the_bracket(
        world, bench, verifiers, accuracy):
    """What the time of a leaf may be off shows that each verifier takes the same accuracy."""
    for skew in (-40, 40):
        story = bench().made(stamping={"accuracy": accuracy}, skew=skew)
        for name, code, said in verifiers.all(story.seal(), f"accuracy-{accuracy}.zip", skew > 0):
            assert code == HOLDS, f"{name}, {skew} s: {said}"
            if name != "cardproof_verify.py":
                assert ("60 s" in said) == (accuracy is None), f"{name}: {said}"
    size, name = story.sizes[0], story.signer.name
    told = Bundle(Key(verifiers.key)).verify(story.seal()).report()["not_checked"]
    assert (f"how exact time/{size}.{name}.tsr is: 60 s were taken" in told) == (accuracy is None)


# The same names stand in Tests/EvidenceLogTests/BundleTrustTests.swift.
ODD_NAMES = [
    "entries/01.tlog-proof", "entries/1.item--1.json", "entries/1.item-03.json",
    "entries/1000000000000000000.tlog-proof", "entries/a/1.tlog-proof", "time/1..tsr",
    "time/1.a.b.tsr", "time/1.tsr", "time/1.chain.pem", "transcript/1.00.req", "transcript/1.req",
    "transcript/1.0.REQ", "attachments/1.", "attachments/1.tar.gz", "attachments/1.a-b",
    "attachments/1", "listing/policy-00ff.json", f"listing/policy-{'0F' * 32}.json",
    "listing/page.html", "trust/tsa.pem", "trust/policy.txt.old"]
NO_NAMES = ["entries/.tlog-proof", "time/+1.checkpoint", "claim//1", "claim/-1", "claim/.1", "a b",
            "claim/é", "/claim", "claim/", "c" * 256, "00-说明.txt", "claim/00-说明.html"]


def test_names_that_are_spelled_otherwise_are_refused_by_each(bench, verifiers):
    """Of the Swift program, whose own tests try them all, and of `verify.sh` a sample."""
    made = {}
    for number, name in enumerate(ODD_NAMES + NO_NAMES):
        start = bench()
        start.files[name] = b"\1"
        made[f"{number} {name}"] = start.seal()
        code, said = verifiers.inside(made[f"{number} {name}"])
        assert code == DOES_NOT and (name in NO_NAMES or name in said), f"{name}: {said}"
    sample = randomness("names").sample(sorted(made), count(6, len(made)))
    for what, answers in verifiers.of_each({name: made[name] for name in sample}).items():
        name = what.split(" ", 1)[1]
        for verifier, code, said in answers:
            assert code == DOES_NOT, f"{verifier}, {name}: exit {code}\n{said}"
            assert name in NO_NAMES or name in said, f"{verifier} does not name {name}:\n{said}"


def test_names_at_the_edge_of_the_grammar_are_read_by_each(bench, verifiers):
    start = bench()
    for path in sorted(start.files):
        moved = re.sub(r"(time/[0-9]+)\.ec\.", r"\1.A_b-9.", path).replace(".png", ".JPG2")
        start.files[moved] = start.files.pop(path)
    start.files |= {"claim/_1.a-b/" + "c" * 200: b"1", "claim/_1.a-b-": b"2"}
    data = start.seal()
    assert b"A_b-9.tsr" in data and b".JPG2" in data
    for name, code, said in verifiers.all(data, "edge.zip"):
        assert code == HOLDS, f"{name}: {said}"


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


@pytest.mark.parametrize("arguments", [[], ["/nonexistent.zip"], ["x.zip", "--key"],
                                       [str(SCRIPT), "--key", ""]])
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
