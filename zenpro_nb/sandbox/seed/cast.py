"""The people and bots with a name and a part to play; everybody else is a crowd."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct, field
from msgspec.structs import asdict

from zenpro_nb.sandbox import credentials, device_flow, limits
from zenpro_nb.sandbox.access_tables import ApiKey, Device
from zenpro_nb.sandbox.seed.draft import Draft
from zenpro_nb.sandbox.seed.people import bot, person

COMPANY = "Acme Corp"
ADMIN_EMAIL = "ada@example.com"
BOTS = {
    "ci-bot": "Runs pipelines from CI",
    "deploy-bot": "Deploys everything, may do everything",
    "etl-bot": "Nightly imports",
    "retired-bot": "Was replaced by etl-bot",
}


class Cast(Struct):
    """Ids by part."""

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
    bots: dict[str, str] = field(default_factory=dict)

    def people(self) -> int:
        """Return how many people there are; bots are no people."""
        return sum(isinstance(value, str) for value in asdict(self).values()) + len(self.twins)


def hire(draft: Draft) -> Cast:
    """Invent the named people. The bots come with :func:`build_bots`, when their organization exists."""
    return Cast(
        ada=person(draft, ADMIN_EMAIL, "Ada Lovelace", COMPANY, is_superuser=True, job_title="Head of Platform"),
        grace=person(draft, "grace@example.com", "Grace Hopper", COMPANY, job_title="MLOps Lead"),
        alan=person(draft, "alan@example.com", "Alan Turing", COMPANY, job_title="Auditor"),
        mary=person(draft, "mary@example.com", "Mary Shelley", COMPANY, job_title="Accountant"),
        linus=person(draft, "linus@example.com", "Linus Pauling", COMPANY),
        katherine=person(draft, "katherine@example.com", "Katherine Johnson", COMPANY),
        leaver=person(draft, "left.us@example.com", "Edmond Dantès", COMPANY, is_active=False),
        collector=person(draft, "collector@example.com", "Marie Kondo", COMPANY),
        outsider=person(draft, "outsider@partner.example", "Phileas Fogg", "Partner"),
        orphan=person(draft, "orphan@example.com", "Oliver Twist", COMPANY, is_onboarded=False),
        # Two people with the same name: only the e-mail tells them apart.
        twins=(
            person(draft, "alex.morgan@example.com", "Alex Morgan", COMPANY),
            person(draft, "alex.morgan2@example.com", "Alex Morgan", COMPANY),
        ),
    )


def build_bots(draft: Draft, cast: Cast, organization_id: str) -> None:
    """Invent the bots, and the keys and devices of those with a name."""
    for name, description in BOTS.items():
        cast.bots[name] = bot(draft, organization_id, name, description, is_active=name != "retired-bot")
    key(draft, cast.bots["ci-bot"], "github-actions", used=1, rotated=20)
    key(draft, cast.bots["deploy-bot"], "never-rotated", used=2)
    key(draft, cast.bots["etl-bot"], "airflow", used=0.2, expires=30)
    key(draft, cast.bots["etl-bot"], "old", used=400, active=False)
    key(draft, cast.bots["retired-bot"], "cron", used=300)
    key(draft, cast.ada, "laptop", used=0.5)
    key(draft, cast.ada, "expired", used=100, expires=-10)
    key(draft, cast.ada, "never-used")
    _devices(draft, cast.ada)


def key(
    draft: Draft,
    owner_id: str,
    name: str,
    used: float | None = None,
    rotated: float | None = None,
    expires: float | None = None,
    *,
    active: bool = True,
) -> None:
    """Invent a key that nobody has; the numbers are days ago, for ``expires`` days ahead."""
    created = draft.ago(*limits.KEY_AGE)
    draft.add_with_id(
        ApiKey, owner_id=owner_id, name=name, active=active,
        key_hash=_hash(draft), retain_period_minutes=0,
        expires_at=None if expires is None else draft.now + timedelta(days=expires),
        last_login=None if used is None else draft.now - timedelta(days=used),
        last_rotated=None if rotated is None else draft.now - timedelta(days=rotated),
        created=created, updated=created,
    )  # fmt: skip


def _hash(draft: Draft) -> str:
    """Return the hash of a secret that nobody has."""
    return credentials.digest(draft.random.randbytes(limits.SECRET_BYTES).hex())


def _devices(draft: Draft, user_id: str) -> None:
    for hostname, system, days, status in (
        ("ada-laptop", "Darwin", 1, device_flow.ACTIVE),
        ("ada-desktop", "Linux", 12, device_flow.ACTIVE),
        # Its token has ended long ago, and nobody is to ask for another one with it.
        ("old-laptop", "Windows", 210, device_flow.LOCKED),
    ):
        seen = draft.now - timedelta(days=days)
        draft.add_with_id(
            Device, client_id=draft.id(), user_id=user_id, status=status, user_code=f"SEED-{days:04d}",
            device_code_hash=_hash(draft), code_expires=seen,
            expires=seen + limits.TRUSTED_DEVICE_TOKEN_LIFE,
            trusted_device=True, interval=limits.DEVICE_POLL_INTERVAL, failed_auth_attempts=0,
            hostname=hostname, os=system, ip_address="192.0.2.17", python_version="3.12.7", zenml_version="0.98.0",
            last_login=seen, created=seen, updated=seen,
        )  # fmt: skip
