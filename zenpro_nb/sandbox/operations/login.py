"""The grants of ``POST /auth/login`` (API facts 2.2). Each turns a form into a token response."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.authentication import caller as kinds
from zenpro_nb.sandbox.authentication import credentials
from zenpro_nb.sandbox.context import Context
from zenpro_nb.sandbox.database.tables import User, Workspace
from zenpro_nb.sandbox.errors import NotSignedInError, OAuthError
from zenpro_nb.sandbox.operations import device_flow
from zenpro_nb.sandbox.workspaces import lifecycle

PASSWORD = "password"  # noqa: S105 - a grant's name
# API facts 10.2: underscores at the control plane, hyphens at the workspace.
KEY_GRANTS = ("zenml_api_key", "zenml-api-key")
MACHINE = "client_credentials"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


class LoginForm(Struct, frozen=True):
    """The submitted fields. An empty field counts as absent."""

    grant_type: str = ""
    username: str = ""
    password: str = ""
    client_id: str = ""
    client_secret: str = ""
    device_code: str = ""

    def grant(self) -> str:
        """Return the grant type, derived from the other fields if absent or empty (API facts 2.2)."""
        if self.grant_type:
            return self.grant_type
        if self.device_code:
            return DEVICE
        if self.client_secret:
            return MACHINE
        return PASSWORD if self.username else KEY_GRANTS[0]


def log_in(context: Context, form: LoginForm) -> dict[str, object]:
    """Return the token response."""
    grant = form.grant()
    if grant == DEVICE:
        return device_flow.poll(context, form.client_id, form.device_code)
    if grant == MACHINE:
        return _machine(context, form)
    if grant in KEY_GRANTS or (grant == PASSWORD and not form.username):
        return _key(context, form)
    if grant == PASSWORD:
        return _local(context, form)
    raise OAuthError("unsupported_grant_type", f"Unsupported grant type '{grant}'.")


def token_reply(token: str, expires_in: int, **device: object) -> dict[str, object]:
    """Return the response body, which is the same for every grant."""
    return {
        "access_token": token,
        "token_type": "bearer",
        "expires_in": expires_in,
        "device_id": None,
        "device_metadata": None,
        **device,
    }


def _key(context: Context, form: LoginForm) -> dict[str, object]:
    if not form.password:
        raise NotSignedInError("No credential was given.")
    with context.writing(sign_in=True) as session:
        key, _ = kinds.key_for(session, form.password, context.now())
        _require_active(session.scalar(select(User).where(User.id == key.owner_id)))
        key.last_login = context.now()
    return token_reply(*context.issue(key.owner_id, kinds.SESSION, limits.SESSION_LIFE, key_id=key.id))


def _local(context: Context, form: LoginForm) -> dict[str, object]:
    with context.store.reading() as session:
        user = local_user(session, form.username, form.password)
    return token_reply(*context.issue(user.id, kinds.SESSION, limits.SESSION_LIFE))


def local_user(session: Session, username: str, password: str) -> User:
    """Return the local account with this password."""
    has_name_or_email = or_(User.username == username, func.lower(User.email) == username.lower())
    user = session.scalar(select(User).where(has_name_or_email, User.is_service_account.is_(False)))
    if user is None or not credentials.password_fits(password, user.password):
        # One message for both cases, which does not reveal the names that exist.
        raise NotSignedInError("Invalid username or password.")
    return _require_active(user)


def _require_active(user: User | None) -> User:
    if user is None or not user.is_active:
        raise NotSignedInError("The user account is not active.")
    return user


def _machine(context: Context, form: LoginForm) -> dict[str, object]:
    with context.store.reading() as session:
        row = session.scalar(select(Workspace).where(Workspace.id == form.client_id))
    if row is None:
        return _service_account(context, form)
    if row.target_state == lifecycle.DELETED or row.enrollment_hash != credentials.digest(form.client_secret):
        raise NotSignedInError("Invalid client credentials.")
    return token_reply(*context.issue(row.id, kinds.WORKSPACE, limits.SESSION_LIFE))


def _service_account(context: Context, form: LoginForm) -> dict[str, object]:
    """Sign in with the client credentials of an account, as ZenML's release scripts do (API facts 2.2).

    Inferred: the client is a service account, and its secret is one of the account's keys.
    """
    with context.store.reading() as session:
        key, _ = kinds.key_for(session, form.client_secret, context.now())
        if key.owner_id != form.client_id:
            raise NotSignedInError("Invalid client credentials.")
    return _key(context, LoginForm(password=form.client_secret))
