"""Sends one call from the first try to the last: with throttle, retries, token, and typed errors."""

from __future__ import annotations

import math
from collections.abc import Callable

from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.client import _error_mapping, _retry, _urls
from zenpro_nb.client._cancellation import CancelScope, Clock, WorkStopped
from zenpro_nb.client._credentials import Token
from zenpro_nb.client._reply import Reply, read_refusal
from zenpro_nb.client._request import Call
from zenpro_nb.client._throttle import Throttle
from zenpro_nb.client._tokens import Tokens
from zenpro_nb.client._transport import Transport, TransportFailure
from zenpro_nb.client._urls import Form
from zenpro_nb.errors import (
    AuthenticationError,
    ConnectionFailedError,
    DeviceTokenError,
    RateLimitedError,
    RouteNotFoundError,
    TimedOutError,
    TokenExpiredError,
    UnexpectedAnswerError,
    ZenProError,
)
from zenpro_nb.security.log import LOGGER
from zenpro_nb.security.secret import Secret

_LOGIN_HINT = "Set ZENML_PRO_API_KEY, or log in."
_TENANT_SEGMENTS = {"workspaces": "tenants", "workspace": "tenant"}
_TENANT_PARAMETERS = {"workspace_id": "tenant_id", "workspace_name": "tenant_name"}


class RequestPipeline:
    """Sends calls to one server.

    Args:
        url: the URL of the server.
        tokens: the source of the bearer token; None sends no token.
        throttle: the throttle that all workers of the client share.
        clock: the source of time.
    """

    def __init__(self, url: str, tokens: Tokens | None, throttle: Throttle, clock: Clock) -> None:
        self._url = url
        self._tokens = tokens
        self._throttle = throttle
        self._clock = clock

    def perform(self, call: Call, transport: Transport, scope: CancelScope) -> Reply:
        """Return the reply, whose status is below 300.

        Raises:
            ZenProError: any error from CredentialError on. Its `outcome` states what happened to a write.
        """
        if self._tokens is None:
            return self._check_status(call, self._attempt(call, None, transport, scope))
        token_request = _ServerTokenRequest(self, transport, scope, self._clock)
        try:
            token = self._tokens.current(token_request, scope)
        except ZenProError as error:
            error.outcome = "not sent"
            raise
        except WorkStopped as stopped:
            stopped.sent_nothing = True
            raise
        reply = self._attempt(call, token.secret, transport, scope)
        if reply.status == 401:
            reply = self._resend_with_fresh_token(call, token, reply, self._tokens, token_request)
        else:
            self._tokens.mark_accepted(token)
        return self._check_status(call, reply)

    def _resend_with_fresh_token(
        self, call: Call, token: Token, reply: Reply, tokens: Tokens, token_request: _ServerTokenRequest
    ) -> Reply:
        """Send the call again with a new token while the refused token could have expired, and return the reply.

        Args:
            token: the token that was refused with `reply`.
        """
        for _ in range(limits.TOKEN_RESENDS):
            not_executed = call.safe or read_refusal(call, reply).from_api  # the refused call certainly changed nothing
            if call.once and not not_executed:
                break
            try:
                fresh = tokens.replace_refused(token, token_request, token_request.scope)
            except ZenProError as error:
                error.outcome = "not sent" if not_executed else "unknown"
                raise
            if fresh is None:
                raise _expired_error(call, reply)
            resent = reply.resent or not not_executed
            try:
                token, reply = fresh, self._attempt(call, fresh.secret, token_request.transport, token_request.scope)
            except WorkStopped as stopped:
                stopped.sent_nothing = stopped.sent_nothing and not resent
                raise
            reply.resent = reply.resent or resent
            if reply.status != 401:
                tokens.mark_accepted(token)
                break
            if not tokens.was_accepted(token):  # a token that was just fetched was never accepted
                break
        return reply

    def bearer(self, transport: Transport, scope: CancelScope) -> Secret | None:
        """Return the token that the next call would carry."""
        if self._tokens is None:
            return None
        return self._tokens.current(_ServerTokenRequest(self, transport, scope, self._clock), scope).secret

    def login(self, call: Call, bearer: Secret | None, transport: Transport, scope: CancelScope) -> object:
        """Return the JSON of a call with `bearer` instead of the client's own token."""
        _urls.check_bearer(self._url)
        return self._check_status(call, self._attempt(call, bearer, transport, scope)).json()

    def _attempt(self, call: Call, bearer: Secret | None, transport: Transport, scope: CancelScope) -> Reply:
        """Return the reply to the last try, whatever its status. Raises if none arrived."""
        state = _retry.RetryState()
        started = self._clock.monotonic()
        is_sent = False
        while True:
            try:
                epoch = self._throttle.acquire(scope)
            except WorkStopped as stopped:
                stopped.sent_nothing = not is_sent
                raise
            is_sent = True
            try:
                outcome = self._send(call, bearer, transport)
            finally:
                self._throttle.release()
            if not call.safe and isinstance(outcome, Reply) and scope.cancel.is_set():
                return self._final(call, outcome, state)  # the outcome of a write is not thrown away
            scope.check()
            delay = _retry.next_delay(call, outcome, state, self._clock)
            if delay is None or (not delay.shared and self._clock.monotonic() - started >= scope.patience):
                return self._final(call, outcome, state)
            if delay.shared:
                self._throttle.record_refusal(epoch, delay.seconds, rate=delay.rate_limited)
            else:
                self._throttle.record_failure(epoch)
                self._clock.sleep(delay.seconds, scope.cancel)
            scope.check()

    def _send(self, call: Call, bearer: Secret | None, transport: Transport) -> Reply | TransportFailure:
        started = self._clock.monotonic()
        outcome = transport.send(call, bearer)
        duration = self._clock.monotonic() - started
        if isinstance(outcome, Reply):
            if outcome.status < 400:
                self._throttle.record_success(call.path, duration)
            result: object = outcome.status
        else:
            result = outcome.message
        request_id = getattr(outcome, "request_id", "")
        LOGGER.debug("%s %s %s %.0f ms %s", call.method, call.path, result, duration * 1000, request_id)
        return outcome

    def _final(self, call: Call, outcome: Reply | TransportFailure, state: _retry.RetryState) -> Reply:
        if isinstance(outcome, Reply):
            outcome.resent = state.resent and not call.safe
            return outcome
        if outcome.maybe_sent and not call.safe:
            lost_error = _error_mapping.lost_response_error(call, outcome.message)
            lost_error.timed_out = outcome.timed_out
            raise _mark_resent(lost_error, state.resent)
        attempts = f" ({state.failures} tries)" if state.failures > 1 else ""
        error_class: type[ZenProError] = TimedOutError if outcome.timed_out else ConnectionFailedError
        if outcome.unusable:
            error_class = UnexpectedAnswerError
        error = error_class(
            f"{outcome.message}{attempts}", hint=outcome.hint or "Try again; the server could be busy or down."
        )
        if state.resent and not call.safe:  # the last try never arrived, but an earlier one did
            error.outcome = "unknown"
        raise _mark_resent(error, state.resent and not call.safe)

    def _check_status(self, call: Call, reply: Reply) -> Reply:
        if reply.status < 300:
            return reply
        error = _error_mapping.refusal_error(call, reply)
        if isinstance(error, RateLimitedError):
            requested_wait = _retry.retry_after(reply, self._clock)
            if requested_wait and math.isfinite(requested_wait):
                error.hint = f"Wait {requested_wait:.0f} s, as the server requests, and try again."
        if isinstance(error, AuthenticationError) and self._tokens is None:
            error.hint = _LOGIN_HINT
        raise _mark_resent(error, reply.resent)


