"""The infrastructure of runs: stacks, components, flavors, connectors, secrets, code repositories."""

from __future__ import annotations

from zenpro_nb.resources.model import Column, DataType, Filter
from zenpro_nb.resources.workspace import columns, enums
from zenpro_nb.resources.workspace.columns import (
    choice,
    flag,
    in_body,
    key,
    link,
    seconds,
    text,
    when_hydrated,
    workspace_list,
)

_TYPE = in_body("type", DataType.CATEGORY, "orchestrator, artifact_store, container_registry …")
_TYPE_FILTER = choice("type", "filter by type", enums.COMPONENT_TYPES)

STACKS = workspace_list(
    "stacks",
    "List stacks, newest first.",
    sample="aws-production",
    scoped=False,
    columns=(
        columns.NAME,
        columns.DESCRIPTION,
        Column("orchestrators", DataType.LIST, "metadata.components.orchestrator[].name", "names of its orchestrators"),
        Column(
            "artifact_stores",
            DataType.LIST,
            "metadata.components.artifact_store[].name",
            "names of its artifact stores",
        ),
    ),
    filters=(
        columns.NAME_FILTER,
        text("description", "filter by description"),
        text("component", "filter by component, by name or ID", "components"),
        columns.USER_FILTER,
        key("component_id", "filter by component"),
    ),
    # A stack's labels are free text, and treated like its configuration.
)

COMPONENTS = workspace_list(
    "components",
    "List components of stacks, newest first. Their configuration is never shown, because it may contain credentials.",
    sample="mlflow-registry",
    scoped=False,
    columns=(
        columns.NAME,
        _TYPE,
        in_body("flavor", DataType.CATEGORY, "local, s3, kubernetes …", "flavor_name"),
        in_body("integration", DataType.CATEGORY, "integration of the component"),
        when_hydrated("connector", help="name of its service connector", field="connector.name"),
        when_hydrated("connector_resource_id", help="resource that it reaches through the connector"),
    ),
    ids=(
        Column("connector_id", DataType.ID, "metadata.connector.id", "its service connector"),
        link("flavor_id", "the flavor", "flavor.id", DataType.ID),
    ),
    filters=(
        columns.NAME_FILTER,
        _TYPE_FILTER,
        text("flavor", "filter by flavor"),
        columns.USER_FILTER,
        key("connector_id", "filter by service connector"),
        key("stack_id", "filter by stack"),
    ),
)

FLAVORS = workspace_list(
    "flavors",
    "List the component flavors of a workspace.",
    sample="s3",
    scoped=False,
    columns=(
        columns.NAME,
        in_body("display_name", help="display name in the dashboard"),
        _TYPE,
        in_body("integration", DataType.CATEGORY, "integration of the flavor"),
        in_body("is_custom", DataType.BOOL, "whether a user created it"),
        in_body("source", help="location of its code"),
        when_hydrated("connector_type", DataType.CATEGORY, "compatible service connectors"),
        when_hydrated("connector_resource_type", DataType.CATEGORY, "resource type that requires a connector"),
        when_hydrated("docs_url", help="address of its documentation"),
    ),
    filters=(
        columns.NAME_FILTER,
        text("display_name", "filter by display name"),
        _TYPE_FILTER,
        text("integration", "filter by integration"),
        columns.USER_FILTER,
    ),
)

CONNECTORS = workspace_list(
    "connectors",
    "List service connectors, newest first. Their configuration is never shown, because it contains credentials.",
    sample="aws-production",
    path="service_connectors",
    scoped=False,
    columns=(
        columns.NAME,
        # A name or the whole description of the type, depending on the server (API facts 9.4).
        Column(
            "connector_type",
            DataType.CATEGORY,
            "body.connector_type.connector_type",
            "aws, gcp, docker …",
            ("body.connector_type",),
        ),
        in_body("auth_method", DataType.CATEGORY, "authentication method"),
        in_body("resource_types", DataType.LIST, "accessible resource types"),
        in_body("resource_id", help="the accessible resource, if there is only one"),
        in_body("supports_instances", DataType.BOOL, "whether it gives access to several resources"),
        in_body("expires_at", DataType.TIME, "expiry of its credentials (UTC)"),
        in_body("description", help="free text; may be missing"),
        seconds(when_hydrated("expiration_seconds", DataType.COUNT, "lifetime of the issued credentials, in seconds")),
    ),
    filters=(
        columns.NAME_FILTER,
        text("connector_type", "filter by type"),
        text("auth_method", "filter by authentication method"),
        Filter("resource_type", "filter by accessible resource type"),
        Filter("resource_id", "filter by accessible resource"),
        columns.USER_FILTER,
    ),
    # The server sends the secrets unless this is set.
    defaults={**columns.NEWEST_FIRST, "expand_secrets": "false"},
)

SECRET_NAMES = workspace_list(
    "secrets",
    "List the names of secrets, newest first. Their values are never shown.",
    sample="warehouse",
    scoped=False,
    columns=(columns.NAME, in_body("private", DataType.BOOL, "whether only its owner can use it")),
    filters=(
        columns.NAME_FILTER,
        flag("private", "list only private secrets, or only shared ones"),
        columns.USER_FILTER,
    ),
    secrets=("values",),
)

CODE_REPOSITORIES = workspace_list(
    "code-repositories",
    "List code repositories, newest first. Their configuration is never shown, because it may contain tokens.",
    sample="churn-code",
    columns=(
        columns.NAME,
        Column("type", DataType.CATEGORY, "body.source.attribute", "class that reads it"),
        columns.DESCRIPTION,
    ),
    filters=(columns.NAME_FILTER, columns.USER_FILTER),
    secrets=("config",),
)

TAG_LIST = workspace_list(
    "tags",
    "List tags, newest first.",
    sample="nightly",
    scoped=False,
    columns=(
        columns.NAME,
        in_body("color", DataType.CATEGORY, "color in the dashboard"),
        in_body("exclusive", DataType.BOOL, "whether only one object of a type can have it"),
        when_hydrated("tagged_count", DataType.COUNT, "number of objects with this tag"),
    ),
    filters=(
        columns.NAME_FILTER,
        choice("color", "filter by color", enums.COLORS),
        flag("exclusive", "list only exclusive tags, or only those that are not exclusive"),
        choice("resource_type", "filter by type of the tagged objects", enums.TAGGABLE),
        columns.USER_FILTER,
    ),
)

STACK_LISTS = (STACKS, COMPONENTS, FLAVORS, CONNECTORS, SECRET_NAMES, CODE_REPOSITORIES, TAG_LIST)
