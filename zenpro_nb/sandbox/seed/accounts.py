"""Create accounts, with names from pools that Faker fills once instead of one call per field."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from faker import Faker

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.database.tables import User
from zenpro_nb.sandbox.seed.row_buffer import RowBuffer

LOCALES = ("en_US", "de_DE", "fr_FR", "es_ES", "pl_PL")
JOBS = (
    "ML Engineer", "Data Scientist", "MLOps Engineer", "Platform Engineer", "Data Engineer", "Research Scientist",
    "Software Engineer", "Product Manager", "Analyst", "Engineering Manager", "Site Reliability Engineer",
)  # fmt: skip
PROVIDERS = ("google-oauth2", "github", "okta")


class NamePool:
    """First and last names, in the same order for the same seed."""

    def __init__(self, seed: int) -> None:
        self.first: list[str] = []
        self.last: list[str] = []
        for locale in LOCALES:
            faker = Faker(locale)
            faker.seed_instance(seed)
            self.first += [faker.first_name() for _ in range(limits.NAMES_PER_LOCALE)]
            self.last += [faker.last_name() for _ in range(limits.NAMES_PER_LOCALE)]


def ascii_of(name: str) -> str:
    """Return a name as the ASCII letters of an email address."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("ł", "l").replace("Ł", "L"))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha()).lower()


def add_person(buffer: RowBuffer, email: str, name: str, company: str, **overrides: Any) -> str:
    """Add a user and return the id. ``overrides`` replace the defaults, such as sign-in with an identity provider."""
    user_id = buffer.id()
    provider = buffer.random.choice(PROVIDERS)
    columns: dict[str, Any] = {
        "id": user_id,
        "username": email,
        "email": email,
        "name": name,
        "avatar_url": _avatar(buffer, user_id) if buffer.chance(limits.WITH_AVATAR) else None,
        "company": company,
        "job_title": None if buffer.chance(limits.WITHOUT_TITLE) else buffer.random.choice(JOBS),
        "metadata": _survey(buffer, email) if buffer.chance(limits.SURVEYED) else {},
        "oauth_provider": provider,
        "oauth_id": f"{provider}|{buffer.random.getrandbits(64):020d}",
        "is_active": True,
        "is_superuser": False,
        "is_service_account": False,
        "is_onboarded": True,
    }
    buffer.add(User, **(columns | overrides))
    return user_id


def _avatar(buffer: RowBuffer, user_id: str) -> str:
    """Return the address of a picture. One of a thousand characters was observed (API facts 11.2)."""
    address = f"https://avatars.example.com/{user_id}"
    if buffer.chance(limits.WITH_LONG_AVATAR):
        return f"{address}-{buffer.random.randbytes(limits.LONG_AVATAR_BYTES).hex()}=s96-c"
    return f"{address}.png"


def _survey(buffer: RowBuffer, email: str) -> dict[str, object]:
    """Return the answers of a sign-up survey, which `metadata` contains (API facts 11.2)."""
    return {
        "primary_use": buffer.random.choice(("business", "education", "personal")),
        "usage_reason": buffer.random.choice(("exploring", "migrating", "implementing_production_environment")),
        "infra_providers": buffer.random.sample(("aws", "azure", "gcp", "local"), 2),
        "work_email": email,
        "newsletter": buffer.chance(limits.WANTS_NEWSLETTER),
        "finished_onboarding_survey": True,
    }


def add_service_account(
    buffer: RowBuffer, organization_id: str, username: str, description: str, **overrides: Any
) -> str:
    """Add a service account and return its id."""
    columns: dict[str, Any] = {
        "username": username,
        "name": username,
        "is_active": True,
        "is_superuser": False,
        "is_service_account": True,
        "is_onboarded": False,
        "organization_id": organization_id,
        "description": description,
        "metadata": {},
    }
    return buffer.add_with_id(User, **(columns | overrides))


def add_crowd(buffer: RowBuffer, names: NamePool, count: int, domain: str, company: str) -> Iterator[str]:
    """Add many users with realistic gaps: inactive, never onboarded, local accounts, no title."""
    name_counts: dict[str, int] = {}
    for _ in range(count):
        first, last = buffer.random.choice(names.first), buffer.random.choice(names.last)
        local = f"{ascii_of(first)}.{ascii_of(last)}"[: limits.NAME_MAX - len(domain) - limits.ADDRESS_ROOM]
        name_counts[local] = name_counts.get(local, 0) + 1
        number = name_counts[local] if name_counts[local] > 1 else ""
        overrides: dict[str, Any] = {
            "is_active": not buffer.chance(limits.INACTIVE),
            "is_onboarded": not buffer.chance(limits.NEVER_ONBOARDED),
        }
        if buffer.chance(limits.LOCAL_ACCOUNT):
            overrides |= _local_account(buffer)
        yield add_person(
            buffer, f"{local}{number}@{domain}", f"{first} {last}"[: limits.NAME_MAX], company, **overrides
        )


def _local_account(buffer: RowBuffer) -> dict[str, Any]:
    # The hash of an unknown password: a test can detect a client that shows it.
    salt, hashed = buffer.random.randbytes(limits.SALT_BYTES), buffer.random.randbytes(limits.SCRYPT_BYTES)
    return {
        "password": f"$scrypt${salt.hex()}${hashed.hex()}",
        "password_expired": buffer.chance(limits.PASSWORD_EXPIRED),
        "oauth_provider": None,
        "oauth_id": None,
    }
