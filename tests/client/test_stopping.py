"""Ctrl-C, and concurrent calls."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.client.support import ReceivedRequest, Response, Server, decode, people, plane
from tests.support.pressing import drop_ctrl_c
from zenpro_nb.client import Client
from zenpro_nb.errors import ConflictError, InterruptedReadError, NotFoundError

Serve = Callable[[Callable[[ReceivedRequest], Response]], Server]
Connect = Callable[..., Client]

pytestmark = pytest.mark.usefixtures("no_thread_left")


class Stuck:
    """Responds until `when` is true; then it stays silent and presses Ctrl-C once `waiting` requests wait."""

    def __init__(
        self, respond: Callable[[ReceivedRequest], Response], when: Callable[[ReceivedRequest], bool], waiting: int
    ) -> None:
        self.released = threading.Event()
        self._respond = respond
        self._when = when
        self._waiting = waiting
        self._lock = threading.Lock()

    def __call__(self, request: ReceivedRequest) -> Response:
        if self._when(request) and not self.released.is_set():
            with self._lock:
                self._waiting -= 1
                if self._waiting == 0:
                    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            self.released.wait()
        return self._respond(request)


@pytest.fixture
def stuck() -> Iterator[Callable[..., Stuck]]:
    scripts: list[Stuck] = []

    def make(
        respond: Callable[[ReceivedRequest], Response], when: Callable[[ReceivedRequest], bool], waiting: int = 1
    ) -> Stuck:
        scripts.append(Stuck(respond, when, waiting))
        return scripts[-1]

    yield make
    for script in scripts:
        script.released.set()


def test_ctrl_c_ends_a_list_and_reports_the_progress(
    serve: Serve, connect: Connect, stuck: Callable[..., Stuck]
) -> None:
    script = stuck(plane(people(5000)), lambda request: request.path == "/users" and request.number("offset") >= 990, 4)
    client = connect(serve(script), workers=4)
    with pytest.raises(InterruptedReadError, match=r"stopped after [\d,]+ rows") as caught:
        client.read_list("/users", decode=decode)
    assert 0 < caught.value.rows <= 991
    assert caught.value.__suppress_context__
    script.released.set()
    assert client.read_list("/users", decode=decode).rows == 5000, "the client works on"


def test_ctrl_c_on_the_first_page(serve: Serve, connect: Connect, stuck: Callable[..., Stuck]) -> None:
    script = stuck(plane(people(10)), lambda request: request.path == "/users")
    with pytest.raises(InterruptedReadError, match=r"after 0 rows\. Partial results were discarded"):
        connect(serve(script)).read_list("/users", decode=decode)


def test_ctrl_c_on_a_list_that_is_not_paged(serve: Serve, connect: Connect, stuck: Callable[..., Stuck]) -> None:
    script = stuck(lambda request: Response(body=people(3)), lambda request: True)
    with pytest.raises(InterruptedReadError, match=r"after 0 rows\. Partial results were discarded"):
        connect(serve(script), credential=None).read_once("/members", decode=decode)


def test_ctrl_c_on_a_write_reports_that_it_was_in_flight(
    serve: Serve, connect: Connect, stuck: Callable[..., Stuck]
) -> None:
    script = stuck(lambda request: Response(body={}), lambda request: True)
    with pytest.raises(KeyboardInterrupt, match="POST /teams was in flight"):
        connect(serve(script), credential=None).request("POST", "/teams", json={})


def test_ctrl_c_during_the_login(serve: Serve, connect: Connect, stuck: Callable[..., Stuck]) -> None:
    script = stuck(plane(people(10)), lambda request: request.path == "/auth/login")
    client = connect(serve(script))
    with pytest.raises(InterruptedReadError):
        client.read_list("/users", decode=decode)
    script.released.set()
    assert client.read_list("/users", decode=decode).rows == 10


def test_ctrl_c_ends_lists_inside_a_fan_out(serve: Serve, connect: Connect, stuck: Callable[..., Stuck]) -> None:
    """As across workspaces: each call reads a list from another server, several pages at a time."""
    scripts = [
        stuck(plane(people(3000)), lambda request: request.path == "/users" and request.number("offset") > 500, n)
        for n in (1, 99)
    ]
    clients = [connect(serve(script), workers=8) for script in scripts]
    calls = [lambda client=client: client.read_list("/users", decode=decode) for client in clients]
    with pytest.raises(InterruptedReadError, match="0 of 2 reads"):
        clients[0].fan_out(calls)


@pytest.mark.parametrize("workers", [1, 8])
def test_a_ctrl_c_that_python_drops_ends_a_list(serve: Serve, connect: Connect, workers: int) -> None:
    hook = sys.unraisablehook
    drops = iter([drop_ctrl_c])

    def progress(rows: int) -> None:
        for drop in drops:
            drop()

    client = connect(serve(plane(people(5000))), workers=workers)
    with pytest.raises(InterruptedReadError, match=r"stopped after [\d,]+ rows"):
        client.read_list("/users", decode=decode, progress=progress)
    assert client.read_list("/users", decode=decode, progress=progress).rows == 5000, "it stops one piece of work"
    assert sys.unraisablehook is hook


def test_ctrl_c_ends_a_wait_for_the_server(serve: Serve) -> None:
    """With real time: the Retry-After is one minute, and the read does not wait that long."""

    presses = iter([signal.SIGINT])

    def script(request: ReceivedRequest) -> Response:
        for press in presses:
            signal.pthread_kill(threading.main_thread().ident or 0, press)
        return Response(429, {"detail": "later"}, {"Retry-After": "60"})

    with Client(serve(script).url, None) as client, pytest.raises(InterruptedReadError):
        client.fan_out([lambda: client.get("/x")] * 4)


def test_a_stopped_read_does_not_cut_a_write(serve: Serve, connect: Connect, stuck: Callable[..., Stuck]) -> None:
    writing, go_on = threading.Event(), threading.Event()
    script = stuck(plane(people(3000)), lambda request: request.path == "/users" and request.number("offset") > 500, 2)

    def both(request: ReceivedRequest) -> Response:
        if request.method == "POST" and request.path == "/teams":
            writing.set()
            go_on.wait()
            return Response(body={"id": "team"})
        return script(request)

    client = connect(serve(both), workers=4)
    results: list[object] = []
    writer = threading.Thread(target=lambda: results.append(client.request("POST", "/teams", json={}).json()))
    writer.start()
    writing.wait()
    with pytest.raises(InterruptedReadError):
        client.read_list("/users", decode=decode)
    go_on.set()
    writer.join()
    assert results == [{"id": "team"}]


def test_a_list_can_be_read_from_any_thread(serve: Serve, connect: Connect) -> None:
    client = connect(serve(plane(people(3000))), workers=4)
    rows: list[int] = []
    threads = [
        threading.Thread(target=lambda: rows.append(client.read_list("/users", decode=decode).rows)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows == [3000] * 4


# --- fan-out ------------------------------------------------------------------------------------------------------


def echo(request: ReceivedRequest) -> Response:
    return Response(404, {"detail": "no such thing"}) if request.path == "/3" else Response(body=request.path)


def test_a_fan_out_keeps_the_order(serve: Serve, connect: Connect) -> None:
    client = connect(serve(echo), credential=None, workers=4)
    progress: list[int] = []
    paths = [f"/{number}" for number in range(10, 40)]
    calls = [lambda path=path: client.get(path) for path in paths]
    assert client.fan_out(calls, progress=progress.append) == paths
    # The count is also repeated during a wait.
    assert [count for count in dict.fromkeys(progress) if count] == list(range(1, 31))
    assert client.fan_out([]) == []


def test_a_fan_out_sends_further_calls_while_others_are_awaited(serve: Serve, connect: Connect) -> None:
    followed = threading.Event()

    def script(request: ReceivedRequest) -> Response:
        (followed.set if request.path == "/first/rows" else lambda: None)()
        if request.path == "/slow":
            assert followed.wait(60), "the further call waits for the others"
        return echo(request)

    client = connect(serve(script), credential=None, workers=4)
    progress: list[int] = []

    def then(path: object) -> list[Callable[[], object]]:
        return [lambda: client.get("/first/rows"), lambda: client.get("/no/more")] if path == "/first" else []

    calls: list[Callable[[], object]] = [lambda: client.get("/slow"), lambda: client.get("/first")]
    assert client.fan_out(calls, then=then, progress=progress.append) == ["/slow", "/first", "/first/rows", "/no/more"]
    assert progress[-1] == 4
    assert len(calls) == 2


def test_a_fan_out_raises_or_returns_errors(serve: Serve, connect: Connect) -> None:
    client = connect(serve(echo), credential=None, workers=2)
    calls = [lambda path=path: client.get(path) for path in ("/1", "/3", "/5")]
    with pytest.raises(NotFoundError):
        client.fan_out(calls)
    first, second, third = client.fan_out(calls, errors="return")
    assert (first, third) == ("/1", "/5")
    assert isinstance(second, NotFoundError)


def test_a_fan_out_of_writes_returns_each_outcome(serve: Serve, connect: Connect) -> None:
    server = serve(
        lambda request: Response(409, {"detail": "there"}) if request.path == "/1" else Response(body=request.path)
    )
    client = connect(server, credential=None)
    outcomes = client.fan_out(
        [lambda number=number: client.request("POST", f"/{number}").json() for number in range(3)], errors="return"
    )
    assert (outcomes[0], outcomes[2]) == ("/0", "/2")
    assert isinstance(outcomes[1], ConflictError)


def test_lists_inside_a_fan_out_share_the_threads(serve: Serve, connect: Connect) -> None:
    maximum, lock = [0], threading.Lock()

    def count_threads(content: bytes) -> object:
        with lock:
            maximum[0] = max(maximum[0], sum(thread.name.startswith("zenpro-") for thread in threading.enumerate()))
        return decode(content)

    client = connect(serve(plane(people(1500))), workers=4)
    client.fan_out([lambda: client.read_list("/users", decode=count_threads) for _ in range(4)])  # type: ignore[type-var]
    assert maximum[0] <= 4


def test_fan_outs_inside_a_fan_out_share_the_workers(serve: Serve, connect: Connect) -> None:
    respond, crowd = plane(people(1500)), threading.Condition()
    now = maximum = 0

    def count_requests(request: ReceivedRequest) -> Response:
        nonlocal now, maximum
        with crowd:
            now += 1
            maximum = max(maximum, now)
            crowd.notify_all()
            crowd.wait_for(lambda: now > 8, timeout=0.005)  # stay open until one request too many arrives
            now -= 1
        return respond(request)

    client = connect(serve(count_requests), workers=8)
    read = partial(client.read_list, "/users", decode=decode)
    for outer in (2, 3, 8):
        maximum = 0
        groups = client.fan_out([lambda: client.fan_out([read] * 4)] * outer)
        assert [[listing.rows for listing in listings] for listings in groups] == [[1500] * 4] * outer
        assert 2 <= maximum <= 8, outer
