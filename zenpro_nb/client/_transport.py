"""One request over HTTP, and nothing else: no retries, no credentials of its own, no meaning of statuses.

This module, `_network` and `_failure` are the only ones that know httpx. They speak to httpx's transport, not to its
client: one server needs neither cookies nor redirects nor a choice among proxies for each request, and a page costs
about half the time.
"""

from __future__ import annotations

import contextlib
import json
import logging
import platform
import re
import socket
import uuid
import weakref
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import httpx

from zenpro_nb import limits
from zenpro_nb.client import _urls
from zenpro_nb.client._bounds import AnswerBoundError, PaceWatch, too_long
from zenpro_nb.client._call import Call
from zenpro_nb.client._clock import SYSTEM, Clock
from zenpro_nb.client._failure import TransportFailure, failure_of, given_up, words_of
from zenpro_nb.client._network import Network
from zenpro_nb.client._reply import Reply, shown
from zenpro_nb.security import untrusted_json
from zenpro_nb.security.log import RedactingFilter
from zenpro_nb.security.secret import Secret
from zenpro_nb.version import __version__

_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # as JSON spells it, and not a backslash before "u0000"

USER_AGENT = f"zenpro-nb/{__version__} python/{platform.python_version()}"

# What httpcore logs for those who debug holds the headers of answers, in which a server may repeat the bearer.
for _name in ("connection", "http11", "proxy", "socks"):
    logging.getLogger(f"httpcore.{_name}").addFilter(RedactingFilter())


