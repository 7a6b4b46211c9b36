"""Sign in at a workspace, and identify the caller (API facts 9.1).

A workspace has no accounts of its own: it queries the control plane for permission and copies the account from there.
It signs its own tokens, so tokens of the control plane or of another workspace are not valid here.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from uuid import UUID, uuid5

from fastapi import HTTPException
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.authentication import credentials
from zenpro_nb.sandbox.authentication.caller import Caller
from zenpro_nb.sandbox.context import Context
from zenpro_nb.sandbox.database.tables import User, Workspace
from zenpro_nb.sandbox.errors import NotSignedInError
from zenpro_nb.sandbox.operations.login import token_reply
from zenpro_nb.sandbox.permissions import access
from zenpro_nb.sandbox.workspace_api.items.accounts import Account, Person
from zenpro_nb.sandbox.workspace_api.world import World

SESSION = "workspace_session"
API_KEY = "zenml-api-key"
EXTERNAL = "zenml-external"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
PASSWORD = "password"  # noqa: S105 - a grant's name


class WorkspaceLoginForm(Struct, frozen=True):
    """The login fields that are relevant in ZenML Pro."""

    grant_type: str = ""
    username: str = ""
    password: str = ""
    device_code: str = ""

    def grant(self) -> str:
        """Return the grant type. A missing one is derived from the other fields, as in 0.98.0."""
        if self.grant_type:
            return self.grant_type
        if self.username:
            return PASSWORD
        if self.password:
            return API_KEY
        return DEVICE if self.device_code else EXTERNAL


class SignIn:
    """Authentication at one workspace."""

    def __init__(self, context: Context, session: Session, workspace: Workspace, world: World) -> None:
        self._context = context
        self._session = session
        self._workspace = workspace
        self._world = world

    def log_in(self, form: WorkspaceLoginForm, bearer: str | None, login_url: str) -> dict[str, object]:
        """Return a response with a token of this workspace, or with the login address of the control plane."""
        grant = form.grant()
        if grant == EXTERNAL:
            if bearer is None:
                return {"authorization_url": login_url}
            return self._admit(bearer)
        if grant == API_KEY:
            if not form.password:
                raise HTTPException(400, "API key is required.")
            return self._admit(form.password)
        if grant == DEVICE:
            raise HTTPException(403, "Device authorization is not supported.")
        # The message for an OAuth grant type that ZenML Pro does not support ends with a period. That for an unknown
        # one does not (observed).
        raise HTTPException(400, f"Unsupported grant type: {grant}{'.' if grant == PASSWORD else ''}")

    def identify(self, bearer: str, now: datetime) -> Account:
        """Return the account of a token of this workspace, or of a key that is used directly."""
        if bearer.startswith(credentials.KEY_PREFIX):
            return self._enter(self._authorize(bearer))
        claims = credentials.read(self._secret(), bearer, now)
        # API facts 2.6: an issued token stays valid until it expires, even if the account has changed.
        account = self._world.account_of(claims.subject)
        return account or self._enter(self._user(claims.subject))

    def _admit(self, credential: str) -> dict[str, object]:
        user = self._authorize(credential)
        self._enter(user)
        life = self._context.options.token_life or limits.SESSION_LIFE
        claims = credentials.claims_for(user.id, SESSION, self._context.now(), life)
        token = credentials.sign(self._secret(), claims)
        return token_reply(token, int(life.total_seconds())) | dict.fromkeys(("refresh_token", "csrf_token", "scope"))

    def _authorize(self, credential: str) -> User:
        """Return the user, if the control plane grants access. Otherwise raise 401, as 0.98.0 always does."""
        caller: Caller = self._context.identify(credential)
        if not access.Rights(self._session, caller).sees(self._workspace):
            raise NotSignedInError("Not authorized to access this server.")
        return self._user(caller.id)

    def _user(self, user_id: str) -> User:
        user = self._session.scalar(select(User).where(User.id == user_id))
        if user is None:
            raise NotSignedInError(f"error retrieving token account {user_id}")
        return user

    def _enter(self, user: User) -> Account:
        """Return the account of a user who signs in. The first sign-in creates it (API facts 11.12)."""
        person, now = person_of(user), self._context.now().replace(tzinfo=None)
        account = self._world.account_of(user.id)
        if account is None:
            account = Account(account_id(self._workspace.id, user.id), person, now, now)
            self._world.admit(account)
            self._world.is_pristine = False
        account.sign_in(person, now)
        return account

    def _secret(self) -> str:
        """Return the secret with which this workspace signs its tokens. It differs from the control plane's."""
        key = self._context.store.jwt_secret.encode()
        return hmac.new(key, self._workspace.id.encode(), hashlib.sha256).hexdigest()


def account_id(workspace_id: str, user_id: str) -> str:
    """Return the id of an account in a workspace, which differs from the id in the control plane."""
    return str(uuid5(UUID(workspace_id), user_id))


def person_of(user: User) -> Person:
    """Return the fields that a workspace copies from the control plane."""
    return Person(
        id=user.id,
        username=user.username,
        full_name=user.name or "",
        email=user.email,
        avatar_url=user.avatar_url,
        is_superuser=user.is_superuser,
        is_bot=user.is_service_account,
        description=user.description or "",
    )
