"""The server: is it there, how far away, by which certificate, in which time, and is its API the one we know."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from zenpro_nb import limits
from zenpro_nb.client import API_URL, Client, Clock, Credential, normalize
from zenpro_nb.client._reply import Reply
from zenpro_nb.client._request import Call
from zenpro_nb.client._transport import Transport, TransportFailure
from zenpro_nb.doctor.model import FAILED, OK, SKIPPED, WARNING, Check
from zenpro_nb.errors import AuthenticationError, UnexpectedAnswerError
from zenpro_nb.resources import drift
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.counts import counted

# Any answer will do, a refusal as well; this route is the least work for the server (API facts 3.20).
_CALL = Call.of("GET", "/health")
DESCRIPTION = "API"  # the check that compares the server's own description with ours
_OPENAPI = "/openapi.json"  # API facts 1.1: public, no credential was needed
_TELL = "Tell us: `doctor --save report.json` writes what may be shared."


def look(url: str, clock: Clock, transport: object | None = None) -> Iterator[Check]:
    """Send two requests without a credential: the first opens the connection, the second is timed."""
    connection = Transport(url, read_timeout=limits.FORM_READ_TIMEOUT, clock=clock, injected=transport)
    try:
        first = connection.send(_CALL)
        if isinstance(first, TransportFailure):
            yield from _unreachable(url, first)
            return
        started, before = clock.monotonic(), clock.now()
        second = connection.send(_CALL)
        away = (clock.monotonic() - started) * 1000
        after = clock.now()
    finally:
        connection.close()
    what = "ZenML's cloud" if url == API_URL else "a server"
    yield Check("server", OK, f"{url} answered in {away:.0f} ms", shared=f"{what} answered in {away:.0f} ms")
    yield _tls(url)
    yield _skew(second if isinstance(second, Reply) else first, (before + after) / 2)


def _unreachable(url: str, failure: TransportFailure) -> Iterator[Check]:
    untrusted = failure.permanent and "certificate" in failure.message
    yield Check(
        "server",
        FAILED,
        failure.message,
        failure.hint or "Check the URL, the network and the VPN.",
        "a certificate that is not trusted" if untrusted else "not reached",
    )
    if untrusted:
        yield Check("TLS", FAILED, failure.message, failure.hint, "not trusted")
    else:
        yield Check("TLS", SKIPPED, "the server was not reached", shared="not reached")
    yield Check("clock", SKIPPED, "the server was not reached", shared="not reached")


def _tls(url: str) -> Check:
    if url.startswith("https://"):
        return Check("TLS", OK, "the certificate is trusted", shared="trusted")
    return Check("TLS", SKIPPED, "plain http, to this machine itself", shared="plain http")


def _skew(reply: Reply, here: float) -> Check:
    """Check whether the server's clock and ours agree.

    Tokens are judged by both, so that one that is wrong makes them end at odd times.
    """
    told = reply.headers.get("Date", "")
    try:
        there = parsedate_to_datetime(told).timestamp()
    except ValueError:
        return Check("clock", SKIPPED, "the server does not say what time it is", shared="no Date header")
    # The header has whole seconds, cut off: on average the server is half a second further.
    skew = here - (there + 0.5)
    words = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the server's"
    if abs(skew) <= limits.CLOCK_SKEW:
        return Check("clock", OK, f"this machine's clock is {words}", shared=words)
    return Check("clock", WARNING, f"this machine's clock is {words}", "Set it by NTP: tokens are judged by it.", words)


def description(session: Session) -> Iterator[Check]:
    """Compare the server's own description of its API with ours: a check for the whole, and one a difference.

    What it says of the largest pages is heeded from now on.
    """
    url, credential = normalize(session.settings.url), session.settings.credential
    document, prefix = _document(url, credential), urlsplit(url).path.rstrip("/")
    if credential is not None:
        session.client.declare_page_sizes(drift.page_sizes(document, prefix=prefix))
    found = drift.compare(document, prefix=prefix)
    serious = sum(difference.serious for difference in found)
    words = f"{counted(len(found), 'difference')} from what we take it for, {serious} of them serious"
    yield Check(DESCRIPTION, WARNING if serious else OK, words, _TELL if found else "", words)
    for difference in found:
        step = _TELL if difference.serious else "`api GET PATH` and `--raw` reach it meanwhile."
        # The names of routes, fields and parameters are the same at every customer's.
        yield Check(f"drift: {difference.where}", WARNING, difference.words, step, difference.words)


def _document(url: str, credential: Credential | None) -> dict[str, object]:
    try:
        with Client(url, None) as client:
            data = client.get(_OPENAPI)
    except AuthenticationError:
        if credential is None:
            raise
        with Client(url, credential) as client:
            data = client.get(_OPENAPI)
    if not isinstance(data, dict) or not isinstance(data.get("paths"), dict):
        raise UnexpectedAnswerError("The server's /openapi.json is not an OpenAPI document.", hint="Check the URL.")
    return data
