#!/usr/bin/env python3
"""Verifies a cardproof evidence bundle offline, as docs/evidence-bundle.md says.

    python3 cardproof_verify.py BUNDLE.zip [--key VKEY|FILE] [--policy FILE] [--tsa-ca FILE]
                                [--old CHECKPOINT|BUNDLE]... [--json]

Needs the four modules beside it (bundle.py has the steps), Python 3.11 and `cryptography` 42; no
network, and nothing of the gateway. Exit 0: all that was checked holds. 12: something does not, and
its file is named. 64: a path that cannot be read, or wrong usage.
"""
import argparse, json, os, re, sys
import rfc3161
from bundle import Verification
from canonical_zip import MOST_BYTES
from tlog import Key, Policy, Wrong, require


def compare(verification, name, data):
    """With what was kept from earlier: a checkpoint, or a bundle with its head, stamps, entries."""
    with verification.checking(name):
        notes = {name: data}
        if data.startswith(b"PK"):
            old = Verification(verification.key, None, None).run(data)
            require(not old.findings, f"does not hold itself: {old.findings[:1]}")
            notes = {f"{name}/{path}": note for path, note in old.files.items()
                     if re.fullmatch(r"(time/\d+\.)?checkpoint", path)}
            for index in old.entries.keys() & verification.entries.keys():
                require(old.entries[index].hash == verification.entries[index].hash,
                        f"has another entry {index}")
        for note_name, note in notes.items():
            with verification.checking(note_name):
                if not verification.check_older(note):
                    verification.unchecked.append(
                        f"whether {note_name} is an earlier state: no path leads from it")
        verification.checked.append(f"compared with {name}")


def report(verification, path):
    """What the program prints, in plain data."""
    return {
        "bundle": path, "holds": not verification.findings,
        "key": verification.key and verification.key.vkey, "trust": verification.trust,
        "entries": [{"index": index, "type": entry.kind, "time": entry.leaf["t"],
                     "not_before": entry.earliest and entry.earliest.isoformat(),
                     "not_after": entry.latest and entry.latest.isoformat(),
                     "opened": [*entry.fields], "items": len(entry.items)}
                    for index, entry in sorted(verification.entries.items())],
        "checked": verification.checked, "not_checked": verification.unchecked,
        "findings": [{"file": file, "detail": detail} for file, detail in verification.findings]}


def show(result):
    """For people; what a bundle says cannot move the cursor or begin a line of its own."""
    def say(line):
        print("".join(symbol if symbol.isprintable() else "?" for symbol in line))

    say(f"{result['bundle']}: {'HOLDS' if result['holds'] else 'DOES NOT HOLD'}")
    say("结论：" + ("所检查的内容全部相符。" if result["holds"] else "有内容不相符，见下。"))
    say(f"key: {result['key']} ({result['trust']})")
    for entry in result["entries"]:
        say(f"entry {entry['index']}: {entry['type']}, says {entry['time']}; made between "
            f"{entry['not_before'] or 'unknown'} and {entry['not_after'] or 'unknown'}")
    for line in result["checked"]:
        say(f"checked: {line}")
    for line in result["not_checked"]:
        say(f"NOT checked: {line}")
    for finding in result["findings"]:
        say(f"FAILED: {finding['file']} {finding['detail']}")


class Parser(argparse.ArgumentParser):
    def error(self, message):
        print(f"{self.format_usage()}{message}", file=sys.stderr)
        sys.exit(64)


def main():
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("bundle")
    parser.add_argument("--key")
    parser.add_argument("--policy")
    parser.add_argument("--tsa-ca")
    parser.add_argument("--old", action="append", default=[])
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()

    def read(path, parse=bytes):
        try:
            with open(path, "rb") as file:
                return parse(file.read(MOST_BYTES + 1))
        except (OSError, ValueError, Wrong) as error:
            parser.error(f"{path}: {error}")

    def key(text):
        try:
            return Key(text.strip())
        except ValueError as error:
            raise Wrong(f"is no verifier key ({error})") from None

    try:
        pinned_key = wanted.key and key(
            read(wanted.key, bytes.decode) if os.path.exists(wanted.key) else wanted.key)
    except Wrong as error:
        parser.error(f"--key {error}")
    policy = wanted.policy and read(wanted.policy, Policy)
    roots = read(wanted.tsa_ca, rfc3161.certificates_of) if wanted.tsa_ca else None
    verification = Verification(pinned_key, policy, roots).run(read(wanted.bundle))
    for path in wanted.old if verification.key else []:
        compare(verification, path, read(path))
    result = report(verification, wanted.bundle)
    if wanted.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        show(result)
    sys.exit(0 if result["holds"] else 12)


if __name__ == "__main__":
    main()
