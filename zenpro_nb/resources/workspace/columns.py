"""The common parts of the lists of a workspace: the paths of their fields, and the filters that all of them have.

An object is `{id, name, permission_denied, body, metadata, resources}` (API facts 9.3): `metadata` comes only
with `hydrate=true`, and all three are null in an object that you have no permission to read. Between versions fields
have moved from `body` and `metadata` to `resources` and back, so a column also has the paths of older servers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from zenpro_nb.resources.model import Column, DataType, Display, Filter, Paging, Resource

METADATA = "metadata."

WORKSPACE = Column("workspace", DataType.CATEGORY, help="name of the workspace; added by zenpro")
PROJECT = Column("project", DataType.CATEGORY, help="name of the project; added by zenpro")
NAME = Column("name", help="name")
ID = Column("id", DataType.ID, help="UUID")
DENIED = Column(
    "permission_denied",
    DataType.BOOL,
    help="whether you lack permission to read it: the server then sends only its name and id",
)


def in_body(name: str, kind: DataType = DataType.TEXT, help: str = "", field: str = "") -> Column:  # noqa: A002
    """Return a column that every page contains; `field` is the server's name if it differs."""
    return Column(name, kind, f"body.{field or name}", help, (f"{METADATA}{field or name}",))


def when_hydrated(name: str, kind: DataType = DataType.TEXT, help: str = "", field: str = "") -> Column:  # noqa: A002
    """Return a column that only `hydrate=true` fills."""
    return Column(name, kind, f"{METADATA}{field or name}", help, (f"body.{field or name}",))


def link(name: str, help: str, field: str = "", kind: DataType = DataType.TEXT) -> Column:  # noqa: A002
    """Return a column from a nested object or field of `resources`, by default the nested object's name."""
    place = field or f"{name}.name"
    return Column(name, kind, f"resources.{place}", help, (f"body.{place}",))


def state(name: str, help: str) -> Column:  # noqa: A002
    """Return a column of states that every page contains."""
    return replace(in_body(name, DataType.CATEGORY, help), display=Display.STATE)


def seconds(column: Column) -> Column:
    """Return the column, displayed as a duration in seconds."""
    return replace(column, display=Display.SECONDS)


def needs_hydration(column: Column) -> bool:
    """Return whether the column is empty unless `hydrate=true` is sent."""
    return column.path.startswith(METADATA)


CREATED = in_body("created", DataType.TIME, "creation time (UTC)")
UPDATED = in_body("updated", DataType.TIME, "time of the last change (UTC)")
USER = link("user", "name of the creator")
USER_ID = Column("user_id", DataType.ID, "body.user_id", "the creator", ("body.user.id",))
PROJECT_ID = in_body("project_id", DataType.ID, "the project")
TAGS = Column("tags", DataType.LIST, "resources.tags[].name", "names of its tags", ("body.tags[].name",))
DESCRIPTION = when_hydrated("description", help="free text; may be missing")
RUN_METADATA = when_hydrated("run_metadata", DataType.JSON, "logged metadata, by key")

LATEST_RUN_STATUS = replace(
    link("latest_run_status", "state of its latest run", "latest_run_status", DataType.CATEGORY),
    display=Display.STATE,
)

STARTED = in_body("start_time", DataType.TIME, "start time (UTC)")
ENDED = in_body("end_time", DataType.TIME, "end time (UTC)")

# Fields that may contain credentials: the configuration of components and connectors, environment variables of steps
# and stacks (API facts 9.3), and an identity provider's data about a user.
SECRETS = ("configuration", "environment", "oidc_claims", "user_metadata", "deployment_metadata")


def text(name: str, help: str, names: str = "") -> Filter:  # noqa: A002 - also the name that click and argparse use
    """Return a filter on text, or on a name or id if the help says so."""
    return Filter(name, help, refers_to=names, operators=True)


def time(name: str, help: str) -> Filter:  # noqa: A002
    """Return a filter on a time."""
    return Filter(name, help, DataType.TIME, operators=True)


def key(name: str, help: str) -> Filter:  # noqa: A002
    """Return a filter on an id."""
    return Filter(name, help, DataType.ID, operators=True)


def number(name: str, help: str) -> Filter:  # noqa: A002
    """Return a filter on a whole number."""
    return Filter(name, help, DataType.COUNT, operators=True)


