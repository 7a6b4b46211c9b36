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
from zenpro_nb.client._connections import Connections, Injected
from zenpro_nb.client._library import httpx
from zenpro_nb.client._network import AnswerBoundError, Network, address
from zenpro_nb.client._reply import Reply, shown
from zenpro_nb.client._request import USER_AGENT, Call, Outgoing, Writer
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

    words: str
    sent: bool = False
    timed_out: bool = False
    hopeless: bool = False
    unusable: bool = False
    hint: str = ""


def given_up(error: AnswerBoundError, url: str) -> TransportFailure:
    """Return the failure for an answer that was too long or too slow."""
    words = f"{url} {error}"
    if error.slow:
        hint = "The server, or something on the way to it, is stuck: try again later."
        return TransportFailure(words, sent=True, timed_out=True, hopeless=True, hint=hint)
    return TransportFailure(words, sent=True, hopeless=True, unusable=True, hint="Ask for less, with a filter.")


def failure_of(error: Exception, url: str) -> TransportFailure:
    """Return what one of `ERRORS` means, without its frames, whose locals hold the credential."""
    reasons = _chain(error)
    if isinstance(error, _NOT_ACCEPTED):
        return TransportFailure(f"{url} did not accept a connection in time", timed_out=True)
    if any(isinstance(reason, ssl.SSLCertVerificationError) for reason in reasons):
        return TransportFailure(
            f"The certificate of {url} is not trusted",
            hopeless=True,
            hint="Where your organization has its own authority, name its file in REQUESTS_CA_BUNDLE.",
        )
    if isinstance(error, _NOT_REACHED):
        unknown = any(isinstance(reason, socket.gaierror) and reason.errno != socket.EAI_AGAIN for reason in reasons)
        host = urlsplit(url).hostname
        text = f"No such host: {host}" if unknown else f"{url} was not reached ({words_of(error)})"
        return TransportFailure(text, hopeless=unknown, hint="Check the URL, the network and the VPN.")
    if isinstance(error, httpx.DecodingError):
        words = f"The answer of {url} cannot be unpacked ({words_of(error)})"
        return TransportFailure(words, sent=True, unusable=True, hint="Something on the way to it may have broken it.")
    if isinstance(error, httpx.LocalProtocolError | httpcore.LocalProtocolError):
        return TransportFailure(f"The request cannot be written: {words_of(error)}", hopeless=True)
    if isinstance(error, httpx.TimeoutException | httpcore.TimeoutException):
        return TransportFailure(f"{url} did not answer in time", sent=True, timed_out=True)
    return TransportFailure(f"The connection to {url} broke ({words_of(error)})", sent=True)


def words_of(error: BaseException) -> str:
    """Return what the error says, without secrets; its name where it says nothing."""
    return scrub(str(error)) or type(error).__name__


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    step: BaseException | None = error
    while step is not None and step not in found:
        found.append(step)
        step = step.__cause__ or step.__context__
    return found


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
        whole = address(url)
        self._writer = Writer(whole, user_agent)
        timeouts = {
            "connect": limits.CONNECT_TIMEOUT,
            "read": read_timeout,
            "write": read_timeout,
            "pool": read_timeout,
        }
        self._way: Connections | Injected
        if transport is None:
            self._way = Connections(network or Network(url), timeouts, clock)
        elif isinstance(transport, httpx.BaseTransport):
            self._way = Injected(transport, whole, timeouts)
        else:
            raise TypeError("transport must be an httpx.BaseTransport")

    def after_fork(self) -> None:
        """Leave the parent's connections to it, and make others; an injected transport belongs to whoever made it."""
        self._way.after_fork()

    def send(self, call: Call, bearer: Secret | None = None) -> Reply | TransportFailure:
        """Return the answer, or why there is none; raise nothing but what Ctrl-C raises."""
        request_id = str(uuid.uuid4())
        interrupted = False
        outcome: Reply | TransportFailure
        # The libraries' exceptions become values here: raised further they would carry frames whose locals hold the
        # credential. The same goes for Ctrl-C, which is raised anew below.
        try:
            outgoing = self._written(call, bearer, request_id)
            outcome = outgoing if isinstance(outgoing, TransportFailure) else self._exchange(outgoing, request_id)
        except ERRORS as error:
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

    def _written(self, call: Call, bearer: Secret | None, request_id: str) -> Outgoing | TransportFailure:
        """Return the request, or why it cannot be written: a NaN, a time, half a character, endless nesting."""
        try:
            return self._writer.write(call, bearer, request_id)
        except (ValueError, TypeError, RecursionError) as error:
            reason = words_of(error)
        # The path as ASCII: what is wrong with it must not break the printing of the message too.
        return TransportFailure(
            f"{call.method} {call.path!a} cannot be sent: {reason}", hopeless=True, hint="Correct what is sent."
        )

    def _exchange(self, outgoing: Outgoing, request_id: str) -> Reply:
        answer = self._way.exchange(outgoing)
        headers = httpx.Headers(answer.headers)
        told = headers.get("X-Request-ID", request_id)
        # What the server tells may be anything that it was sent.
        return Reply(answer.status, answer.content, headers, told if told == request_id else shown(told))

    def cut(self) -> None:
        """End every connection now, so that threads which wait for an answer stop waiting."""
        self._way.cut()

    def close(self) -> None:
        """Close the connections; an injected transport belongs to whoever made it."""
        self._way.close()
