"""More bundles that must be refused: for their time stamps, their timeline, or their container."""

from __future__ import annotations

import base64
import datetime
import io
import random
import struct
import zipfile

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from .authority import UTC, YEAR, pem, sequence, tlv
from .bundle_forgeries import Bench, forgery, sealed_files
from .bundles import MANIFEST, NOTE, Log, NoteKey, b64, container, manifest_of, sha256
from .merkle import leaf_hash

# ---- Time.

@forgery("time/")
def a_stamped_checkpoint_of_a_fork(bench):
    story, size = bench.story, bench.story.sizes[1]
    fork = Log(bench.world.key, bench.world.witnesses)
    fork.entries = [*story.log.entries[:size - 1], b"{}"]
    checkpoint = fork.checkpoint(size)
    bench.files[f"time/{size}.checkpoint"] = checkpoint
    response = story.signer.stamp(checkpoint, story.clock)
    bench.files[f"time/{size}.{story.signer.name}.tsr"] = response
    return bench.seal()


@forgery("time/")
def a_consistency_path_cut(bench):
    path = max(p for p in bench.files if p.endswith(".consistency") and bench.files[p])
    bench.files[path] = bench.files[path].split(b"\n", 1)[1]
    return bench.seal()


@forgery(".tsr")
def a_stamp_over_other_bytes(bench):
    story, size = bench.story, bench.story.sizes[1]
    bench.files[f"time/{size}.{story.signer.name}.tsr"] = story.signer.stamp(b"other", story.clock)
    return bench.seal()


@forgery("time/")
def a_stamp_without_its_checkpoint(bench):
    del bench.files[f"time/{bench.story.sizes[1]}.checkpoint"]
    return bench.seal()


def stamped_again(story, change) -> bytes:
    """The last stamp, over a text of several logs that was changed before."""
    stem = f"time/{story.sizes[1]}.{story.signer.name}"
    text = story.files[f"{stem}.stamped"].decode().split("\n")
    change(text)
    story.files[f"{stem}.stamped"] = "\n".join(text).encode()
    story.files[f"{stem}.tsr"] = story.signer.stamp(story.files[f"{stem}.stamped"], story.clock)
    return story.seal()


def several(bench):
    """A story whose stamps cover several logs, the last of them with no anchor in the bundle."""
    return bench.made(logs=5, late_anchor=False)


@forgery(".place")
def a_stamp_of_other_logs(bench):
    other = b64(bench.rnd.randbytes(32))
    return stamped_again(several(bench), lambda text: text.__setitem__(2, other))


@forgery(".place")
def a_stamp_of_another_number_of_logs(bench):
    return stamped_again(several(bench), lambda text: text.__setitem__(1, "99"))


@forgery(".place")
def a_stamp_of_another_version(bench):
    return stamped_again(several(bench), lambda text: text.__setitem__(0, "cardproof.stamp/v2"))


def misplaced(bench, change) -> bytes:
    story = several(bench)
    path = f"time/{story.sizes[1]}.{story.signer.name}.place"
    story.files[path] = change(story.files[path])
    return story.seal()


@forgery(".place")
def a_place_at_another_index(bench):
    def change(place):
        index, count, *rest = place.split(b"\n")
        return b"\n".join([b"%d" % ((int(index) + 1) % int(count)), count, *rest])
    return misplaced(bench, change)


@forgery(".place")
def a_place_cut(bench):
    return misplaced(bench, lambda place: place[:-45])


@forgery(".place")
def a_place_with_a_line_not_ended(bench):
    return misplaced(bench, lambda place: place + b"AAAA")


@forgery(".place")
def a_place_with_a_number_spelled_otherwise(bench):
    return misplaced(bench, lambda place: b"0" + place)


@forgery("time/")
def a_text_of_several_logs_without_the_place_in_it(bench):
    story = several(bench)
    del story.files[f"time/{story.sizes[1]}.{story.signer.name}.place"]
    return story.seal()


@forgery(".place")
def a_place_without_its_text(bench):
    stem = f"time/{bench.story.sizes[1]}.{bench.story.signer.name}"
    bench.files[f"{stem}.place"] = b"0\n1\n"
    return bench.seal()


