"""Bundles that must be refused. Whoever made them mostly had the log's key, so that hashes,
manifest and signatures are as they should be: what is wrong is what they say."""

from __future__ import annotations

import base64
import dataclasses
import random
from collections.abc import Callable

from .authority import Root
from .bundles import (MANIFEST, NOTE, NoteKey, Story, World, b64, b64url, container, manifest_of, seal,
                      sha256)


@dataclasses.dataclass
class Bench:
    """What forgers start from: a story of three items under a nested quorum."""
    world: World
    rnd: random.Random
    other_root: Root

    def __post_init__(self):
        self.story = self.made()
        self.files = dict(self.story.files)

    def made(self, **wanted) -> Story:
        return Story(self.world, self.rnd, **{
            "items": 3, "filler": 3, "policy": "nested", "show_all": True,
            "signer": self.world.signers[0], **wanted})

    def seal(self) -> bytes:
        return seal(self.files, self.world.key)


FORGERIES: dict[str, tuple[tuple[str, ...], Callable[[Bench], bytes]]] = {}


def forgery(*named: str):
    """Registers a forgery under its function's name; the finding must name a path with `named`, or with
    one of several where each of the files could be the wrong one."""
    def register(function):
        FORGERIES[function.__name__.replace("_", " ")] = (named, function)
        return function
    return register


def first(bench: Bench, ending: str, folder: str = "") -> str:
    return min(path for path in bench.files if path.endswith(ending) and path.startswith(folder))


def sealed_files(bench: Bench) -> dict[str, bytes]:
    files = {**bench.files, MANIFEST: manifest_of(bench.files)}
    key = bench.world.key
    text = f"cardproof.bundle/v1\n{key.name}\n{sha256(files[MANIFEST]).hex()}\n"
    return {**files, NOTE: (text + "\n" + key.line(text)).encode()}


# ---- Entries and what is opened of them.

@forgery("entries/")
def two_proofs_swapped(bench):
    one, other = (f"entries/{n}.tlog-proof" for n in (bench.story.sold, bench.story.checked))
    bench.files[one], bench.files[other] = bench.files[other], bench.files[one]
    return bench.seal()


def with_leaf(bench, changed: Callable[[bytes], bytes]) -> bytes:
    path = f"entries/{bench.story.checked}.tlog-proof"
    version, extra, rest = bench.files[path].split(b"\n", 2)
    leaf = base64.b64decode(extra.removeprefix(b"extra "))
    bench.files[path] = b"\n".join([version, b"extra " + base64.b64encode(changed(leaf)), rest])
    return bench.seal()


@forgery("entries/")
def a_line_behind_a_leaf(bench):
    """Shells read the first line."""
    return with_leaf(bench, lambda leaf: leaf + b'\n{"anything":1}')


@forgery("entries/")
def an_end_of_line_behind_a_leaf(bench):
    return with_leaf(bench, lambda leaf: leaf + b"\n")


@forgery("entries/")
def a_zero_byte_in_a_leaf(bench):
    return with_leaf(bench, lambda leaf: leaf[:9] + b"\0" + leaf[9:])


@forgery(".disclosures")
def disclosures_of_another_entry(bench):
    bench.files[f"entries/{bench.story.checked}.disclosures"] = (
        bench.files[f"entries/{bench.story.attached}.disclosures"])
    return bench.seal()


@forgery(".disclosures")
def a_field_opened_twice(bench):
    path = f"entries/{bench.story.checked}.disclosures"
    bench.files[path] += bench.files[path].split(b"\n")[0] + b"\n"
    return bench.seal()


@forgery(".disclosures")
def disclosures_without_their_entry(bench):
    del bench.files[f"duplicates/{bench.story.other}.tlog-proof"]
    return bench.seal()


@forgery(".disclosures")
def a_disclosure_that_is_not_canonical(bench):
    raw = f'["{b64url(bytes(16))}", "raw", 1]'
    return bench.made(verdict_raw=raw).seal()


@forgery(".disclosures")
def a_disclosure_with_a_fraction(bench):
    return bench.made(verdict_raw=f'["{b64url(bytes(16))}","raw",1.5]').seal()


@forgery(".disclosures")
def a_disclosure_with_a_short_salt(bench):
    return bench.made(verdict_raw=f'["{b64url(bytes(15))}","raw",1]').seal()


@forgery("item-")
def paths_of_two_items_swapped(bench):
    one, other = (f"entries/{bench.story.sold}.item-{n}.path" for n in (0, 1))
    assert bench.files[one] != bench.files[other]
    bench.files[one], bench.files[other] = bench.files[other], bench.files[one]
    return bench.seal()


