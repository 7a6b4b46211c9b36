"""Control planes that give tokens, and take them back."""

from __future__ import annotations

import base64
import json
import threading

from tests.client.support import Answer, Asked
from zenpro_nb.client import WORKSPACE_LOGIN


def jwt(**claims: float) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{body}.c2ln"


class Plane:
    """Gives tokens that it accepts until `revoke`."""

    def __init__(self, life: int = 3600) -> None:
        self.life = life
        self.good: set[str] = set()
        self.made = 0
        self.hold = threading.Event()
        self.hold.set()
        self._lock = threading.Lock()

    def __call__(self, asked: Asked) -> Answer:
        if asked.path in ("/auth/login", WORKSPACE_LOGIN):
            return self._login(asked)
        if asked.bearer not in self.good:
            return Answer(401, {"detail": ["CredentialsNotValid", "Authentication error: expired"]})
        return Answer(body={"path": asked.path})

    def _login(self, asked: Asked) -> Answer:
        self.hold.wait()
        with self._lock:
            if asked.form.get("password") == "wrong-password":
                return Answer(401, {"detail": "wrong-password is not valid"})
            self.made += 1
            token = f"token-{self.made}"
            self.good.add(token)
            return Answer(body={"access_token": token, "token_type": "bearer", "expires_in": self.life})

    def revoke(self) -> None:
        self.good.clear()


class Worn(Plane):
    """Its tokens end after `uses` uses."""

    def __init__(self, uses: int) -> None:
        super().__init__()
        self._left: dict[str, int] = {}
        self._uses = uses

    def __call__(self, asked: Asked) -> Answer:
        if asked.bearer:
            with self._lock:
                left = self._left[asked.bearer] = self._left.get(asked.bearer, self._uses) - 1
            if left <= 0:
                self.good.discard(asked.bearer)
        return super().__call__(asked)
