"""What is tried again, when, and for how long.

| what happened                       | reads | writes                                                  |
|-------------------------------------|-------|---------------------------------------------------------|
| not reached                         | again | again: nothing was sent                                 |
| sent, no answer                     | again | final                                                   |
| 429, 503 with Retry-After           | again | again where the API itself says it, and not with `once` |
| 429                                 | again | final                                                   |
| 502, 503, 504                       | again | final                                                   |
| anything else                       | final | final                                                   |

That an API which answers 429 or 503 with Retry-After has done nothing is inferred (fact sheet section 5): the reply to
a write that was sent again therefore says so (`resent`). What a final answer says about a write: see `_error_mapping`.
"""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.client._cancellation import Clock
from zenpro_nb.client._reply import Reply, read_refusal
from zenpro_nb.client._request import Call
from zenpro_nb.client._transport import TransportFailure

GATEWAY = frozenset({502, 503, 504})


class Pause(Struct, frozen=True):
    """Try again after `seconds`.

    Attributes:
        everyone: the server asked every worker to wait.
        too_many: because there were too many requests (429), and not because it is away.
    """

    seconds: float
    everyone: bool
    too_many: bool = False


class Tries(Struct):
    """How often one call was tried in vain; `resent` says that it reached the server more than once."""

    failed: int = 0
    refused: int = 0
    resent: bool = False


def judge(call: Call, outcome: Reply | TransportFailure, tries: Tries, clock: Clock) -> Pause | None:
    """Return how long to wait before the call is tried again, None where the outcome is final; count it in `tries`."""
    if isinstance(outcome, TransportFailure):
        if outcome.hopeless or (outcome.sent and not call.safe):
            return None
        return _failed(tries, clock)
    put_off = outcome.status in (429, 503) and "Retry-After" in outcome.headers
    if not call.safe:
        if not put_off or call.once or not read_refusal(call, outcome).from_api:
            return None
        return _refused(call, outcome, tries, clock)
    if put_off or outcome.status == 429:
        return _refused(call, outcome, tries, clock)
    return _failed(tries, clock) if outcome.status in GATEWAY else None


def retry_after(reply: Reply, clock: Clock) -> float | None:
    """Return the seconds that the server asks to wait, in either form of `Retry-After`; None where it asks for none."""
    text = reply.headers.get("Retry-After", "").strip()
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pause: float | None = None
    try:
        moment = parsedate_to_datetime(text)
        # A date is UTC where it names no zone (RFC 9110, section 5.6.7).
        zoned = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        pause = max(0.0, zoned.timestamp() - clock.now())
    except (ValueError, OverflowError):
        pause = None
    return pause


def _failed(tries: Tries, clock: Clock) -> Pause | None:
    tries.failed += 1
    if tries.failed >= limits.RETRY_ATTEMPTS:
        return None
    return Pause(_backoff(tries.failed, clock), everyone=False)


def _refused(call: Call, reply: Reply, tries: Tries, clock: Clock) -> Pause | None:
    tries.refused += 1
    asked = retry_after(reply, clock)
    if asked is None and not call.safe:
        return None
    if tries.refused >= limits.RATE_LIMIT_ATTEMPTS or (asked or 0.0) > limits.RETRY_AFTER_CAP:
        return None
    tries.resent = True
    return Pause(
        _backoff(tries.refused, clock) if asked is None else asked, everyone=True, too_many=reply.status == 429
    )


def _backoff(tried: int, clock: Clock) -> float:
    """Return a pause that grows exponentially, with full jitter.

    The whole span is drawn from, so that workers that failed together part.
    """
    return clock.random() * min(limits.RETRY_CAP, limits.RETRY_BASE * 2.0 ** (tried - 1))
