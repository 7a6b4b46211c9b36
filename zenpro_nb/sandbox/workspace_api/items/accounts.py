"""The accounts of a workspace: users, service accounts, and the keys that only old service accounts have."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from typing_extensions import override

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.workspace_api.items.base import DataType, Fields, Item

USER: DataType[Account] = DataType("user", owned=False, nested=False)
SERVICE_ACCOUNT: DataType[ServiceAccount] = DataType("service account", "service_account", owned=False, nested=False)
API_KEY: DataType[ApiKey] = DataType("API key", owned=False, nested=False)
DEVICE: DataType[Item] = DataType("authorized device", has_name=False)


class Person(Struct, frozen=True):
    """The control plane's data about an account, which a workspace copies at each sign-in (API facts 11.12)."""

    id: str
    username: str
    full_name: str
    email: str | None
    avatar_url: str | None
    is_superuser: bool
    is_bot: bool
    description: str = ""


class Account(Item):
    """A user of the workspace. Items created by a service account also show it as a user (API facts 9.3)."""

    def __init__(self, item_id: str, person: Person, created: datetime, seen: datetime) -> None:
        super().__init__(USER, item_id, person.username, created)
        self.person = person
        self.seen = seen
        self.active = True

    @override
    def updated(self, now: datetime) -> datetime:
        return self.seen

    def sign_in(self, person: Person, now: datetime) -> None:
        """Copy the control plane's current data. Each sign-in changes `updated` (API facts 11.12)."""
        self.person, self.name, self.seen, self.active = person, person.username, now, True

    @override
    def own_body(self, now: datetime) -> Fields:
        return {
            "active": self.active,
            "activation_token": None,
            "full_name": self.person.full_name,
            "email_opted_in": None if self.person.is_bot else True,
            "is_service_account": self.person.is_bot,
            "is_admin": self.person.is_superuser,
            "default_project_id": None,
            "avatar_url": self.person.avatar_url,
        }

    @override
    def metadata(self, now: datetime) -> Fields:
        return {
            "password_changed_at": None,
            "email": self.person.email,
            "external_user_id": self.person.id or None,
            "user_metadata": {},
            "oidc_claims": {},
        }


class ServiceAccount(Item):
    """A service account as the list of service accounts shows it.

    Args:
        account: the same account as a user. If its person has no id, it belongs to the workspace alone and was created
            before organizations had service accounts.
    """

    def __init__(self, account: Account) -> None:
        super().__init__(SERVICE_ACCOUNT, account.id, account.name, account.created)
        self.account = account

    @property
    def is_external(self) -> bool:
        """Return whether the account belongs to the control plane."""
        return bool(self.account.person.id)

    @override
    def updated(self, now: datetime) -> datetime:
        return self.account.updated(now)

    @override
    def own_body(self, now: datetime) -> Fields:
        person = self.account.person
        return {"full_name": person.full_name, "active": self.account.active, "avatar_url": person.avatar_url}

    @override
    def metadata(self, now: datetime) -> Fields:
        person = self.account.person
        return {"description": person.description, "external_user_id": person.id or None}


class ApiKey(Item):
    """A key of a service account that belongs to the workspace alone. No route creates keys or shows their values."""

    def __init__(self, item_id: str, name: str, account: ServiceAccount, created: datetime, used: datetime) -> None:
        super().__init__(API_KEY, item_id, name, created)
        self.account = account
        self.active = True
        self.used = used

    @override
    def guard(self) -> Item:
        return self.account

    def switch(self, active: bool, now: datetime) -> None:
        """Activate or deactivate the key."""
        self.active, self.changed = active, now

    @override
    def updated(self, now: datetime) -> datetime:
        return max(self.changed, self.used)

    @override
    def own_body(self, now: datetime) -> Fields:
        return {"key": None, "active": self.active, "service_account": self.account}

    @override
    def metadata(self, now: datetime) -> Fields:
        return {
            "description": "From before the organization had service accounts",
            "retain_period_minutes": 0,
            "last_login": self.used,
            "last_rotated": self.created + limits.ROTATED_AFTER,
        }
