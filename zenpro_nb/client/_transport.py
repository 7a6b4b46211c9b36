"""Sends one request over HTTP and returns the response or the failure; retries and statuses are handled above.

One server needs no cookies, no redirects and no choice of proxy per request. A request is encoded once and passed to
one of httpcore's connections, at half the cost of httpx. Only this module, `_connections`, `_network`, `_request` and
`_library` use httpx or httpcore.
"""

from __future__ import annotations

import logging
import socket
import ssl
import uuid
from urllib.parse import urlsplit

import httpcore
from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.client._cancellation import SYSTEM, Clock
from zenpro_nb.client._connections import Connections, InjectedTransport
from zenpro_nb.client._library import httpx
from zenpro_nb.client._network import Network, ResponseBoundError, parse_url
from zenpro_nb.client._reply import Reply, displayable
from zenpro_nb.client._request import USER_AGENT, Call, OutgoingRequest, RequestEncoder
from zenpro_nb.security.log import RedactingFilter
from zenpro_nb.security.secret import Secret, scrub

# What connections raise, and what an injected transport raises: the classes of httpx are called like httpcore's.
ERRORS = (
    httpx.HTTPError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
)
_NOT_ACCEPTED = (httpx.ConnectTimeout, httpx.PoolTimeout, httpcore.ConnectTimeout, httpcore.PoolTimeout)
_NOT_REACHED = (
    *(httpx.ConnectError, httpx.ProxyError, httpx.UnsupportedProtocol),
    *(httpcore.ConnectError, httpcore.ProxyError, httpcore.UnsupportedProtocol),
)


class TransportFailure(Struct, frozen=True):
    """There was no answer, or none that can be used.

    Attributes:
        words: what happened.
        sent: the server may have got the request.
        timed_out: it did not answer in time.
        hopeless: trying again cannot help.
        unusable: it did answer, but not with what this API sends.
        hint: what to do next.
    """

    message: str
    maybe_sent: bool = False
    timed_out: bool = False
    permanent: bool = False
    unusable: bool = False
    hint: str = ""


def bound_failure(error: ResponseBoundError, url: str) -> TransportFailure:
    """Return the failure for an answer that was too long or too slow."""
    message = f"{url} {error}"
    if error.slow:
        hint = "The server, or something on the way to it, is stuck: try again later."
        return TransportFailure(message, maybe_sent=True, timed_out=True, permanent=True, hint=hint)
    return TransportFailure(
        message, maybe_sent=True, permanent=True, unusable=True, hint="Ask for less, with a filter."
    )


def failure_from(error: Exception, url: str) -> TransportFailure:
    """Return what one of `ERRORS` means, without its frames, whose locals hold the credential."""
    causes = _cause_chain(error)
    if isinstance(error, _NOT_ACCEPTED):
        return TransportFailure(f"{url} did not accept a connection in time", timed_out=True)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return TransportFailure(
            f"The certificate of {url} is not trusted",
            permanent=True,
            hint="Where your organization has its own authority, name its file in REQUESTS_CA_BUNDLE.",
        )
    if isinstance(error, _NOT_REACHED):
        is_unknown_host = any(
            isinstance(cause, socket.gaierror) and cause.errno != socket.EAI_AGAIN for cause in causes
        )
        host = urlsplit(url).hostname
        text = f"No such host: {host}" if is_unknown_host else f"{url} was not reached ({error_text(error)})"
        return TransportFailure(text, permanent=is_unknown_host, hint="Check the URL, the network and the VPN.")
    if isinstance(error, httpx.DecodingError):
        message = f"The answer of {url} cannot be unpacked ({error_text(error)})"
        return TransportFailure(
            message, maybe_sent=True, unusable=True, hint="Something on the way to it may have broken it."
        )
    if isinstance(error, httpx.LocalProtocolError | httpcore.LocalProtocolError):
        return TransportFailure(f"The request cannot be written: {error_text(error)}", permanent=True)
    if isinstance(error, httpx.TimeoutException | httpcore.TimeoutException):
        return TransportFailure(f"{url} did not answer in time", maybe_sent=True, timed_out=True)
    return TransportFailure(f"The connection to {url} broke ({error_text(error)})", maybe_sent=True)


