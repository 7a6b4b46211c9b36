"""Control planes that issue tokens and revoke them."""

from __future__ import annotations

import base64
import json
import threading

from tests.client.support import ReceivedRequest, Response
from zenpro_nb.client import WORKSPACE_LOGIN


def jwt(**claims: float) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{body}.c2ln"


class Plane:
    """Issues tokens that it accepts until `revoke`."""

    def __init__(self, life: int = 3600) -> None:
        self.life = life
        self.valid_tokens: set[str] = set()
        self.login_count = 0
        self.allow_login = threading.Event()
        self.allow_login.set()
        self._lock = threading.Lock()

    def __call__(self, request: ReceivedRequest) -> Response:
        if request.path in ("/auth/login", WORKSPACE_LOGIN):
            return self._login(request)
        if request.bearer not in self.valid_tokens:
            return Response(401, {"detail": ["CredentialsNotValid", "Authentication error: expired"]})
        return Response(body={"path": request.path})

    def _login(self, request: ReceivedRequest) -> Response:
        self.allow_login.wait()
        with self._lock:
            if request.form.get("password") == "wrong-password":
                return Response(401, {"detail": "wrong-password is not valid"})
            self.login_count += 1
            token = f"token-{self.login_count}"
            self.valid_tokens.add(token)
            return Response(body={"access_token": token, "token_type": "bearer", "expires_in": self.life})

    def revoke(self) -> None:
        self.valid_tokens.clear()


class WearingPlane(Plane):
    """Accepts each token for `uses` requests only."""

    def __init__(self, uses: int) -> None:
        super().__init__()
        self._uses_left: dict[str, int] = {}
        self._uses = uses

    def __call__(self, request: ReceivedRequest) -> Response:
        if request.bearer:
            with self._lock:
                uses_left = self._uses_left[request.bearer] = self._uses_left.get(request.bearer, self._uses) - 1
            if uses_left <= 0:
                self.valid_tokens.discard(request.bearer)
        return super().__call__(request)
