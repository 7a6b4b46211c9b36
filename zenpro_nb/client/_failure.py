"""Why there was no answer, in words and in what follows from it."""

from __future__ import annotations

import socket
import ssl
from urllib.parse import urlsplit

import httpcore
from msgspec import Struct

from zenpro_nb.client._bounds import AnswerBoundError
from zenpro_nb.client._library import httpx
from zenpro_nb.security.secret import scrub

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
