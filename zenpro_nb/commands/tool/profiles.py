"""profiles: list the servers and credentials that can be chosen by name, without secrets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from zenpro_nb import frames
from zenpro_nb.client import SYSTEM
from zenpro_nb.framework.declare import CommandContext, ListOptions, columns_to_read, listing
from zenpro_nb.profiles.expiry import expires_at, time_left
from zenpro_nb.resources import Column, DataType, Display, Table
from zenpro_nb.session.session import SANDBOX

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.profiles import Settings

PROFILES = Table(
    noun="profiles",
    help="List the profiles: servers and credentials for `use NAME`.\n\nThey come from the environment, the "
    "profiles file, the keyring, and `zenml login`. Secrets are never shown.",
    columns=(
        Column("name", help="name for `use`"),
        Column("in_use", DataType.BOOL, help="whether the profile is in use"),
        Column("url", help="URL of the server"),
        Column("organization", help="default organization"),
        Column("workspace", help="default workspace"),
        Column("source", help="where the credential is stored"),
        Column("credential", DataType.CATEGORY, help="API key, API token, browser login, or password"),
        Column("time_left", help="how long the credential remains valid, in words"),
        Column(
            "expires_at",
            DataType.TIME,
            help="when the credential expires (UTC); empty if it never expires or the time is unknown",
        ),
        Column("problem", help="why the credential is missing", display=Display.PROSE),
    ),
    key=("name",),
)


@listing(PROFILES)
def profiles(ctx: CommandContext, options: ListOptions) -> pd.DataFrame:
    """List the profiles. Works offline.

    Examples:
        # List the profiles on this machine
        profiles
    """
    session = ctx.session
    current = session.settings
    records = [_record(settings, current) for settings in session.every()]
    frame = frames.from_records(PROFILES, records, columns=columns_to_read(PROFILES, options), raw=options.raw)
    sandbox = current.profile == SANDBOX
    frames.describe(frame, server=current.url, route="", time=datetime.now(UTC), sandbox=sandbox)
    return frame


def _record(settings: Settings, current: Settings) -> dict[str, Any]:
    in_use = _is_in_use(settings, current)
    settings_shown = current if in_use else settings
    end = expires_at(settings.credential)
    return {
        "name": settings.profile or "(this session)",
        "in_use": in_use,
        "url": settings.url,
        "organization": settings_shown.organization,
        "workspace": settings_shown.workspace,
        "source": settings.source,
        "credential": settings.credential.kind if settings.credential is not None else None,
        "time_left": time_left(settings.credential, SYSTEM.now()) or None,
        "expires_at": None if end is None else datetime.fromtimestamp(end, UTC).isoformat(),
        "problem": settings.problem or None,
    }


def _is_in_use(settings: Settings, current: Settings) -> bool:
    same = (settings.url, settings.source) == (current.url, current.source)
    return same and (current.profile is None or settings.profile == current.profile)
