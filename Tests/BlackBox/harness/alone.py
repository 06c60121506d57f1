"""Programs run with nothing around them: no network, and no other program than those named."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess

# What verify.sh may use beside coreutils.
OTHER_TOOLS = ("unzip", "grep", "sed", "openssl")


def tools(folder: pathlib.Path) -> pathlib.Path:
    """A folder with the programs that verify.sh may use, and no others."""
    folder.mkdir()
    listed = subprocess.run(["dpkg", "-L", "coreutils"], capture_output=True, text=True, check=True)
    programs = [pathlib.Path(line) for line in listed.stdout.splitlines()
                if re.fullmatch(r"(/usr)?/bin/[a-z0-9-]+", line)]
    for program in [*programs, *(pathlib.Path(shutil.which(name)) for name in OTHER_TOOLS)]:
        (folder / program.name).symlink_to(program)
    (folder / "sh").symlink_to(shutil.which("dash"))
    return folder


def shell(tools: pathlib.Path, script: pathlib.Path, *arguments: str,
          scratch: pathlib.Path) -> subprocess.CompletedProcess:
    """A shell script without a route to anywhere, and with the programs of the folder alone."""
    apart = [shutil.which("unshare"), "-n"] if os.geteuid() == 0 else [shutil.which("unshare"), "-rn"]
    return subprocess.run([*apart, str(tools / "sh"), str(script), *arguments],
                          env={"PATH": str(tools), "TMPDIR": str(scratch)}, capture_output=True,
                          text=True, stdin=subprocess.DEVNULL)
