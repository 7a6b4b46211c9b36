"""A server of users for benchmarks, in a process of its own: pages of rows made beforehand, and a latency.

It does as little as it can, so that what is measured is the client: `python benchmarks/paced_server.py ROWS LATENCY_MS`
prints its address, and serves until its input ends.
"""

from __future__ import annotations

import asyncio
import random
import sys
import threading
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import msgspec

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.decode import user

CAP = 100
_LENGTH = b"content-length:"
_LOGIN = msgspec.json.encode({"access_token": "of-a-benchmark", "token_type": "bearer", "expires_in": 3600})


class Users:
    """The rows, and how long an answer takes."""

    def __init__(self, rows: int, latency: float) -> None:
        dice = random.Random(7)
        self._rows = [msgspec.json.encode(user(dice, number)) for number in range(rows)]
        self._latency = latency

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next((int(one[len(_LENGTH) :]) for one in head.lower().split(b"\r\n") if _LENGTH in one), 0)
                await reader.readexactly(length)
                body = self._body(head.split(b" ", 2)[1].decode())
                await asyncio.sleep(self._latency)
                start = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
                writer.write(start + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _body(self, target: str) -> bytes:
        parts = urlsplit(target)
        if parts.path == "/auth/login":
            return _LOGIN
        if parts.path != "/users":
            return b"{}"
        asked = dict(parse_qsl(parts.query))
        start = int(asked.get("offset", 0))
        return b"[" + b",".join(self._rows[start : start + min(CAP, int(asked.get("limit", CAP)))]) + b"]"


async def main(rows: int, latency: float) -> None:
    """Serve until the input ends."""
    server = await asyncio.start_server(Users(rows, latency).serve, "127.0.0.1", 0, backlog=256)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(ended.set)), daemon=True).start()
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]) / 1000))
