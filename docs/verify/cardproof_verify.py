#!/usr/bin/env python3
"""Verifies a cardproof evidence bundle offline, by the steps of docs/evidence-bundle.md; shares no
code with the gateway. standards.py and time_stamps.py, beside it, read the formats of others.

    cardproof_verify.py BUNDLE.zip [--key VKEY] [--policy FILE] [--tsa-ca PEM] [--old FILE]...

Says what it found as JSON, and stops at the first file that does not hold. `--old` is a checkpoint
or bundle kept from earlier. Needs Python 3.11 and `cryptography` 45. Exit 0: all that was checked
holds. 12: something does not, and its file is named. 64: wrong usage, or an unreadable file."""
import argparse, bisect, collections, datetime, itertools, json, re, types
from standards import (
    MOST_BYTES, NUMBER, SECOND, Key, Wrong, check_consistency, checkpoint_of, digests_of, files_of,
    hashes_of, json_of, lines_of, member, note_of, opened, policy_of, proven_leaf, require,
    root_above, sha256, text_of)
from time_stamps import certificates_of, time_stamp

LONGEST_LEAF = 65_535
CLOCK_TOLERANCE = 5 * SECOND  # of the gateway's clock against the authorities'
MANIFEST, NOTE, POLICY = "manifest.sha256", "manifest.sha256.note", "trust/policy.txt"
PROVEN = re.compile("(entries|duplicates|transcript|attachments|listing|time|trust)/.*")
UNPINNED = "NOT PINNED: the key came with the bundle, which shows no damage, but not who signed"
NOT_CHECKED = ("that the issuer told the truth, or who used the card", "fields that are not opened",
               "that the log shows all the same", "entries that were left out of the bundle")

def leaf_of(data):
    """Members, digests, time: sealed with 16 digests, or readable and of a type about the log."""
    leaf = json_of(data)
    digests = digests_of(leaf) if "_sd" in leaf else []
    is_public = not digests and leaf.get("typ") in ("anchor", "health", "erasure", "incident", "key_change")
    is_sealed = set(leaf) == {"_sd", "_sd_alg", "t", "v"} and len(digests) == 16
    is_known = (is_sealed or is_public) and repr(leaf["v"]) == "1" and len(data) <= LONGEST_LEAF
    time = datetime.datetime.fromisoformat(leaf["t"])
    require(is_known and f"{time:%Y-%m-%dT%H:%M:%S}Z" == leaf["t"], "has no leaf of a known form")
    return leaf, digests, time

def tightest(bounds, choose):
    """From (place, time)s, a function: the time that binds what lies above a place."""
    bounds = sorted(bounds)
    times = [None, *itertools.accumulate((time for _, time in bounds), choose)]
    return lambda place: times[bisect.bisect_left(bounds, (place,))]

