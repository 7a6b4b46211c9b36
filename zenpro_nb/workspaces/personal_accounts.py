"""People by their account in the control plane, and the users of a workspace that are theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

Record = Mapping[str, Any]


class PersonalAccount(Struct, frozen=True):
    """A person whose work is looked for.

    Attributes:
        name: the email, or the name on a plain server.
        id: the id in the control plane; empty on a plain server.
        username: the sign-in name, which a workspace takes over as the name of its user (zenml 0.98.0, auth.py).
    """

    name: str
    id: str = ""
    username: str = ""


class PeopleIndex:
    """The people whose work is looked for, by their ids and names."""

    def __init__(self, accounts: Sequence[PersonalAccount]) -> None:
        self._by_id = {account.id: account for account in accounts if account.id}
        self._by_name = {
            name.casefold(): account for account in accounts for name in (account.username, account.name) if name
        }

    def person(self, record: Record) -> PersonalAccount | None:
        """Return the person of a workspace's user, by the account in the control plane, else by the name."""
        fields = fields_of(record)
        external = fields.get("external_user_id")
        if external and self._by_id:
            return self._by_id.get(str(external))
        matches = (self._by_name.get(str(fields.get(name) or "").casefold()) for name in ("name", "email"))
        return next((account for account in matches if account is not None), None)


def fields_of(record: Any) -> Record:
    """Return the fields of a record, which are in its body and metadata (API facts 9.3)."""
    fields: dict[str, Any] = dict(record) if isinstance(record, Mapping) else {}
    for part in ("metadata", "body"):
        inner = fields.get(part)
        fields |= inner if isinstance(inner, Mapping) else {}
    return fields
