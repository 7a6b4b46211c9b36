"""The parts that the lists of a workspace share: where their fields stand, and which filters all of them have.

An object is `{id, name, permission_denied, body, metadata, resources}` (API facts 9.3): `metadata` comes only
with `hydrate=true`, and all three are null in an object that may not be read. Between versions fields have moved from
`body` and `metadata` to `resources` and back, so a column is also looked for where older servers have it.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from zenpro_nb.resources.model import Column, DataType, Display, Filter, Paging, Resource

METADATA = "metadata."

WORKSPACE = Column("workspace", DataType.CATEGORY, help="the workspace that was asked; not a field of the server's")
PROJECT = Column("project", DataType.CATEGORY, help="name of the project; not a field of the server's")
NAME = Column("name", help="name")
ID = Column("id", DataType.ID, help="UUID")
DENIED = Column("permission_denied", DataType.BOOL, help="you may not read it: the server sends its name and id alone")


def in_body(name: str, kind: DataType = DataType.TEXT, help: str = "", field: str = "") -> Column:  # noqa: A002
    """Return a column that every page holds; `field` where the server calls it otherwise."""
    return Column(name, kind, f"body.{field or name}", help, (f"{METADATA}{field or name}",))


def hydrated(name: str, kind: DataType = DataType.TEXT, help: str = "", field: str = "") -> Column:  # noqa: A002
    """Return a column that only `hydrate=true` fills."""
    return Column(name, kind, f"{METADATA}{field or name}", help, (f"body.{field or name}",))


def linked(name: str, help: str, field: str = "", kind: DataType = DataType.TEXT) -> Column:  # noqa: A002
    """Return a column out of a nested object or field of `resources`, by default the nested object's name."""
    place = field or f"{name}.name"
    return Column(name, kind, f"resources.{place}", help, (f"body.{place}",))


def state(name: str, help: str) -> Column:  # noqa: A002
    """Return a column of states that every page holds."""
    return replace(in_body(name, DataType.CATEGORY, help), display=Display.STATE)


def seconds(column: Column) -> Column:
    """Return the column, which says how many seconds something lasts."""
    return replace(column, display=Display.SECONDS)


def needs_hydration(column: Column) -> bool:
    """Return whether the column is empty unless `hydrate=true` is sent."""
    return column.path.startswith(METADATA)


CREATED = in_body("created", DataType.TIME, "when it was created (UTC)")
UPDATED = in_body("updated", DataType.TIME, "when it was last changed (UTC)")
USER = linked("user", "name of who made it")
USER_ID = Column("user_id", DataType.ID, "body.user_id", "who made it", ("body.user.id",))
PROJECT_ID = in_body("project_id", DataType.ID, "the project")
TAGS = Column("tags", DataType.LIST, "resources.tags[].name", "names of its tags", ("body.tags[].name",))
DESCRIPTION = hydrated("description", help="free text, may be missing")
RUN_METADATA = hydrated("run_metadata", DataType.JSON, "what was logged with it, by key")

LATEST_RUN_STATUS = replace(
    linked("latest_run_status", "state of its latest run", "latest_run_status", DataType.CATEGORY),
    display=Display.STATE,
)

STARTED = in_body("start_time", DataType.TIME, "when it began (UTC)")
ENDED = in_body("end_time", DataType.TIME, "when it ended (UTC)")

# What may hold credentials, wherever it stands: configuration of components and connectors, variables of steps and
# stacks (API facts 9.3), and what an identity provider tells about a user.
SECRETS = ("configuration", "environment", "oidc_claims", "user_metadata", "deployment_metadata")


def text(name: str, help: str, names: str = "") -> Filter:  # noqa: A002 - the word that click and argparse use too
    """Return a filter on text, or on a name or id where it says so."""
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
    """Return a filter on one of a few words; a word that is none of them would silently find nothing."""
    return Filter(name, help, DataType.CATEGORY, choices, operators=True)


def flag(name: str, help: str) -> Filter:  # noqa: A002
    """Return a yes/no filter."""
    return Filter(name, help, DataType.BOOL)


def several(name: str, help: str) -> Filter:  # noqa: A002
    """Return a filter that may be given several times."""
    return Filter(name, help, operators=True, many=True)


TAGS_FILTER = several("tags", "only those with this tag")
RUN_METADATA_FILTER = several("run_metadata", "only those with this logged value, as key:value")
USER_FILTER = text("user", "only those of this user, by name or id", "workspace-users")
NAME_FILTER = text("name", "only those of this name")
PIPELINE_FILTER = text("pipeline", "only those of this pipeline, by name or id", "pipelines")
STACK_FILTER = text("stack", "only those on this stack, by name or id", "stacks")
START_FILTER = time("start_time", "only those begun then")
END_FILTER = time("end_time", "only those ended then")

# Every list of the server has these (its openapi.json; API facts 6.4).
BASE_FILTERS = (
    time("created", "only those created then"),
    time("updated", "only those changed then"),
    key("id", "only the one with this id"),
    Filter("logical_operator", "whether all filters must fit, or any (the server's default: and)", DataType.CATEGORY,
           ("and", "or")),
)  # fmt: skip

# The newest first, as ZenML's own dashboard has it; the server's default is the oldest.
NEWEST_FIRST = {"sort_by": "desc:created"}


def listed(
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
) -> Resource:
    """Return a list of a workspace, with what all of them have: a route, pages, first and last columns, filters.

    Args:
        noun: what people type.
        help: what it is a list of.
        columns: its own columns.
        filters: its own filters.
        ids: columns that stand behind the last.
        path: the route below `/api/v1/` (API facts 9.4); the noun with underscores when left out.
        scoped: it is listed for one project at a time.
        owned: somebody has made each of its things.
        secrets: what is secret in it beside what is so everywhere.
        label: the column that names one for people.
        defaults: parameters that are always sent, beside the order.
        sample: one that the sandbox has.
        sample_in: the sandbox's workspace that has it, see `Resource`.
        plotted: the column of the state by which it is drawn.
        parent: the command that lists it, where it has no noun of its own.
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
    )
