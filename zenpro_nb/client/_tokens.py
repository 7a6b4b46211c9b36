"""The life of a client's token: fetched once however many threads need it, renewed before it ends.

Its age is the larger of what two clocks say: the monotonic one may stand still while a laptop sleeps, and the wall
clock may be set back.
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
    """How a client is let in.

    It holds the kind of credential, the seconds its token still lives (None: unknown), and whether it is renewed by
    itself.
    """

    kind: str
    seconds: float | None
    renewable: bool


class _Held:
    """A token and when it was taken."""

    def __init__(self, token: Token, clock: Clock) -> None:
        self.token = token
        self.accepted = False  # the server let something in with it
        self._clock = clock
        self._wall = clock.now()
        self._monotonic = clock.monotonic()
        self._life = None if token.expires_at is None else token.expires_at - self._wall

    def left(self) -> float | None:
        if self._life is None:
            return None
        return self._life - max(self._clock.now() - self._wall, self._clock.monotonic() - self._monotonic)

    def leeway(self) -> float:
        life = self.token.lifetime or self._life or 0.0
        return limits.TOKEN_LEEWAY_SHORT if life < limits.TOKEN_SHORT_LIFE else life / limits.TOKEN_LEEWAY_DIVISOR


class _Flight:
    """A renewal on its way: who comes later waits for it and shares its end."""

    def __init__(self) -> None:
        self.landed = threading.Event()
        self.error: ZenProError | None = None


class Tokens:
    """Gives the current token of one credential, to any number of threads.

    Args:
        credential: what the tokens come from.
        clock: the time.
        notify: told once, in the thread of a public call, that a token which cannot be renewed is about to end.
    """

    def __init__(self, credential: Credential, clock: Clock, notify: Callable[[str], None] | None) -> None:
        self.renewable = credential.renewable
        self._credential = credential
        self._clock = clock
        self._notify = notify
        self._lock = threading.Lock()
        self._held: _Held | None = None
        self._flight: _Flight | None = None

    def after_fork(self) -> None:
        """Forget the renewal that was on its way: the thread that carried it out is the parent's."""
        self._lock = threading.Lock()
        self._flight = None

    def current(self, ask: TokenRequest, scope: CancelScope) -> Token:
        """Return a token that lives, fetched or renewed where needed; raise the errors of the login."""
        held = self._held
        if held is not None:
            left = held.left()
            if left is None or left > held.leeway() or not self.renewable:
                return held.token
        return self._fresh(held, ask, scope).token

    def after_refusal(self, refused: Token, ask: TokenRequest, scope: CancelScope) -> Token | None:
        """Return a token that was fetched after `refused`; None where there is no way to get one."""
        held = self._held
        if held is not None and held.token is not refused:
            return held.token  # another thread was quicker
        fresh = self._fresh(held, ask, scope).token
        return None if fresh is refused else fresh

    def accepted(self, token: Token) -> None:
        """Note that the server let a call in with this token."""
        held = self._held
        if held is not None and held.token is token:
            held.accepted = True

    def was_good(self, refused: Token) -> bool:
        """Return whether a token that is refused now may have ended since: it let somebody in, or was replaced."""
        held = self._held
        return held is None or held.token is not refused or held.accepted

    def life(self) -> TokenLife:
        """Return what is known of the token without asking the server."""
        held = self._held
        if held is None and isinstance(self._credential, BearerToken):
            held = _Held(self._credential.token, self._clock)
        return TokenLife(self._credential.kind, held.left() if held else None, self.renewable)

    def announce(self) -> None:
        """Tell once that the token is about to end and what to do; not where it renews itself."""
        if self._notify is None or self.renewable:
            return
        left = self.life().seconds
        if left is None or not 0 < left <= limits.TOKEN_WARNING:
            return
        with self._lock:
            notify, self._notify = self._notify, None
        if notify is not None:
            notify(f"The token ends in {max(1, round(left / 60))} min and cannot be renewed: get a new one soon.")

    def _fresh(self, stale: _Held | None, ask: TokenRequest, scope: CancelScope) -> _Held:
        while True:
            with self._lock:
                if self._held is not None and self._held is not stale:
                    return self._held
                flight, leading = self._flight, self._flight is None
                if flight is None:
                    flight = self._flight = _Flight()
            if leading:
                return self._lead(flight, stale, ask)
            while not flight.landed.wait(limits.WAIT_SLICE):
                scope.check()
            if flight.error is not None:
                raise flight.error
            # Landed without an error: the token is there, or the leader was stopped and the next one leads.

    def _lead(self, flight: _Flight, stale: _Held | None, ask: TokenRequest) -> _Held:
        held = None
        try:
            token = self._credential.start(ask) if stale is None else self._credential.renew(ask)
            held = stale if token is None else _Held(token, self._clock)
        except ZenProError as error:
            flight.error = error
            raise
        finally:
            with self._lock:
                self._held, self._flight = held or stale, None
            flight.landed.set()
        assert held is not None  # noqa: S101 - only a stale token is not renewed, and then it is kept
        return held
