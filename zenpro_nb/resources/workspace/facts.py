"""What servers and runs say of themselves: info, statistics, logs. None of it is a paged list."""

from __future__ import annotations

from zenpro_nb.resources.model import Column, DataType, Display, Paging, Resource
from zenpro_nb.resources.workspace.columns import ID, PROJECT, WORKSPACE

INFO = Resource(
    noun="info",
    path="/api/v1/info",
    paging=Paging.NONE,
    help="What the servers of workspaces say of themselves.",
    columns=(
        WORKSPACE,
        Column("version", help="version of the ZenML server"),
        Column("deployment_type", DataType.CATEGORY, help="cloud for ZenML Pro"),
        Column("auth_scheme", DataType.CATEGORY, help="EXTERNAL for ZenML Pro"),
        Column("database_type", DataType.CATEGORY, help="what it keeps its data in"),
        Column("secrets_store_type", DataType.CATEGORY, help="what it keeps secrets in"),
        Column("server_url", help="its address, as it knows it"),
        Column("dashboard_url", help="address of its dashboard"),
        Column("last_user_activity", DataType.TIME, help="when somebody did something there (UTC)"),
        Column("pro_organization_name", help="organization that it belongs to"),
        Column("pro_workspace_name", help="workspace that it is"),
        Column("name", help="its own name"),
        ID,
        Column("pro_workspace_id", DataType.ID, help="workspace that it is"),
    ),
    # API facts 9.2.
)

STATISTICS = Resource(
    noun="statistics",
    path="/api/v1/statistics",
    paging=Paging.NONE,
    help="How much there is in workspaces: a row for each project, its pipelines and runs beside the workspace's own "
    "numbers.",
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

# A LogEntry of the server's openapi.json, and where it comes from.
LOGS = Resource(
    noun="logs",
    path="/api/v1/runs/{id}/logs",
    paging=Paging.NONE,
    help="What a run has logged, in the order of time.",
    columns=(
        Column("timestamp", DataType.TIME, help="when (UTC)", display=Display.MOMENT),
        Column("level", DataType.CATEGORY, help="debug, info, warning, error, critical", display=Display.STATE),
        Column("step", DataType.CATEGORY, help="name of the step; missing for the run itself"),
        Column("source", DataType.CATEGORY, help="who has logged it: client, orchestrator, step …"),
        Column("message", help="the text", display=Display.PROSE),
        Column("logger", path="name", help="name of the logger"),
        Column("module", help="module that has logged it"),
        Column("filename", help="its file"),
        Column("lineno", DataType.COUNT, help="its line"),
    ),
    # API facts 9.2.
)
