"""What cardproof_verify.py checks of a bundle, in the order of docs/evidence-bundle.md."""
import base64, contextlib, datetime, re, types
import rfc3161
from canonical_zip import belongs, read_container
from tlog import (DIGESTS_IN_LEAF, NUMBER, Policy, Wrong, base64_of, check_consistency,
                  checkpoint_of, digests_of, hashes_of, json_of, leaf_hash, leaf_of, lines_of,
                  opened, require, root_above, sha256, signers_of)

CLOCK_TOLERANCE = datetime.timedelta(seconds=5)  # of the gateway's clock against the authorities'
MANIFEST, NOTE, TIMELINE = "manifest.sha256", "manifest.sha256.note", "timeline.csv"


class Verification:
    """The steps. What does not hold is kept in `findings` with the name of its file."""
    def __init__(self, key, policy, roots):
        self.pinned_key, self.pinned_policy, self.pinned_roots = key, policy, roots
        self.files, self.entries, self.stamps = {}, {}, []
        self.key = self.trust = self.head = None
        self.findings, self.checked, self.unchecked = [], [], []

    @contextlib.contextmanager
    def checking(self, path):
        try:
            yield
        except Wrong as wrong:
            self.findings.append((path, str(wrong)))
        except Exception as error:  # Hostile bytes may upset any reader: then they do not hold.
            self.findings.append((path, f"is malformed ({type(error).__name__}: {error})"))

    def matching(self, pattern):
        """(path, groups...) of each file whose path matches."""
        found = ((path, re.fullmatch(pattern.replace("#", NUMBER), path)) for path in self.files)
        return [(path, *match.groups()) for path, match in found if match]

    def run(self, data):
        with self.checking("container"):
            self.files = read_container(data)
        if self.files:
            self.check_manifest()
            self.check_signatures()
        if self.key:
            self.check_entries()
            self.check_contents()
            self.check_time()
            self.check_brackets()
            self.check_timeline()
        self.unchecked += ["that the issuer told the truth, or who used the card",
                           "that the log shows everybody the same", "fields that are not opened"]
        return self

    def check_manifest(self):
        listed = []
        for path in (path for path in self.files if path not in (MANIFEST, NOTE)):
            listed.append(f"{sha256(self.files[path]).hex()}  {path}")
            if not belongs(path):
                self.findings.append((path, "is no file that belongs there"))
        with self.checking(MANIFEST):
            lines = lines_of(self.files[MANIFEST])
            for line in sorted(set(listed) - set(lines)):
                self.findings.append((line[66:], "is not what the manifest lists"))
            require(lines == listed, "lists other files, or in another order")
        self.checked.append(f"container and manifest: {len(self.files)} files, no byte beside")

    def check_signatures(self):
        own = policy = self.pinned_policy
        with self.checking("trust/policy.txt"):
            own = Policy(self.files["trust/policy.txt"])
            policy = self.pinned_policy or own
        with self.checking("checkpoint"):
            note = self.files["checkpoint"]
            origin, size, root = checkpoint_of(signers_of(note, [])[0])
            keys = [self.pinned_key] if self.pinned_key else policy.logs or own.logs
            key = next((key for key in keys if key.name == origin), None)
            require(key and key.type == 1, f"is of {origin}, and no key of that log is known")
            require(not policy.logs or key.vkey in [log.vkey for log in policy.logs],
                    "is of a log that the policy does not name")
            _, signed, _ = signers_of(note, [key, *policy.witnesses.values()])
            require(key in signed, "is not signed by the log's key")
            require(policy.is_satisfied_by(signed),
                    f"lacks cosignatures for `quorum {policy.quorum}`")
            self.key, self.head = key, (size, root)
            pinned = self.pinned_key or self.pinned_policy and self.pinned_policy.logs
            self.trust = "pinned by you" if pinned else (
                "NOT PINNED: it came with the bundle, which shows no damage, but not who signed")
            whose = "your policy" if self.pinned_policy else "the bundle's own policy"
            names = ", ".join(key.name for key, time in signed.items() if time is not None)
            self.checked.append(f"head: {origin}, {size} entries, root {root.hex()}")
            self.checked.append(
                f"cosignatures: {names or 'none'}; quorum {policy.quorum} of {whose}")
        with self.checking(NOTE):
            text, signed, count = signers_of(self.files[NOTE], [self.key] if self.key else [])
            digest = sha256(self.files[MANIFEST]).hex()
            require(lines_of(text) == ["cardproof.bundle/v1", origin, digest],
                    "is over another list of files")
            require(signed and count == 1, "does not have the log's one signature")

    def check_entries(self):
        for path, folder, index in self.matching(r"(entries|duplicates)/#\.tlog-proof"):
            with self.checking(path):
                self.entries[int(index)] = self.entry(path, f"{folder}/{index}", int(index))
        for path, stem, item in self.matching(r"((?:entries|duplicates)/\d+)\.(?:item-#\.)?[^-]+"):
            of_entry = item is None or path.endswith(".json")
            owner = f"{stem}.tlog-proof" if of_entry else f"{stem}.item-{item}.json"
            with self.checking(path):
                require(owner in self.files, f"belongs to {owner}, which is not here")
        with self.checking("entries"):
            require(self.entries, "proves no entry")
        self.checked.append(f"entries: {len(self.entries)}, each in the tree of the head")

    def entry(self, path, stem, index):
        require(index not in self.entries, "is of an entry that is here already")
        head, _, note = self.files[path].partition(b"\n\n")
        require(note == self.files["checkpoint"], "does not end in the bundle's checkpoint")
        version, extra, line, *hashes = head.decode().split("\n")
        wanted = ("c2sp.org/tlog-proof@v1", "extra ", f"index {index}")
        require((version, extra[:6], line) == wanted, f"is no proof of entry {index} with its leaf")
        data, (size, root) = base64_of(extra[6:]), self.head
        digest = leaf_hash(data)
        require(root_above(digest, index, size, hashes_of(hashes)) == root,
                "does not lead to the root")
        leaf, digests, time = leaf_of(data)
        fields = self.opened(f"{stem}.disclosures", digests)
        items = [self.item(record, item, fields["items_root"])
                 for record, item in self.matching(re.escape(stem) + r"\.item-#\.json")]
        kind = fields.get("typ", "not opened") if "_sd" in leaf else leaf["typ"]
        return types.SimpleNamespace(path=path, hash=digest, leaf=leaf, time=time, fields=fields,
                                     items=items, kind=kind, earliest=None, latest=None)

    def item(self, path, number, tree):
        """The opened fields of an item, whose record leads to the `items_root` of its entry."""
        fields = {}
        with self.checking(path):
            data, stem = self.files[path], path.removesuffix(".json")
            record = json_of(data)
            hashes = hashes_of(lines_of(self.files.get(f"{stem}.path", b"")))
            top = root_above(leaf_hash(data), int(number), tree["count"], hashes)
            require(set(record) == {"_sd", "_sd_alg"} and len(record["_sd"]) <= DIGESTS_IN_LEAF and
                    set(tree) == {"count", "root"} and top == base64_of(tree["root"]),
                    "does not lead to the items' root")
            fields = self.opened(f"{stem}.disclosures", digests_of(record))
        return fields

    def opened(self, path, digests):
        fields = {}
        with self.checking(path):
            fields = opened(self.files[path], digests) if path in self.files else {}
        return fields

    def check_contents(self):
        """Files whose SHA-256 an opened field names."""
        named = {}
        for index, entry in self.entries.items():
            with self.checking(entry.path):
                for number, exchange in enumerate(entry.fields.get("transcripts") or []):
                    named[f"transcript/{index}.{number}.req"] = exchange["request_sha256"]
                    named[f"transcript/{index}.{number}.rep"] = exchange["reply_sha256"]
                for fields in [entry.fields, *entry.items]:
                    policy = (fields.get("policy") or {}).get("hash")
                    named[f"listing/policy-{policy}.json"] = policy
                for path, in self.matching(rf"attachments/{index}\.\w+"):
                    named[path] = entry.fields["attachment"]["sha256"]
        contents = self.matching(r"(?:transcript|attachments|listing)/.+")
        for path, in contents:
            with self.checking(path):
                require(named.get(path) == sha256(self.files[path]).hex(),
                        "is not what an opened field names")
        self.checked.append(f"contents: {len(contents)} transcripts, attachments and policies")

    def check_time(self):
        roots, authorities = self.pinned_roots, "trust/tsa-ca.pem"
        with self.checking(authorities):
            if roots is None:
                roots = rfc3161.certificates_of(self.files.get(authorities, b""))
        for path, size in self.matching(r"time/#\..+"):
            with self.checking(path):
                name = re.fullmatch(r"time/\d+\.(.+)\.(stamped|place|chain\.pem|crl\.pem)", path)
                checkpoint = f"time/{size}.checkpoint"
                owner = f"time/{size}.{name[1]}.tsr" if name else checkpoint
                require(owner in self.files, f"belongs to {owner}, which is not here")
                if path == checkpoint:
                    self.check_older(self.files[path], int(size))
                elif path.endswith(".tsr"):
                    self.stamps.append(self.stamp(path, int(size), roots))
        anchors = {anchor for stamp in self.stamps for anchor in stamp.anchors}
        self.findings += [(entry.path, "anchors a stamp that is not here, or does not hold")
                          for index, entry in self.entries.items()
                          if entry.kind == "anchor" and index not in anchors]
        if not self.stamps:
            self.unchecked.append("the time: no outside stamp is in the bundle")
        elif self.pinned_roots is None:
            self.unchecked.append("who the time stamping authorities are: pin them by --tsa-ca")
        self.checked.append(f"time stamps: {len(self.stamps)}, up to a root")

    def check_older(self, note, expected_size=None):
        """A checkpoint of an earlier state of the log. False when no path leads from it to here."""
        text, signed, _ = signers_of(note, [self.key])
        origin, size, root = checkpoint_of(text)
        require(signed and origin == self.key.name, "is no checkpoint of this log's key")
        require(expected_size in (None, size), f"is of size {size}")
        path = self.files.get(f"time/{size}.consistency")
        if path is None and expected_size is None and 0 < size < self.head[0]:
            return False
        check_consistency(size, root, *self.head, hashes_of(lines_of(path or b"")))
        return True

    def stamp(self, path, size, roots):
        stem = path.removesuffix(".tsr")
        stamp = rfc3161.verify(
            self.files[path], self.stamped(stem, self.files[f"time/{size}.checkpoint"]), roots,
            self.files.get(f"{stem}.chain.pem", b""), self.files.get(f"{stem}.crl.pem", b""))
        digest = sha256(self.files[path]).hex()
        if not stamp.revocation_checked:
            self.unchecked.append(f"whether the certificate of {path} was revoked: no list")
        stamp.size = size
        stamp.anchors = [index for index, entry in self.entries.items() if entry.kind == "anchor" and
                         (entry.leaf["size"], entry.leaf["tsr_sha256"]) == (size, digest)]
        return stamp

    def stamped(self, stem, checkpoint):
        """What was stamped: the checkpoint, or a text over several logs' in which it has its place."""
        text, place = (self.files.get(f"{stem}.{kind}") for kind in ("stamped", "place"))
        if text is place is None:
            return checkpoint
        with self.checking(f"{stem}.place" if place is not None else f"{stem}.stamped"):
            require(text and place, "is not with its other half, the text and the place in it")
            version, logs, root = lines_of(text)
            index, count, *hashes = lines_of(place)
            require(re.fullmatch(NUMBER, index) and re.fullmatch(NUMBER, count), "is malformed")
            top = root_above(leaf_hash(checkpoint), int(index), int(count), hashes_of(hashes))
            require((version, logs, top) == ("cardproof.stamp/v1", count, base64_of(root)),
                    "does not lead to what was stamped")
        return text or b""

    def check_brackets(self):
        for index, entry in self.entries.items():
            with self.checking(entry.path):
                earliest = [s.time - s.accuracy for s in self.stamps
                            if any(anchor < index for anchor in s.anchors)]
                latest = [s.time + s.accuracy for s in self.stamps if s.size > index]
                entry.earliest = max(earliest, default=None)
                entry.latest = min(latest, default=None)
                require((not earliest or entry.time >= entry.earliest - CLOCK_TOLERANCE) and
                        (not latest or entry.time <= entry.latest + CLOCK_TOLERANCE),
                        f"says {entry.time}, outside {entry.earliest} to {entry.latest}")

    def check_timeline(self):
        with self.checking(TIMELINE):
            header, *rows = [line.split(",")[:3] for line in lines_of(self.files[TIMELINE])]
            known = [[str(index), base64.b64encode(entry.hash).decode(), entry.leaf["t"]]
                     for index, entry in sorted(self.entries.items())]
            rows.sort(key=lambda row: int(row[0]))
            require(header == ["index", "leaf_hash", "time"] and rows == known,
                    "does not have a row for each entry, with its hash and time")
            self.checked.append(f"timeline: {len(rows)} rows")
