"""Many workspaces at the same time: a slow or dead one does not block others, and the result names the missing ones."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

from tests.support.sandbox import SandboxProcess
from tests.support.workspace_server import WorkspaceServer, run
from zenpro_nb import limits
from zenpro_nb.client import Client, Credential
from zenpro_nb.errors import UnknownNameError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.session.session import Session

PATIENCE = 60.0  # seconds until a request that waits for another counts as alone
Connected = Callable[..., tuple[Connection, SandboxProcess]]


class Silent:
    """A server that accepts connections, and never responds."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def close(self) -> None:
        self._socket.close()


class Refusing:
    """An address that refuses connections, and that no other program can get."""

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))  # and does not listen
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def close(self) -> None:
        self._socket.close()


@contextmanager
def serving(count: int, before_answer: Callable[[str], object] = lambda name: None) -> Iterator[dict[str, object]]:
    """Serve so many workspaces with one run each, by name."""
    with ExitStack() as stack:
        yield {
            f"w{number}": stack.enter_context(WorkspaceServer({"runs": [run(number)]}, before_answer=before_answer))
            for number in range(count)
        }


def workspace_options(names: object) -> list[str]:
    return [word for name in names for word in ("--workspace", name)]  # type: ignore[attr-defined]


def test_more_servers_are_read_in_parallel_than_one_server_gets_requests(connect_servers: Connected) -> None:
    count = limits.MAX_WORKERS + 3
    gather = threading.Barrier(count, timeout=PATIENCE)
    with serving(count, lambda asked: asked != "runs" or gather.wait()) as servers:
        zen, _ = connect_servers(**servers)
        runs = zen.run("runs", *workspace_options(servers))
    assert set(runs.workspace) == set(servers)
    assert len(runs) == len(servers)


def test_parallel_servers_are_limited(connect_servers: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SERVERS_AT_ONCE", 3)
    lock, inside, most = threading.Lock(), set[int](), [0]
    full = threading.Event()  # all three slots are in use

    def count(asked: str) -> None:
        with lock:
            inside.add(threading.get_ident())
            most[0] = max(most[0], len(inside))
            if len(inside) == 3:
                full.set()
        assert full.wait(PATIENCE)
        with lock:
            inside.discard(threading.get_ident())

    with serving(8, count) as servers:
        zen, _ = connect_servers(**servers)
        runs = zen.run("runs", *workspace_options(servers))
    assert set(runs.workspace) == set(servers)
    assert len(runs) == len(servers)
    assert most[0] == 3


def test_the_others_are_read_to_their_end_while_one_is_slow(connect_servers: Connected) -> None:
    others_done = threading.Semaphore(0)

    def fast(asked: str) -> None:
        if asked == "runs":
            others_done.release()

    def slow(asked: str) -> None:
        for _ in range(6 if asked == "runs" else 0):
            assert others_done.acquire(timeout=PATIENCE), "somebody waits for the slow one"

    with serving(6, fast) as servers, WorkspaceServer({"runs": [run(9)]}, before_answer=slow) as last:
        zen, _ = connect_servers(slow=last, **servers)
        runs = zen.run("runs", "--workspace", "slow", *workspace_options(servers))
    assert sorted(runs.workspace) == sorted(["slow", *servers])
    assert runs.attrs["zenpro"]["complete"] is True


def test_dead_servers_are_reported_and_the_others_are_complete(
    connect_servers: Connected, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(limits, "RETRY_BASE", 0.01)
    monkeypatch.setattr(limits, "SERVER_PATIENCE", 0.3)
    usual = Session._connect
    with (
        closing(Silent()) as silent,
        closing(Refusing()) as refusing,
        serving(3) as servers,
        WorkspaceServer({"runs": []}) as cutting,
    ):
        cutting.fail_after = 0

        def connect(self: Session, url: str, credential: Credential) -> Client:
            return Client(url, credential, read_timeout=0.3) if url == silent.url else usual(self, url, credential)

        monkeypatch.setattr(Session, "_connect", connect)
        zen, _ = connect_servers(silent=silent, refusing=refusing, cutting=cutting, **servers)
        runs = zen.run("runs", *workspace_options(["silent", "refusing", "cutting", *servers]))
    assert set(runs.workspace) == set(servers)
    assert len(runs) == len(servers)
    facts = runs.attrs["zenpro"]
    assert facts["complete"] is False
    assert {row["workspace"]: row["error"] for row in facts["failed"]} == {
        "silent": "TimedOutError",
        "refusing": "ConnectionFailedError",
        "cutting": "ConnectionFailedError",
    }
    (output,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("warning")]
    assert "3 workspaces are missing from the result" in output


def test_a_project_that_is_named_again_is_not_looked_up(connect_servers: Connected) -> None:
    line = ("runs", "--workspace", "one", "--project", "churn")
    with WorkspaceServer({"runs": [run(1)]}, projects=["default", "churn"]) as item:
        zen, _ = connect_servers(one=item)
        first = zen.run(*line)
        item.requests.clear()
        again = zen.run(*line)
        assert [path.partition("?")[0] for path in item.requests] == ["/api/v1/runs"]
        assert again.equals(first)
        assert list(again.project) == ["churn"]
        item.lists["projects"].pop()
        with pytest.raises(UnknownNameError, match="churn"):
            zen.run(*line)
