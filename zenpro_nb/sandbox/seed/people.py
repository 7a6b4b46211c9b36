"""Named users and service accounts, each with a purpose in the demo. All other users are a generated crowd."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct, field
from msgspec.structs import asdict

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.authentication import credentials
from zenpro_nb.sandbox.database.access_tables import ApiKey, Device
from zenpro_nb.sandbox.operations import device_flow
from zenpro_nb.sandbox.seed.accounts import add_person, add_service_account
from zenpro_nb.sandbox.seed.row_buffer import RowBuffer

COMPANY = "Acme Corp"
ADMIN_EMAIL = "ada@example.com"
BOTS = {
    "ci-bot": "Runs pipelines from CI",
    "deploy-bot": "Deploys everything, with full permissions",
    "etl-bot": "Nightly imports",
    "retired-bot": "Was replaced by etl-bot",
}


class NamedPeople(Struct):
    """The ids of the named users, and of the service accounts by name."""

    ada: str
    grace: str
    alan: str
    mary: str
    linus: str
    katherine: str
    leaver: str
    collector: str
    outsider: str
    orphan: str
    twins: tuple[str, str]
    service_accounts: dict[str, str] = field(default_factory=dict)

    def count(self) -> int:
        """Return the number of users, without service accounts."""
        return sum(isinstance(value, str) for value in asdict(self).values()) + len(self.twins)


def create(buffer: RowBuffer) -> NamedPeople:
    """Create the named users. :func:`create_service_accounts` follows once their organization exists."""
    return NamedPeople(
        ada=add_person(buffer, ADMIN_EMAIL, "Ada Lovelace", COMPANY, is_superuser=True, job_title="Head of Platform"),
        grace=add_person(buffer, "grace@example.com", "Grace Hopper", COMPANY, job_title="MLOps Lead"),
        alan=add_person(buffer, "alan@example.com", "Alan Turing", COMPANY, job_title="Auditor"),
        mary=add_person(buffer, "mary@example.com", "Mary Shelley", COMPANY, job_title="Accountant"),
        linus=add_person(buffer, "linus@example.com", "Linus Pauling", COMPANY),
        katherine=add_person(buffer, "katherine@example.com", "Katherine Johnson", COMPANY),
        leaver=add_person(buffer, "left.us@example.com", "Edmond Dantès", COMPANY, is_active=False),
        collector=add_person(buffer, "collector@example.com", "Marie Kondo", COMPANY),
        outsider=add_person(buffer, "outsider@partner.example", "Phileas Fogg", "Partner"),
        orphan=add_person(buffer, "orphan@example.com", "Oliver Twist", COMPANY, is_onboarded=False),
        # Two users with the same name: only the email address distinguishes them.
        twins=(
            add_person(buffer, "alex.morgan@example.com", "Alex Morgan", COMPANY),
            add_person(buffer, "alex.morgan2@example.com", "Alex Morgan", COMPANY),
        ),
    )


def create_service_accounts(buffer: RowBuffer, people: NamedPeople, organization_id: str) -> None:
    """Create the service accounts, and the keys and devices of the named accounts."""
    for name, description in BOTS.items():
        people.service_accounts[name] = add_service_account(
            buffer, organization_id, name, description, is_active=name != "retired-bot"
        )
    add_key(buffer, people.service_accounts["ci-bot"], "github-actions", last_used=1, rotated=20)
    add_key(buffer, people.service_accounts["deploy-bot"], "never-rotated", last_used=2)
    add_key(buffer, people.service_accounts["etl-bot"], "airflow", last_used=0.2, expires=30)
    add_key(buffer, people.service_accounts["etl-bot"], "old", last_used=400, active=False)
    add_key(buffer, people.service_accounts["retired-bot"], "cron", last_used=300)
    add_key(buffer, people.ada, "laptop", last_used=0.5)
    add_key(buffer, people.ada, "expired", last_used=100, expires=-10)
    add_key(buffer, people.ada, "never-used")
    _devices(buffer, people.ada)


def add_key(
    buffer: RowBuffer,
    owner_id: str,
    name: str,
    last_used: float | None = None,
    rotated: float | None = None,
    expires: float | None = None,
    *,
    active: bool = True,
) -> None:
    """Add a key whose secret is unknown. The numbers are days in the past, or for ``expires`` days in the future."""
    created = buffer.ago(*limits.KEY_AGE)
    buffer.add_with_id(
        ApiKey, owner_id=owner_id, name=name, active=active,
        key_hash=_hash(buffer), retain_period_minutes=0,
        expires_at=None if expires is None else buffer.now + timedelta(days=expires),
        last_login=None if last_used is None else buffer.now - timedelta(days=last_used),
        last_rotated=None if rotated is None else buffer.now - timedelta(days=rotated),
        created=created, updated=created,
    )  # fmt: skip


def _hash(buffer: RowBuffer) -> str:
    """Return the hash of an unknown secret."""
    return credentials.digest(buffer.random.randbytes(limits.SECRET_BYTES).hex())


def _devices(buffer: RowBuffer, user_id: str) -> None:
    for hostname, system, days, status in (
        ("ada-laptop", "Darwin", 1, device_flow.ACTIVE),
        ("ada-desktop", "Linux", 12, device_flow.ACTIVE),
        # Its token expired long ago, and it cannot request another one.
        ("old-laptop", "Windows", 210, device_flow.LOCKED),
    ):
        last_seen = buffer.now - timedelta(days=days)
        buffer.add_with_id(
            Device, client_id=buffer.id(), user_id=user_id, status=status, user_code=f"SEED-{days:04d}",
            device_code_hash=_hash(buffer), code_expires=last_seen,
            expires=last_seen + limits.TRUSTED_DEVICE_TOKEN_LIFE,
            trusted_device=True, interval=limits.DEVICE_POLL_INTERVAL, failed_auth_attempts=0,
            hostname=hostname, os=system, ip_address="192.0.2.17", python_version="3.12.7", zenml_version="0.98.0",
            last_login=last_seen, created=last_seen, updated=last_seen,
        )  # fmt: skip
