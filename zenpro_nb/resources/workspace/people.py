"""Who works in a workspace, from where and with what: users, keys, devices, projects, requests for resources."""

from __future__ import annotations

from zenpro_nb.resources.model import Column, DataType
from zenpro_nb.resources.workspace import columns, enums
from zenpro_nb.resources.workspace.columns import (
    choice,
    flag,
    hydrated,
    in_body,
    key,
    listed,
    number,
    state,
    text,
    time,
)

_EXTERNAL = hydrated("external_user_id", DataType.ID, "the same account in the control plane")
_EXTERNAL_FILTER = key("external_user_id", "only the one with this account in the control plane")

PROJECTS = listed(
    "projects",
    "Projects of a workspace, the newest first.",
    sample="churn",
    scoped=False,
    owned=False,
    columns=(columns.NAME, in_body("display_name", help="name shown in the dashboard"), columns.DESCRIPTION),
    filters=(columns.NAME_FILTER, text("display_name", "only those shown under this name")),
)

WORKSPACE_USERS = listed(
    "workspace-users",
    "Users that a workspace itself knows: those who have signed in there, or have an account of its own.",
    sample="ada@example.com",
    path="users",
    parent="users --workspace NAME",
    scoped=False,
    owned=False,
    columns=(
        columns.NAME,
        in_body("full_name", help="full name, may be empty"),
        hydrated("email", help="e-mail address, may be missing"),
        in_body("active", DataType.BOOL, "may sign in"),
        in_body("is_admin", DataType.BOOL, "administrator of the server"),
        in_body("is_service_account", DataType.BOOL, "a bot"),
        in_body("email_opted_in", DataType.BOOL, "wants news by e-mail"),
        hydrated("password_changed_at", DataType.TIME, "last change of the password (UTC)"),
    ),
    ids=(_EXTERNAL, in_body("default_project_id", DataType.ID, "the project that is used where none is named")),
    filters=(
        columns.NAME_FILTER,
        text("full_name", "only those with this full name"),
        text("email", "only those with this e-mail"),
        flag("active", "only those who may sign in (or, with no, may not)"),
        flag("email_opted_in", "only those who want news by e-mail"),
        _EXTERNAL_FILTER,
    ),
)

WORKSPACE_SERVICE_ACCOUNTS = listed(
    "workspace-service-accounts",
    "Service accounts that a workspace itself knows. In ZenML Pro they are made in the control plane.",
    sample="ci-bot",
    path="service_accounts",
    parent="service-accounts --workspace NAME",
    scoped=False,
    owned=False,
    columns=(
        columns.NAME,
        in_body("full_name", help="full name, may be empty"),
        in_body("active", DataType.BOOL, "may sign in"),
        columns.DESCRIPTION,
    ),
    ids=(_EXTERNAL,),
    filters=(
        columns.NAME_FILTER,
        text("description", "only those with this description"),
        flag("active", "only those that may sign in (or, with no, may not)"),
        _EXTERNAL_FILTER,
    ),
)

WORKSPACE_API_KEYS = listed(
    "workspace-api-keys",
    "The keys of one service account of a workspace. Never the keys themselves.",
    path="service_accounts/{service_account_id}/api_keys",
    parent="api-keys --service-account NAME --workspace NAME",
    scoped=False,
    owned=False,
    columns=(
        columns.NAME,
        Column("service_account", path="body.service_account.name", help="whose key it is"),
        in_body("active", DataType.BOOL, "can be used"),
        hydrated("last_login", DataType.TIME, "last use (UTC)"),
        hydrated("last_rotated", DataType.TIME, "last rotation (UTC)"),
        hydrated("retain_period_minutes", DataType.COUNT, "minutes that the old key works after a rotation"),
        columns.DESCRIPTION,
    ),
    filters=(
        columns.NAME_FILTER,
        text("description", "only those with this description"),
        flag("active", "only those that can be used (or, with no, cannot)"),
        time("last_login", "only those last used then"),
        time("last_rotated", "only those last rotated then"),
    ),
    secrets=("key",),
)

