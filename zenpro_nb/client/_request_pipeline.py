"""One call from its first try to its last: the throttle, the retries, the token, the typed error."""

from __future__ import annotations

import math

from zenpro_nb import limits
from zenpro_nb.client import _error_mapping, _retry, _urls
from zenpro_nb.client._cancellation import CancelScope, Clock
from zenpro_nb.client._credentials import Token
from zenpro_nb.client._reply import Reply, read_refusal
from zenpro_nb.client._request import Call
from zenpro_nb.client._throttle import Throttle
from zenpro_nb.client._tokens import Tokens
from zenpro_nb.client._transport import TransportFailure, Wire
from zenpro_nb.client._urls import Form
from zenpro_nb.errors import (
    AuthenticationError,
    ConnectionFailedError,
    DeviceTokenError,
    RateLimitedError,
    TimedOutError,
    TokenExpiredError,
    UnexpectedAnswerError,
    ZenProError,
)
from zenpro_nb.security.log import LOGGER
from zenpro_nb.security.secret import Secret

_LOG_IN = "Give a credential: set ZENML_PRO_API_KEY, or log in."


class RequestPipeline:
    """Carries calls out against one server.

    Args:
        url: the server.
        tokens: where the bearer comes from; None sends none.
        throttle: what all workers of the client pass.
        clock: the time.
    """

    def __init__(self, url: str, tokens: Tokens | None, throttle: Throttle, clock: Clock) -> None:
        self._url = url
        self._tokens = tokens
        self._throttle = throttle
        self._clock = clock

    def perform(self, call: Call, wire: Wire, scope: CancelScope) -> Reply:
        """Return the reply, whose status is below 300.

        Raises:
            ZenProError: any of the tree's errors from CredentialError on; its `outcome` says what is so about a write.
        """
        if self._tokens is None:
            return self._accept(call, self._attempt(call, None, wire, scope))
        ask = _TokenRequest(self, wire, scope, self._clock)
        try:
            token = self._tokens.current(ask, scope)
        except ZenProError as error:
            error.outcome = "not sent"
            raise
        reply = self._attempt(call, token.secret, wire, scope)
        if reply.status == 401:
            reply = self._renewed(call, token, reply, self._tokens, ask)
        else:
            self._tokens.accepted(token)
        return self._accept(call, reply)

    def _renewed(self, call: Call, token: Token, reply: Reply, tokens: Tokens, ask: _TokenRequest) -> Reply:
        """Return the reply to the call sent again, with token after token, while it is their age that is wrong.

        Args:
            token: the one that was refused, with `reply`.
        """
        for _ in range(limits.TOKEN_RESENDS):
            sure = call.safe or read_refusal(call, reply).from_api  # that the refused one did nothing
            if call.once and not sure:
                break
            try:
                fresh = tokens.after_refusal(token, ask, ask.scope)
            except ZenProError as error:
                error.outcome = "not sent" if sure else "unknown"
                raise
            if fresh is None:
                raise _ended(call, reply)
            resent = reply.resent or not sure
            token, reply = fresh, self._attempt(call, fresh.secret, ask.wire, ask.scope)
            reply.resent = reply.resent or resent
            if reply.status != 401:
                tokens.accepted(token)
                break
            if not tokens.was_good(token):  # it let nothing in, though it was fetched a moment ago
                break
        return reply

    def bearer(self, wire: Wire, scope: CancelScope) -> Secret | None:
        """Return the token that the next call would carry."""
        if self._tokens is None:
            return None
        return self._tokens.current(_TokenRequest(self, wire, scope, self._clock), scope).secret

    def login(self, call: Call, bearer: Secret | None, wire: Wire, scope: CancelScope) -> object:
        """Return the JSON of a call that carries `bearer` and not the client's own token."""
        _urls.check_bearer(self._url)
        return self._accept(call, self._attempt(call, bearer, wire, scope)).json()

    def _attempt(self, call: Call, bearer: Secret | None, wire: Wire, scope: CancelScope) -> Reply:
        """Return the reply to the last try, whatever its status; raise where there was none."""
        tries = _retry.Tries()
        begun = self._clock.monotonic()
        while True:
            entered = self._throttle.enter(scope)
            try:
                outcome = self._send(call, bearer, wire)
            finally:
                self._throttle.leave()
            scope.check()
            pause = _retry.judge(call, outcome, tries, self._clock)
            if pause is None or (not pause.everyone and self._clock.monotonic() - begun >= scope.patience):
                return self._final(call, outcome, tries)
            if pause.everyone:
                self._throttle.refused(entered, pause.seconds, rate=pause.too_many)
            else:
                self._throttle.failed(entered)
                self._clock.sleep(pause.seconds, scope.cancel)
            scope.check()

    def _send(self, call: Call, bearer: Secret | None, wire: Wire) -> Reply | TransportFailure:
        started = self._clock.monotonic()
        outcome = wire.send(call, bearer)
        took = self._clock.monotonic() - started
        if isinstance(outcome, Reply):
            if outcome.status < 400:
                self._throttle.answered(call.path, took)
            said: object = outcome.status
        else:
            said = outcome.words
        request_id = getattr(outcome, "request_id", "")
        LOGGER.debug("%s %s %s %.0f ms %s", call.method, call.path, said, took * 1000, request_id)
        return outcome

    def _final(self, call: Call, outcome: Reply | TransportFailure, tries: _retry.Tries) -> Reply:
        if isinstance(outcome, Reply):
            outcome.resent = tries.resent and not call.safe
            return outcome
        if outcome.sent and not call.safe:
            lost = _error_mapping.lost(call, outcome.words)
            lost.timed_out = outcome.timed_out
            raise _marked(lost, tries.resent)
        times = f" ({tries.failed} tries)" if tries.failed > 1 else ""
        kind: type[ZenProError] = TimedOutError if outcome.timed_out else ConnectionFailedError
        if outcome.unusable:
            kind = UnexpectedAnswerError
        error = kind(f"{outcome.words}{times}", hint=outcome.hint or "Try again; the server may be busy or away.")
        if tries.resent and not call.safe:  # the last one never arrived, but those before did
            error.outcome = "unknown"
        raise _marked(error, tries.resent and not call.safe)

    def _accept(self, call: Call, reply: Reply) -> Reply:
        if reply.status < 300:
            return reply
        error = _error_mapping.refusal(call, reply)
        if isinstance(error, RateLimitedError):
            asked = _retry.retry_after(reply, self._clock)
            if asked and math.isfinite(asked):
                error.hint = f"The server asks to wait {asked:.0f} s. Then try again."
        if isinstance(error, AuthenticationError) and self._tokens is None:
            error.hint = _LOG_IN
        raise _marked(error, reply.resent)


