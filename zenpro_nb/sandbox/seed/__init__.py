"""Seed an empty database, and set the admin key and the workspaces with a real server at every start."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.authentication import credentials
from zenpro_nb.sandbox.clock import Clock, stamp
from zenpro_nb.sandbox.database.access_tables import ApiKey
from zenpro_nb.sandbox.database.store import Store
from zenpro_nb.sandbox.database.tables import Meta, Organization, User, Workspace
from zenpro_nb.sandbox.options import Options
from zenpro_nb.sandbox.permissions import queries
from zenpro_nb.sandbox.seed import organizations, people
from zenpro_nb.sandbox.seed.accounts import NamePool, add_crowd
from zenpro_nb.sandbox.seed.row_buffer import RowBuffer
from zenpro_nb.sandbox.workspaces import lifecycle, releases

ADMIN_KEY_NAME = "sandbox"


class Seeded(Struct, frozen=True):
    """The facts that a starting sandbox reports about its database."""

    admin_key: str
    organizations: list[str]


class UnknownOrganizationError(Exception):
    """An option that names an organization missing from the database."""


def prepare(store: Store, options: Options, clock: Clock) -> Seeded:
    """Prepare the database, and seed it if it is empty."""
    now = clock.now()
    with store.writing() as session:
        if session.get(Meta, Meta.SEEDED) is None:
            _seed(session, options, now)
            session.add(Meta(key=Meta.SEEDED, value=stamp(now)))
            session.add(Meta(key=Meta.LAST_SEEDED_USER, value=str(session.scalar(select(func.max(User.seq))))))
        key = _admin_key(session, options.admin_key, store.jwt_secret, now)
        for name, url in options.workspaces:
            connect_workspace(session, options, name, url, now)
        names = list(session.scalars(select(Organization.name).order_by(Organization.seq)))
        for name in options.sso:
            if name not in names:
                raise UnknownOrganizationError(f"Unknown organization '{name}'. Choose from: {', '.join(names)}.")
        return Seeded(key, names)


def _seed(session: Session, options: Options, now: datetime) -> None:
    buffer = RowBuffer(options.seed, now)
    names = NamePool(options.seed)
    people_by_name = people.create(buffer)
    others = options.users - people_by_name.count()
    in_acme = list(add_crowd(buffer, names, others - limits.LABS_PEOPLE, "example.com", people.COMPANY))
    in_labs = list(add_crowd(buffer, names, limits.LABS_PEOPLE, "labs.example.com", "Acme Labs"))
    acme = organizations.create_acme(buffer, people_by_name)
    people.create_service_accounts(buffer, people_by_name, acme.id)
    organizations.populate_acme(acme, people_by_name, in_acme)
    organizations.create_labs(buffer, people_by_name, in_labs)
    organizations.seed_findings(acme, people_by_name, in_acme)
    buffer.insert(session)


def _admin_key(session: Session, key_value: str | None, jwt_secret: str, now: datetime) -> str:
    """Return Ada's key: the one chosen for this run, or else the database's own, which is the same at each start."""
    owner = session.scalars(select(User).where(User.username == people.ADMIN_EMAIL)).one()
    key = session.scalar(select(ApiKey).where(ApiKey.owner_id == owner.id, ApiKey.name == ADMIN_KEY_NAME))
    if key is None:
        key = ApiKey(id=queries.new_id(), owner_id=owner.id, name=ADMIN_KEY_NAME, created=now, retain_period_minutes=0)
        session.add(key)
    secret = key_value or credentials.derived_key(key.id, jwt_secret)
    key.key_hash = credentials.digest(secret)
    key.active = True
    key.expires_at = None
    key.updated = now
    return secret


def connect_workspace(session: Session, options: Options, name: str, url: str, now: datetime) -> None:
    """Set a workspace's URL to a real server. An unknown name creates a workspace in the first organization."""
    row = session.scalar(select(Workspace).where(Workspace.name == name, Workspace.target_state != lifecycle.DELETED))
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
    row.target_state = lifecycle.AVAILABLE
    row.target_reason = lifecycle.USER_ACTION
    # Long enough ago to be available immediately, because the real server is already running.
    row.target_since = now - options.lifecycle