@forgery(".stamped")
def a_text_of_several_logs_of_no_authority(bench):
    bench.files[f"time/{bench.story.sizes[1]}.stamped"] = b"cardproof.stamp/v1\n1\n"
    return bench.seal()


@forgery("time/")
def certificates_of_no_stamp(bench):
    bench.files[f"time/{bench.story.sizes[1]}.nobody.chain.pem"] = b""
    return bench.seal()


@forgery("entries/")
def an_anchor_whose_stamp_is_not_here(bench):
    story = bench.story
    bench.files = {path: content for path, content in bench.files.items()
                   if not path.startswith(f"time/{story.sizes[0]}.")}
    return bench.seal()


@forgery("entries/")
def anchors_and_no_stamp_at_all(bench):
    bench.files = {path: content for path, content in bench.files.items()
                   if not path.startswith("time/")}
    return bench.seal()


@forgery("entries/")
def an_anchor_of_another_size(bench):
    return bench.made(anchor_says={"size": 99}).seal()


@forgery(".tsr")
def a_response_with_bytes_after_it(bench):
    bench.files[f"time/{bench.story.sizes[1]}.{bench.story.signer.name}.tsr"] += b"\0"
    return bench.seal()


@forgery("trust/log.vkey")
def a_log_key_that_is_not_the_policys(bench):
    other = NoteKey(random.Random(3), bench.world.key.name)
    bench.files["trust/log.vkey"] = f"{other.vkey}\n".encode()
    return bench.seal()


@forgery("trust/witnesses.vkey")
def witness_keys_that_leave_one_out(bench):
    bench.files["trust/witnesses.vkey"] = bench.files["trust/witnesses.vkey"].split(b"\n", 1)[1]
    return bench.seal()


@forgery("trust/policy.txt")
def a_policy_with_a_control_character(bench):
    bench.files["trust/policy.txt"] = b"# \x01\n" + bench.files["trust/policy.txt"]
    return bench.seal()


@forgery("trust/auditor.vkey")
def a_key_of_nobody(bench):
    bench.files["trust/auditor.vkey"] = bench.files["trust/log.vkey"]
    return bench.seal()


@forgery(".tsr")
def a_stamp_under_an_unknown_root(bench):
    bench.files["trust/tsa-ca.pem"] = pem(bench.other_root.root)
    return bench.seal()


@forgery(".tsr", "trust/tsa-ca.pem")
def an_issuer_in_the_place_of_its_root(bench):
    story = bench.story
    chain = bench.files[f"time/{story.sizes[1]}.{story.signer.name}.chain.pem"]
    bench.files["trust/tsa-ca.pem"] = chain
    return bench.seal()


@forgery(".tsr")
def a_stamp_by_a_certificate_that_had_ended(bench):
    lives = (datetime.datetime(2022, 1, 1, tzinfo=UTC), YEAR)
    return bench.made(signer=bench.world.root.signer("ended", lives=lives)).seal()


@forgery(".tsr")
def a_stamp_by_a_certificate_for_code(bench):
    signer = bench.world.root.signer("code", usages=[Usage.CODE_SIGNING])
    return bench.made(signer=signer).seal()


@forgery(".tsr")
def a_stamp_by_a_certificate_for_more_than_time(bench):
    signer = bench.world.root.signer("more", usages=[Usage.TIME_STAMPING, Usage.CODE_SIGNING])
    return bench.made(signer=signer).seal()


@forgery(".tsr")
def a_stamp_by_a_certificate_whose_use_is_not_critical(bench):
    return bench.made(signer=bench.world.root.signer("lax", critical=False)).seal()


@forgery(".tsr")
def a_stamp_by_a_certificate_revoked_before(bench):
    return bench.made(revoked=-3_600).seal()


@forgery(".tsr")
def a_stamp_by_a_certificate_revoked_later_without_a_reason(bench):
    """RFC 3161 §4: then every stamp by its key is void."""
    return bench.made(revoked=3_600, reason=(None,)).seal()


@forgery(".tsr")
def a_stamp_by_a_certificate_whose_key_was_lost_later(bench):
    return bench.made(revoked=3_600, reason=(x509.ReasonFlags.key_compromise,)).seal()


