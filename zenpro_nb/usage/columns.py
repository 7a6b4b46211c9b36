"""The tables of usage: the columns that evidence adds to access paths and to users, and the words for verdicts."""

from __future__ import annotations

from msgspec.structs import replace

from zenpro_nb.access.model.columns import ACCESS
from zenpro_nb.access.model.role_usage import PATH_VERDICTS, UNKNOWN
from zenpro_nb.resources.columns import USER_COLUMNS
from zenpro_nb.resources.model import Column, DataType, Display, Table

IDLE = "idle"
NO_RUN = "started no run in this window"
STARTED = "started runs in this window"
NOT_COUNTED = "not all runs could be counted"
# People who only read start no runs either. Each result on idle people and unused roles says so.
READERS_LOOK_IDLE = "people who only read do not start runs, so they also look idle"

RUN_COLUMNS = (
    Column("runs", DataType.COUNT, help="runs that the person started directly in the window", computed=True),
    Column(
        "scheduled_runs",
        DataType.COUNT,
        help="runs in the window that a schedule or trigger of the person started",
        computed=True,
    ),
    Column(
        "last_run",
        DataType.TIME,
        help="day of the newest run that was counted, in UTC",
        display=Display.DAY,
        computed=True,
    ),
)


def _verdict(words: tuple[str, ...]) -> tuple[Column, Column]:
    return (
        Column("verdict", DataType.CATEGORY, help=", ".join(words), display=Display.STATE, computed=True),
        Column("reason", help="reason for the verdict", display=Display.PROSE, computed=True),
    )


EVIDENCE = (*_verdict(PATH_VERDICTS), *RUN_COLUMNS)
IDLE_EVIDENCE = (*_verdict((IDLE, UNKNOWN)), *RUN_COLUMNS)

UNUSED_PATHS = replace(
    ACCESS,
    columns=(
        *ACCESS.columns[:4],
        *EVIDENCE[:2],
        *ACCESS.columns[4:7],
        *EVIDENCE[2:],
        *ACCESS.columns[7:],
    ),
    help="List who has which role where, and whether they started runs there.",
    deciding=("principal", "verdict", "role", "workspace", "reason", "runs", "last_run", "via"),
)

OWN_COLUMNS = {column.name: replace(column, path="") for column in USER_COLUMNS}
CAN_START = Column(
    "can_start_runs",
    DataType.BOOL,
    help="whether a role of the person allows starting runs; empty if unknown",
    computed=True,
)
IDLE_PEOPLE = Table(
    noun="users",
    columns=(
        *(OWN_COLUMNS[name] for name in ("email", "name") if name in OWN_COLUMNS),
        *IDLE_EVIDENCE[:2],
        CAN_START,
        *IDLE_EVIDENCE[2:],
        *(OWN_COLUMNS[name] for name in ("is_active", "username", "id") if name in OWN_COLUMNS),
    ),
    help="List people who did not start any runs in a window.",
    deciding=("email", "verdict", "reason", "can_start_runs", "is_active"),
    label="email",
    # No route: computed from an inventory and the runs of its workspaces.
)