WORKSPACE_DEVICES = listed(
    "workspace-devices",
    "Devices that you have authorized in a workspace.",
    path="devices",
    scoped=False,
    columns=(
        in_body("hostname", help="name of the machine"),
        state("status", "pending, verified, active, locked"),
        in_body("trusted_device", DataType.BOOL, "stays signed in for longer"),
        in_body("os", DataType.CATEGORY, "operating system"),
        in_body("ip_address", help="address it was authorized from"),
        in_body("expires", DataType.TIME, "end of the authorization (UTC)"),
        hydrated("last_login", DataType.TIME, "last use (UTC)"),
        hydrated("failed_auth_attempts", DataType.COUNT, "wrong codes typed"),
        hydrated("zenml_version", help="version of zenml there"),
        hydrated("python_version", help="version of Python there"),
        hydrated("city", help="where it was authorized from, as far as the server could tell"),
        hydrated("country", help="where it was authorized from, as far as the server could tell"),
    ),
    ids=(in_body("client_id", DataType.ID, "the installation of zenml there"),),
    filters=(
        choice("status", "only those in this state", enums.DEVICE_STATUS),
        flag("trusted_device", "only trusted ones (or, with no, others)"),
        time("expires", "only those whose authorization ends then"),
        time("last_login", "only those last used then"),
        number("failed_auth_attempts", "only those with so many wrong codes"),
        key("client_id", "only those of this installation"),
        columns.USER_FILTER,
    ),
    secrets=(
        "user_code",
        "device_code",
    ),
    label="hostname",
)

RESOURCE_REQUESTS = listed(
    "resource-requests",
    "Requests of runs for resources of a pool, the newest first.",
    columns=(
        state("status", "pending, allocated, released, rejected …"),
        state("runtime_state", "what the step does that it is for"),
        in_body("pipeline_run", help="name of the run", field="pipeline_run_name"),
        in_body("step", help="name of the step", field="step_name"),
        in_body("pool", help="name of the pool", field="pool_name"),
        in_body("status_reason", help="why it is in this state, may be missing"),
        in_body(
            "reclaim_tolerance", DataType.CATEGORY, "whether its resources may be taken away: none, coordinated, any"
        ),
        in_body("demands", DataType.JSON, "what is asked for"),
        in_body("queued_at", DataType.TIME, "when it was queued (UTC)"),
        in_body("allocated_at", DataType.TIME, "when it got its resources (UTC)"),
        in_body("released_at", DataType.TIME, "when it gave them back (UTC)"),
        in_body("lease_expires_at", DataType.TIME, "end of the lease (UTC)"),
    ),
    ids=(
        in_body("pipeline_run_id", DataType.ID, "the run"),
        in_body("step_run_id", DataType.ID, "the step"),
        in_body("pool_id", DataType.ID, "the pool"),
    ),
    filters=(
        choice("status", "only those in this state", enums.REQUEST_STATUS),
        choice("reclaim_tolerance", "only those of this tolerance", enums.RECLAIM_TOLERANCE),
        key("pipeline_run_id", "only those of this run"),
        key("step_run_id", "only those of this step"),
        key("component_id", "only those of this component"),
        key("pool_id", "only those of this pool"),
        key("preemption_initiated_by_id", "only those that this request takes resources from"),
        columns.USER_FILTER,
    ),
    secrets=("component_settings",),
    label="id",
)

WEBHOOKS = listed(
    "webhooks",
    "Webhooks, the newest first.",
    sample="churn-pushes",
    columns=(
        columns.NAME,
        in_body("webhook_type", DataType.CATEGORY, "who calls it"),
        in_body("active", DataType.BOOL, "listens"),
        in_body("endpoint_url", help="the address that is called"),
        hydrated("received_count", DataType.COUNT, "calls received", "stats.received_count"),
        hydrated("accepted_count", DataType.COUNT, "calls accepted", "stats.accepted_count"),
        hydrated("auth_failed_count", DataType.COUNT, "calls with a wrong signature", "stats.auth_failed_count"),
        hydrated("last_received_at", DataType.TIME, "last call (UTC)", "stats.last_received_at"),
        hydrated("last_error", help="what went wrong last", field="stats.last_error_summary"),
    ),
    filters=(
        columns.NAME_FILTER,
        text("webhook_type", "only those that this one calls"),
        flag("active", "only those that listen (or, with no, do not)"),
        columns.USER_FILTER,
    ),
)

PEOPLE = (
    PROJECTS,
    WORKSPACE_USERS,
    WORKSPACE_SERVICE_ACCOUNTS,
    WORKSPACE_API_KEYS,
    WORKSPACE_DEVICES,
    RESOURCE_REQUESTS,
    WEBHOOKS,
)
