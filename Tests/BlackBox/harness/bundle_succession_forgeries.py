"""Bundles of a log that has ended, which must be refused: the key that signs is not the one that the ends lead to."""

from __future__ import annotations

from .bundle_forgeries import Bench, forgery
from .bundles import Log, NoteKey, Story, key_change, seal

FILE = "trust/succession-"


def next_key(bench: Bench, number: int = 2, name: str | None = None) -> NoteKey:
    return NoteKey(bench.rnd, name or f"{bench.world.key.name}/{number}")


def ended(bench: Bench, *keys: NoteKey) -> Story:
    story = bench.made()
    story.end(*keys)
    return story


@forgery("manifest.sha256.note")
def sealed_by_a_key_that_the_last_leaf_does_not_name(bench):
    story = ended(bench, next_key(bench))
    return seal(story.files, next_key(bench), bench.world.key.name)


@forgery("manifest.sha256.note")
def an_ended_log_without_its_succession(bench):
    story = ended(bench, next_key(bench))
    del story.files[f"{FILE}1.tlog-proof"]
    return story.seal()


@forgery(FILE)
def a_succession_that_begins_with_the_second(bench):
    story = ended(bench, next_key(bench), next_key(bench, 3))
    del story.files[f"{FILE}1.tlog-proof"]
    return story.seal()


@forgery(f"{FILE}1")
def a_succession_from_an_entry_that_is_not_the_last(bench):
    """Whoever could write any leaf could not end the log with it."""
    key = next_key(bench)
    story = bench.made()
    index = story.log.append(key_change(story.clock, key.name, key.vkey))
    story.some(1)
    story.finish()
    size = len(story.log.entries)
    story.files[f"{FILE}1.tlog-proof"] = story.log.proof(index, story.files["checkpoint"], size)
    return seal(story.files, key, bench.world.key.name)


@forgery(f"{FILE}1")
def a_succession_under_another_checkpoint(bench):
    """The log's key says elsewhere that it ended; the bundle's head does not hold that."""
    key = next_key(bench)
    story = bench.made()
    other = Log(bench.world.key)
    other.append(key_change(story.clock, key.name, key.vkey))
    story.files[f"{FILE}1.tlog-proof"] = other.proof(0, other.checkpoint(1), 1)
    return seal(story.files, key, bench.world.key.name)


@forgery(f"{FILE}2")
def a_second_step_that_the_key_before_did_not_sign(bench):
    keys = [next_key(bench), next_key(bench, 3)]
    story = ended(bench, *keys)
    other = Log(NoteKey(bench.rnd, keys[0].name))
    other.append(key_change(story.clock, keys[1].name, keys[1].vkey))
    story.files[f"{FILE}2.tlog-proof"] = other.proof(0, other.checkpoint(1), 1)
    return story.seal()


@forgery(f"{FILE}1")
def a_last_leaf_that_names_a_key_of_another_log(bench):
    key = next_key(bench)
    story = bench.made()
    story.log.append(key_change(story.clock, "log.example/other", key.vkey))
    return sealed_with(story, key)


@forgery(f"{FILE}1")
def a_last_leaf_that_changes_no_key(bench):
    story = bench.made()
    key = next_key(bench)
    story.some(1)
    return sealed_with(story, key)


@forgery(f"{FILE}1")
def a_last_leaf_that_names_a_cosigner(bench):
    key = next_key(bench)
    cosigner = NoteKey(bench.rnd, key.name, 4)
    story = bench.made()
    story.log.append(key_change(story.clock, cosigner.name, cosigner.vkey))
    return sealed_with(story, cosigner)


def sealed_with(story: Story, key: NoteKey) -> bytes:
    """With the last leaf as the succession, whatever it is."""
    story.finish()
    size = len(story.log.entries)
    story.files[f"{FILE}1.tlog-proof"] = story.log.proof(size - 1, story.files["checkpoint"], size)
    return seal(story.files, key, story.world.key.name)
