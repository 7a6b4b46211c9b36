"""Connections that serve one request at a time and are reused by the next."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.client.support import FakeClock, ReceivedRequest, Response, Script, Server
from zenpro_nb import limits
from zenpro_nb.client import BearerToken, Client
from zenpro_nb.errors import ConnectionFailedError, UsageError

Serve = Callable[[Script], Server]
Connect = Callable[..., Client]

pytestmark = pytest.mark.usefixtures("no_thread_left")
AT_ONCE = 4


@pytest.fixture
def together(serve: Serve) -> Server:
    """Serve `/together` after four requests for it, and any other path immediately."""
    meeting = threading.Barrier(AT_ONCE, timeout=30)

    def respond(request: ReceivedRequest) -> Response:
        if request.path == "/together":
            meeting.wait()
        return Response(body=[])

    return serve(respond)


def send_together(client: Client) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda _: client.get("/together"), range(AT_ONCE)))


def ports(server: Server) -> set[int]:
    return {request.port for request in server.requests}


def test_concurrent_requests_use_separate_connections_that_are_reused(together: Server, connect: Connect) -> None:
    client = connect(together, credential=None)
    send_together(client)
    first = ports(together)
    assert len(first) == AT_ONCE
    send_together(client)
    client.get("/x")
    assert ports(together) == first


def test_long_idle_connections_are_closed_after_a_request(together: Server, connect: Connect, clock: FakeClock) -> None:
    client = connect(together, credential=None)
    send_together(client)
    before = ports(together)
    clock.advance(limits.KEEPALIVE_EXPIRY + 1)
    client.get("/x")
    together.requests.clear()
    send_together(client)
    assert len(ports(together) & before) == 1


class Closing:
    """A server that closes each connection after some responses. `announced`: the last response announces it."""

    def __init__(self, answers: int, *, announced: bool) -> None:
        self.connections = 0
        self.answered = threading.Semaphore(0)  # after the last release, the connection is closed
        self._answers, self._announced = answers, announced
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        usual, last = (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%sContent-Length: 2\r\n\r\n[]" % header
            for header in (b"", b"Connection: close\r\n" if self._announced else b"")
        )
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection, contextlib.suppress(ConnectionError):  # the client can disconnect first
                for remaining in reversed(range(self._answers)):
                    connection.recv(65_536)
                    connection.sendall(usual if remaining else last)
                    if not remaining:
                        connection.shutdown(socket.SHUT_WR)
                    self.answered.release()
                connection.recv(65_536)  # until the client has noticed

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.mark.parametrize("answers", [1, limits.SERVED_ALREADY + 1])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("announced", [False, True])
def test_no_request_is_lost_on_a_connection_closed_by_the_server(
    clock: FakeClock, answers: int, method: str, announced: bool
) -> None:
    with (
        contextlib.closing(Closing(answers, announced=announced)) as server,
        Client(server.url, None, clock=clock) as client,
    ):
        for _ in range(10):
            client.request(method, "/x")  # a lost write is not sent again
            assert server.answered.acquire(timeout=30)
        assert server.connections == -(-10 // answers)
    assert clock.sleeps == [] or not announced  # an announced close is not a failure


def test_a_connection_in_use_is_closed_after_its_response_when_the_client_closes(
    serve: Serve, connect: Connect
) -> None:
    arrived, closed = threading.Event(), threading.Event()

    def respond(_: ReceivedRequest) -> Response:
        arrived.set()
        assert closed.wait(30)
        return Response(body=["late"])

    server = serve(respond)
    client = connect(server, credential=None)
    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(client.get, "/x")
        assert arrived.wait(30)
        client.close()
        closed.set()
        assert pending.result(30) == ["late"]
    client.get("/x")
    assert len(ports(server)) == 2


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/users/ada%40example.com", "/users/ada%40example.com"),
        ("/a b", "/a%20b"),
        ("/ü", "/%C3%BC"),
        ("/a/../b", "/b"),
    ],
)
def test_paths_are_normalized_like_in_other_libraries(serve: Serve, connect: Connect, path: str, expected: str) -> None:
    server = serve(lambda request: Response(body=[]))
    connect(server, credential=None).get(path)
    assert server.requests[0].path == expected


def test_a_write_without_a_body_has_content_length_zero(serve: Serve, connect: Connect) -> None:
    server = serve(lambda request: Response(body=[]))
    connect(server, credential=None).request("POST", "/x")
    assert server.requests[0].headers["Content-Length"] == "0"


@pytest.fixture
def refusing_proxy() -> Iterator[tuple[str, list[bytes]]]:
    """Refuse every tunnel and record the requests."""
    listener, received = socket.create_server(("127.0.0.1", 0)), []

    def run() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                received.append(connection.recv(65_536))
                connection.sendall(b"HTTP/1.1 403 Not for you\r\nContent-Length: 0\r\n\r\n")

    threading.Thread(target=run, daemon=True).start()
    yield f"127.0.0.1:{listener.getsockname()[1]}", received
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def test_a_proxy_gets_a_tunnel_request_without_the_token(
    refusing_proxy: tuple[str, list[bytes]], clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, received = refusing_proxy
    monkeypatch.setenv("https_proxy", f"http://user:hush@{address}")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with (
        Client("https://pro.example.invalid", BearerToken("the-token"), clock=clock) as client,
        pytest.raises(ConnectionFailedError, match="403 Not for you") as caught,
    ):
        client.get("/x")
    assert received[0].startswith(b"CONNECT pro.example.invalid:443 HTTP/1.1\r\n")
    assert b"proxy-authorization: basic" in received[0].lower()
    assert b"the-token" not in b"".join(received)
    assert "hush" not in str(caught.value)


def test_a_socks_proxy_error_names_the_package_and_hides_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)
    monkeypatch.setenv("https_proxy", "socks5://user:hush@proxy.example.com:1080")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UsageError, match=r"socks5://proxy\.example\.com.*socksio.*HTTPS_PROXY") as caught:
        Client("https://pro.example.com", None)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("host", ["a..b", ".", "a" * 70 + ".com", "ü" * 70, "\u200b.com", "a\x7f.com", "a\tb.com"])
def test_an_invalid_host_name_is_refused(host: str) -> None:
    with pytest.raises(UsageError, match="is not a URL"):
        Client(f"https://{host}", None)
