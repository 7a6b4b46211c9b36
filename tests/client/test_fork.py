"""A client and its parts in forked and spawned children, and in their parents."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any

import pytest

from tests.client.support import KEY, ReceivedRequest, Response, Server, decode, ids_of, people, plane
from zenpro_nb.client import ApiKey, Client, _cancellation
from zenpro_nb.client._cancellation import CancelScope
from zenpro_nb.client._worker_pool import WorkerPool
from zenpro_nb.security.secret import Secret, scrub
from zenpro_nb.session.session import Session

Serve = Callable[[Callable[[ReceivedRequest], Response]], Server]
Connect = Callable[..., Client]

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork"),
    # These tests are about exactly what Python 3.12 warns about: a fork in a process with threads.
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]

ROWS = people(1500)
PATIENCE = 60.0  # in seconds; only a child that hangs takes that long


def in_child(work: Callable[[], Any]) -> Any:
    """Return the result of `work` in a forked child, which must end without help."""
    receiver, sender = multiprocessing.get_context("fork").Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_send_result, args=(sender, work))
    child.start()
    sender.close()
    try:
        assert receiver.poll(PATIENCE), "the child hangs"
        return receiver.recv()
    finally:
        child.kill()
        child.join()


def _send_result(sender: Connection, work: Callable[[], Any]) -> None:
    try:
        sender.send(work())
    except BaseException as error:
        sender.send(repr(error))


def read(client: Client) -> list[str]:
    return ids_of(client.read_list("/users", decode=decode).parts)


WHOLE = [row["id"] for row in ROWS]


@pytest.fixture
def busy(serve: Serve, connect: Connect) -> Iterator[Client]:
    """A client with four threads that read without a pause."""
    client = connect(serve(plane(ROWS)), workers=4)
    finished = threading.Event()
    wrong_counts: list[object] = []

    def work() -> None:
        while not finished.is_set():
            ids = read(client)
            if ids != WHOLE:
                wrong_counts.append(len(ids))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    yield client
    finished.set()
    for thread in threads:
        thread.join()
    assert wrong_counts == []


def test_a_child_reads_the_whole_list_while_its_parent_reads_it(busy: Client) -> None:
    """The four threads of the parent also read whole lists."""
    for _ in range(6):
        assert in_child(lambda: read(busy)) == WHOLE


def ports_of(server: Server) -> set[int]:
    """Return the client ports of the connections used since the last call."""
    ports = {request.port for request in server.requests}
    server.requests.clear()
    return ports


def test_a_child_opens_its_own_connections(serve: Serve, connect: Connect) -> None:
    server = serve(plane(ROWS))
    client = connect(server, workers=1)
    assert read(client) == WHOLE
    parents = ports_of(server)
    assert in_child(lambda: read(client)) == WHOLE
    assert not parents & ports_of(server)
    assert read(client) == WHOLE
    assert ports_of(server) == parents, "the parent's connections are unchanged"


def test_a_child_that_stops_a_read_leaves_the_parents_connections_alone(serve: Serve, connect: Connect) -> None:
    server = serve(plane(ROWS))
    client = connect(server, workers=1)
    assert read(client) == WHOLE
    parents = ports_of(server)
    assert in_child(client._read_transport.abort) is None
    assert read(client) == WHOLE
    assert ports_of(server) == parents, "the parent's connections are unchanged"


def test_a_child_does_not_wait_for_a_login_of_its_parent(serve: Serve, connect: Connect) -> None:
    arrived, go_on, respond = threading.Event(), threading.Event(), plane(ROWS)

    def script(request: ReceivedRequest) -> Response:
        if request.path == "/auth/login" and not arrived.is_set():
            arrived.set()
            go_on.wait()
        return respond(request)

    client = connect(serve(script))
    thread = threading.Thread(target=lambda: read(client))
    thread.start()
    arrived.wait()
    try:
        assert in_child(lambda: read(client)) == WHOLE
    finally:
        go_on.set()
        thread.join()


def test_a_child_does_not_wait_for_the_slots_of_its_parent(serve: Serve, connect: Connect) -> None:
    arrived, go_on = threading.Event(), threading.Event()

    def script(request: ReceivedRequest) -> Response:
        if request.path == "/slow":
            arrived.set()
            go_on.wait()
        return Response(body=request.path)

    client = connect(serve(script), credential=None, workers=1)
    thread = threading.Thread(target=lambda: client.get("/slow"))
    thread.start()
    arrived.wait()
    try:
        assert in_child(lambda: client.get("/x")) == "/x"
    finally:
        go_on.set()
        thread.join()


@pytest.mark.parametrize("name", ["tokens", "throttle", "session", "names"])
def test_a_child_does_not_wait_for_a_lock_held_in_its_parent(serve: Serve, connect: Connect, name: str) -> None:
    client, session = connect(serve(plane(ROWS))), Session({"ZENML_PRO_API_URL": "https://pro.example.com"})
    tokens = client._tokens
    assert tokens is not None
    lock: Any = {
        "tokens": tokens._lock,
        "throttle": client._throttle._condition,
        "session": session._lock,
        "names": session.names._lock,
    }[name]
    locked, go_on = threading.Event(), threading.Event()

    def hold_lock() -> None:
        with lock:
            locked.set()
            go_on.wait()

    thread = threading.Thread(target=hold_lock)
    thread.start()
    locked.wait()

    def work() -> object:
        session.names.remember("teams", [("ops", "1")])
        return len(read(client)), session.settings.url, session.names.of("teams")

    try:
        assert in_child(work) == (1500, "https://pro.example.com", ["ops"])
    finally:
        go_on.set()
        thread.join()


def test_a_child_has_no_cancel_scope(serve: Serve, connect: Connect) -> None:
    client = connect(serve(plane(ROWS)), workers=2)
    scope = CancelScope()
    scope.width = 2
    with _cancellation.use_scope(scope):
        scope.cancel.set()
        assert in_child(lambda: (_cancellation.current_scope(), len(read(client)))) == (None, 1500)


def test_a_child_cannot_continue_the_work_of_its_parent() -> None:
    scope, go_on = CancelScope(), threading.Event()
    pool: WorkerPool[bool] = WorkerPool(1, scope)
    with pool:
        pool.submit(1, go_on.wait)
        assert "do not exist in this process" in in_child(pool.collect)
        go_on.set()
        assert pool.collect().get() is True


def test_secrets_are_scrubbed_in_a_child() -> None:
    secret = Secret("canary-4711")
    assert in_child(lambda: (scrub("canary-4711"), Secret("canary-4712") is not None)) == ("***", True)
    del secret


# --- spawned children ---------------------------------------------------------------------------------------------


def _read_in_child(url: str, sender: Connection) -> None:
    with Client(url, ApiKey(KEY)) as client:
        sender.send(read(client))


def test_a_spawned_child_creates_its_own_client(serve: Serve, connect: Connect) -> None:
    server = serve(plane(ROWS))
    client = connect(server)
    receiver, sender = multiprocessing.get_context("spawn").Pipe(duplex=False)
    child = multiprocessing.get_context("spawn").Process(target=_read_in_child, args=(server.url, sender))
    child.start()
    assert read(client) == WHOLE
    assert receiver.poll(PATIENCE)
    assert receiver.recv() == WHOLE
    child.join()


def test_a_client_cannot_be_pickled(serve: Serve, connect: Connect) -> None:
    with pytest.raises(TypeError, match="create one in each process"):
        pickle.dumps(connect(serve(plane(ROWS))))
