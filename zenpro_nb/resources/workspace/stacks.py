"""What runs run on: stacks, components, flavors, connectors, secrets, code repositories."""

from __future__ import annotations

from zenpro_nb.resources.model import Column, DataType, Filter
from zenpro_nb.resources.workspace import columns, enums
from zenpro_nb.resources.workspace.columns import choice, flag, hydrated, in_body, key, linked, listed, seconds, text

_TYPE = in_body("type", DataType.CATEGORY, "orchestrator, artifact_store, container_registry …")
_TYPE_FILTER = choice("type", "only those of this type", enums.COMPONENT_TYPES)

STACKS = listed(
    "stacks",
    "Stacks, the newest first.",
    sample="aws-production",
    scoped=False,
    columns=(
        columns.NAME,
        columns.DESCRIPTION,
        Column("orchestrators", DataType.LIST, "metadata.components.orchestrator[].name", "names of its orchestrators"),
        Column("artifact_stores", DataType.LIST, "metadata.components.artifact_store[].name", "names of its stores"),
    ),
    filters=(
        columns.NAME_FILTER,
        text("description", "only those with this description"),
        text("component", "only those with this component, by name or id", "components"),
        columns.USER_FILTER,
        key("component_id", "only those with this component"),
    ),
    # A stack's labels are free text and fall under the same rule as its configuration.
)

COMPONENTS = listed(
    "components",
    "Components of stacks, the newest first. Never their configuration, which may hold credentials.",
    sample="mlflow-registry",
    scoped=False,
    columns=(
        columns.NAME,
        _TYPE,
        in_body("flavor", DataType.CATEGORY, "local, s3, kubernetes …", "flavor_name"),
        in_body("integration", DataType.CATEGORY, "the integration that it belongs to"),
        hydrated("connector", help="name of its service connector", field="connector.name"),
        hydrated("connector_resource_id", help="what it reaches through the connector"),
    ),
    ids=(
        Column("connector_id", DataType.ID, "metadata.connector.id", "its service connector"),
        linked("flavor_id", "the flavor", "flavor.id", DataType.ID),
    ),
    filters=(
        columns.NAME_FILTER,
        _TYPE_FILTER,
        text("flavor", "only those of this flavor"),
        columns.USER_FILTER,
        key("connector_id", "only those with this connector"),
        key("stack_id", "only those of this stack"),
    ),
)

FLAVORS = listed(
    "flavors",
    "Flavors of components that the workspace knows.",
    sample="s3",
    scoped=False,
    columns=(
        columns.NAME,
        in_body("display_name", help="name shown in the dashboard"),
        _TYPE,
        in_body("integration", DataType.CATEGORY, "the integration that it belongs to"),
        in_body("is_custom", DataType.BOOL, "made by a user"),
        in_body("source", help="where its code is"),
        hydrated("connector_type", DataType.CATEGORY, "the service connectors that it works with"),
        hydrated("connector_resource_type", DataType.CATEGORY, "what it needs a connector for"),
        hydrated("docs_url", help="address of its documentation"),
    ),
    filters=(
        columns.NAME_FILTER,
        text("display_name", "only those shown under this name"),
        _TYPE_FILTER,
        text("integration", "only those of this integration"),
        columns.USER_FILTER,
    ),
)

CONNECTORS = listed(
    "connectors",
    "Service connectors, the newest first. Never their configuration, which holds credentials.",
    sample="aws-production",
    path="service_connectors",
    scoped=False,
    columns=(
        columns.NAME,
        # A name or the whole description of the type, at the server's pleasure (API facts 9.4).
        Column(
            "connector_type",
            DataType.CATEGORY,
            "body.connector_type.connector_type",
            "aws, gcp, docker …",
            ("body.connector_type",),
        ),
        in_body("auth_method", DataType.CATEGORY, "how it signs in"),
        in_body("resource_types", DataType.LIST, "what it gives access to"),
        in_body("resource_id", help="the one thing that it gives access to, where it is one"),
        in_body("supports_instances", DataType.BOOL, "can give access to several things"),
        in_body("expires_at", DataType.TIME, "end of its credentials' life (UTC)"),
        in_body("description", help="free text, may be missing"),
        seconds(hydrated("expiration_seconds", DataType.COUNT, "seconds that credentials from it live")),
    ),
    filters=(
        columns.NAME_FILTER,
        text("connector_type", "only those of this type"),
        text("auth_method", "only those that sign in so"),
        Filter("resource_type", "only those that give access to this type of thing"),
        Filter("resource_id", "only those that give access to this thing"),
        columns.USER_FILTER,
    ),
    # The server sends the secrets unless it is told not to.
    defaults={**columns.NEWEST_FIRST, "expand_secrets": "false"},
)

SECRET_NAMES = listed(
    "secrets",
    "Names of secrets, the newest first. Never what is in them.",
    sample="warehouse",
    scoped=False,
    columns=(columns.NAME, in_body("private", DataType.BOOL, "only its owner may use it")),
    filters=(columns.NAME_FILTER, flag("private", "only private ones (or, with no, others)"), columns.USER_FILTER),
    secrets=("values",),
)

CODE_REPOSITORIES = listed(
    "code-repositories",
    "Code repositories, the newest first. Never their configuration, which may hold tokens.",
    sample="churn-code",
    columns=(
        columns.NAME,
        Column("type", DataType.CATEGORY, "body.source.attribute", "class that reads it"),
        columns.DESCRIPTION,
    ),
    filters=(columns.NAME_FILTER, columns.USER_FILTER),
    secrets=("config",),
)

TAG_LIST = listed(
    "tags",
    "Tags, the newest first.",
    sample="nightly",
    scoped=False,
    columns=(
        columns.NAME,
        in_body("color", DataType.CATEGORY, "how the dashboard shows it"),
        in_body("exclusive", DataType.BOOL, "only one thing of a kind may have it"),
        hydrated("tagged_count", DataType.COUNT, "number of things that have it"),
    ),
    filters=(
        columns.NAME_FILTER,
        choice("color", "only those of this color", enums.COLORS),
        flag("exclusive", "only exclusive ones (or, with no, others)"),
        choice("resource_type", "only those that things of this kind have", enums.TAGGABLE),
        columns.USER_FILTER,
    ),
)

STACK_LISTS = (STACKS, COMPONENTS, FLAVORS, CONNECTORS, SECRET_NAMES, CODE_REPOSITORIES, TAG_LIST)