@forgery("item-")
def a_zero_byte_after_a_path(bench):
    """Shells drop it when they read."""
    bench.files[f"entries/{bench.story.sold}.item-0.path"] += b"\0"
    return bench.seal()


@forgery("item-")
def two_items_swapped(bench):
    for kind in ("json", "disclosures", "path"):
        one, other = (f"entries/{bench.story.sold}.item-{n}.{kind}" for n in (0, 2))
        bench.files[one], bench.files[other] = bench.files[other], bench.files[one]
    return bench.seal()


@forgery("item-")
def a_record_changed(bench):
    path = f"entries/{bench.story.sold}.item-1.json"
    bench.files[path] = bench.files[path].replace(b'"_sd":["', b'"_sd":["A', 1)
    return bench.seal()


@forgery(".tlog-proof")
def a_leaf_that_is_not_canonical(bench):
    return bench.made(raw_leaf=b'{"t":"TIME", "typ":"health","v":1}').seal()


@forgery(".tlog-proof")
def a_leaf_of_an_unknown_type(bench):
    return bench.made(raw_leaf=b'{"t":"TIME","typ":"delivery","v":1}').seal()


@forgery(".tlog-proof")
def a_leaf_with_its_names_out_of_order(bench):
    return bench.made(raw_leaf=b'{"z":1,"t":"TIME","typ":"health","v":1}').seal()


@forgery("entries")
def a_leaf_of_another_version(bench):
    return bench.made(raw_leaf=b'{"t":"TIME","typ":"health","v":2}').seal()


@forgery(".tlog-proof")
def a_leaf_with_fifteen_digests(bench):
    digests = sorted(b64url(bench.rnd.randbytes(32)) for _ in range(15))
    listed = '","'.join(digests)
    leaf = f'{{"_sd":["{listed}"],"_sd_alg":"sha-256","t":"TIME","v":1}}'
    return bench.made(raw_leaf=leaf.encode()).seal()


@forgery(".tlog-proof")
def a_leaf_with_its_digests_out_of_order(bench):
    digests = sorted((b64url(bench.rnd.randbytes(32)) for _ in range(16)), reverse=True)
    listed = '","'.join(digests)
    leaf = f'{{"_sd":["{listed}"],"_sd_alg":"sha-256","t":"TIME","v":1}}'
    return bench.made(raw_leaf=leaf.encode()).seal()


@forgery("")
def an_entry_in_both_folders(bench):
    for kind in ("tlog-proof", "disclosures"):
        bench.files[f"duplicates/{bench.story.checked}.{kind}"] = (
            bench.files[f"entries/{bench.story.checked}.{kind}"])
    return bench.seal()


@forgery("entries")
def no_entry_at_all(bench):
    proven = ("entries", "duplicates", "transcript", "attachments", "listing", "time")
    bench.files = {path: content for path, content in bench.files.items()
                   if path.split("/")[0] not in proven}
    bench.files["timeline.csv"] = b"index,leaf_hash,time,type\n"
    return bench.seal()


# ---- Contents.

@forgery("transcript/")
def a_transcript_changed(bench):
    bench.files[first(bench, ".rep")] += b" "
    return bench.seal()


@forgery("transcript/")
def a_transcript_of_an_exchange_that_never_was(bench):
    path = f"transcript/{bench.story.checked}.9.rep"
    bench.files[path] = bench.files[first(bench, ".rep")]
    return bench.seal()


@forgery("attachments/")
def an_attachment_changed(bench):
    bench.files[first(bench, ".png")] += b" "
    return bench.seal()


@forgery("attachments/")
def an_attachment_that_nobody_named(bench):
    bench.files[f"attachments/{bench.story.checked}.png"] = b"picture"
    return bench.seal()


@forgery("listing/")
def terms_that_nobody_pinned(bench):
    bench.files[f"listing/policy-{sha256(b'{}').hex()}.json"] = b"{}"
    return bench.seal()


@forgery("listing/")
def terms_changed(bench):
    bench.files[first(bench, ".json", "listing/")] += b" "
    return bench.seal()


@forgery("transcript/notes.txt")
def a_file_that_does_not_belong_there(bench):
    bench.files["transcript/notes.txt"] = b"trust me\n"
    return bench.seal()


# ---- Head, keys, witnesses.

def headed(bench: Bench, checkpoint: bytes) -> bytes:
    """With another head, in which every proof ends."""
    old = bench.files["checkpoint"]
    for path, content in bench.files.items():
        if path.endswith(".tlog-proof"):
            bench.files[path] = content.replace(old, checkpoint)
    bench.files["checkpoint"] = checkpoint
    return bench.seal()


