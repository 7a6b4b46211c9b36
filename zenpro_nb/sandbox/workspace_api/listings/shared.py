"""Lists of a workspace's shared resources and its accounts (API facts 9.4)."""

from __future__ import annotations

from zenpro_nb.sandbox.workspace_api.filters import at
from zenpro_nb.sandbox.workspace_api.items.accounts import API_KEY, DEVICE, SERVICE_ACCOUNT, USER
from zenpro_nb.sandbox.workspace_api.items.stacks import (
    CODE_REPOSITORY,
    COMPONENT,
    CONNECTOR,
    FLAVOR,
    PROJECT,
    SECRET,
    STACK,
    TAG,
)
from zenpro_nb.sandbox.workspace_api.listings import listing
from zenpro_nb.sandbox.workspace_api.listings.listing import ABSENT, NAME, Listing, flag, key, moment, number, text

PROJECTS = Listing("projects", PROJECT, {"name": NAME, "display_name": text(at("body.display_name"))}, by_name=True)
STACKS = Listing(
    "stacks",
    STACK,
    {
        "name": NAME,
        "user": listing.USER,
        "description": text(at("metadata.description")),
        "component": text(at("parts")),
        "component_id": key(at("parts")),
    },
)
COMPONENTS = Listing(
    "components",
    COMPONENT,
    {
        "name": NAME,
        "user": listing.USER,
        "type": text(at("body.type")),
        "flavor": text(at("body.flavor_name")),
        "connector_id": key(at("metadata.connector")),
        "stack_id": key(at("stacks")),
    },
)
FLAVORS = Listing(
    "flavors",
    FLAVOR,
    {
        "name": NAME,
        "user": listing.USER,
        "display_name": text(at("body.display_name")),
        "type": text(at("body.type")),
        "integration": text(at("body.integration")),
    },
)
CONNECTORS = Listing(
    "service_connectors",
    CONNECTOR,
    {
        "name": NAME,
        "user": listing.USER,
        "connector_type": text(lambda item, now: (item.body(now)["connector_type"]["connector_type"],)),
        "auth_method": text(at("body.auth_method")),
        "resource_type": text(lambda item, now: item.body(now)["resource_types"]),
        "resource_id": text(at("body.resource_id")),
        "labels_str": ABSENT,
    },
)
SECRETS = Listing(
    "secrets", SECRET, {"name": NAME, "user": listing.USER, "private": flag(at("body.private"))}
)  # fmt: skip
CODE_REPOSITORIES = Listing("code_repositories", CODE_REPOSITORY, {"name": NAME, "user": listing.USER})
TAGS = Listing(
    "tags",
    TAG,
    {
        "name": NAME,
        "user": listing.USER,
        "color": text(at("body.color")),
        "exclusive": flag(at("body.exclusive")),
        "resource_type": text(at("tagged_types")),
    },
    by_name=True,
)
USERS = Listing(
    "users",
    USER,
    {
        "name": NAME,
        "full_name": text(at("body.full_name")),
        "email": text(at("metadata.email")),
        "active": flag(at("body.active")),
        "email_opted_in": flag(at("body.email_opted_in")),
        "external_user_id": key(at("metadata.external_user_id")),
    },
    by_name=True,
)
SERVICE_ACCOUNTS = Listing(
    "service_accounts",
    SERVICE_ACCOUNT,
    {
        "name": NAME,
        "description": text(at("metadata.description")),
        "active": flag(at("body.active")),
        "external_user_id": key(at("metadata.external_user_id")),
    },
    by_name=True,
)
API_KEYS = Listing(
    "service_accounts/{account_id}/api_keys",
    API_KEY,
    {
        "name": NAME,
        "description": text(at("metadata.description")),
        "active": flag(at("body.active")),
        "last_login": moment(at("metadata.last_login")),
        "last_rotated": moment(at("metadata.last_rotated")),
    },
    by_name=True,
)
# A workspace of ZenML Pro authorizes no devices of its own (API facts 9.1), so this list is always empty.
DEVICES = Listing(
    "devices",
    DEVICE,
    {
        "user": listing.USER,
        "client_id": key(at("body.client_id")),
        "status": text(at("body.status")),
        "trusted_device": flag(at("body.trusted_device")),
        "expires": moment(at("body.expires")),
        "failed_auth_attempts": number(at("metadata.failed_auth_attempts")),
        "last_login": moment(at("metadata.last_login")),
    },
)

SHARED = (
    PROJECTS, STACKS, COMPONENTS, FLAVORS, CONNECTORS, SECRETS, CODE_REPOSITORIES, TAGS, USERS, SERVICE_ACCOUNTS,
    DEVICES,
)  # fmt: skip
