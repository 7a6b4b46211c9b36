"""A person who has just been invited: an invitation or, if they joined by single sign-on, an account."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from zenpro_nb import access, query
from zenpro_nb.errors import ZenProError
from zenpro_nb.framework.declare import CommandContext, Principal, Write
from zenpro_nb.resources.control_plane import INVITATIONS, MEMBERS

Make = Callable[[Principal], Write]


class Newcomer:
    """A person without an account, whom an earlier write of the same command invites."""

    def __init__(self, ctx: CommandContext, organization_id: str, email: str) -> None:
        self._ctx = ctx
        self._ids = {"organization_id": organization_id}
        self._email = email
        self._found: Principal | None = None
        self._is_accepted = False  # whether the response to the invitation shows it as accepted
        self._lock = threading.Lock()

    @property
    def expected(self) -> Principal:
        """Return the placeholder for the principal until the person is invited."""
        return Principal(access.invitation_to_send(self._email), self._email, "invitation_id")

    def later(self, make: Make) -> Callable[[], Write]:
        """Return a function that builds the write when its turn comes."""
        return lambda: make(self.principal())

    def learn(self, record: Mapping[str, Any]) -> None:
        """Record the principal from the response to the invitation, which saves a request.

        With single sign-on, an account can become a member immediately, and the response for that case is unknown. A
        response that shows neither a pending invitation nor an account is ignored.
        """
        user = record.get("user")
        with self._lock:
            if isinstance(user, Mapping) and user.get("id") and self._is_named(user.get("email")):
                self._found = Principal(str(user["id"]), self._email, "user_id")
            elif record.get("accepted") is False and record.get("id") and self._is_named(record.get("email")):
                self._found = Principal(str(record["id"]), self._email, "invitation_id")
            else:
                self._is_accepted = record.get("accepted") is True

    def principal(self) -> Principal:
        """Return the principal; it is looked up once unless the response to the invitation contained it.

        Raises:
            ZenProError: there is neither an invitation nor a member.
        """
        with self._lock:
            if self._found is None:
                self._found = (self._member() if self._is_accepted else None) or self._invite() or self._member()
        if self._found is None:
            raise ZenProError(f"{self._email} is neither invited nor a member")
        return self._found

    def _invite(self) -> Principal | None:
        params = {"email": self._email, "only_pending": True}
        waiting = [
            record
            for record in query.records(self._ctx.session, INVITATIONS, self._ids, params)
            if self._is_named(record.get("email"))
        ]
        return Principal(query.id_of(INVITATIONS, waiting[-1]), self._email, "invitation_id") if waiting else None

    def _member(self) -> Principal | None:
        flags = {"include_teams": False, "include_service_accounts": False}
        members = query.shared_records(self._ctx.session, MEMBERS, self._ids, flags)
        accounts = [user for member in members if isinstance(user := member.get("user"), dict)]
        found = next((account for account in accounts if self._is_named(account.get("email"))), None)
        return None if found is None else Principal(str(found.get("id")), self._email, "user_id")

    def _is_named(self, email: object) -> bool:
        # Case is ignored (API facts 4.10).
        return str(email).casefold() == self._email.casefold()