@forgery("checkpoint")
def a_cosignature_missing_under_the_quorum(bench):
    log = bench.story.log
    return headed(bench, log.checkpoint(len(log.entries), cosigners=bench.world.witnesses[:3]))


@forgery("checkpoint")
def a_cosignature_of_a_kind_that_nobody_here_can_check(bench):
    log, last = bench.story.log, bench.world.witnesses[3]
    other = NoteKey(random.Random(4), last.name, 6)
    for path in ("trust/policy.txt", "trust/witnesses.vkey"):
        bench.files[path] = bench.files[path].replace(last.vkey.encode(), other.vkey.encode())
    return headed(bench, log.checkpoint(
        len(log.entries), cosigners=[*bench.world.witnesses[:3], other]))


@forgery("checkpoint")
def a_cosignature_with_another_time(bench):
    text = bench.files["checkpoint"].decode().split("\n\n")[0] + "\n"
    witnesses = bench.world.witnesses
    lines = [bench.world.key.line(text), *(w.line(text, 1_800_000_000) for w in witnesses)]
    late = witnesses[3].line(text, 1_900_000_000).split(" ")[2]
    payload = base64.b64decode(lines[4].split(" ")[2])
    moved = base64.b64decode(late)[:12] + payload[12:]
    lines[4] = f"— {witnesses[3].name} {b64(moved)}\n"
    return headed(bench, (text + "\n" + "".join(lines)).encode())


@forgery("")
def a_proof_that_ends_in_another_checkpoint(bench):
    log = bench.story.log
    size = len(log.entries)
    other = log.checkpoint(size, at=1_800_000_001)
    index = bench.story.checked
    bench.files[f"entries/{index}.tlog-proof"] = log.proof(index, other, size)
    return bench.seal()


@forgery("")
def a_policy_that_names_no_log(bench):
    lines = bench.files["trust/policy.txt"].decode().split("\n")
    kept = [line for line in lines if not line.startswith("log ")]
    bench.files["trust/policy.txt"] = "\n".join(kept).encode()
    key = NoteKey(random.Random(1), bench.world.key.name)
    return seal(bench.files, key)


@forgery("trust/policy.txt")
def a_policy_with_two_quorums(bench):
    bench.files["trust/policy.txt"] += b"quorum none\n"
    return bench.seal()


@forgery("trust/policy.txt")
def a_zero_byte_after_the_policy(bench):
    bench.files["trust/policy.txt"] += b"\0"
    return bench.seal()


@forgery("trust/policy.txt")
def a_policy_whose_witness_has_a_logs_key(bench):
    other = NoteKey(random.Random(5), "log.example/other")
    line = f"witness other {other.vkey}\n".encode()
    bench.files["trust/policy.txt"] = bench.files["trust/policy.txt"].replace(b"group", line + b"group", 1)
    return bench.seal()


@forgery("trust/policy.txt")
def a_policy_with_a_number_spelled_otherwise(bench):
    bench.files["trust/policy.txt"] = bench.files["trust/policy.txt"].replace(b"two 2", b"two 02")
    return bench.seal()


@forgery("trust/policy.txt")
def a_policy_that_counts_a_witness_twice(bench):
    bench.files["trust/policy.txt"] = bench.files["trust/policy.txt"].replace(
        b"group both", b"group again any w0\ngroup both")
    return bench.seal()


@forgery("manifest.sha256.note")
def a_manifest_signed_by_another_key(bench):
    return seal(bench.files, NoteKey(random.Random(1), bench.world.key.name))


@forgery("manifest.sha256.note")
def a_note_with_two_signatures(bench):
    files = {**bench.files, MANIFEST: manifest_of(bench.files)}
    key = bench.world.key
    text = f"cardproof.bundle/v1\n{key.name}\n{sha256(files[MANIFEST]).hex()}\n"
    return container({**files, NOTE: (text + "\n" + 2 * key.line(text)).encode()})


@forgery("manifest.sha256.note")
def a_note_that_says_more(bench):
    files = {**bench.files, MANIFEST: manifest_of(bench.files)}
    key = bench.world.key
    text = f"cardproof.bundle/v1\n{key.name}\n{sha256(files[MANIFEST]).hex()}\nand true\n"
    return container({**files, NOTE: (text + "\n" + key.line(text)).encode()})


@forgery("")
def everything_signed_by_another_key_of_that_name(bench):
    """Holds in itself, so it is the pinned key that refuses it."""
    world = dataclasses.replace(bench.world, key=NoteKey(random.Random(2), bench.world.key.name))
    return dataclasses.replace(bench, world=world).story.seal()
