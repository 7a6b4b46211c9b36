"""The users of a workspace and their environment: users, keys, devices, projects, resource requests."""

from __future__ import annotations

from zenpro_nb.resources.model import Column, DataType
from zenpro_nb.resources.workspace import columns, enums
from zenpro_nb.resources.workspace.columns import (
    choice,
    flag,
    in_body,
    key,
    number,
    state,
    text,
    time,
    when_hydrated,
    workspace_list,
)

_EXTERNAL = when_hydrated("external_user_id", DataType.ID, "the same account in the control plane")
_EXTERNAL_FILTER = key("external_user_id", "filter by the account in the control plane")

PROJECTS = workspace_list(
    "projects",
    "List the projects of a workspace, newest first.",
    sample="churn",
    scoped=False,
    owned=False,
    columns=(columns.NAME, in_body("display_name", help="display name in the dashboard"), columns.DESCRIPTION),
    filters=(columns.NAME_FILTER, text("display_name", "filter by display name")),
)

WORKSPACE_USERS = workspace_list(
    "workspace-users",
    "List the users that a workspace knows. They have signed in, or have an account there.",
    sample="ada@example.com",
    path="users",
    parent="users --workspace NAME",
    scoped=False,
    owned=False,
    columns=(
        columns.NAME,
        in_body("full_name", help="full name; may be empty"),
        when_hydrated("email", help="email address; may be missing"),
        in_body("active", DataType.BOOL, "whether it can sign in"),
        in_body("is_admin", DataType.BOOL, "whether the user is an administrator of the server"),
        in_body("is_service_account", DataType.BOOL, "whether it is a service account"),
        in_body("email_opted_in", DataType.BOOL, "whether the user subscribed to news by email"),
        when_hydrated("password_changed_at", DataType.TIME, "time of the last password change (UTC)"),
    ),
    ids=(_EXTERNAL, in_body("default_project_id", DataType.ID, "the default project of the user")),
    filters=(
        columns.NAME_FILTER,
        text("full_name", "filter by full name"),
        text("email", "filter by email"),
        flag("active", "list only users who can sign in, or only those who cannot"),
        flag("email_opted_in", "list only users who subscribed to news by email, or only those who did not"),
        _EXTERNAL_FILTER,
    ),
)

WORKSPACE_SERVICE_ACCOUNTS = workspace_list(
    "workspace-service-accounts",
    "List the service accounts that a workspace itself knows. In ZenML Pro they are created in the control plane.",
    sample="ci-bot",
    path="service_accounts",
    parent="service-accounts --workspace NAME",
    scoped=False,
    owned=False,
    columns=(
        columns.NAME,
        in_body("full_name", help="full name; may be empty"),
        in_body("active", DataType.BOOL, "whether it can sign in"),
        columns.DESCRIPTION,
    ),
    ids=(_EXTERNAL,),
    filters=(
        columns.NAME_FILTER,
        text("description", "filter by description"),
        flag("active", "list only accounts that can sign in, or only those that cannot"),
        _EXTERNAL_FILTER,
    ),
)

WORKSPACE_API_KEYS = workspace_list(
    "workspace-api-keys",
    "List the keys of one service account of a workspace. Secret values are never shown.",
    path="service_accounts/{service_account_id}/api_keys",
    parent="api-keys --service-account NAME --workspace NAME",
    scoped=False,
    owned=False,
    columns=(
        columns.NAME,
        Column("service_account", path="body.service_account.name", help="service account of the key"),
        in_body("active", DataType.BOOL, "whether the key can be used"),
        when_hydrated("last_login", DataType.TIME, "last use (UTC)"),
        when_hydrated("last_rotated", DataType.TIME, "last rotation (UTC)"),
        when_hydrated("retain_period_minutes", DataType.COUNT, "minutes for which the old value stays valid"),
        columns.DESCRIPTION,
    ),
    filters=(
        columns.NAME_FILTER,
        text("description", "filter by description"),
        flag("active", "list only active keys, or only inactive ones"),
        time("last_login", "filter by time of last use"),
        time("last_rotated", "filter by time of the last rotation"),
    ),
    secrets=("key",),
)