class Bundle:
    """`at` is the file that is read: what does not hold is in `finding`, with its name."""
    def __init__(self, key=None, policy=None, roots=None):
        self.pinned_key, self.pinned_policy, self.pinned_roots = key, policy, roots
        self.files, self.unread, self.entries, self.at = {}, set(), {}, "container"
        self.head = self.key = self.finding = self.witnessed = None
        self.unchecked = [*NOT_CHECKED, *([] if roots else ["whose stamps they are: --tsa-ca"])]

    def verify(self, data, older=()):
        """All steps, and that files of (name, content) show earlier states of this log."""
        try:
            self.files = files_of(data)
            self.unread = set(filter(PROVEN.fullmatch, self.files))
            for step in (self.check_manifest, self.check_head, self.check_entries,
                         self.check_contents, self.check_time, self.check_timeline):
                step()
            for self.at, kept in older:
                self.compare(self.at, kept)
        except Exception as error:  # Hostile bytes may upset any reader: then they do not hold.
            kind = "" if isinstance(error, Wrong) else f"malformed: {type(error).__name__} "
            self.finding = f"{self.at}: {kind}{error}"
        return self

    def read(self, path, otherwise=None):
        """A file's content. In the folders of proofs nothing may be left unread in the end."""
        self.unread.discard(path)
        self.at = path if path in self.files or otherwise is None else self.at
        require(path in self.files or otherwise is not None, "is missing")
        return self.files.get(path, otherwise)

    def matching(self, pattern):
        """(path, groups...) of each file whose path matches."""
        found = [re.fullmatch(pattern.replace("#", NUMBER), path) for path in self.files]
        return [(match[0], *match.groups()) for match in found if match]

    def check_manifest(self):
        """Step 2."""
        listed = [f"{sha256(content).hex()}  {path}" for path, content in self.files.items()
                  if path not in (MANIFEST, NOTE)]
        lines = lines_of(self.read(MANIFEST))
        require(lines == listed, f"has other lines, or another order: {set(lines) ^ set(listed)}")

    def check_head(self):
        """Steps 3 to 5."""
        policy = own = policy_of(self.read(POLICY))
        for name, keys in (("log", own.logs), ("witnesses", own.witnesses.values())):
            vkeys = "".join(f"{key.vkey}\n" for key in keys).encode()
            is_same = self.read(f"trust/{name}.vkey", vkeys) == vkeys
            require(is_same, "does not hold the keys of the policy")
        self.read("trust/keys-history.jsonl", b"")
        whose = "the bundle's policy"
        if self.pinned_policy:
            policy, whose = self.pinned_policy, "the policy that you gave"
        note, pinned = self.read("checkpoint"), self.pinned_key
        self.origin, *self.head = checkpoint_of(note)
        keys = [key for key in policy.logs or [pinned] if key and key.name == self.origin]
        self.key = next((key for key in keys if not pinned or key.vkey == pinned.vkey), None)
        require(self.key and self.key.type == 1, f"is of {self.origin}, whose key is not known here"
                f" or not the pinned one: {whose} names {len(policy.logs)} logs")
        require(self.key.signatures(note), "is not signed by the log's key")
        held = {name for name, key in policy.witnesses.items() if key.signatures(note)}
        self.witnessed = f"quorum {policy.quorum} of {whose}: {len(held)} cosignatures"
        for name, count, members in policy.groups:
            held |= {name} if len(held.intersection(members)) >= count else set()
        remark = " (the bundle's own policy asks for none)" if own.quorum == "none" else ""
        require(policy.quorum in held | {"none"}, f"lacks witnesses: {self.witnessed}{remark}")
        note = self.read(NOTE)
        text = f"cardproof.bundle/v1\n{self.origin}\n{sha256(self.files[MANIFEST]).hex()}\n"
        require(note_of(note)[0] == text.encode(), "is over another list of files")
        signer = self.signer()
        self.at, is_one = NOTE, len(note_of(note)[1]) == signer.signatures(note) == 1
        require(is_one, "does not have the log's one signature")

    def signer(self):
        """Step 4: the log's key. Of a log that has ended, the one that its last leaf leads to."""
        key, head = self.key, self.files["checkpoint"]
        found = self.matching(r"trust/succession-#\.tlog-proof")
        numbers = sorted(int(number) for _, number in found)
        for place, number in enumerate(numbers, 1):
            proof = self.read(f"trust/succession-{number}.tlog-proof")
            require(number == place, "is not the next after the one before")
            note = proof.partition(b"\n\n")[2]
            origin, size, root = checkpoint_of(note)
            is_next = origin == key.name and key.signatures(note) and (number > 1 or note == head)
            require(is_next, "does not end in a checkpoint by the key before")
            leaf = leaf_of(proven_leaf(proof, size - 1, size, root))[0]
            key = Key(leaf["next_vkey"])
            named = leaf["typ"], leaf["next_origin"], 1
            require(named == ("key_change", key.name, key.type), "does not name the next key")
        return key

    def check_entries(self):
        """Step 6."""
        (size, root), items = self.head, collections.defaultdict(list)
        for path, stem, _, number in self.matching(r"((?:entries|duplicates)/#)\.item-#\.json"):
            items[stem].append((path, int(number)))
        for path, stem, index in self.matching(r"((?:entries|duplicates)/#)\.tlog-proof"):
            proof, index = self.read(path), int(index)
            is_own = proof.partition(b"\n\n")[2] == self.files["checkpoint"]
            require(is_own and index not in self.entries, "is under another checkpoint, or twice")
            data = proven_leaf(proof, index, size, root)
            leaf, digests, time = leaf_of(data)
            fields = self.fields(stem, digests)
            items_of = [self.item(*item, fields["items_root"]) for item in items[stem]]
            self.entries[index] = types.SimpleNamespace(
                path=path, index=index, leaf=leaf, time=time, data=data, all=[fields, *items_of])
        self.at = "entries"
        require(self.entries, "proves no entry")

    def fields(self, stem, digests):
        """What is opened beside an entry or an item."""
        path = f"{stem}.disclosures"
        return opened(self.read(path), digests) if path in self.files else {}

    def item(self, path, number, tree):
        """The opened fields of an item, whose record leads to the `items_root` of its entry."""
        stem, data = path.removesuffix(".json"), self.read(path)
        siblings, record = hashes_of(lines_of(self.read(f"{stem}.path", b""))), json_of(data)
        top = text_of(root_above(data, number, tree["count"], siblings))
        require({**tree, "root": top} == tree and len(tree) == 2, "does not lead to items_root")
        require(set(record) == {"_sd", "_sd_alg"}, "is no record of an item")
        return self.fields(stem, digests_of(record))

    def check_contents(self):
        """Step 7. A file that no field names is left unread."""
        attached, named = collections.defaultdict(list), {}
        for path, index in self.matching(r"attachments/#\.[A-Za-z0-9]+"):
            attached[int(index)].append(path)
        for index, entry in self.entries.items():
            for number, exchange in enumerate(entry.all[0].get("transcripts") or []):
                for end, name in ((".req", "request_sha256"), (".rep", "reply_sha256")):
                    named[f"transcript/{index}.{number}{end}"] = member(exchange, name)
            digest = member(entry.all[0].get("attachment"), "sha256")
            named |= {path: digest for path in attached[index]}
            for policy in [fields.get("policy") for fields in entry.all]:
                named[f"listing/policy-{member(policy, 'hash')}.json"] = member(policy, "hash")
        for path in named.keys() & self.files:
            digest = sha256(self.read(path)).hex()
            require(digest == named[path], "is not what an opened field names")

    def check_time(self):
        """Steps 8 and 9."""
        anchors, lows, highs = collections.defaultdict(list), [], []
        for entry in self.entries.values():
            if entry.leaf.get("typ") == "anchor":
                anchors[entry.leaf.get("size"), entry.leaf.get("tsr_sha256")].append(entry)
        for path, size in self.matching(r"time/#\.checkpoint"):
            self.check_older(self.read(path), int(size))
        roots, left = certificates_of(self.read("trust/tsa-ca.pem", b"")), dict(anchors)
        for path, stem, size in self.matching(r"(time/#\.[A-Za-z0-9_-]+)\.tsr"):
            chain, lists = self.read(f"{stem}.chain.pem", b""), self.read(f"{stem}.crl.pem", b"")
            stamped = self.stamped(stem, self.read(f"time/{size}.checkpoint"))
            response = self.read(path)
            anchor = int(size), sha256(response).hex()
            left.pop(anchor, None)
            low, high, is_stated = time_stamp(response, stamped, chain, lists, roots)
            try:
                time_stamp(response, stamped, chain, lists, self.pinned_roots or roots)
            except Exception:
                self.unchecked.append(f"{path}: by none of the authorities that you gave")
                continue
            self.unchecked += [] if is_stated else [f"how exact {path} is: 60 s were taken"]
            self.unchecked += [] if lists else [f"whether the certificate of {path} was revoked"]
            lows += [(entry.index, low) for entry in anchors[anchor]]
            highs.append((-int(size), high))
        self.at = "time"
        require(highs or not self.pinned_roots, "has no stamp by an authority that you gave")
        for self.at in (entry.path for entries in left.values() for entry in entries):
            raise Wrong("anchors a stamp that is not here")
        earliest, latest = tightest(lows, max), tightest(highs, min)
        for index, entry in self.entries.items():
            self.at, time = entry.path, entry.time
            low, high = entry.bracket = earliest(index), latest(-index)
            is_in = (low or time) - CLOCK_TOLERANCE <= time <= (high or time) + CLOCK_TOLERANCE
            require(is_in, f"says {time}, outside of {low} to {high}")

    def stamped(self, stem, checkpoint):
        """What was stamped: the checkpoint, or a text over several logs' that it has a place in."""
        if f"{stem}.stamped" not in self.files:
            return checkpoint
        text, place = self.read(f"{stem}.stamped"), self.read(f"{stem}.place")
        index, count, *siblings = lines_of(place)
        require(re.fullmatch(NUMBER, index), "is malformed")
        top = text_of(root_above(checkpoint, int(index), int(count), hashes_of(siblings)))
        require(lines_of(text) == ["cardproof.stamp/v1", count, top], "does not lead to the text")
        return text

    def check_older(self, note, wanted_size=None):
        """That a checkpoint is of an earlier state of the log."""
        origin, size, root = checkpoint_of(note)
        is_own = origin == self.origin and wanted_size in (None, size)
        require(is_own and self.key.signatures(note), "is no checkpoint of this log and size")
        path = hashes_of(lines_of(self.read(f"time/{size}.consistency", b"")))
        check_consistency(size, root, *self.head, path)

    def check_timeline(self):
        """Step 10, when nothing is left that no step has read."""
        for self.at in sorted(self.unread):
            raise Wrong("does not belong there: nothing leads to it")
        data = self.read("timeline.csv")  # its words are for people
        header, *rows = [line.split(",")[:3] for line in lines_of(data, "replace")]
        known = [[str(index), text_of(sha256(b"\0", entry.data)), entry.leaf["t"]]
                 for index, entry in self.entries.items()]
        is_whole = (header, sorted(rows)) == (["index", "leaf_hash", "time"], sorted(known))
        require(b"\0" not in data, "has a zero byte, which a shell cannot read")
        require(is_whole, "does not have a row for each entry, with its hash and time")

    def compare(self, name, data):
        """With a checkpoint or a bundle that was kept from earlier."""
        if data.startswith(b"PK"):
            old = Bundle(self.key).verify(data)
            require(not old.finding, f"does not hold itself: {old.finding}")
            for at in old.entries.keys() & self.entries:
                require(old.entries[at].data == self.entries[at].data, f"has another entry {at}")
            data = old.files["checkpoint"]
        size = checkpoint_of(data)[1]
        if f"time/{size}.consistency" in self.files or size >= self.head[0]:
            self.check_older(data)
        else:
            self.unchecked.append(f"whether {name} is earlier: no path leads from it")

    def report(self):
        if self.finding:
            return {"holds": False, "finding": self.finding}
        entries = [{"index": index, "type": entry.leaf.get("typ") or entry.all[0].get("typ"),
                    "time": entry.leaf["t"], "between": [str(time) for time in entry.bracket],
                    "opened": [*entry.all[0]]} for index, entry in sorted(self.entries.items())]
        trust = "pinned by you" if self.pinned_key or self.pinned_policy else UNPINNED
        return {"holds": True, "key": self.key.vkey, "trust": trust, "witnesses": self.witnessed,
                "size": self.head[0], "entries": entries, "not_checked": self.unchecked}

def main():
    content = lambda path: open(path, "rb").read(MOST_BYTES + 1)
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.error = lambda message: parser.exit(64, f"{parser.format_usage()}{message}\n")
    option = parser.add_argument
    option("bundle", type=content)
    option("--key", type=Key)
    option("--policy", type=lambda path: policy_of(content(path)))
    option("--tsa-ca", type=lambda path: certificates_of(content(path), False))
    option("--old", type=lambda path: (path, content(path)), action="append", default=[])
    try:
        wanted = parser.parse_args()
        require(wanted.tsa_ca != [], "--tsa-ca holds no certificate")
        has_log = not wanted.policy or wanted.policy.logs
        require(wanted.key or has_log, "--policy names no log: give its --key too")
    except (OSError, ValueError, Wrong) as error:
        parser.error(str(error))
    bundle = Bundle(wanted.key, wanted.policy, wanted.tsa_ca).verify(wanted.bundle, wanted.old)
    print(json.dumps(bundle.report(), indent=1, ensure_ascii=False))
    parser.exit(12 if bundle.finding else 0)

if __name__ == "__main__":
    main()
