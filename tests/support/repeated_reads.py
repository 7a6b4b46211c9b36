"""Let a sandbox of the tests repeat its responses to reads while its database is in a saved state.

Most requests of the tests read the same lists of the same state: a tenth of the work of computing them again.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from zenpro_nb.sandbox.clock import Clock
from zenpro_nb.sandbox.context import Context
from zenpro_nb.sandbox.errors import NotSignedInError
from zenpro_nb.sandbox.http.middleware import REQUEST_ID, Middleware
from zenpro_nb.sandbox.options import Options

_AUTHORIZATION = b"authorization"
# Reads that create something, show the last sign-in, or are answered from memory.
_CHANGING = ("/auth", "/devices", "api_keys", "/workspace/")
# The status of these workspaces changes with time.
_TRANSIENT = (b'"pending"', b'"not_initialized"')


class RepeatedReads:
    """Wrap the application of a sandbox.

    Only the state of the last `keep` has repeated responses: after the first write, everything is computed until the
    sandbox is restored. Each caller is identified for each request, and has responses of its own.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._context: Context = app.state.context
        self._epoch = 0
        self._responses: dict[tuple[Any, ...], list[Message]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        state = self._state()
        key = self._key(scope) if state is not None else None
        if key is None:
            await self._app(scope, receive, send)
            return
        messages = self._responses.get(key)
        if messages is not None:
            for message in messages:
                await send(dict(message))
            return
        messages = []

        async def noted(message: Message) -> None:
            messages.append(dict(message))
            await send(message)

        await self._app(scope, receive, noted)
        if _is_lasting(messages) and self._state() == state:
            self._responses[key] = messages

    def _state(self) -> tuple[int, int] | None:
        """Return the saved state that the database is in, or None."""
        saved = self._context.store.saved
        if saved.epoch != self._epoch:
            self._epoch = saved.epoch
            self._responses.clear()
        return None if saved.changed or not saved.epoch else (saved.epoch, saved.restored)

    def _key(self, scope: Scope) -> tuple[Any, ...] | None:
        """Return what the response to a read depends on, or None if it has to be computed."""
        path = scope["path"]
        if scope["type"] != "http" or scope["method"] != "GET" or any(part in path for part in _CHANGING):
            return None
        headers = dict(scope["headers"])
        scheme, _, token = headers.pop(_AUTHORIZATION, b"").decode("latin-1").partition(" ")
        headers.pop(REQUEST_ID, None)
        if scheme.lower() != "bearer" or not token.strip():
            return None
        try:
            caller = self._context.identify(token.strip())
        except NotSignedInError:
            return None
        return (path, scope["query_string"], caller.id, caller.kind, *sorted(headers.items()))


def _is_lasting(messages: list[Message]) -> bool:
    """Return whether the messages are a complete, successful response whose content does not change with time."""
    if not messages or messages[0].get("status") != 200 or messages[-1].get("more_body", False):
        return False
    body = b"".join(message.get("body", b"") for message in messages)
    return not any(word in body for word in _TRANSIENT)


def middleware(app: FastAPI, options: Options, clock: Clock) -> Middleware:
    """Replace the middleware of the sandbox by one that also repeats responses."""
    return Middleware(RepeatedReads(app), options, clock)