class _TokenRequest:
    """What a credential may ask of the server: logins, which may be repeated without harm."""

    def __init__(self, pipeline: RequestPipeline, wire: Wire, scope: CancelScope, clock: Clock) -> None:
        self.wire = wire
        self.scope = scope
        self._pipeline = pipeline
        self._clock = clock

    def __call__(self, method: str, path: str, *, form: Form | None = None, bearer: Secret | None = None) -> object:
        return self._pipeline.login(Call(method, path, form=form, safe=True), bearer, self.wire, self.scope)

    def now(self) -> float:
        return self._clock.now()


def _marked(error: ZenProError, resent: bool) -> ZenProError:
    error.resent = resent
    return error


def _ended(call: Call, reply: Reply) -> ZenProError:
    """Return the error for a 401 whose token cannot be renewed: the reason is the device login, or its time is over."""
    error = _error_mapping.refusal(call, reply)
    if isinstance(error, DeviceTokenError) or not isinstance(error, AuthenticationError):
        return error
    return TokenExpiredError(
        f"The token is not accepted: it has ended or was revoked ({call}, HTTP 401)",
        hint=_error_mapping.HOW_TO_RENEW,
        status=error.status,
        detail=error.detail,
        request_id=error.request_id,
        code=error.code,
        from_api=error.from_api,
    )
