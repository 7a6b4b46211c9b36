"""Columns that several resources share, declared once."""

from __future__ import annotations

from zenpro_nb.resources.model import Column, DataType, Filter

ID = Column("id", DataType.ID, help="UUID")
NAME = Column("name", help="name")
DESCRIPTION = Column("description", help="free text; may be missing")
CREATED = Column("created", DataType.TIME, help="creation time (UTC)")
UPDATED = Column("updated", DataType.TIME, help="time of the last change (UTC)")

LEVELS = ("organization", "workspace", "project")

# API facts 4.2: the same model serves people and service accounts; it has no created/updated.
USER_COLUMNS = (
    Column("email", help="email address; may be missing"),
    Column("name", help="full name; may be missing"),
    Column("username", help="sign-in name; for single sign-on the same as the email"),
    Column("is_active", DataType.BOOL, help="whether the account can sign in"),
    Column("is_superuser", DataType.BOOL, help="whether it has all permissions in the instance, whatever its roles"),
    Column("is_service_account", DataType.BOOL, help="whether it is a service account"),
    Column("is_onboarded", DataType.BOOL, help="whether the user has completed onboarding"),
    Column("company", help="free text; may be missing"),
    Column("job_title", help="free text; may be missing"),
    Column("oauth_provider", DataType.CATEGORY, help="identity provider; missing for local accounts"),
    Column("password_expired", DataType.BOOL, help="whether the password has expired; local accounts only"),
    ID,
    Column("organization_id", DataType.ID, help="organization of a service account (inferred)"),
    Column("avatar_url", help="address of the picture; may be missing"),
)
USER_SECRETS = ("password", "oauth_id", "metadata")

# API facts 4.4: everything but name, description and the key is inferred by analogy.
API_KEY_COLUMNS = (
    NAME,
    DESCRIPTION,
    Column("active", DataType.BOOL, help="whether the key can be used"),
    CREATED,
    UPDATED,
    Column("last_login", DataType.TIME, help="last use (UTC)"),
    Column("last_rotated", DataType.TIME, help="last rotation (UTC)"),
    Column("expires_at", DataType.TIME, help="expiry (UTC); missing if the key never expires"),
    Column(
        "retain_period_minutes",
        DataType.COUNT,
        help="minutes for which the old value stays valid",
    ),
    ID,
)
API_KEY_SECRETS = ("key",)
API_KEY_DECIDING = ("name", "active", "expires_at", "last_login", "created")


PRINCIPAL = Column(
    "principal",
    path="user.email",
    fallback_paths=("user.username", "team.name", "invitation.email"),
    help="email or name of the principal",
)


def principal_columns(*, roles: bool) -> tuple[Column, ...]:
    """Return the columns that identify a member.

    Exactly one of user, team and invitation is set (API facts 4.7).
    """
    who = (
        PRINCIPAL,
        Column("email", path="user.email", help="email address of the user"),
        Column("name", path="user.name", help="full name of the user"),
        Column("username", path="user.username", help="sign-in name of the user"),
        Column("is_active", DataType.BOOL, "user.is_active", "whether the user can sign in"),
        Column("is_service_account", DataType.BOOL, "user.is_service_account", "whether it is a service account"),
        Column(
            "team", path="team.name", help="name of the team, if the member is a team; `teams members` lists people"
        ),
        # Inferred (API facts 4.7): newer servers also list pending invitations.
        Column("invited_email", path="invitation.email", help="email address of the pending invitation"),
        Column("user_id", DataType.ID, "user.id", "the user or service account"),
        Column("team_id", DataType.ID, "team.id", "the team"),
        Column("invitation_id", DataType.ID, "invitation.id", "the pending invitation"),
    )
    if not roles:
        return who
    return (
        *who,
        Column("role_ids", DataType.LIST, "roles[].role_id", "ids of the member's roles"),
        Column("levels", DataType.LIST, "roles[].level", "level of each of these roles"),
    )


PRINCIPAL_SECRETS = tuple(f"user.{name}" for name in USER_SECRETS)


def flag(name: str, help: str) -> Filter:  # noqa: A002 - also the name that click and argparse use
    """Return a yes/no filter."""
    return Filter(name, help, DataType.BOOL)


# The filter of lists stored on this machine, of any server.
EVERY_SERVER = "all"
SERVER = Filter(
    "server", f"filter by address of the server; `{EVERY_SERVER}` selects every one. Default: the one in use"
)
