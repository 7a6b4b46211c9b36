"""Responses that are too long, too slow or endless, and Ctrl-C during each."""

from __future__ import annotations

import itertools
import json
import signal
import threading
import zlib
from collections.abc import Callable, Iterator

import httpcore
import pytest

from tests.client.support import FakeClock, Ids, ReceivedRequest, Response, Script, Server, decode, people
from zenpro_nb import limits
from zenpro_nb.client import Client, WithTotal
from zenpro_nb.client._network import PaceWatch, ResponseBoundError
from zenpro_nb.errors import (
    InterruptedReadError,
    OutcomeUnknownError,
    TimedOutError,
    UnexpectedAnswerError,
    ZenProError,
)

Serve = Callable[[Script], Server]
Connect = Callable[..., Client]

pytestmark = pytest.mark.usefixtures("no_thread_left")

MEGABYTE = 2**20


def gzip_bomb(megabytes: int) -> Iterator[bytes]:
    """Compressed blanks: about one kilobyte per megabyte."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    yield packer.compress(b"[")
    yield packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    yield from itertools.repeat(block, megabytes)


class SteppingClock(FakeClock):
    """Advances by ten seconds at each access, and then lets every server send its next byte."""

    def __init__(self) -> None:
        super().__init__()
        self._condition = threading.Condition()
        self._reads = 0
        self._over = False

    def monotonic(self) -> float:
        self.advance(10.0)
        with self._condition:
            self._reads += 1
            self._condition.notify_all()
        return super().monotonic()

    def drip(self) -> Iterator[bytes]:
        reads_seen = 0
        yield b"["
        while True:
            with self._condition:
                self._condition.wait_for(lambda reads_seen=reads_seen: self._reads > reads_seen or self._over)
                reads_seen = self._reads  # stored before the byte is sent: no later access is missed
            yield b" "

    def end(self) -> None:
        with self._condition:
            self._over = True
            self._condition.notify_all()


@pytest.fixture
def few_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up a response after 16 MB: the real bound takes seconds of decompression."""
    monkeypatch.setattr(limits, "ANSWER_BYTES", 16 * MEGABYTE)


@pytest.fixture
def stepping() -> Iterator[SteppingClock]:
    clock = SteppingClock()
    yield clock
    clock.end()


# --- one answer ---------------------------------------------------------------------------------------------------


def test_a_response_with_100000_members_is_read(serve: Serve, connect: Connect) -> None:
    filling = "x" * 870
    content = json.dumps([{"id": f"user-{number}", "filling": filling} for number in range(100_000)]).encode()
    assert len(content) > 90_000_000
    client = connect(serve(lambda request: Response(body=content)), credential=None)
    assert client.read_once("/members", decode=decode).rows == 100_000


@pytest.mark.usefixtures("few_megabytes")
def test_a_gzip_bomb_is_given_up(serve: Serve, connect: Connect) -> None:
    assert sum(map(len, gzip_bomb(1024))) < 2 * MEGABYTE
    server = serve(lambda request: Response(headers={"Content-Encoding": "gzip"}, pieces=gzip_bomb(1024)))
    client = connect(server, credential=None)
    for read in (lambda: client.get("/x"), lambda: client.read_list("/users", decode=decode)):
        with pytest.raises(UnexpectedAnswerError, match="sent a response with more than 16 MB"):
            read()
    assert len(server.requests) == 2, "a retry would not help"


