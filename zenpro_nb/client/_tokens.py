"""The token of a client: fetched once for all threads, and renewed before it expires.

Its age is the larger value of two clocks. The monotonic clock can stop while a laptop sleeps, and the wall clock can be
set back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.client._cancellation import CancelScope, Clock
from zenpro_nb.client._credentials import BearerToken, Credential, Token, TokenRequest
from zenpro_nb.errors import ZenProError


class TokenLife(Struct, frozen=True):
    """The credential of a client.

    `kind`: its name. `seconds`: the remaining life of its token, None if unknown. `renewable`: the token is renewed
    automatically.
    """

    kind: str
    seconds: float | None
    renewable: bool


class _IssuedToken:
    """A token and the time it was issued."""

    def __init__(self, token: Token, clock: Clock) -> None:
        self.token = token
        self.accepted = False  # the server has accepted the token
        self._clock = clock
        self._wall_start = clock.now()
        self._monotonic_start = clock.monotonic()
        self._life = None if token.expires_at is None else token.expires_at - self._wall_start

    def seconds_left(self) -> float | None:
        if self._life is None:
            return None
        return self._life - max(self._clock.now() - self._wall_start, self._clock.monotonic() - self._monotonic_start)

    def leeway(self) -> float:
        life = self.token.lifetime or self._life or 0.0
        return limits.TOKEN_LEEWAY_SHORT if life < limits.TOKEN_SHORT_LIFE else life / limits.TOKEN_LEEWAY_DIVISOR


class _Renewal:
    """A renewal in progress. Threads that arrive later wait for it and share its result."""

    def __init__(self) -> None:
        self.finished = threading.Event()
        self.error: ZenProError | None = None


class Tokens:
    """Provides the current token of one credential to any number of threads.

    Args:
        credential: the source of the tokens.
        clock: the source of time.
        notify: called once, in the thread of a public call, when a token that cannot be renewed is about to expire.
    """

    def __init__(self, credential: Credential, clock: Clock, notify: Callable[[str], None] | None) -> None:
        self.renewable = credential.renewable
        self._credential = credential
        self._clock = clock
        self._notify = notify
        self._lock = threading.Lock()
        self._current: _IssuedToken | None = None
        self._renewal: _Renewal | None = None

    def after_fork(self) -> None:
        """Forget a renewal in progress: its thread belongs to the parent process."""
        self._lock = threading.Lock()
        self._renewal = None

    def current(self, request: TokenRequest, scope: CancelScope) -> Token:
        """Return a valid token, fetched or renewed if needed. Raises the errors of the login."""
        current = self._current
        if current is not None:
            seconds_left = current.seconds_left()
            if seconds_left is None or seconds_left > current.leeway() or not self.renewable:
                return current.token
        return self._renew_once(current, request, scope).token

    def replace_refused(self, refused: Token, request: TokenRequest, scope: CancelScope) -> Token | None:
        """Return a token that was fetched after `refused`; None if that is impossible."""
        current = self._current
        if current is not None and current.token is not refused:
            return current.token  # another thread has already renewed it
        fresh = self._renew_once(current, request, scope).token
        return None if fresh is refused else fresh

    def mark_accepted(self, token: Token) -> None:
        """Record that the server accepted this token."""
        current = self._current
        if current is not None and current.token is token:
            current.accepted = True

    def was_accepted(self, refused: Token) -> bool:
        """Return whether a refused token could have expired: the server accepted it before, or it was replaced."""
        current = self._current
        return current is None or current.token is not refused or current.accepted

    def life(self) -> TokenLife:
        """Return the state of the token without a request."""
        current = self._current
        if current is None and isinstance(self._credential, BearerToken):
            current = _IssuedToken(self._credential.token, self._clock)
        return TokenLife(self._credential.kind, current.seconds_left() if current else None, self.renewable)

    def warn_before_expiry(self) -> None:
        """Warn once that the token is about to expire, with the next step. Renewable tokens need no warning."""
        if self._notify is None or self.renewable:
            return
        seconds_left = self.life().seconds
        if seconds_left is None or not 0 < seconds_left <= limits.TOKEN_WARNING:
            return
        with self._lock:
            notify, self._notify = self._notify, None
        if notify is not None:
            notify(
                f"The token expires in {max(1, round(seconds_left / 60))} min and cannot be renewed: create a new one."
            )

    def _renew_once(self, stale: _IssuedToken | None, request: TokenRequest, scope: CancelScope) -> _IssuedToken:
        while True:
            with self._lock:
                if self._current is not None and self._current is not stale:
                    return self._current
                renewal, is_leader = self._renewal, self._renewal is None
                if renewal is None:
                    renewal = self._renewal = _Renewal()
            if is_leader:
                return self._run_renewal(renewal, stale, request)
            while not renewal.finished.wait(limits.WAIT_SLICE):
                scope.check()
            if renewal.error is not None:
                raise renewal.error
            # Finished without an error: either the token is there, or the leader was stopped and the next thread leads.

    def _run_renewal(self, renewal: _Renewal, stale: _IssuedToken | None, request: TokenRequest) -> _IssuedToken:
        current = None
        try:
            token = self._credential.start(request) if stale is None else self._credential.renew(request)
            current = stale if token is None else _IssuedToken(token, self._clock)
        except ZenProError as error:
            renewal.error = error
            raise
        finally:
            with self._lock:
                self._current, self._renewal = current or stale, None
            renewal.finished.set()
        assert current is not None  # noqa: S101 - only a stale token is not renewed, and then it is kept
        return current
