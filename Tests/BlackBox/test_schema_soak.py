"""schemathesis against a live gateway: no 5xx, and every answer as the description says."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest


@pytest.mark.soak
def test_schemathesis_finds_nothing(gateway):
    tool = pathlib.Path(sys.executable).parent / "schemathesis"
    assert tool.exists(), "schemathesis is missing: scripts/setup.sh soak"
    done = subprocess.run(
        [str(tool), "run", f"{gateway.url}/openapi.yaml", "--url", gateway.url,
         "--header", f"Authorization: Bearer {gateway.platform.token}",
         "--checks", "not_a_server_error,content_type_conformance,response_schema_conformance",
         "--max-examples", "100", "--no-color"], capture_output=True, text=True, timeout=3600)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert gateway.get("/readyz").status == 200
