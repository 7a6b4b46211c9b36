"""One request over HTTP, and nothing else: no retries, no credentials of its own, no meaning of statuses.

One server needs neither cookies nor redirects nor a choice among proxies for each request: a request is written once
and handed to one of httpcore's connections, at half the cost. This module and those that it is made of (`_connections`,
`_outgoing`, `_network`, `_bounds`, `_failure`) are the only ones that know httpx and httpcore.
"""

from __future__ import annotations

import logging
import uuid

from zenpro_nb import limits
from zenpro_nb.client._bounds import AnswerBoundError
from zenpro_nb.client._call import Call
from zenpro_nb.client._clock import SYSTEM, Clock
from zenpro_nb.client._connections import Connections, Injected
from zenpro_nb.client._failure import ERRORS, TransportFailure, failure_of, given_up, words_of
from zenpro_nb.client._library import httpx
from zenpro_nb.client._network import Network, address
from zenpro_nb.client._outgoing import USER_AGENT, Outgoing, Writer
from zenpro_nb.client._reply import Reply, shown
from zenpro_nb.security.log import RedactingFilter
from zenpro_nb.security.secret import Secret

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