class Wire:
    """Connections to one server.

    Args:
        url: the server's normalized URL.
        read_timeout: seconds that the server may be silent.
        clock: the time.
        network: how the server is reached; as the environment says where left out.
        transport: an `httpx.BaseTransport` in place of the network.
        user_agent: what the server is told about the client.
    """

    def __init__(
        self,
        url: str,
        read_timeout: float,
        *,
        clock: Clock = SYSTEM,
        network: Network | None = None,
        transport: object | None = None,
        user_agent: str = USER_AGENT,
    ) -> None:
        self._url = url
        self._clock = clock
        self._network: Network | None = None
        if transport is None:
            self._network = network or Network(url)
            self._transport: httpx.BaseTransport = self._network.open()
        elif isinstance(transport, httpx.BaseTransport):
            self._transport = transport
        else:
            raise TypeError("transport must be an httpx.BaseTransport")
        self._headers = [
            (b"User-Agent", user_agent.encode("ascii", "replace")),
            (b"Accept-Encoding", b"gzip"),
            (b"Accept", b"application/json"),
        ]
        timeouts = {
            "connect": limits.CONNECT_TIMEOUT,
            "read": read_timeout,
            "write": read_timeout,
            "pool": read_timeout,
        }
        self._extensions = {"timeout": timeouts, "trace": self._watch}
        # To store one, and to copy all, is one step of the interpreter each: no lock, which a fork would have to renew.
        self._streams: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()

    def after_fork(self) -> None:
        """Leave the parent's connections to it, and make others; an injected transport belongs to whoever made it."""
        if self._network is None:
            return
        for sock in self._sockets():
            sock.close()  # in this process only: nothing is sent, and no lock is taken
        self._transport = self._network.open()

    def send(self, call: Call, bearer: Secret | None = None) -> Reply | TransportFailure:
        """Return the answer, or why there is none; raise nothing but what Ctrl-C raises."""
        request_id = str(uuid.uuid4())
        interrupted = False
        outcome: Reply | TransportFailure
        # httpx's exceptions become values here: raised further they would carry frames whose locals hold the
        # credential. The same goes for Ctrl-C, which is raised anew below.
        try:
            request = self._request(call, bearer, request_id)
            outcome = request if isinstance(request, TransportFailure) else self._exchange(request, request_id)
        except httpx.HTTPError as error:
            outcome = failure_of(error, self._url)
        except AnswerBoundError as error:
            outcome = given_up(error, self._url)
        except httpx.InvalidURL as error:
            outcome = TransportFailure(f"{call.path!r} is not a path: {error}", hopeless=True)
        except KeyboardInterrupt:
            interrupted = True
        if interrupted:
            raise KeyboardInterrupt("" if call.safe else f"{call} was on its way: look whether it happened.")
        return outcome

    def _request(self, call: Call, bearer: Secret | None, request_id: str) -> httpx.Request | TransportFailure:
        """Return the request, or why it cannot be written: a NaN, a time, half a character, endless nesting."""
        try:
            return self._built(call, bearer, request_id)
        except (ValueError, TypeError, RecursionError) as error:
            reason = words_of(error)
        # The path as ASCII: what is wrong with it must not break the printing of the message too.
        return TransportFailure(
            f"{call.method} {call.path!a} cannot be sent: {reason}", hopeless=True, hint="Correct what is sent."
        )

    def _built(self, call: Call, bearer: Secret | None, request_id: str) -> httpx.Request:
        url = self._url + call.path
        words = _urls.query(call.params)
        if words:
            url += ("&" if "?" in call.path else "?") + words
        headers = [*self._headers, (b"X-Request-ID", request_id.encode())]
        if bearer is not None:
            headers.append((b"Authorization", b"Bearer " + bearer.reveal().encode("ascii", "replace")))
        content = None
        if call.form is not None:
            content = urlencode({_urls.plain(name): _urls.plain(value) for name, value in call.form.items()}).encode()
            headers.append((b"Content-Type", b"application/x-www-form-urlencoded"))
        elif call.json is not None:
            content = _json(call.json)
            headers.append((b"Content-Type", b"application/json"))
        return httpx.Request(call.method, url, headers=headers, content=content, extensions=self._extensions)

    def _exchange(self, request: httpx.Request, request_id: str) -> Reply:
        response = self._transport.handle_request(request)
        try:
            content = _content(response)
        finally:
            response.close()
        told = response.headers.get("X-Request-ID", request_id)
        # What the server tells may be anything that it was sent.
        return Reply(response.status_code, content, response.headers, told if told == request_id else shown(told))

    def _watch(self, event: str, info: Mapping[str, Any]) -> None:
        # httpcore tells of each new stream here, and nowhere else while a thread waits for the first byte of an answer.
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            stream = info["return_value"]
            self._streams[id(stream)] = stream
            PaceWatch(stream, self._clock)

    def _sockets(self) -> Iterator[socket.socket]:
        for place in self._streams.valuerefs():
            stream = place()
            sock = None if stream is None else stream.get_extra_info("socket")
            if isinstance(sock, socket.socket):
                yield sock

    def cut(self) -> None:
        """End every connection now, so that threads which wait for an answer stop waiting."""
        for sock in self._sockets():
            # Closed already is what is wanted. The base class's method leaves the TLS object alone, which the other
            # thread is using.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connections; an injected transport belongs to whoever made it."""
        if self._network is not None:
            self._transport.close()


def _json(data: object) -> bytes:
    """Return the data as JSON.

    Raises:
        ValueError, TypeError, RecursionError: it cannot be sent.
    """
    text = json.dumps(data, default=_reveal, allow_nan=False, ensure_ascii=False)
    if _NUL.search(text):
        raise ValueError(_urls.NUL)
    content = _urls.encoded(text)
    if untrusted_json.too_deep(content):
        raise ValueError(f"it is nested deeper than {limits.JSON_DEPTH} levels")
    return content


def _content(response: httpx.Response) -> bytes:
    """Return the body, unpacked chunk by chunk, so that no more than one chunk goes over the bound.

    Raises:
        AnswerBoundError: it is longer than `limits.ANSWER_BYTES`.
    """
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_bytes():
        size += len(chunk)
        if size > limits.ANSWER_BYTES:
            raise too_long()
        chunks.append(chunk)
    return b"".join(chunks)


def _reveal(value: object) -> object:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"{type(value).__name__} cannot be sent as JSON")