def error_text(error: BaseException) -> str:
    """Return what the error says, without secrets; its name where it says nothing."""
    return scrub(str(error)) or type(error).__name__


def _cause_chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    return chain


# What httpcore logs for those who debug holds the headers of answers, in which a server may repeat the bearer.
for _name in ("connection", "http11", "proxy", "socks"):
    logging.getLogger(f"httpcore.{_name}").addFilter(RedactingFilter())


class Transport:
    """Connections to one server.

    Args:
        url: the server's normalized URL.
        read_timeout: seconds that the server may be silent.
        clock: the time.
        network: how the server is reached; as the environment says where left out.
        injected: an `httpx.BaseTransport` in place of the network.
        user_agent: what the server is told about the client.
    """

    def __init__(
        self,
        url: str,
        read_timeout: float,
        *,
        clock: Clock = SYSTEM,
        network: Network | None = None,
        injected: object | None = None,
        user_agent: str = USER_AGENT,
    ) -> None:
        self._url = url
        parsed = parse_url(url)
        self._encoder = RequestEncoder(parsed, user_agent)
        timeouts = {
            "connect": limits.CONNECT_TIMEOUT,
            "read": read_timeout,
            "write": read_timeout,
            "pool": read_timeout,
        }
        self._pool: Connections | InjectedTransport
        if injected is None:
            self._pool = Connections(network or Network(url), timeouts, clock)
        elif isinstance(injected, httpx.BaseTransport):
            self._pool = InjectedTransport(injected, parsed, timeouts)
        else:
            raise TypeError("transport must be an httpx.BaseTransport")

    def after_fork(self) -> None:
        """Leave the parent's connections to it, and make others; an injected transport belongs to whoever made it."""
        self._pool.after_fork()

    def send(self, call: Call, bearer: Secret | None = None) -> Reply | TransportFailure:
        """Return the answer, or why there is none; raise nothing but what Ctrl-C raises."""
        request_id = str(uuid.uuid4())
        interrupted = False
        outcome: Reply | TransportFailure
        # The libraries' exceptions become values here: raised further they would carry frames whose locals hold the
        # credential. The same goes for Ctrl-C, which is raised anew below.
        try:
            outgoing = self._encode(call, bearer, request_id)
            outcome = outgoing if isinstance(outgoing, TransportFailure) else self._send(outgoing, request_id)
        except ERRORS as error:
            outcome = failure_from(error, self._url)
        except ResponseBoundError as error:
            outcome = bound_failure(error, self._url)
        except httpx.InvalidURL as error:
            outcome = TransportFailure(f"{call.path!r} is not a path: {error}", permanent=True)
        except KeyboardInterrupt:
            interrupted = True
        if interrupted:
            raise KeyboardInterrupt("" if call.safe else f"{call} was on its way: look whether it happened.")
        return outcome

    def _encode(self, call: Call, bearer: Secret | None, request_id: str) -> OutgoingRequest | TransportFailure:
        """Return the request, or why it cannot be written: a NaN, a time, half a character, endless nesting."""
        try:
            return self._encoder.encode(call, bearer, request_id)
        except (ValueError, TypeError, RecursionError) as error:
            cause = error_text(error)
        # The path as ASCII: what is wrong with it must not break the printing of the message too.
        return TransportFailure(
            f"{call.method} {call.path!a} cannot be sent: {cause}", permanent=True, hint="Correct what is sent."
        )

    def _send(self, outgoing: OutgoingRequest, request_id: str) -> Reply:
        response = self._pool.send(outgoing)
        headers = httpx.Headers(response.headers)
        server_id = headers.get("X-Request-ID", request_id)
        # What the server tells may be anything that it was sent.
        return Reply(
            response.status, response.content, headers, server_id if server_id == request_id else displayable(server_id)
        )

    def abort(self) -> None:
        """End every connection now, so that threads which wait for an answer stop waiting."""
        self._pool.abort()

    def close(self) -> None:
        """Close the connections; an injected transport belongs to whoever made it."""
        self._pool.close()