def choice(name: str, help: str, choices: tuple[str, ...]) -> Filter:  # noqa: A002
    """Return a filter on one of a few words; any other word would silently match nothing."""
    return Filter(name, help, DataType.CATEGORY, choices, operators=True)


def flag(name: str, help: str) -> Filter:  # noqa: A002
    """Return a yes/no filter."""
    return Filter(name, help, DataType.BOOL)


def several(name: str, help: str) -> Filter:  # noqa: A002
    """Return a filter that can be repeated."""
    return Filter(name, help, operators=True, many=True)


TAGS_FILTER = several("tags", "filter by tag")
RUN_METADATA_FILTER = several("run_metadata", "filter by logged metadata, as key:value")
USER_FILTER = text("user", "filter by user, by name or ID", "workspace-users")
NAME_FILTER = text("name", "filter by name")
PIPELINE_FILTER = text("pipeline", "filter by pipeline, by name or ID", "pipelines")
STACK_FILTER = text("stack", "filter by stack, by name or ID", "stacks")
START_FILTER = time("start_time", "filter by start time")
END_FILTER = time("end_time", "filter by end time")

# Every list of the server has these (its openapi.json; API facts 6.4).
BASE_FILTERS = (
    time("created", "filter by creation time"),
    time("updated", "filter by time of the last change"),
    key("id", "filter by id"),
    Filter("logical_operator", "combine all filters with this operator (the server's default: and)", DataType.CATEGORY,
           ("and", "or")),
)  # fmt: skip

# Newest first, as in ZenML's own dashboard; the server's default is oldest first.
NEWEST_FIRST = {"sort_by": "desc:created"}


def workspace_list(
    noun: str,
    help: str,  # noqa: A002
    *,
    columns: tuple[Column, ...],
    filters: tuple[Filter, ...],
    ids: tuple[Column, ...] = (),
    path: str = "",
    scoped: bool = True,
    owned: bool = True,
    secrets: tuple[str, ...] = (),
    label: str = "name",
    defaults: Mapping[str, str] | None = None,
    sample: str = "",
    sample_in: str = "",
    plotted: str = "",
    parent: str = "",
    deciding: tuple[str, ...] = (),
) -> Resource:
    """Return a list of a workspace, with the parts that all of them have: a route, paging, common columns and filters.

    Args:
        noun: the word that people type.
        help: the summary of the list command.
        columns, filters: its own.
        ids: columns that come last.
        path: the route below `/api/v1/` (API facts 9.4); defaults to the noun with underscores.
        scoped: whether it is listed for one project at a time.
        owned: whether each of its objects has a creator.
        secrets: its own secret fields, in addition to those of all lists.
        label: the column by which people refer to an object.
        defaults: parameters that are always sent, in addition to the order.
        sample: the name of an object in the sandbox.
        sample_in: the sandbox workspace that contains it, see `Resource`.
        plotted: the state column that stacks the bars of `--plot`.
        parent: the command that lists it, where it has no noun of its own.
        deciding: the columns that are folded away last; see `_deciding`.
    """
    path = path or noun.replace("-", "_")
    head = (WORKSPACE, PROJECT) if scoped else (WORKSPACE,)
    tail = (CREATED, UPDATED, USER, ID, USER_ID) if owned else (CREATED, UPDATED, ID)
    return Resource(
        noun=noun,
        path=f"/api/v1/{path}",
        paging=Paging.PAGE,
        columns=(*head, *columns, *tail, *((PROJECT_ID,) if scoped else ()), DENIED, *ids),
        help=help,
        filters=(*filters, *BASE_FILTERS),
        secrets=(*SECRETS, *secrets),
        label=label,
        detail=f"/api/v1/{path}/{{id}}",
        defaults={**NEWEST_FIRST, **(defaults or {})},
        scoped=scoped,
        sample=sample,
        sample_workspace=sample_in,
        plotted=plotted,
        parent=parent,
        deciding=deciding or _deciding(label, columns, head),
    )


def _deciding(label: str, columns: Iterable[Column], head: Iterable[Column]) -> tuple[str, ...]:
    """Return the columns that are folded away last: the label, the states, the creation, and the place."""
    states = (column.name for column in columns if column.is_state)
    return tuple(dict.fromkeys((label, *states, "created", *(column.name for column in head))))
