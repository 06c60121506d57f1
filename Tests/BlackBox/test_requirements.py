"""The page of requirements says what the tests say."""

from __future__ import annotations

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_the_page_of_requirements_is_what_the_tests_say():
    done = subprocess.run([sys.executable, ROOT / "scripts/requirements.py", "--check"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
