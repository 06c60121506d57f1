"""An issuer that reads and writes XML with Python's own ElementTree.

    python xml_server.py PORT

    POST /check   <check product="…"><card serial="…">KEY</card><note>…</note>…</check>

Answers `<answer><result code="SERIAL"/><said>KEY</said><said>NOTE</said>…</answer>`, and 400 to everything that has
another shape, or whose attribute and first note differ.
"""

from __future__ import annotations

import http.server
import sys
import threading
from xml.etree import ElementTree


def answer(body: bytes) -> bytes:
    root = ElementTree.fromstring(body)
    assert root.tag == "check" and set(root.attrib) == {"product"}
    card, *notes = root
    assert card.tag == "card" and set(card.attrib) == {"serial"} and {note.tag for note in notes} == {"note"}
    assert notes[0].text == root.attrib["product"]
    reply = ElementTree.Element("answer")
    ElementTree.SubElement(reply, "result", code=card.attrib["serial"])
    for text in [card.text, *(note.text for note in notes)]:
        ElementTree.SubElement(reply, "said").text = text
    ElementTree.indent(reply)
    return ElementTree.tostring(reply, encoding="utf-8", xml_declaration=True)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            assert self.path == "/check" and self.headers["Content-Type"] == "application/xml"
            status, data = 200, answer(body)
        except (AssertionError, ElementTree.ParseError, ValueError) as error:
            status, data = 400, f"<refused>{type(error).__name__}</refused>".encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def main() -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
