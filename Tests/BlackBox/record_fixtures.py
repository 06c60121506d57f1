"""Records the fixtures of adapters from the strict issuers beside this file.

    python record_fixtures.py [ADAPTER …]       asks the issuers and writes the files in Adapters/<id>/fixtures
    python record_fixtures.py --check [ADAPTER …]   exit 1 where the file is not what a new recording gives
    python record_fixtures.py --serve ADAPTER   starts the issuer with everything its plan put into it

Without an adapter it means every plan under recordings/.
"""

from __future__ import annotations

import base64
import http.client
import importlib
import pathlib
import sys
import threading
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

ADAPTERS = HERE.parent.parent / "Adapters"
# Headers that belong to the connection or the moment, not to the answer.
LEFT_OUT = {"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"}
TIMEOUT_SECONDS = 10


def plans() -> list[str]:
    """The adapters that have a plan."""
    found = {path.stem for path in (HERE / "recordings").glob("*.py")} - {"__init__", "plan"}
    return sorted(name.replace("_", "-") for name in found)


def plan(adapter: str):
    return importlib.import_module(f"recordings.{adapter.replace('-', '_')}").recording()


def ask(url: str, ask, kept: frozenset[str]) -> dict:
    """One exchange, as a fixture writes its answer down."""
    address = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=TIMEOUT_SECONDS)
    connection.request(ask.method, ask.target, ask.body, ask.headers)
    response = connection.getresponse()
    body = response.read()
    headers = {name: value for name, value in response.getheaders() if name.lower() not in LEFT_OUT - kept}
    connection.close()
    answer = {"status": response.status, "headers": Flow(headers)}
    try:
        answer["body"] = Block(body.decode("utf-8"))
    except UnicodeDecodeError:
        answer["body_base64"] = base64.b64encode(body).decode()
    return answer


def recorded(adapter: str) -> str:
    """The text of the fixture file."""
    recording = plan(adapter)
    try:
        cases = [{"name": case.name, **recording.defaults, **case.question,
                  "answers": [ask(recording.server.url, one, recording.kept) for one in case.asks],
                  "expect": Flow(case.expect)} for case in recording.cases]
        deviations = list(recording.server.deviations)
    finally:
        recording.server.stop()
    names = [case["name"] for case in cases]
    if len(set(names)) != len(names):
        raise SystemExit(f"{adapter}: two cases of one name")
    if deviations:
        raise SystemExit(f"{adapter}: the plan itself deviates: {deviations}")
    file = {"adapter": recording.adapter, "settings": Flow(recording.settings)}
    if recording.secrets:
        file["secrets"] = Flow(recording.secrets)
    file["attacks"] = recording.attacks
    file["cases"] = cases
    return (f"# Answers of Tests/BlackBox/issuers to synthetic codes, recorded by record_fixtures.py from the plan\n"
            f"# recordings/{adapter.replace('-', '_')}.py: change that, not this. docs/adapters.md explains the file.\n"
            + dumped(file))


class Flow(dict):
    """A mapping that stands on one line."""


class Block(str):
    """A text that keeps its lines."""


def dumped(value) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        def increase_indent(self, flow=False, indentless=False):
            return super().increase_indent(flow, False)

        def ignore_aliases(self, data):
            return True

    # A number of a card is text to every reader of YAML, leading zeros or not.
    Dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="'" if text.isdigit() else None))
    Dumper.add_representer(Flow, lambda dumper, flow: dumper.represent_mapping(
        "tag:yaml.org,2002:map", list(flow.items()), flow_style=True))
    Dumper.add_representer(Block, lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", str(text), style="|"))
    return yaml.dump(value, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=1_000_000)


def target(adapter: str) -> pathlib.Path:
    recording = plan(adapter)
    recording.server.stop()
    return ADAPTERS / adapter / "fixtures" / recording.file


def serve(adapter: str) -> None:
    print(plan(adapter).server.url, flush=True)
    threading.Event().wait()


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--serve"]:
        serve(arguments[1])
    checking = arguments[:1] == ["--check"]
    stale = []
    for adapter in arguments[checking:] or plans():
        text, path = recorded(adapter), target(adapter)
        if checking:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(adapter)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if stale:
        print(f"not as recorded: {', '.join(stale)}", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
