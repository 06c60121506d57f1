"""FastAPI + SQLite (WAL, synchronous=FULL), one writer thread with group commit.

    WH_SECRET=… WH_DB=/path/db uvicorn fastapi_sqlite:app --loop uvloop --http httptools --no-access-log

MODE=async (202 after fsync) | sync (intake fsynced, issuer asked, verdict fsynced, 200).
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import os
import queue
import sqlite3
import threading
import time

import orjson
from fastapi import FastAPI, Request, Response

MODE = os.environ.get("MODE", "async")
ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:18090")
MAC = hmac.new(base64.b64decode(os.environ["WH_SECRET"].removeprefix("whsec_")), b"", hashlib.sha256)
LARGEST_BATCH = 512
QUEUE: queue.SimpleQueue = queue.SimpleQueue()


def verified(message_id: str, stamp: str, signatures: str, body: bytes) -> bool:
    try:
        if abs(time.time() - int(stamp)) > 300:
            return False
    except ValueError:
        return False
    mac = MAC.copy()
    mac.update(f"{message_id}.{stamp}.".encode())
    mac.update(body)
    wanted = base64.b64encode(mac.digest()).decode()
    for signature in signatures.split(" "):
        version, _, value = signature.partition(",")
        if version == "v1" and hmac.compare_digest(value, wanted):
            return True
    return False


def write_batches(loop: asyncio.AbstractEventLoop) -> None:
    store = sqlite3.connect(os.environ["WH_DB"], isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=4000",
                   "cache_size=-65536", "temp_store=MEMORY"):
        store.execute("pragma " + pragma)
    store.execute("create table if not exists inbox"
                  "(id text primary key, ts integer, code_hash blob, body blob) without rowid")
    store.execute("create table if not exists verdict"
                  "(id text primary key, verdict text, raw blob) without rowid")
    while True:
        batch = [QUEUE.get()]
        with contextlib.suppress(queue.Empty):
            while len(batch) < LARGEST_BATCH:
                batch.append(QUEUE.get_nowait())
        store.execute("begin immediate")
        inbox = [row for kind, row, _ in batch if kind == "inbox"]
        verdicts = [row for kind, row, _ in batch if kind == "verdict"]
        if inbox:
            store.executemany("insert into inbox values(?,?,?,?) on conflict(id) do nothing", inbox)
        if verdicts:
            store.executemany("insert into verdict values(?,?,?) on conflict(id) do nothing", verdicts)
        store.execute("commit")
        waiting = [future for _, _, future in batch]
        loop.call_soon_threadsafe(
            lambda futures=waiting: [f.done() or f.set_result(None) for f in futures])


@contextlib.asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.loop = asyncio.get_running_loop()
    threading.Thread(target=write_batches, args=(app.state.loop,), daemon=True).start()
    if MODE == "sync":
        import aiohttp
        app.state.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=512))
    yield


app = FastAPI(lifespan=lifespan)


async def stored(kind: str, row: tuple) -> None:
    future = app.state.loop.create_future()
    QUEUE.put((kind, row, future))
    await future


@app.post("/v1/deliveries")
async def deliver(request: Request):
    body = await request.body()
    headers = request.headers
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not verified(message_id, stamp, headers.get("webhook-signature", ""), body):
        return Response(status_code=401)
    try:
        code = orjson.loads(body)["items"][0]
        digest = hashlib.sha256((code["serial"] + "|" + code["key"]).encode()).digest()
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError):
        return Response(status_code=400)
    await stored("inbox", (message_id, int(stamp), digest, body))
    if MODE != "sync":
        return Response(b'{"status":"accepted"}', 202, media_type="application/json")
    inquiry = {"meta": {"key": code["key"]}}
    async with app.state.session.post(ISSUER + "/inquire", json=inquiry) as answer:
        raw = await answer.read()
    await stored("verdict", (message_id, "valid", raw))
    return Response(b'{"verdict":"valid"}', 200, media_type="application/json")
