"""One call from its first try to its last: the gate, the retries, the token, the typed error."""

from __future__ import annotations

from zenpro_nb.client import answers, retry, urls
from zenpro_nb.client.clock import Clock
from zenpro_nb.client.gate import Gate
from zenpro_nb.client.http import Call, Failure, Form, Reply, Wire
from zenpro_nb.client.lanes import Lane
from zenpro_nb.client.redact import LOGGER, Secret
from zenpro_nb.client.tokens import Tokens
from zenpro_nb.errors import (
    ApiError,
    AuthenticationError,
    ConnectionFailedError,
    DeviceTokenError,
    OutcomeUnknownError,
    RateLimitedError,
    TimedOutError,
    TokenExpiredError,
    UnexpectedAnswerError,
)

_LOOK = "Look whether it happened before you send it again."
_LOG_IN = "Give a credential: set ZENML_PRO_API_KEY, or log in."


class Exchange:
    """Carries calls out against one server.

    Args:
        url: the server.
        tokens: where the bearer comes from; None sends none.
        gate: what all workers of the client pass.
        clock: the time.
    """

    def __init__(self, url: str, tokens: Tokens | None, gate: Gate, clock: Clock) -> None:
        self._url = url
        self._tokens = tokens
        self._gate = gate
        self._clock = clock

    def perform(self, call: Call, wire: Wire, lane: Lane) -> Reply:
        """The reply, whose status is below 300.

        Raises:
            ZenProError: any of the tree's errors from CredentialError on.
        """
        if self._tokens is None:
            reply = self._attempt(call, None, wire, lane)
            if reply.status == 401:
                raise _with_hint(answers.error(call, reply), _LOG_IN)
            return self._accept(call, reply)
        ask = _Asked(self, wire, lane, self._clock)
        token = self._tokens.current(ask, lane)
        reply = self._attempt(call, token.secret, wire, lane)
        if reply.status == 401:
            fresh = self._tokens.after_refusal(token, ask, lane)
            if fresh is None:
                raise _ended(call, reply)
            reply = self._attempt(call, fresh.secret, wire, lane)
        return self._accept(call, reply)

    def bearer(self, wire: Wire, lane: Lane) -> Secret | None:
        """The token that the next call would carry."""
        if self._tokens is None:
            return None
        return self._tokens.current(_Asked(self, wire, lane, self._clock), lane).secret

    def login(self, call: Call, bearer: Secret | None, wire: Wire, lane: Lane) -> object:
        """The JSON of a call that carries `bearer` and not the client's own token."""
        urls.check_bearer(self._url)
        return self._accept(call, self._attempt(call, bearer, wire, lane)).json()

    def _attempt(self, call: Call, bearer: Secret | None, wire: Wire, lane: Lane) -> Reply:
        """The reply to the last try, whatever its status. Raises where there was none."""
        tries = retry.Tries()
        while True:
            entered = self._gate.enter(lane)
            try:
                outcome = self._send(call, bearer, wire)
            finally:
                self._gate.leave()
            lane.check()
            pause = retry.judge(call, outcome, tries, self._clock)
            if pause is None:
                return self._final(call, outcome, tries)
            if pause.everyone:
                self._gate.refused(entered, pause.seconds)
            else:
                self._clock.sleep(pause.seconds, lane.cancel)
            lane.check()

    def _send(self, call: Call, bearer: Secret | None, wire: Wire) -> Reply | Failure:
        started = self._clock.monotonic()
        outcome = wire.send(call, bearer)
        if isinstance(outcome, Reply):
            if outcome.status < 400:
                self._gate.answered()
            said: object = outcome.status
        else:
            said = outcome.words
        took = (self._clock.monotonic() - started) * 1000
        LOGGER.debug("%s %s %s %.0f ms %s", call.method, call.path, said, took, getattr(outcome, "request_id", ""))
        return outcome

    def _final(self, call: Call, outcome: Reply | Failure, tries: retry.Tries) -> Reply:
        if isinstance(outcome, Reply):
            if outcome.status in retry.GATEWAY and not call.safe and "Retry-After" not in outcome.headers:
                raise _unknown(call, f"a gateway answered {outcome.status}")
            return outcome
        if outcome.sent and not call.safe:
            raise _unknown(call, outcome.words)
        times = f" ({tries.failed} tries)" if tries.failed > 1 else ""
        kind = TimedOutError if outcome.timed_out else ConnectionFailedError
        raise kind(f"{outcome.words}{times}", hint=outcome.hint or "Try again; the server may be busy or away.")

    def _accept(self, call: Call, reply: Reply) -> Reply:
        if reply.status < 300:
            return reply
        if reply.status < 400:
            raise UnexpectedAnswerError(
                f"{self._url} sends {call} elsewhere, which is not followed with a credential.",
                hint=f"Give the URL that it points to: {reply.headers.get('Location', 'it names none')}",
            )
        error = answers.error(call, reply)
        if isinstance(error, RateLimitedError):
            asked = retry.retry_after(reply, self._clock)
            if asked:
                error.hint = f"The server asks to wait {asked:.0f} s. Then read with fewer workers."
        raise error


class _Asked:
    """What a credential may ask of the server: logins, which may be repeated without harm."""

    def __init__(self, exchange: Exchange, wire: Wire, lane: Lane, clock: Clock) -> None:
        self._exchange = exchange
        self._wire = wire
        self._lane = lane
        self._clock = clock

    def __call__(self, method: str, path: str, *, form: Form | None = None, bearer: Secret | None = None) -> object:
        return self._exchange.login(Call(method, path, form=form, safe=True), bearer, self._wire, self._lane)

    def now(self) -> float:
        return self._clock.now()


def _unknown(call: Call, why: str) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"{call} was sent and its answer was lost: {why}", hint=_LOOK, method=call.method, path=call.path
    )


def _ended(call: Call, reply: Reply) -> ApiError:
    """A 401 for a token that cannot be renewed: the reason is the device login, or its time is over."""
    error = answers.error(call, reply)
    if isinstance(error, DeviceTokenError):
        return error
    return TokenExpiredError(
        f"The token is not accepted: it has ended or was revoked ({call}, HTTP 401)",
        hint=answers.HOW_TO_RENEW,
        status=error.status,
        detail=error.detail,
        request_id=error.request_id,
        code=error.code,
    )


def _with_hint(error: ApiError, hint: str) -> ApiError:
    if isinstance(error, AuthenticationError):
        error.hint = hint
    return error