WORKSPACE_DEVICES = workspace_list(
    "workspace-devices",
    "List the devices that you have authorized in a workspace.",
    path="devices",
    scoped=False,
    columns=(
        in_body("hostname", help="name of the machine"),
        state("status", "pending, verified, active, locked"),
        in_body("trusted_device", DataType.BOOL, "whether it stays signed in for longer"),
        in_body("os", DataType.CATEGORY, "operating system"),
        in_body("ip_address", help="address of the device when it was authorized"),
        in_body("expires", DataType.TIME, "end of the authorization (UTC)"),
        when_hydrated("last_login", DataType.TIME, "last use (UTC)"),
        when_hydrated("failed_auth_attempts", DataType.COUNT, "number of wrong codes"),
        when_hydrated("zenml_version", help="version of zenml on the device"),
        when_hydrated("python_version", help="version of Python on the device"),
        when_hydrated("city", help="city of the device when it was authorized, if known"),
        when_hydrated("country", help="country of the device when it was authorized, if known"),
    ),
    ids=(in_body("client_id", DataType.ID, "the installation of zenml on the device"),),
    filters=(
        choice("status", "filter by state", enums.DEVICE_STATUS),
        flag("trusted_device", "list only trusted devices, or only untrusted ones"),
        time("expires", "filter by end of the authorization"),
        time("last_login", "filter by time of last use"),
        number("failed_auth_attempts", "filter by number of wrong codes"),
        key("client_id", "filter by installation of zenml"),
        columns.USER_FILTER,
    ),
    secrets=(
        "user_code",
        "device_code",
    ),
    label="hostname",
)

RESOURCE_REQUESTS = workspace_list(
    "resource-requests",
    "List the requests that runs make for pool resources, newest first.",
    columns=(
        state("status", "pending, allocated, released, rejected …"),
        state("runtime_state", "action of the step that the request is for"),
        in_body("pipeline_run", help="name of the run", field="pipeline_run_name"),
        in_body("step", help="name of the step", field="step_name"),
        in_body("pool", help="name of the pool", field="pool_name"),
        in_body("status_reason", help="reason for the state; may be missing"),
        in_body(
            "reclaim_tolerance", DataType.CATEGORY, "whether its resources can be preempted: none, coordinated, any"
        ),
        in_body("demands", DataType.JSON, "requested resources"),
        in_body("queued_at", DataType.TIME, "time when it was queued (UTC)"),
        in_body("allocated_at", DataType.TIME, "time when it got its resources (UTC)"),
        in_body("released_at", DataType.TIME, "time when it released its resources (UTC)"),
        in_body("lease_expires_at", DataType.TIME, "end of the lease (UTC)"),
    ),
    ids=(
        in_body("pipeline_run_id", DataType.ID, "the run"),
        in_body("step_run_id", DataType.ID, "the step"),
        in_body("pool_id", DataType.ID, "the pool"),
    ),
    filters=(
        choice("status", "filter by state", enums.REQUEST_STATUS),
        choice("reclaim_tolerance", "filter by preemption tolerance", enums.RECLAIM_TOLERANCE),
        key("pipeline_run_id", "filter by run"),
        key("step_run_id", "filter by step"),
        key("component_id", "filter by component"),
        key("pool_id", "filter by pool"),
        key("preemption_initiated_by_id", "list only requests that this request preempts"),
        columns.USER_FILTER,
    ),
    secrets=("component_settings",),
    label="id",
)

WEBHOOKS = workspace_list(
    "webhooks",
    "List webhooks, newest first.",
    sample="churn-pushes",
    columns=(
        columns.NAME,
        in_body("webhook_type", DataType.CATEGORY, "service that calls the webhook"),
        in_body("active", DataType.BOOL, "whether it accepts calls"),
        in_body("endpoint_url", help="address of the webhook"),
        when_hydrated("received_count", DataType.COUNT, "number of received calls", "stats.received_count"),
        when_hydrated("accepted_count", DataType.COUNT, "number of accepted calls", "stats.accepted_count"),
        when_hydrated(
            "auth_failed_count", DataType.COUNT, "number of calls with a wrong signature", "stats.auth_failed_count"
        ),
        when_hydrated("last_received_at", DataType.TIME, "last call (UTC)", "stats.last_received_at"),
        when_hydrated("last_error", help="last error", field="stats.last_error_summary"),
    ),
    filters=(
        columns.NAME_FILTER,
        text("webhook_type", "filter by calling service"),
        flag("active", "list only active webhooks, or only inactive ones"),
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
