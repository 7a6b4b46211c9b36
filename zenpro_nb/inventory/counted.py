"""Count the runs of an organization for its inventory: the finest rows, from which later questions are answered."""

from __future__ import annotations

from datetime import UTC, datetime

from zenpro_nb.access import Gap, InventoryList, list_of
from zenpro_nb.errors import ApiError, ConnectionFailedError, CredentialError, UnexpectedAnswerError
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.timespec import parse_time
from zenpro_nb.usage.assemble import assembled
from zenpro_nb.usage.table import DAILY, DAILY_SINCE
from zenpro_nb.workspaces.counting import CountScope, read_usage
from zenpro_nb.workspaces.usage import places, window_of

_NAME = "usage"


def usage_list(session: Session, org: str | None) -> InventoryList:
    """Return the runs by project, pipeline, user and day; a workspace that could not be counted is a gap.

    Raises:
        InterruptedReadError: Ctrl-C.
    """
    started = datetime.now(UTC)
    window = window_of(parse_time(DAILY_SINCE, started).start, started)
    found = places(session, org)
    try:
        usage = read_usage(session, found, CountScope(DAILY, window))
    except (ApiError, ConnectionFailedError, CredentialError, UnexpectedAnswerError) as error:
        return list_of(_NAME, complete=False, gap=Gap("unreachable", str(error)), started=started)
    ids = {place.name: place.id for place in found}
    parts: dict[str, str] = {}
    for gap in usage.gaps:
        where = f"{gap.project}: " if gap.project else ""
        parts[ids[gap.workspace]] = f"{where}{gap.reason}"
    names = ", ".join(gap.workspace for gap in usage.gaps)
    return list_of(
        _NAME,
        assembled(DAILY, usage.projects, {}).rows,
        complete=not parts,
        gap=Gap("unreachable", f"Not counted: {names}.", parts) if parts else None,
        started=started,
        finished=datetime.now(UTC),
    )
