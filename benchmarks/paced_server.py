"""Run a server for benchmarks in its own process: prepared responses, and a latency.

It does as little as possible, so benchmarks measure the client: `python benchmarks/paced_server.py ROWS LATENCY_MS`
prints its address, and serves until its input ends. It can be limited (`--rate 20 --burst 20`) and become slow
(`--doubles-after 500`), and returns its counts at `/counts`. `--workspaces 50` serves an organization's workspaces
in place of users, each at an address of its own with ROWS runs.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import random
import sys
import threading
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import msgspec

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.decode import user

CAP = 100
NOBODY = "http://127.0.0.1:9"  # the port of the discard service, which no current system runs
_LENGTH = b"content-length:"
_LOGIN = msgspec.json.encode({"access_token": "of-a-benchmark", "token_type": "bearer", "expires_in": 3600})
_REFUSED = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: %d\r\nContent-Length: 2\r\n\r\n{}"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


@dataclass
class Counts:
    """The requests that a server received since the last read of its counts."""

    served: int = 0
    refused: int = 0
    together: int = 0  # the most requests at once


class Server:
    """Respond after the latency. With a limit, a token bucket refuses excess requests.

    Args:
        latency: seconds.
        rate: requests a second; 0 for no limit.
        burst: requests that may come at once.
        doubles_after: answers after which each takes twice as long; 0 for never.
    """

    def __init__(self, latency: float, rate: float = 0.0, burst: float = 0.0, doubles_after: int = 0) -> None:
        self._latency, self._rate, self._burst, self._doubles_after = latency, rate, burst, doubles_after
        self._left, self._filled = burst, time.monotonic()
        self._inside = 0
        self._counts = Counts()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next((int(item[len(_LENGTH) :]) for item in head.lower().split(b"\r\n") if _LENGTH in item), 0)
                await reader.readexactly(length)
                writer.write(await self._answer(head.split(b" ", 2)[1].decode()))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def body(self, path: str, asked: dict[str, str]) -> bytes:
        """Return the body of a path."""
        return b"{}"

    async def _answer(self, target: str) -> bytes:
        parts = urlsplit(target)
        if parts.path == "/counts":
            counts, self._counts = self._counts, Counts()
            return _made(msgspec.json.encode(asdict(counts)))
        login = parts.path.endswith("/login")
        taken = login or self._takes()
        found = _LOGIN if login else self.body(parts.path, dict(parse_qsl(parts.query)))
        answer = _made(found) if taken else _REFUSED % self._pause()
        self._inside += 1
        self._counts.together = max(self._counts.together, self._inside)
        late = self._doubles_after and self._counts.served > self._doubles_after
        await asyncio.sleep(self._latency * (2 if late else 1))
        self._inside -= 1
        return answer

    def _takes(self) -> bool:
        now = time.monotonic()
        self._left, self._filled = min(self._burst, self._left + (now - self._filled) * self._rate), now
        taken = not self._rate or self._left >= 1
        self._left -= taken
        self._counts.served += taken
        self._counts.refused += not taken
        return taken

    def _pause(self) -> int:
        return max(1, math.ceil((1 - self._left) / self._rate))


class Users(Server):
    """A control plane with users only."""

    def __init__(self, rows: int, *more: float) -> None:
        super().__init__(*more)  # type: ignore[arg-type]
        dice = random.Random(7)
        self._rows = [msgspec.json.encode(user(dice, number)) for number in range(rows)]

    def body(self, path: str, asked: dict[str, str]) -> bytes:
        """Return a page of users."""
        if path != "/users":
            return b"{}"
        start = int(asked.get("offset", 0))
        return b"[" + b",".join(self._rows[start : start + min(CAP, int(asked.get("limit", CAP)))]) + b"]"


class Plane(Server):
    """A control plane with one organization and its workspaces only."""

    def __init__(self, latency: float, addresses: list[str]) -> None:
        super().__init__(latency)
        self.addresses = addresses

    def body(self, path: str, asked: dict[str, str]) -> bytes:
        """Return the organization, or its workspaces."""
        organization = {"id": str(uuid.UUID(int=1)), "name": "acme"}
        if path == "/organizations":
            return msgspec.json.encode([organization])
        if path != "/workspaces":
            return b"{}"
        return msgspec.json.encode(
            [
                {
                    "id": str(uuid.UUID(int=100 + number)),
                    "name": f"w{number}",
                    "status": "available",
                    "organization": organization,
                    "zenml_service": {"status": {"server_url": url}},
                }
                for number, url in enumerate(self.addresses)
            ]
        )


class Workspace(Server):
    """A ZenML server with one project and some runs."""

    def __init__(self, number: int, rows: int, latency: float) -> None:
        super().__init__(latency)
        project = {"id": str(uuid.UUID(int=10**6 + number)), "name": "default", "body": {}, "metadata": None}
        self._projects = _page([project])
        self._runs = _page([_run(number * 10**4 + row) for row in range(rows)])

    def body(self, path: str, asked: dict[str, str]) -> bytes:
        """Return all of a list: its page is larger."""
        lists = {"/api/v1/projects": self._projects, "/api/v1/runs": self._runs}
        return lists.get(path, b"{}")


def _run(number: int) -> dict[str, object]:
    """Return a run as ZenML 0.98.0 lists it (API facts 9.5)."""
    second = f"2026-11-24T11:{number // 60 % 60:02d}:{number % 60:02d}.000001"
    return {
        "id": str(uuid.UUID(int=number + 1)),
        "name": f"run-{number}",
        "permission_denied": False,
        "body": {"created": second, "updated": second, "status": "completed", "index": number},
        "metadata": None,
        "resources": {"pipeline": {"id": str(uuid.UUID(int=9)), "name": "good"}, "tags": []},
    }


def _page(items: list[dict[str, object]]) -> bytes:
    return msgspec.json.encode(
        {"index": 1, "max_size": 1_000, "total_pages": 1, "total": len(items), "items": items},
    )


def _made(body: bytes) -> bytes:
    return _HEAD % len(body) + body


async def main(first: Server, workspaces: list[Server]) -> None:
    """Serve until the input ends; the address of the first is printed."""
    addresses = [await _opened(workspace) for workspace in (*workspaces, first)]
    if isinstance(first, Plane):
        first.addresses += addresses[:-1]
    print(addresses[-1], flush=True)
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(ended.set)), daemon=True).start()
    await ended.wait()


async def _opened(server: Server) -> str:
    opened = await asyncio.start_server(server.serve, "127.0.0.1", 0, backlog=256)
    return f"http://127.0.0.1:{opened.sockets[0].getsockname()[1]}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int)
    parser.add_argument("latency_ms", type=float)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--burst", type=float, default=0.0)
    parser.add_argument("--doubles-after", type=int, default=0)
    parser.add_argument("--workspaces", type=int, default=0)
    parser.add_argument("--slow-ms", type=float, default=0.0, help="of the first workspace")
    parser.add_argument("--dead", action="store_true", help="one more workspace, where nobody listens")
    given = parser.parse_args()
    seconds = given.latency_ms / 1000
    if given.workspaces:
        late = [given.slow_ms / 1000] if given.slow_ms else []
        waits = [*late, *[seconds] * (given.workspaces - len(late))]
        plane = Plane(seconds, [NOBODY] if given.dead else [])
        asyncio.run(main(plane, [Workspace(number, given.rows, wait) for number, wait in enumerate(waits)]))
    else:
        asyncio.run(main(Users(given.rows, seconds, given.rate, given.burst, given.doubles_after), []))
