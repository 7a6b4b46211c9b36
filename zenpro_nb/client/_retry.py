"""Decides which requests are retried, when, and how long.

| what happened                    | reads | writes                                           |
|----------------------------------|-------|--------------------------------------------------|
| not reached                      | retry | retry: nothing was sent                          |
| sent, no response                | retry | final                                            |
| 429, 503 with Retry-After        | retry | retry if it comes from the API and not with once |
| 429                              | retry | final                                            |
| 502, 503, 504                    | retry | final                                            |
| anything else                    | final | final                                            |

It is inferred that an API which responds with 429 or 503 and Retry-After has changed nothing (API facts 5.4).
The reply to a write that was sent again therefore has `resent` set. `_error_mapping` decides what a final response
means for a write.
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
    """Retry after `seconds`.

    Attributes:
        shared: all workers must wait, because the server requested it.
        rate_limited: there were too many requests (429); the server is not down.
    """

    seconds: float
    shared: bool
    rate_limited: bool = False


class RetryState(Struct):
    """The number of failed tries of one call. `resent`: the call reached the server more than once."""

    failures: int = 0
    refusals: int = 0
    resent: bool = False


def next_delay(call: Call, outcome: Reply | TransportFailure, state: RetryState, clock: Clock) -> Delay | None:
    """Return the delay before the next try, or None if the outcome is final. Counts the failure in `state`."""
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
    """Return the value of `Retry-After` in seconds, for both of its forms; None without a valid one."""
    text = reply.headers.get("Retry-After", "").strip()
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        wait: float | None = None
    try:
        date = parsedate_to_datetime(text)
        # A date without a zone is UTC (RFC 9110, section 5.6.7).
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
    """Return a delay that grows exponentially, with full jitter.

    It is drawn from the whole range, which spreads workers that failed together.
    """
    return clock.random() * min(limits.RETRY_CAP, limits.RETRY_BASE * 2.0 ** (attempt - 1))