def test_an_endless_body_is_given_up(serve: Serve, connect: Connect) -> None:
    server = serve(lambda request: Response(pieces=itertools.repeat(b"1," * (MEGABYTE // 2))))
    with pytest.raises(UnexpectedAnswerError, match="sent a response with more than 256 MB"):
        connect(server, credential=None).get("/x")


def test_a_wrongly_compressed_body_is_reported(serve: Serve, connect: Connect) -> None:
    server = serve(lambda request: Response(headers={"Content-Encoding": "gzip"}, pieces=[b"[1, 2, 3]"]))
    with pytest.raises(UnexpectedAnswerError, match="cannot be decompressed"):
        connect(server, credential=None).get("/x")


def test_a_dripping_body_is_given_up(serve: Serve, connect: Connect, stepping: SteppingClock) -> None:
    server = serve(lambda request: Response(pieces=stepping.drip()))
    client = connect(server, credential=None, clock=stepping)
    for read in (lambda: client.get("/x"), lambda: client.read_list("/users", decode=decode)):
        with pytest.raises(TimedOutError, match="responds too slowly"):
            read()
    assert len(server.requests) == 2, "a retry would not help"


def test_dripping_headers_are_given_up(serve: Serve, connect: Connect, stepping: SteppingClock) -> None:
    head = itertools.chain([b"HTTP/1.1 200 OK\r\nX-Slow: "], stepping.drip())
    client = connect(serve(lambda request: Response(pieces=head, raw=True)), credential=None, clock=stepping)
    with pytest.raises(TimedOutError, match="responds too slowly"):
        client.get("/x")


@pytest.mark.parametrize("kind", ["bomb", "drip"])
@pytest.mark.usefixtures("few_megabytes")
def test_a_write_with_an_abandoned_response_is_unknown(
    serve: Serve, connect: Connect, stepping: SteppingClock, clock: FakeClock, kind: str
) -> None:
    pieces = {"bomb": gzip_bomb(30), "drip": stepping.drip()}[kind]
    headers = {"Content-Encoding": "gzip"} if kind == "bomb" else {}
    server = serve(lambda request: Response(201, headers=headers, pieces=pieces))
    client = connect(server, credential=None, clock=stepping if kind == "drip" else clock)
    with pytest.raises(OutcomeUnknownError) as caught:
        client.request("POST", "/teams", json={})
    assert caught.value.outcome == "unknown"
    assert len(server.requests) == 1


class Stream(httpcore.NetworkStream):
    """A connection that delivers the given numbers of bytes after the given seconds."""

    def __init__(self, clock: FakeClock, *reads: tuple[int, float]) -> None:
        self._clock = clock
        self._reads = iter(reads)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        size, seconds = next(self._reads)
        self._clock.advance(seconds)
        return b"x" * size

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send nothing."""


def read_all(clock: FakeClock, *reads: tuple[int, float]) -> int:
    """Return the total number of bytes read."""
    stream = PaceWatch(Stream(clock, *reads), clock, lambda stream: None)
    stream.write(b"GET /")
    size = 0
    for _ in reads:
        size += len(stream.read(65_536))
        clock.advance(1000)  # the reader's own time does not count
    return size


@pytest.mark.parametrize(
    "reads",
    [
        [(10, 29.0), (500, 29.0)],  # a server that needs time and then sends little
        [(100, 0.1)] + [(30_000, 29.0)] * 50,  # slow for a long time, but not too slow
        [(10, 29.0)] + [(60_000, 59.0)] * 10,
        [(65_536, 0.0)] * 4000,
    ],
)
def test_a_slow_server_gets_enough_time(clock: FakeClock, reads: list[tuple[int, float]]) -> None:
    assert read_all(clock, *reads) == sum(size for size, _ in reads)


@pytest.mark.parametrize(
    ("reads", "message"),
    [
        ([(1, 0.3)] * 300, "too slowly"),
        ([(65_536, 0.1)] * 500 + [(1, 0.3)] * 300, "too slowly"),
        ([(100_000, 29.0)] * 100, "did not finish its response in 30 min"),
        ([(65_536, 0.0)] * 4100, "more than 256 MB"),
    ],
)
def test_a_response_over_a_bound_is_given_up(clock: FakeClock, reads: list[tuple[int, float]], message: str) -> None:
    with pytest.raises(ResponseBoundError, match=message):
        read_all(clock, *reads)


def test_the_bounds_apply_to_each_response_of_a_connection(clock: FakeClock) -> None:
    stream = PaceWatch(Stream(clock, *[(10, 25.0)] * 200), clock, lambda stream: None)
    for _ in range(100):
        stream.write(b"GET /")
        assert [len(stream.read(65_536)) for _ in range(2)] == [10, 10]


# --- many pages ---------------------------------------------------------------------------------------------------


def endless(request: ReceivedRequest) -> Response:
    """A list with a row at every offset."""
    offset, limit = request.number("offset"), request.number("limit")
    return Response(body=[{"id": f"user-{number}"} for number in range(offset, offset + limit)])


def decode_with_total(content: bytes) -> WithTotal[Ids]:
    body = json.loads(content)
    return WithTotal(Ids([row["id"] for row in body["items"]]), body["total"])


def boundless(request: ReceivedRequest) -> Response:
    """A list with a declared total of a million million rows."""
    page, size = request.number("page"), request.number("size")
    return Response(body={"total": 10**12, "items": people(page * size)[-size:]})


@pytest.mark.parametrize("workers", [1, 8])
def test_an_endless_list_is_given_up(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    monkeypatch.setattr(limits, "LIST_PAGES", 40)
    server = serve(endless)
    with pytest.raises(UnexpectedAnswerError, match=r"does not end: zenpro stopped after 40 pages.*--limit"):
        connect(server, credential=None, workers=workers).read_list("/users", decode=decode)
    assert len(server.requests) <= 40
    server.requests.clear()
    assert connect(server, credential=None, workers=workers).read_list("/users", limit=3000, decode=decode).rows == 3000


def test_a_list_with_a_huge_total_is_given_up_after_one_request(serve: Serve, connect: Connect) -> None:
    server = serve(boundless)
    client = connect(server, credential=None)
    with pytest.raises(UnexpectedAnswerError, match=r"1,000,000,000,000 rows.*--limit"):
        client.read_pages("/api/v1/runs", size=20, decode=decode_with_total)
    assert len(server.requests) == 1
    assert client.read_pages("/api/v1/runs", size=20, limit=100, decode=decode_with_total).rows == 100


# --- Ctrl-C -------------------------------------------------------------------------------------------------------


def press() -> None:
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def press_after(pieces: Iterator[bytes], after: int) -> Iterator[bytes]:
    """Yield the pieces, and press Ctrl-C after one of them."""
    for number, piece in enumerate(pieces):
        yield piece
        if number == after:
            press()


@pytest.mark.parametrize("kind", ["bomb", "body", "drip"])
@pytest.mark.parametrize("read", ["read_list", "read_once", "get"])
def test_ctrl_c_ends_an_endless_response(
    serve: Serve,
    connect: Connect,
    stepping: SteppingClock,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    read: str,
) -> None:
    for name in ("ANSWER_BYTES", "ANSWER_TIME", "PACE_WINDOW"):
        monkeypatch.setattr(limits, name, 10**12)  # only Ctrl-C can end it
    pieces = {"bomb": gzip_bomb(10**9), "body": itertools.repeat(b"1," * 1000), "drip": stepping.drip()}[kind]
    headers = {"Content-Encoding": "gzip"} if kind == "bomb" else {}
    server = serve(lambda request: Response(headers=headers, pieces=press_after(pieces, 20)))
    client = connect(server, credential=None, clock=stepping, workers=2)
    if read == "get":
        with pytest.raises(KeyboardInterrupt):
            client.get("/x")
    else:
        with pytest.raises(InterruptedReadError, match="after 0 rows"):
            getattr(client, read)("/x", decode=decode)


@pytest.mark.parametrize("workers", [1, 8])
def test_ctrl_c_ends_an_endless_list(serve: Serve, connect: Connect, workers: int) -> None:
    def script(request: ReceivedRequest) -> Response:
        if request.number("offset") == 990:
            press()
        return endless(request)

    client = connect(serve(script), credential=None, workers=workers)
    with pytest.raises(InterruptedReadError) as caught:
        client.read_list("/users", decode=decode)
    assert isinstance(caught.value, ZenProError)
    assert caught.value.rows > 0
