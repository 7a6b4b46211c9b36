"""Information from servers and runs: info, statistics, logs. None of it is a paged list."""

from __future__ import annotations

from zenpro_nb.resources.model import Column, DataType, Display, Paging, Resource
from zenpro_nb.resources.workspace.columns import ID, PROJECT, WORKSPACE

INFO = Resource(
    noun="info",
    path="/api/v1/info",
    paging=Paging.NONE,
    help="Show the version and settings of workspace servers.",
    columns=(
        WORKSPACE,
        Column("version", help="version of the ZenML server"),
        Column("deployment_type", DataType.CATEGORY, help="cloud for ZenML Pro"),
        Column("auth_scheme", DataType.CATEGORY, help="EXTERNAL for ZenML Pro"),
        Column("database_type", DataType.CATEGORY, help="type of its database"),
        Column("secrets_store_type", DataType.CATEGORY, help="type of its secrets store"),
        Column("server_url", help="server address according to the server itself"),
        Column("dashboard_url", help="address of its dashboard"),
        Column("last_user_activity", DataType.TIME, help="time of the last activity (UTC)"),
        Column("pro_organization_name", help="name of the organization"),
        Column("pro_workspace_name", help="name of the workspace"),
        Column("name", help="name of the server"),
        ID,
        Column("pro_workspace_id", DataType.ID, help="id of the workspace"),
    ),
    # API facts 9.2.
)

STATISTICS = Resource(
    noun="statistics",
    path="/api/v1/statistics",
    paging=Paging.NONE,
    help="Show the number of objects in workspaces.\n\nReturns one row per project, with its numbers and "
    "the totals of its workspace.",
    columns=(
        WORKSPACE,
        PROJECT,
        Column("pipelines", DataType.COUNT, help="pipelines of the project"),
        Column("runs", DataType.COUNT, help="runs of the project"),
        Column("projects", DataType.COUNT, help="projects of the workspace"),
        Column("stacks", DataType.COUNT, help="stacks of the workspace"),
        Column("components", DataType.COUNT, help="components of the workspace"),
    ),
    # API facts 9.2.
)

# A LogEntry of the server's openapi.json, and its source.
LOGS = Resource(
    noun="logs",
    path="/api/v1/runs/{id}/logs",
    paging=Paging.NONE,
    help="Show the log of a run, in chronological order.",
    columns=(
        Column("timestamp", DataType.TIME, help="time of the entry (UTC)", display=Display.MOMENT),
        Column("level", DataType.CATEGORY, help="debug, info, warning, error, critical", display=Display.STATE),
        Column("step", DataType.CATEGORY, help="name of the step; missing for the run itself"),
        Column("source", DataType.CATEGORY, help="source of the entry: client, orchestrator, step …"),
        Column("message", help="text of the entry", display=Display.PROSE),
        Column("logger", path="name", help="name of the logger"),
        Column("module", help="module that logged the entry"),
        Column("filename", help="source file that logged the entry"),
        Column("lineno", DataType.COUNT, help="line number in the source file"),
    ),
    # API facts 9.2.
)
