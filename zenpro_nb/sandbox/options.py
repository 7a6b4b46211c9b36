"""The start options of a sandbox."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from msgspec import Struct, field

from zenpro_nb.sandbox import limits

LOOPBACK = "127.0.0.1"


class Options(Struct, frozen=True):
    """The settings of one sandbox, set by the command line or by tests."""

    db: Path
    host: str = LOOPBACK
    users: int = limits.USERS_DEFAULT
    seed: int = limits.SEED_DEFAULT
    latency_ms: float = 0.0
    rate_limit: float | None = None
    retry_after: str = "seconds"
    page_cap: int | None = None
    token_life: timedelta | None = None
    lifecycle: timedelta = field(default_factory=lambda: timedelta(seconds=limits.LIFECYCLE_SECONDS))
    workspaces: tuple[tuple[str, str], ...] = ()
    legacy: bool = False
    ignore_role_filter: bool = False
    sso: tuple[str, ...] = ()
    admin_key: str | None = None
