"""The search for card keys where none may be: every spelling in which one could have got there."""

from __future__ import annotations

import base64
import dataclasses
import os
import pathlib
import subprocess
import tempfile
import urllib.parse


def spellings(key: str) -> dict[str, bytes]:
    """Each form in which a key could stand in a file, by name. Forms under 8 bytes are left out."""
    raw = key.encode()
    bare = key.replace("-", "")
    forms = {
        "clear": raw,
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "url": urllib.parse.quote(key, safe="").encode(),
        "percent": "".join(f"%{byte:02X}" for byte in raw).encode(),
        "lower": key.lower().encode(),
        "upper": key.upper().encode(),
        "no dashes": bare.encode(),
        "no dashes, lower": bare.lower().encode(),
        "no dashes, upper": bare.upper().encode(),
        "last ten": key[-10:].encode(),
        "last ten, no dashes": bare[-10:].encode(),
        "UTF-16": key.encode("utf-16-le"),
        "reversed": raw[::-1],
    }
    for offset in range(3):
        # Only the characters that the key alone decides, whatever stands around it.
        encoded = base64.b64encode(bytes(offset) + raw)
        start = (offset * 8 + 5) // 6
        end = (offset + len(raw)) * 8 // 6
        forms[f"base64 at {offset}"] = encoded[start:end]
        forms[f"base64url at {offset}"] = encoded[start:end].translate(bytes.maketrans(b"+/", b"-_"))
    return {name: form for name, form in forms.items() if len(form) >= 8}


@dataclasses.dataclass(frozen=True)
class Leak:
    place: str
    form: str


class LeakSearch:
    """Searches files and texts for every spelling of every key, with grep's many-string search."""

    def __init__(self, keys: list[str]):
        self.names: dict[bytes, str] = {}
        for number, key in enumerate(keys):
            for name, form in spellings(key).items():
                self.names.setdefault(form, f"key {number}, {name}")

    def files(self, paths: list[pathlib.Path]) -> list[Leak]:
        existing = [str(path) for path in paths if path.is_file() and path.stat().st_size]
        if not existing:
            return []
        with tempfile.NamedTemporaryFile("wb", delete=False) as patterns:
            # A form with a line break in it would be two patterns; no card key has one.
            patterns.write(b"\n".join(form for form in self.names if b"\n" not in form))
        try:
            found = subprocess.run(
                ["grep", "-aoHZF", "-f", patterns.name, "--", *existing], capture_output=True,
                env={"LC_ALL": "C", "PATH": os.environ["PATH"]})
        finally:
            os.unlink(patterns.name)
        assert found.returncode in (0, 1), found.stderr.decode(errors="replace")
        leaks = []
        for line in found.stdout.splitlines():
            place, _, form = line.partition(b"\0")
            leaks.append(Leak(place.decode(), self.names.get(form, f"form {form!r}")))
        return leaks

    def texts(self, texts: dict[str, bytes]) -> list[Leak]:
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for number, text in enumerate(texts.values()):
                paths.append(pathlib.Path(folder) / str(number))
                paths[-1].write_bytes(text)
            names = {str(path): name for path, name in zip(paths, texts)}
            return [Leak(names[leak.place], leak.form) for leak in self.files(paths)]
