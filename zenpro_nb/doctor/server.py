"""Check the server: reachability, response time, certificate, clock, and whether its API is the expected one."""

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

# Any response will do, including a refusal; this route is the cheapest for the server (API facts 3.20).
_CALL = Call.of("GET", "/health")
DESCRIPTION = "API"  # the check that compares the server's own description with ours
_OPENAPI = "/openapi.json"  # API facts 1.1: public, no credential was needed
_TELL = "Report it: `doctor --save report.json` writes a report that is safe to share."


def look(url: str, clock: Clock, transport: object | None = None) -> Iterator[Check]:
    """Send two requests without a credential: the first opens the connection, the second is timed."""
    connection = Transport(url, read_timeout=limits.FORM_READ_TIMEOUT, clock=clock, injected=transport)
    try:
        first = connection.send(_CALL)
        if isinstance(first, TransportFailure):
            yield from _unreachable(first)
            return
        started, sent_at = clock.monotonic(), clock.now()
        second = connection.send(_CALL)
        milliseconds = (clock.monotonic() - started) * 1000
        received_at = clock.now()
    finally:
        connection.close()
    label = "ZenML's cloud" if url == API_URL else "a server"
    yield Check(
        "server",
        OK,
        f"{url} responded in {milliseconds:.0f} ms",
        shared=f"{label} responded in {milliseconds:.0f} ms",
    )
    yield _tls(url)
    yield _skew(second if isinstance(second, Reply) else first, (sent_at + received_at) / 2)


def _unreachable(failure: TransportFailure) -> Iterator[Check]:
    untrusted = failure.permanent and "certificate" in failure.message
    yield Check(
        "server",
        FAILED,
        failure.message,
        failure.hint or "Check the URL, the network, and the VPN.",
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


def _skew(reply: Reply, local_time: float) -> Check:
    """Check whether the server's clock and the local clock agree.

    Both clocks decide whether a token is valid; if one is wrong, tokens expire at unexpected times.
    """
    date_header = reply.headers.get("Date", "")
    try:
        server_time = parsedate_to_datetime(date_header).timestamp()
    except ValueError:
        return Check("clock", SKIPPED, "the server sends no valid Date header", shared="no Date header")
    # The header has whole seconds, rounded down: on average, the server is half a second ahead of it.
    skew = local_time - (server_time + 0.5)
    words = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the server's"
    if abs(skew) <= limits.CLOCK_SKEW:
        return Check("clock", OK, f"this machine's clock is {words}", shared=words)
    return Check("clock", WARNING, f"this machine's clock is {words}", "Synchronize it with NTP.", words)


def description(session: Session) -> Iterator[Check]:
    """Compare the server's own description of its API with the expected one: a summary check, and one per difference.

    The largest page sizes that it declares apply from now on.
    """
    url, credential = normalize(session.settings.url), session.settings.credential
    document, prefix = _document(url, credential), urlsplit(url).path.rstrip("/")
    if credential is not None:
        session.client.declare_page_sizes(drift.page_sizes(document, prefix=prefix))
    differences = drift.compare(document, prefix=prefix)
    serious = sum(difference.serious for difference in differences)
    words = f"{counted(len(differences), 'difference')} from the expected API, {serious} of them serious"
    yield Check(DESCRIPTION, WARNING if serious else OK, words, _TELL if differences else "", words)
    for difference in differences:
        step = _TELL if difference.serious else "`api GET PATH` reads unknown routes, and `--raw` unknown fields."
        # The names of routes, fields and parameters are the same for every customer.
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
