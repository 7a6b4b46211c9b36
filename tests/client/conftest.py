"""Servers, clocks and clients that are closed after each test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from tests.client.support import KEY, FakeClock, Script, Server
from zenpro_nb.client import ApiKey, Client


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def serve() -> Iterator[Callable[[Script], Server]]:
    """``serve(script)`` starts a server."""
    with ExitStack() as stack:
        yield lambda script: stack.enter_context(closing(Server(script)))


@pytest.fixture
def connect(clock: FakeClock) -> Iterator[Callable[..., Client]]:
    """``connect(server, credential=…, workers=…)`` creates a client with the clock of the test and, by default, an API
    key.
    """
    with ExitStack() as stack:

        def make(server: Server, **options: Any) -> Client:
            credential = options.pop("credential", ApiKey(KEY))
            return stack.enter_context(Client(server.url, credential, **{"clock": clock, **options}))

        yield make


@pytest.fixture
def no_thread_left() -> Iterator[None]:
    yield
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("zenpro-")] == []