@forgery(".tsr")
def a_stamp_granted_with_changes(bench):
    return bench.made(stamping={"status": 1}).seal()


@forgery("time/")
def revocation_lists_of_another_authority(bench):
    story = bench.story
    lists = bench.other_root.revocation_lists(story.clock, {})
    bench.files[f"time/{story.sizes[1]}.{story.signer.name}.crl.pem"] = lists
    return bench.seal()


@forgery("time/")
def revocation_lists_with_text_around_them(bench):
    path = f"time/{bench.story.sizes[1]}.{bench.story.signer.name}.crl.pem"
    bench.files[path] = b"nothing was revoked\n" + bench.files[path]
    return bench.seal()


@forgery("timeline.csv")
def a_timeline_with_a_zero_byte(bench):
    bench.files["timeline.csv"] = bench.files["timeline.csv"].rstrip(b"\n") + b" \0\n"
    return bench.seal()


@forgery("timeline.csv")
def a_timeline_under_another_column(bench):
    bench.files["timeline.csv"] = bench.files["timeline.csv"].replace(b",time,", b",timer,", 1)
    return bench.seal()


@forgery("trust/tsa-ca.pem")
def roots_with_text_around_them(bench):
    bench.files["trust/tsa-ca.pem"] += b"\n"
    return bench.seal()


@forgery("time/")
def a_revocation_list_whose_name_is_no_text(bench):
    """Of the root, of whose certificates none is the signer's: it is read all the same."""
    path = f"time/{bench.story.sizes[1]}.{bench.story.signer.name}.crl.pem"
    start, end = b"-----BEGIN X509 CRL-----\n", b"-----END X509 CRL-----\n"
    first, others = bench.files[path].removeprefix(start).split(end, 1)
    der = base64.b64decode(first).replace(b"synthetic root", b"synthetic r\xefot")
    text = base64.b64encode(der)
    lines = b"".join(text[at:at + 64] + b"\n" for at in range(0, len(text), 64))
    bench.files[path] = start + lines + end + others
    assert b"synthetic r\xefot" in der
    return bench.seal()


@forgery(".tsr")
def a_stamp_that_lists_another_digest(bench):
    path = f"time/{bench.story.sizes[1]}.{bench.story.signer.name}.tsr"
    sha256_oid, sha384_oid = (bytes.fromhex(f"060960864801650304020{last}") for last in (1, 2))
    assert bench.files[path].count(sha256_oid) > 1
    bench.files[path] = bench.files[path].replace(sha256_oid, sha384_oid, 1)
    return bench.seal()


@forgery("time/")
def revocation_lists_that_ran_out_before(bench):
    story = bench.story
    lists = bench.world.root.revocation_lists(story.clock - datetime.timedelta(days=30), {})
    bench.files[f"time/{story.sizes[1]}.{story.signer.name}.crl.pem"] = lists
    return bench.seal()


@forgery("entr")
def a_leaf_younger_than_a_stamp_without_an_accuracy_allows(bench):
    return bench.made(stamping={"accuracy": None}, skew=600).seal()


@forgery("entr")
def a_leaf_older_than_an_inexact_stamp_allows(bench):
    return bench.made(stamping={"accuracy": 300}, skew=-600).seal()


@forgery("entr")
def a_leaf_older_than_its_stamps_allow(bench):
    return bench.made(skew=-600).seal()


@forgery("entr")
def a_leaf_younger_than_its_stamps_allow(bench):
    return bench.made(skew=600).seal()


@forgery(".tsr")
def a_leaf_too_young_with_a_time_written_beside_the_stamp(bench):
    """The status text of a response is signed by nobody; who reads printed text may take what it
    says for the time."""
    story = bench.made(skew=600)
    for path, response in story.files.items():
        if path.endswith(".tsr"):
            later = story.clock + datetime.timedelta(seconds=600)
            line = f"\nTime stamp: {later:%b %d %H:%M:%S %Y} GMT\nAccuracy: 0x7F seconds"
            status = sequence(tlv(2, b"\0"), sequence(tlv(12, line.encode())))
            story.files[path] = sequence(status, response[response.index(b"\2\1\0") + 3:])
    return story.seal()


# ---- Timeline.

