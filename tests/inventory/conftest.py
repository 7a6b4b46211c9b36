"""A session with the shared sandbox, directly or through a proxy that spoils some of its answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.client.support import FakeClock
from tests.support.editing import Editor, editing
from tests.support.sandbox import SandboxProcess
from zenpro_nb.client import ApiKey, BearerToken
from zenpro_nb.profiles import Settings
from zenpro_nb.session.session import Session


def session_at(url: str, credential: ApiKey | BearerToken) -> Session:
    """A session in the organization acme without delays between retries."""
    session = Session(clock=FakeClock())
    session.use(Settings(url=url, credential=credential, source="a test", organization="acme"))
    return session


@pytest.fixture
def session(sandbox: SandboxProcess) -> Iterator[Session]:
    """A superuser's."""
    session = session_at(sandbox.url, ApiKey(sandbox.key))
    yield session
    session.close()


@pytest.fixture
def editor(sandbox: SandboxProcess) -> Iterator[Editor]:
    """The proxy."""
    with editing(sandbox.url) as editor:
        yield editor


@pytest.fixture
def session_through_proxy(sandbox: SandboxProcess, editor: Editor) -> Iterator[Session]:
    """A superuser's session through the proxy."""
    session = session_at(editor.url, ApiKey(sandbox.key))
    yield session
    session.close()
