"""The versions that can be deployed. They are sample data, except for 0.98.0 (API facts 3.20)."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.errors import BadValueError

ZENML = "zenml"
KITARU = "kitaru"

# Newest first, each with its age in days at seeding. Everything that runs a version is younger.
_AGES = {
    ZENML: {"0.98.0": 9, "0.97.0": 38, "0.96.1": 59, "0.95.0": 87, "0.94.2": 128, "0.93.0": 165},
    KITARU: {"0.27.2": 6, "0.27.0": 20},
}
VERSIONS = {service: tuple(ages) for service, ages in _AGES.items()}


def latest(service: str = ZENML) -> str:
    """Return the newest version of a service."""
    return VERSIONS[service][0]


def release_time(service: str, version: str, seeded: datetime) -> datetime:
    """Return the release time of a version, during office hours, for a sandbox seeded at this time."""
    hours = Random(version).uniform(*limits.OFFICE_HOURS)  # noqa: S311 - sample data, not a secret
    midnight = seeded.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=_AGES[service][version]) + timedelta(hours=hours)


def require_deployable(version: str, current: str | None, *, force: bool, service: str = ZENML) -> None:
    """Raise BadValueError for a version older than the current one. ``force`` allows it: inferred (API facts 8.5)."""
    versions = VERSIONS[service]
    if version not in versions:
        product = {ZENML: "ZenML", KITARU: "Kitaru"}[service]
        raise BadValueError(f"Unknown {product} version '{version}'.")
    floor = current or latest(service)
    if floor in versions and versions.index(version) > versions.index(floor) and not force:
        raise BadValueError(f"Version {version} is older than {floor}.")
