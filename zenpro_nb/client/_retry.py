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


class Delay(Struct, frozen=True):
    """Try again after `seconds`.

    Attributes:
        everyone: the server asked every worker to wait.
        too_many: because there were too many requests (429), and not because it is away.
    """

    seconds: float
    shared: bool
    rate_limited: bool = False


class RetryState(Struct):
    """How often one call was tried in vain; `resent` says that it reached the server more than once."""

    failures: int = 0
    refusals: int = 0
    resent: bool = False


def next_delay(call: Call, outcome: Reply | TransportFailure, state: RetryState, clock: Clock) -> Delay | None:
    """Return how long to wait before the call is tried again, None where the outcome is final; count it in `state`."""
    if isinstance(outcome, TransportFailure):
        if outcome.permanent or (outcome.maybe_sent and not call.safe):
            return None
        return _after_failure(state, clock)
    deferred = outcome.status in (429, 503) and "Retry-After" in outcome.headers
    if not call.safe:
        if not deferred or call.once or not read_refusal(call, outcome).from_api:
            return None
        return _after_refusal(call, outcome, state, clock)
    if deferred or outcome.status == 429:
        return _after_refusal(call, outcome, state, clock)
    return _after_failure(state, clock) if outcome.status in GATEWAY else None


def retry_after(reply: Reply, clock: Clock) -> float | None:
    """Return the seconds that the server asks to wait, in either form of `Retry-After`; None where it asks for none."""
    text = reply.headers.get("Retry-After", "").strip()
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        wait: float | None = None
    try:
        date = parsedate_to_datetime(text)
        # A date is UTC where it names no zone (RFC 9110, section 5.6.7).
        aware = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
        wait = max(0.0, aware.timestamp() - clock.now())
    except (ValueError, OverflowError):
        wait = None
    return wait


def _after_failure(state: RetryState, clock: Clock) -> Delay | None:
    state.failures += 1
    if state.failures >= limits.RETRY_ATTEMPTS:
        return None
    return Delay(_backoff(state.failures, clock), shared=False)


def _after_refusal(call: Call, reply: Reply, state: RetryState, clock: Clock) -> Delay | None:
    state.refusals += 1
    requested_wait = retry_after(reply, clock)
    if requested_wait is None and not call.safe:
        return None
    if state.refusals >= limits.RATE_LIMIT_ATTEMPTS or (requested_wait or 0.0) > limits.RETRY_AFTER_CAP:
        return None
    state.resent = True
    return Delay(
        _backoff(state.refusals, clock) if requested_wait is None else requested_wait,
        shared=True,
        rate_limited=reply.status == 429,
    )


def _backoff(attempt: int, clock: Clock) -> float:
    """Return a pause that grows exponentially, with full jitter.

    The whole span is drawn from, so that workers that failed together part.
    """
    return clock.random() * min(limits.RETRY_CAP, limits.RETRY_BASE * 2.0 ** (attempt - 1))
