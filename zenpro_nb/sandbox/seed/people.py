"""Inventing people: pools of names from Faker, combined without calling it once per field."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from faker import Faker

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.seed.draft import Draft
from zenpro_nb.sandbox.tables import User

LOCALES = ("en_US", "de_DE", "fr_FR", "es_ES", "pl_PL")
JOBS = (
    "ML Engineer", "Data Scientist", "MLOps Engineer", "Platform Engineer", "Data Engineer", "Research Scientist",
    "Software Engineer", "Product Manager", "Analyst", "Engineering Manager", "Site Reliability Engineer",
)  # fmt: skip
PROVIDERS = ("google-oauth2", "github", "okta")


class Names:
    """First and last names, always in the same order for the same seed."""

    def __init__(self, seed: int) -> None:
        self.first: list[str] = []
        self.last: list[str] = []
        for locale in LOCALES:
            faker = Faker(locale)
            faker.seed_instance(seed)
            self.first += [faker.first_name() for _ in range(limits.NAMES_PER_LOCALE)]
            self.last += [faker.last_name() for _ in range(limits.NAMES_PER_LOCALE)]


def ascii_of(name: str) -> str:
    """Return the letters of a name as an e-mail address has them."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("ł", "l").replace("Ł", "L"))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha()).lower()


def person(draft: Draft, email: str, name: str, company: str, **special: Any) -> str:
    """Invent a user and return the id; they sign in with an identity provider, unless ``special`` says otherwise."""
    user_id = draft.id()
    provider = draft.random.choice(PROVIDERS)
    columns: dict[str, Any] = {
        "id": user_id,
        "username": email,
        "email": email,
        "name": name,
        "avatar_url": _avatar(draft, user_id) if draft.chance(limits.WITH_AVATAR) else None,
        "company": company,
        "job_title": None if draft.chance(limits.WITHOUT_TITLE) else draft.random.choice(JOBS),
        "metadata": _survey(draft, email) if draft.chance(limits.SURVEYED) else {},
        "oauth_provider": provider,
        "oauth_id": f"{provider}|{draft.random.getrandbits(64):020d}",
        "is_active": True,
        "is_superuser": False,
        "is_service_account": False,
        "is_onboarded": True,
    }
    draft.add(User, **(columns | special))
    return user_id


def _avatar(draft: Draft, user_id: str) -> str:
    """Return the address of a picture; API facts 11.2 saw one of a thousand characters."""
    address = f"https://avatars.example.com/{user_id}"
    if draft.chance(limits.WITH_LONG_AVATAR):
        return f"{address}-{draft.random.randbytes(limits.LONG_AVATAR_BYTES).hex()}=s96-c"
    return f"{address}.png"


def _survey(draft: Draft, email: str) -> dict[str, object]:
    """Return what somebody answered when they signed up (API facts 11.2: metadata holds such answers)."""
    return {
        "primary_use": draft.random.choice(("business", "education", "personal")),
        "usage_reason": draft.random.choice(("exploring", "migrating", "implementing_production_environment")),
        "infra_providers": draft.random.sample(("aws", "azure", "gcp", "local"), 2),
        "work_email": email,
        "newsletter": draft.chance(limits.WANTS_NEWSLETTER),
        "finished_onboarding_survey": True,
    }


def bot(draft: Draft, organization_id: str, username: str, description: str, **special: Any) -> str:
    """Invent a service account and return its id."""
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
    return draft.add_with_id(User, **(columns | special))


def crowd(draft: Draft, names: Names, count: int, domain: str, company: str) -> Iterator[str]:
    """Invent many people with believable flaws: inactive, never onboarded, local accounts, no title."""
    used: dict[str, int] = {}
    for _ in range(count):
        first, last = draft.random.choice(names.first), draft.random.choice(names.last)
        local = f"{ascii_of(first)}.{ascii_of(last)}"[: limits.NAME_MAX - len(domain) - limits.ADDRESS_ROOM]
        used[local] = used.get(local, 0) + 1
        number = used[local] if used[local] > 1 else ""
        special: dict[str, Any] = {
            "is_active": not draft.chance(limits.INACTIVE),
            "is_onboarded": not draft.chance(limits.NEVER_ONBOARDED),
        }
        if draft.chance(limits.LOCAL_ACCOUNT):
            special |= _local_account(draft)
        yield person(draft, f"{local}{number}@{domain}", f"{first} {last}"[: limits.NAME_MAX], company, **special)


def _local_account(draft: Draft) -> dict[str, Any]:
    # The hash of a password that nobody knows: there so that a client can be caught showing it.
    salt, hashed = draft.random.randbytes(limits.SALT_BYTES), draft.random.randbytes(limits.SCRYPT_BYTES)
    return {
        "password": f"$scrypt${salt.hex()}${hashed.hex()}",
        "password_expired": draft.chance(limits.PASSWORD_EXPIRED),
        "oauth_provider": None,
        "oauth_id": None,
    }
