"""A small scripted workspace server, for credentials, layouts, delays and failures that real servers do not produce
on demand."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "workspace-token"
REFUSAL = "Insufficient permissions to change this resource."


def run(number: int, **body: Any) -> dict[str, Any]:
    """Return a run in the format of ZenML 0.98.0 (API facts 9.5)."""
    second = f"2026-11-24T11:{number // 60 % 60:02d}:{number % 60:02d}.000001"
    return {
        "id": str(uuid.UUID(int=number + 1)),
        "name": f"run-{number}",
        "permission_denied": False,
        "body": {"created": second, "updated": second, "status": "completed", "index": number, **body},
        "metadata": None,
        "resources": {"pipeline": {"id": str(uuid.UUID(int=9)), "name": "good"}, "tags": []},
    }


class WorkspaceServer:
    """Serves lists on loopback, as a context.

    Args:
        lists: the objects of each list, by the name in its route: `{"runs": [...]}`.
        projects: the names of its projects. None means the project "default".
        before_answer: called with the name of a list before each response, and allowed to wait.
        accepts: returns whether a login with this bearer and form gets a token.
        old: whether the server is too old to have projects.
    """

    def __init__(
        self,
        lists: dict[str, list[dict[str, Any]]],
        *,
        projects: list[str] | None = None,
        before_answer: Callable[[str], object] = lambda name: None,
        accepts: Callable[[str, dict[str, str]], bool] = lambda bearer, form: True,
        old: bool = False,
    ) -> None:
        self.lists = dict(lists)
        if not old:
            names = ["default"] if projects is None else projects
            self.lists["projects"] = [
                {"id": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)), "name": name, "body": {}, "metadata": None}
                for name in names
            ]
        self.before_answer = before_answer
        self.accepts = accepts
        self.logins: list[tuple[str, dict[str, str]]] = []
        self.requests: list[str] = []
        self.refusal: tuple[int, object] = (403, {"detail": ["IllegalOperationError", REFUSAL]})
        self.refused: list[tuple[str, str]] = []  # the writes, by method and path
        self.lacking = 405  # the status of a route that an old server does not have
        self.fail_after: int | None = None  # responses until connections are cut
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        world = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                world.answer(self)

            def do_POST(self) -> None:
                if self.path.endswith("/login"):
                    world.login(self)
                elif self.path.endswith("/runs/statistics"):
                    world.lack(self)
                else:
                    world.refuse(self)

            def do_PUT(self) -> None:
                world.refuse(self)

            do_DELETE = do_PUT  # noqa: N815 - the name that http.server calls

        return Handler

    def login(self, call: BaseHTTPRequestHandler) -> None:
        form = parse_qs(call.rfile.read(int(call.headers.get("Content-Length") or 0)).decode())
        flat = {name: values[0] for name, values in form.items()}
        bearer = (call.headers.get("Authorization") or "").removeprefix("Bearer ")
        self.logins.append((bearer, flat))
        if self.accepts(bearer, flat):
            self._send(call, 200, {"access_token": TOKEN, "token_type": "bearer", "expires_in": 3600})
        else:
            self._send(call, 401, {"detail": ["CredentialsNotValid", "Authentication error"]})

    def refuse(self, call: BaseHTTPRequestHandler) -> None:
        """Refuse a write: signed-in users can read and count everything, but change nothing."""
        body = call.rfile.read(int(call.headers.get("Content-Length") or 0))
        if call.path.endswith("/prune") and not json.loads(body)["apply"]:
            self._send(call, 200, {"snapshot_count": 3, "task_id": None})
            return
        self.refused.append((call.command, urlsplit(call.path).path))
        self._send(call, *self.refusal)

    def lack(self, call: BaseHTTPRequestHandler) -> None:
        """Answer like a server before 0.94.5, which takes the end of the path for the id of a run: with a 405."""
        call.rfile.read(int(call.headers.get("Content-Length") or 0))
        self._send(call, self.lacking, {"detail": HTTPStatus(self.lacking).phrase})

    def answer(self, call: BaseHTTPRequestHandler) -> None:
        self.requests.append(call.path)
        if self.fail_after is not None and len(self.requests) > self.fail_after:
            call.close_connection = True
            call.connection.close()
            return
        parts = urlsplit(call.path)
        name = parts.path.removeprefix("/api/v1/")
        self.before_answer(name)
        if call.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._send(call, 401, {"detail": "Not authenticated"})
        elif name == "current-user":
            self._send(call, 200, {"id": str(uuid.UUID(int=8)), "name": "ada", "body": {}})
        elif name == "info":
            self._send(call, 200, {"id": str(uuid.UUID(int=7)), "name": "scripted", "version": "0.98.0"})
        elif name.rpartition("/")[0] in self.lists:
            self._one(call, *name.rsplit("/", 1))
        elif name not in self.lists:
            self._send(call, 404, {"detail": "Not Found"})
        else:
            self._page(call, self.lists[name], {key: values[0] for key, values in parse_qs(parts.query).items()})

    def _one(self, call: BaseHTTPRequestHandler, name: str, key: str) -> None:
        found = [row for row in self.lists[name] if row["id"] == key]
        if found:
            self._send(call, 200, found[0])
        else:
            self._send(call, 404, {"detail": ["KeyError", f"Unable to get {name} with id {key}."]})

    def _page(self, call: BaseHTTPRequestHandler, rows: list[dict[str, Any]], asked: dict[str, str]) -> None:
        page, size = int(asked["page"]), int(asked["size"])
        known = {listing[key] for listing in self.lists.get("projects", ()) for key in ("id", "name")}
        if (project := asked.get("project", "")) and project not in known:  # as the real one does
            self._send(call, 404, {"detail": ["KeyError", f"Unable to get project with name or id {project}."]})
            return
        if asked.get("name", "").startswith("equals:"):
            rows = [row for row in rows if row["name"] == asked["name"].removeprefix("equals:")]
        pages = max(1, -(-len(rows) // size))
        if page > pages:
            self._send(call, 400, {"detail": ["ValueError", f"Invalid page {page}."]})
            return
        items = rows[(page - 1) * size : page * size]
        self._send(
            call, 200, {"index": page, "max_size": size, "total_pages": pages, "total": len(rows), "items": items}
        )

    def _send(self, call: BaseHTTPRequestHandler, status: int, data: object) -> None:
        body = json.dumps(data).encode()
        call.send_response(status)
        call.send_header("Content-Type", "application/json")
        call.send_header("Content-Length", str(len(body)))
        call.end_headers()
        call.wfile.write(body)

    def __enter__(self) -> WorkspaceServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
