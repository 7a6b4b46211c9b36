"""Filling an empty database, and what every start does: the admin key and the workspaces with a real server."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import credentials, lifecycle, limits, queries, releases
from zenpro_nb.sandbox.access_tables import ApiKey
from zenpro_nb.sandbox.clock import Clock, stamp
from zenpro_nb.sandbox.options import Options
from zenpro_nb.sandbox.seed import acme, cast, findings, labs
from zenpro_nb.sandbox.seed.draft import Draft
from zenpro_nb.sandbox.seed.people import Names, crowd
from zenpro_nb.sandbox.store import Store
from zenpro_nb.sandbox.tables import Meta, Organization, User, Workspace

ADMIN_KEY_NAME = "sandbox"


class Seeded(Struct, frozen=True):
    """What a start tells of the database."""

    admin_key: str
    organizations: list[str]


class UnknownOrganizationError(Exception):
    """An option names an organization that is not in the database."""


def prepare(store: Store, options: Options, clock: Clock) -> Seeded:
    """Make the database ready; only an empty one is filled."""
    now = clock.now()
    with store.writing() as session:
        if session.get(Meta, Meta.MADE) is None:
            _fill(session, options, now)
            session.add(Meta(key=Meta.MADE, value=stamp(now)))
            session.add(Meta(key=Meta.LAST_INVENTED, value=str(session.scalar(select(func.max(User.seq))))))
        key = _admin_key(session, options.admin_key, store.jwt_secret, now)
        for name, url in options.workspaces:
            point(session, options, name, url, now)
        names = list(session.scalars(select(Organization.name).order_by(Organization.seq)))
        for name in options.sso:
            if name not in names:
                raise UnknownOrganizationError(f"There is no organization '{name}', only {' and '.join(names)}.")
        return Seeded(key, names)


def _fill(session: Session, options: Options, now: datetime) -> None:
    draft = Draft(options.seed, now)
    names = Names(options.seed)
    parts = cast.hire(draft)
    others = options.users - parts.people()
    in_acme = list(crowd(draft, names, others - limits.LABS_PEOPLE, "example.com", cast.COMPANY))
    in_labs = list(crowd(draft, names, limits.LABS_PEOPLE, "labs.example.com", "Acme Labs"))
    made = acme.found(draft, parts)
    cast.build_bots(draft, parts, made.id)
    acme.populate(made, parts, in_acme)
    labs.build(draft, parts, in_labs)
    findings.leave(made, parts, in_acme)
    draft.insert(session)


def _admin_key(session: Session, chosen: str | None, jwt_secret: str, now: datetime) -> str:
    """Return Ada's key: the one that was chosen for this run, else the database's own, the same at each start."""
    owner = session.scalars(select(User).where(User.username == cast.ADMIN_EMAIL)).one()
    key = session.scalar(select(ApiKey).where(ApiKey.owner_id == owner.id, ApiKey.name == ADMIN_KEY_NAME))
    if key is None:
        key = ApiKey(id=queries.new_id(), owner_id=owner.id, name=ADMIN_KEY_NAME, created=now, retain_period_minutes=0)
        session.add(key)
    secret = chosen or credentials.derived_key(key.id, jwt_secret)
    key.key_hash = credentials.digest(secret)
    key.active = True
    key.expires_at = None
    key.updated = now
    return secret


def point(session: Session, options: Options, name: str, url: str, now: datetime) -> None:
    """Give a workspace the URL of a real server; an unknown name becomes a new workspace of the first organization."""
    row = session.scalar(select(Workspace).where(Workspace.name == name, Workspace.goal != lifecycle.DELETED))
    if row is None:
        first = session.scalars(select(Organization).order_by(Organization.seq)).first()
        if first is None:
            return
        row = Workspace(
            id=queries.new_id(), name=name, display_name=name, organization_id=first.id, owner_id=first.owner_id,
            is_managed=True, workspace_type="zenml", version=releases.latest(), usage_counts={}, is_new=False,
            created=now, updated=now,
        )  # fmt: skip
        session.add(row)
    row.server_url = url.rstrip("/")
    row.goal = lifecycle.AVAILABLE
    row.goal_reason = lifecycle.USER_ACTION
    # Long enough ago to be available at once: the server behind it runs already.
    row.goal_set = now - options.lifecycle
