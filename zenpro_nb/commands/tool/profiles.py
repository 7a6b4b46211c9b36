"""profiles: every server and credential that can be chosen by name, and never a secret."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from zenpro_nb import frames
from zenpro_nb.client import SYSTEM
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists.noun import listing
from zenpro_nb.framework.lists.options import ListOptions
from zenpro_nb.framework.lists.reading import wanted_columns
from zenpro_nb.profiles.expiry import expires_at, time_left
from zenpro_nb.resources import Column, DataType, Display, Paging, Resource
from zenpro_nb.session.session import SANDBOX

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.profiles import Settings

PROFILES = Resource(
    noun="profiles",
    path="",
    paging=Paging.NONE,
    help="The servers and credentials that `use NAME` can choose: from the environment, the file of profiles, the "
    "keyring, and what `zenml login` stored. Never a secret.",
    columns=(
        Column("name", help="what `use` takes"),
        Column("in_use", DataType.BOOL, help="it is the one in use"),
        Column("url", help="the server"),
        Column("organization", help="the organization to work in"),
        Column("workspace", help="the workspace to work in"),
        Column("source", help="where the credential stands"),
        Column("kind", DataType.CATEGORY, help="API key, API token, browser login or password"),
        Column("time_left", help="how long it still lets in, in words"),
        Column("expires_at", DataType.TIME, help="when it ends for good (UTC); missing: it does not, or nobody knows"),
        Column("problem", help="why there is no credential", display=Display.PROSE),
    ),
    key=("name",),
)


@listing(PROFILES)
def profiles(ctx: CommandContext, options: ListOptions) -> pd.DataFrame:
    """List what can be chosen; nothing is asked of a server.

    Examples:
        profiles
    """
    session = ctx.session
    current = session.settings
    records = [_record(settings, current) for settings in session.every()]
    frame = frames.from_records(PROFILES, records, columns=wanted_columns(PROFILES, options), raw=options.raw)
    sandbox = current.profile == SANDBOX
    frames.describe(frame, server=current.url, route="", time=datetime.now(UTC), sandbox=sandbox)
    return frame


def _record(settings: Settings, current: Settings) -> dict[str, Any]:
    in_use = _is(settings, current)
    shown = current if in_use else settings
    end = expires_at(settings.credential)
    return {
        "name": settings.profile or "(this session)",
        "in_use": in_use,
        "url": settings.url,
        "organization": shown.organization,
        "workspace": shown.workspace,
        "source": settings.source,
        "kind": settings.credential.kind if settings.credential is not None else None,
        "time_left": time_left(settings.credential, SYSTEM.now()) or None,
        "expires_at": None if end is None else datetime.fromtimestamp(end, UTC).isoformat(),
        "problem": settings.problem or None,
    }


def _is(settings: Settings, current: Settings) -> bool:
    same = (settings.url, settings.source) == (current.url, current.source)
    return same and (current.profile is None or settings.profile == current.profile)
