"""Somebody who was invited just now: an invitation, or, where single sign-on has let them in, an account."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from zenpro_nb import query
from zenpro_nb.errors import ZenProError
from zenpro_nb.framework.declare import CommandContext, Principal, Write
from zenpro_nb.resources.control_plane import INVITATIONS, MEMBERS

Make = Callable[[Principal], Write]


class Newcomer:
    """Somebody without an account, who is invited by a write before those that are about them."""

    def __init__(self, ctx: CommandContext, organization_id: str, email: str) -> None:
        self._run = ctx
        self._ids = {"organization_id": organization_id}
        self._email = email
        self._found: Principal | None = None
        self._joined = False  # the response to the invitation says that it is accepted
        self._lock = threading.Lock()

    @property
    def expected(self) -> Principal:
        """Return what stands for them until they are invited."""
        return Principal(f"{{invitation of {self._email}}}", self._email, "invitation_id")

    def later(self, make: Make) -> Callable[[], Write]:
        """Return what makes the write when its turn comes."""
        return lambda: make(self.principal())

    def learn(self, record: Mapping[str, Any]) -> None:
        """Take who they are from the response to the invitation, so that no request is needed to find out.

        With single sign-on, an account can be a member immediately; what the response is then is not known. One that
        does not show a pending invitation or an account is not used.
        """
        user = record.get("user")
        with self._lock:
            if isinstance(user, Mapping) and user.get("id") and self._is(user.get("email")):
                self._found = Principal(str(user["id"]), self._email, "user_id")
            elif record.get("accepted") is False and record.get("id") and self._is(record.get("email")):
                self._found = Principal(str(record["id"]), self._email, "invitation_id")
            else:
                self._joined = record.get("accepted") is True

    def principal(self) -> Principal:
        """Return who they are now; looked up once, unless the response to the invitation shows it.

        Raises:
            ZenProError: there is neither an invitation nor a member.
        """
        with self._lock:
            if self._found is None:
                self._found = (self._member() if self._joined else None) or self._invited() or self._member()
        if self._found is None:
            raise ZenProError(f"{self._email} has no invitation to give it to, and is no member")
        return self._found

    def _invited(self) -> Principal | None:
        params = {"email": self._email, "only_pending": True}
        waiting = [
            record
            for record in query.records(self._run.session, INVITATIONS, self._ids, params)
            if self._is(record.get("email"))
        ]
        return Principal(query.id_of(INVITATIONS, waiting[-1]), self._email, "invitation_id") if waiting else None

    def _member(self) -> Principal | None:
        flags = {"include_teams": False, "include_service_accounts": False}
        members = query.shared_records(self._run.session, MEMBERS, self._ids, flags)
        accounts = [user for member in members if isinstance(user := member.get("user"), dict)]
        found = next((account for account in accounts if self._is(account.get("email"))), None)
        return None if found is None else Principal(str(found.get("id")), self._email, "user_id")

    def _is(self, email: object) -> bool:
        # Letters match whatever their case (API facts 4.10).
        return str(email).casefold() == self._email.casefold()
