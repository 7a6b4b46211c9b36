"""Versions that can be deployed. Invented for the sandbox, except that 0.98.0 exists (section 3, /releases)."""

from __future__ import annotations

from zenpro_nb.sandbox.errors import BadValueError

ZENML = "zenml"
KITARU = "kitaru"

# Newest first.
VERSIONS = {
    ZENML: ("0.98.0", "0.97.0", "0.96.1", "0.95.0", "0.94.2", "0.93.0"),
    KITARU: ("0.27.2", "0.27.0"),
}


def latest(service: str = ZENML) -> str:
    return VERSIONS[service][0]


def require_deployable(version: str, current: str | None, *, force: bool, service: str = ZENML) -> None:
    """Section 8: nothing older than what is there can be deployed; that ``force`` lifts this is inferred."""
    known = VERSIONS[service]
    if version not in known:
        product = {ZENML: "ZenML", KITARU: "Kitaru"}[service]
        raise BadValueError(f"Unknown {product} version '{version}'.")
    floor = current or latest(service)
    if floor in known and known.index(version) > known.index(floor) and not force:
        raise BadValueError(f"Version {version} is older than {floor}.")
