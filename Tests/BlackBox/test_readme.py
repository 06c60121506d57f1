"""What the READMEs tell a newcomer to type, typed: each marked block in order, in both languages."""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

import pytest

from harness.gateway import ROOT, binary, environment
from harness.ports import free_port

READMES = ["README.md", "README.zh-CN.md"]
MARK = re.compile(r"<!-- test: (?P<name>[a-z0-9-]+)(?:, exit (?P<code>\d+))? -->\n"
                  r"```sh\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
# The ports that the README says must be free; a machine that runs tests has others.
PORTS = ["8080", "8090", "9464"]
BLOCK_SECONDS = 120
STOP_SECONDS = 30


def blocks(readme: str) -> list[tuple[str, int, str]]:
    """Name, wanted exit code and text of each marked block, in order."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    return [(found["name"], int(found["code"] or 0), found["text"])
            for found in MARK.finditer(text)]


class Newcomer:
    """Types blocks into a shell of its own each, in one folder; what they leave running stays
    until `stop`."""

    def __init__(self, home: pathlib.Path):
        self.home = home
        # As deep below the repository as the README's folder is, so that ../../scripts is there.
        self.folder = home / ".build" / "try"
        self.folder.mkdir(parents=True)
        (home / "scripts").symlink_to(ROOT / "scripts")
        programs = home / "programs"
        programs.mkdir()
        (programs / "cardproof").symlink_to(binary().resolve())
        self.environment = environment(home)
        self.environment["PATH"] = f"{programs}:{self.environment['PATH']}"
        self.ports = {port: str(free_port()) for port in PORTS}
        self.groups: list[int] = []

    def type(self, name: str, text: str) -> tuple[int, str]:
        for documented, free in self.ports.items():
            text = re.sub(rf"\b{documented}\b", free, text)
        output = self.home / f"{name}.output"
        # Into a file, not a pipe: what runs on in the background would hold a pipe open.
        with open(output, "wb") as written:
            shell = subprocess.Popen(
                ["bash", "-eu", "-o", "pipefail", "-c", text], cwd=self.folder,
                env=self.environment, stdin=subprocess.DEVNULL, stdout=written,
                stderr=subprocess.STDOUT, start_new_session=True)
            self.groups.append(shell.pid)
            code = shell.wait(BLOCK_SECONDS)
        return code, output.read_text(encoding="utf-8", errors="replace")

    def log(self) -> str:
        path = self.folder / "gateway.log"
        return path.read_text(errors="replace")[-3_000:] if path.exists() else "(no gateway.log)"

    def stop(self) -> None:
        for group in self.groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while any(map(is_alive, self.groups)) and time.monotonic() < deadline:
            time.sleep(0.05)
        for group in filter(is_alive, self.groups):
            os.killpg(group, signal.SIGKILL)


def is_alive(group: int) -> bool:
    """Whether a process of the group runs. One that ended and that nobody waited for does not."""
    for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # Behind the name, which may hold anything: state, parent, group.
            state, _, its_group = status.read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state != "Z":
                return True
    return False


@pytest.fixture
def newcomer():
    # A short path: the admin socket lies below it, and a socket's path has 107 bytes.
    home = pathlib.Path(tempfile.mkdtemp(prefix="cardproof-readme-"))
    made = Newcomer(home)
    yield made
    made.stop()
    if not os.environ.get("CARDPROOF_KEEP"):
        shutil.rmtree(home, ignore_errors=True)


@pytest.mark.parametrize("readme", READMES)
def test_the_commands_of_the_readme_do_what_it_says(newcomer, readme):
    found = blocks(readme)
    assert [name for name, _, _ in found] == [f"readme-{number}" for number in range(1, 6)]
    said = {}
    for name, wanted, text in found:
        code, said[name] = newcomer.type(name, text)
        assert code == wanted, (
            f"{readme}, block {name}: exit {code} instead of {wanted}\n{said[name]}\n"
            f"The gateway's log:\n{newcomer.log()}")
    answer = (newcomer.folder / "answer.json").read_text()
    for shown in ('"state":"used"', '"timing":"before_delivery"', '"liability":"merchant"'):
        assert shown in answer.replace('": ', '":'), answer
    assert "clm_" in said["readme-3"]
    assert "log.example" in said["readme-4"] and "holds" in said["readme-4"]
    assert "3\tdup\t1" in said["readme-5"]


def test_both_languages_tell_the_same_commands():
    english, chinese = (blocks(readme) for readme in READMES)
    assert english == chinese


@pytest.mark.parametrize("readme", READMES)
def test_every_link_of_the_readme_leads_somewhere(readme):
    text = (ROOT / readme).read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#]+)", text) if "://" not in target]
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
