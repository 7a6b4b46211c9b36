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

# The errors of connections and of an injected transport. The classes of httpx have the same names as those of httpcore.
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
    """The reason why no usable response arrived.

    Attributes:
        message: what happened.
        maybe_sent: the server could have received the request.
        timed_out: the response took too long.
        permanent: a retry cannot help.
        unusable: there was a response, but not one of this API.
        hint: the next step.
    """

    message: str
    maybe_sent: bool = False
    timed_out: bool = False
    permanent: bool = False
    unusable: bool = False
    hint: str = ""


def bound_failure(error: ResponseBoundError, url: str) -> TransportFailure:
    """Return the failure for a response that was too long or too slow."""
    message = f"{url} {error}"
    if error.slow:
        hint = "The server or a proxy is stuck: try again later."
        return TransportFailure(message, maybe_sent=True, timed_out=True, permanent=True, hint=hint)
    return TransportFailure(message, maybe_sent=True, permanent=True, unusable=True, hint="Add a filter to read less.")


def failure_from(error: Exception, url: str) -> TransportFailure:
    """Return the failure for one of `ERRORS`, without its frames, whose local variables contain the credential."""
    causes = _cause_chain(error)
    if isinstance(error, _NOT_ACCEPTED):
        return TransportFailure(f"{url} did not accept a connection in time", timed_out=True)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return TransportFailure(
            f"The certificate of {url} is not trusted",
            permanent=True,
            hint="If your organization has its own certificate authority, set REQUESTS_CA_BUNDLE to its file.",
        )
    if isinstance(error, _NOT_REACHED):
        is_unknown_host = any(
            isinstance(cause, socket.gaierror) and cause.errno != socket.EAI_AGAIN for cause in causes
        )
        host = urlsplit(url).hostname
        text = f"No such host: {host}" if is_unknown_host else f"{url} was not reached ({error_text(error)})"
        return TransportFailure(text, permanent=is_unknown_host, hint="Check the URL, the network, and the VPN.")
    if isinstance(error, httpx.DecodingError):
        message = f"The response from {url} cannot be decompressed ({error_text(error)})"
        return TransportFailure(message, maybe_sent=True, unusable=True, hint="A proxy may have altered the response.")
    if isinstance(error, httpx.LocalProtocolError | httpcore.LocalProtocolError):
        return TransportFailure(f"The request cannot be encoded: {error_text(error)}", permanent=True)
    if isinstance(error, httpx.TimeoutException | httpcore.TimeoutException):
        return TransportFailure(f"{url} did not respond in time", maybe_sent=True, timed_out=True)
    return TransportFailure(f"The connection to {url} broke ({error_text(error)})", maybe_sent=True)


def error_text(error: BaseException) -> str:
    """Return the message of the error without secrets, or its class name."""
    return scrub(str(error)) or type(error).__name__


def _cause_chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    return chain


# The debug log of httpcore contains response headers, in which a server can repeat the token.
for _name in ("connection", "http11", "proxy", "socks"):
    logging.getLogger(f"httpcore.{_name}").addFilter(RedactingFilter())


class Transport:
    """Sends requests to one server.

    Args:
        url: the normalized URL of the server.
        read_timeout: the number of seconds the server can be silent.
        clock: the source of time.
        network: the route to the server; read from the environment by default.
        injected: an `httpx.BaseTransport` that replaces the network.
        user_agent: the User-Agent header.
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
        """Replace the connections, which belong to the parent process."""
        self._pool.after_fork()

    def send(self, call: Call, bearer: Secret | None = None) -> Reply | TransportFailure:
        """Return the reply or the failure. Raises only KeyboardInterrupt."""
        request_id = str(uuid.uuid4())
        interrupted = False
        outcome: Reply | TransportFailure
        # Exceptions of the libraries become values here: their frames have local variables with the credential. For the
        # same reason, Ctrl-C is raised again below.
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
            raise KeyboardInterrupt("" if call.safe else f"{call} was in flight: check whether it happened.")
        return outcome

    def _encode(self, call: Call, bearer: Secret | None, request_id: str) -> OutgoingRequest | TransportFailure:
        """Return the encoded request, or the failure for a NaN, a time, a lone surrogate, or endless nesting."""
        try:
            return self._encoder.encode(call, bearer, request_id)
        except (ValueError, TypeError, RecursionError) as error:
            cause = error_text(error)
        # The path in ASCII: a malformed path must not break the printing of the message.
        return TransportFailure(
            f"{call.method} {call.path!a} cannot be sent: {cause}", permanent=True, hint="Correct the values."
        )

    def _send(self, outgoing: OutgoingRequest, request_id: str) -> Reply:
        response = self._pool.send(outgoing)
        headers = httpx.Headers(response.headers)
        server_id = headers.get("X-Request-ID", request_id)
        # A server can send any part of the request as its request id.
        return Reply(
            response.status, response.content, headers, server_id if server_id == request_id else displayable(server_id)
        )

    def abort(self) -> None:
        """Close every connection immediately; threads that wait for a response stop waiting."""
        self._pool.abort()

    def close(self) -> None:
        """Close the connections. The caller closes an injected transport."""
        self._pool.close()