def lines_of(bench: Bench) -> list[str]:
    return bench.files["timeline.csv"].decode().split("\n")[:-1]


def retold(bench: Bench, rows: list[str]) -> bytes:
    bench.files["timeline.csv"] = ("\n".join(rows) + "\n").encode()
    return bench.seal()


@forgery("timeline.csv")
def a_timeline_with_another_time(bench):
    rows = lines_of(bench)
    index, value, _, *rest = rows[2].split(",")
    rows[2] = ",".join([index, value, "2026-11-11T11:11:11Z", *rest])
    return retold(bench, rows)


@forgery("timeline.csv")
def a_timeline_with_another_hash(bench):
    rows = lines_of(bench)
    index, _, *rest = rows[2].split(",")
    return retold(bench, [*rows[:2], ",".join([index, b64(leaf_hash(b"")), *rest]), *rows[3:]])


@forgery("timeline.csv")
def a_timeline_that_leaves_an_entry_out(bench):
    return retold(bench, lines_of(bench)[:-1])


@forgery("timeline.csv")
def a_timeline_that_tells_an_entry_twice(bench):
    rows = lines_of(bench)
    return retold(bench, [*rows[:-1], rows[1]])


@forgery("timeline.csv")
def a_timeline_with_an_entry_that_is_not_here(bench):
    rows = lines_of(bench)
    return retold(bench, [*rows, "9" + rows[1]])


# ---- Container and manifest.

@forgery("summary.json")
def a_file_changed_with_the_manifest_as_it_was(bench):
    files = {**bench.files, MANIFEST: manifest_of(bench.files)}
    return container({**files, "summary.json": b"[]", NOTE: b""})


@forgery("")
def a_file_that_is_not_listed(bench):
    return container({**sealed_files(bench), "claim/more.json": b"{}"})


@forgery("")
def a_listed_file_left_out(bench):
    files = sealed_files(bench)
    del files["summary.json"]
    return container(files)


@forgery("manifest.sha256")
def a_manifest_in_another_order(bench):
    lines = manifest_of(bench.files).decode().split("\n")[:-1]
    manifest = "".join(line + "\n" for line in reversed(lines)).encode()
    key = bench.world.key
    text = f"cardproof.bundle/v1\n{key.name}\n{sha256(manifest).hex()}\n"
    note = (text + "\n" + key.line(text)).encode()
    return container({**bench.files, MANIFEST: manifest, NOTE: note})


def rezipped(bench: Bench, change) -> bytes:
    """Another zip of the same files, which every unzip program reads."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for path, content in sorted(sealed_files(bench).items(), key=lambda f: f[0].encode()):
            info = zipfile.ZipInfo(path)
            info.external_attr, info.create_system = 0x81A40000, 3
            change(info)
            archive.writestr(info, content)
    return target.getvalue()


@forgery("")
def a_compressed_container(bench):
    return rezipped(bench, lambda info: setattr(info, "compress_type", 8))


@forgery("")
def a_container_with_another_date(bench):
    return rezipped(bench, lambda info: setattr(info, "date_time", (2026, 11, 20, 8, 0, 0)))


@forgery("")
def a_container_with_a_comment(bench):
    data = bench.seal()
    return data[:-2] + struct.pack("<H", 2) + b"hi"


@forgery("")
def a_container_with_bytes_before_it(bench):
    return b"#!/bin/sh\n" + bench.seal()


@forgery("")
def a_container_with_bytes_after_it(bench):
    return bench.seal() + b"\n"


@forgery("")
def a_link_in_the_container(bench):
    data = bench.seal()
    at = data.index(b"PK\1\2")
    return data[:at + 38] + struct.pack("<I", 0xA1FF0000) + data[at + 42:]


@forgery("")
def a_path_that_climbs_out(bench):
    bench.files["claim/../../../out.json"] = b"{}"
    return bench.seal()


@forgery("")
def a_path_that_a_shell_might_run(bench):
    bench.files["claim/$(id).json"] = b"{}"
    return bench.seal()


@forgery("")
def a_path_twice(bench):
    once = container({**sealed_files(bench), "claim/1/state.jsoo": b"{}"})
    return once.replace(b"claim/1/state.jsoo", b"claim/1/state.json")
