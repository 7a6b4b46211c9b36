"""A new account in a sandbox, with only the roles that a test assigns to it."""

from __future__ import annotations

import uuid
from typing import Any

import httpx

from tests.support.sandbox import SandboxProcess

PASSWORD = "correct horse battery staple"


class Person:
    """A new local account of the sandbox."""

    def __init__(self, sandbox: SandboxProcess) -> None:
        self.url, self.headers = sandbox.url, sandbox.headers
        self.email = f"r-{uuid.uuid4().hex[:8]}@example.com"
        made = self._call("POST", "/users", username=self.email, password=PASSWORD)
        self.id = made["id"]
        answer = httpx.post(f"{self.url}/auth/login", data={"username": self.email, "password": PASSWORD}, timeout=60)
        self.settings = {"ZENML_PRO_API_URL": self.url, "ZENML_PRO_API_TOKEN": answer.json()["access_token"]}
        self.acme = next(item["id"] for item in self._call("GET", "/organizations") if item["name"] == "acme")

    def _call(self, method: str, path: str, **params: Any) -> Any:
        answer = httpx.request(method, f"{self.url}{path}", headers=self.headers, params=params, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def take(self, role: str, workspace: str | None = None) -> Person:
        """Assign a role to them."""
        roles = self._call("GET", f"/organizations/{self.acme}/roles", name=role)
        scope = {} if workspace is None else {"workspace_id": self._call("GET", f"/workspaces/{workspace}")["id"]}
        self._call("POST", f"/roles/{roles[0]['id']}/assignments", user_id=self.id, **scope)
        return self