class _ServerTokenRequest:
    """The requests that a credential can send: logins, which can be repeated without harm."""

    def __init__(self, pipeline: RequestPipeline, transport: Transport, scope: CancelScope, clock: Clock) -> None:
        self.transport = transport
        self.scope = scope
        self._pipeline = pipeline
        self._clock = clock

    def __call__(self, method: str, path: str, *, form: Form | None = None, bearer: Secret | None = None) -> object:
        return self._pipeline.login(Call(method, path, form=form, safe=True), bearer, self.transport, self.scope)

    def now(self) -> float:
        return self._clock.now()


def _mark_resent(error: ZenProError, resent: bool) -> ZenProError:
    error.resent = resent
    return error


def _expired_error(call: Call, reply: Reply) -> ZenProError:
    """Return the error for a 401 with a token that cannot be renewed: a refused device token, or an expired token."""
    error = _error_mapping.refusal_error(call, reply)
    if isinstance(error, DeviceTokenError) or not isinstance(error, AuthenticationError):
        return error
    return TokenExpiredError(
        f"The token is not accepted: it is wrong, has expired, or was revoked ({call}, HTTP 401)",
        hint=_error_mapping.HOW_TO_RENEW,
        status=error.status,
        detail=error.detail,
        request_id=error.request_id,
        code=error.code,
        from_api=error.from_api,
    )


class TenantFallback:
    """Translates calls for old self-hosted control planes, which use the word tenant for workspace (API facts 3.1).

    It finds out from the 404 of a route which word the server knows, and keeps using it.
    """

    def __init__(self) -> None:
        self._uses_tenants: bool | None = None  # None until the first route with a workspace

    def path(self, path: str) -> str:
        """Return the path in the terms that the server is known to use."""
        return old_path(path) if self._uses_tenants else path

    def perform(self, call: Call, send: Callable[[Call], Reply]) -> Reply:
        """Send the call in the server's terms. Raises the errors of `send`."""
        if self._uses_tenants:
            # The parameters of other routes change too: servers renamed both together (inferred).
            return send(_old_call(call))
        if self._uses_tenants is False or old_path(call.path) == call.path:
            return send(call)
        try:
            reply = send(call)
            self._uses_tenants = False
            return reply
        except RouteNotFoundError as error:
            first_error = error
        try:
            reply = send(_old_call(call))
        except RouteNotFoundError:
            raise first_error from None  # neither path exists: the error names the requested route
        self._uses_tenants = True
        return reply


def old_path(path: str) -> str:
    """Return the path in the terms of older servers.

    >>> old_path("/workspaces/1b4e28ba/members")
    '/tenants/1b4e28ba/members'
    """
    return "/".join(_TENANT_SEGMENTS.get(part, part) for part in path.split("/"))


def _old_call(call: Call) -> Call:
    params = call.params
    if params:
        params = {_TENANT_PARAMETERS.get(name, name): value for name, value in params.items()}
    return replace(call, path=old_path(call.path), params=params)
