"""Differences between a server's description of its API and the expected tables: test documents, and the sandbox's."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from tests.support.sandbox import SandboxProcess
from zenpro_nb.resources import Column, DataType, Filter, Paging, Resource, Table
from zenpro_nb.resources.drift import Difference, compare
from zenpro_nb.resources.openapi import OpenApiDocument
from zenpro_nb.resources.routes import Route

THINGS = Resource(
    noun="things",
    path="/workspaces/{workspace_id}/things",
    paging=Paging.OFFSET,
    help="",
    columns=(
        Column("id", DataType.ID),
        Column("owner", path="owner.email"),
        Column("roles", DataType.LIST, "roles[].name"),
        Column("ours", computed=True),
    ),
    filters=(Filter("name", ""), Filter("workspace_name", "")),
    secrets=("hidden",),
)
ROUTES = (
    Route("GET", "/workspaces/{workspace_id}/things", ("things",)),
    Route("POST", "/workspaces/{workspace_id}/things", why_none="nobody needs it"),
)
SCHEMAS: dict[str, Any] = {
    "Thing": {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "owner": {"anyOf": [{"$ref": "#/components/schemas/Owner"}, {"type": "null"}]},
            "roles": {"anyOf": [{"type": "array", "items": {"$ref": "#/components/schemas/Role"}}, {"type": "null"}]},
            "password": {"type": "string"},
            "hidden": {"type": "string"},
        },
    },
    "Owner": {"allOf": [{"properties": {"email": {"type": "string"}}}, {"$ref": "#/components/schemas/Owner"}]},
    "Role": {"properties": {"name": {"type": "string"}}},
}


def parameter(name: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}


def document(
    *parameters: dict[str, Any], path: str = "/workspaces/{anything}/things", **schemas: Any
) -> dict[str, Any]:
    answer = {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}
    content = {"application/json": {"schema": answer}}
    limit = parameter("limit", maximum=100, default=100)
    parameters_of_route = parameters or (parameter("name"), parameter("workspace_name"), parameter("offset"), limit)
    return {
        "openapi": "3.1.0",
        "paths": {path: {"get": {"parameters": list(parameters_of_route), "responses": {"200": {"content": content}}}}},
        "components": {"schemas": {**SCHEMAS, **schemas}},
    }


def differences(data: dict[str, Any], prefix: str = "") -> list[Difference]:
    return compare(data, prefix=prefix, resources=[THINGS], routes=ROUTES)


WHERE = "GET /workspaces/{workspace_id}/things"


def test_the_expected_server() -> None:
    assert differences(document()) == []


def test_a_computed_list_has_no_route() -> None:
    computed = Table(noun="totals", columns=(Column("sum", DataType.COUNT),), help="")
    assert compare(document(), resources=[THINGS, computed], routes=ROUTES) == []


def test_a_self_hosted_server_whose_paths_carry_its_prefix() -> None:
    data = document(path="/api/v1/workspaces/{id}/things")
    assert differences(data, prefix="/api/v1") == []
    assert differences(data) != []


def test_an_old_server_in_its_own_spelling() -> None:
    parameters_of_route = [parameter("name"), parameter("tenant_name"), parameter("offset"), parameter("limit")]
    assert differences(document(*parameters_of_route, path="/tenants/{tenant_id}/things")) == []


def test_a_missing_route_and_an_unknown_one() -> None:
    assert differences(document(path="/things")) == [
        Difference(WHERE, "the server does not have this route; used by things", serious=True),
        Difference("GET /things", "zenpro does not know this route"),
    ]


def test_parameters() -> None:
    found = differences(document(parameter("offset"), parameter("limit"), parameter("workspace_name"), parameter("q")))
    assert found == [
        Difference(WHERE, "does not accept the filters name, and may ignore them silently", serious=True),
        Difference(WHERE, "accepts parameters without an option: q"),
    ]


@pytest.mark.parametrize(
    ("schema", "words", "serious"),
    [
        ({"maximum": 50}, "pages contain at most 50 rows, but zenpro requests 100", True),
        ({"maximum": 1000}, "pages contain at most 1000 rows, but zenpro requests 100", False),
        ({"anyOf": [{"type": "integer", "maximum": 20}, {"type": "null"}]}, "pages contain at most 20 rows", True),
        ({"default": 20}, "pages contain 20 rows by default, but zenpro expects 100", False),
    ],
)
def test_limits(schema: dict[str, Any], words: str, serious: bool) -> None:
    names = (parameter("name"), parameter("workspace_name"), parameter("offset"), parameter("limit", **schema))
    (found,) = differences(document(*names))
    assert found.words.startswith(words)
    assert found.serious is serious


def test_paging_of_another_kind() -> None:
    (found,) = differences(document(parameter("name"), parameter("workspace_name")))
    assert "is not paged" in found.words
    unpaged = Resource("things", THINGS.path, Paging.NONE, THINGS.columns, "", THINGS.filters, ("hidden",))
    (found,) = compare(document(), resources=[unpaged], routes=ROUTES)
    assert found == Difference(
        WHERE, "is paged by offset and limit, but zenpro reads only its first page", serious=True
    )


def test_fields() -> None:
    thing = {"properties": {"id": {}, "owner": {"properties": {"name": {}}}, "tags": {}, "token": {}}}
    assert differences(document(Thing=thing)) == [
        Difference(WHERE, "does not send owner.email, roles[].name; the columns stay empty", serious=True),
        Difference(WHERE, "sends fields that have no column: tags"),
    ]


def test_known_fields_without_a_column_are_not_reported() -> None:
    data = document(
        parameter("name"), parameter("workspace_name"), parameter("offset"), parameter("limit"), parameter("q")
    )
    resource = replace(THINGS, ignored_fields=("q",))
    assert [item.words for item in compare(data, resources=[THINGS], routes=ROUTES)] == [
        "accepts parameters without an option: q"
    ]
    assert compare(data, resources=[resource], routes=ROUTES) == []


def test_missing_information_is_not_guessed() -> None:
    assert differences(document(Thing={"type": "object"})) == []
    assert differences(document(Owner={"type": "object"}, Role={})) == []
    silent = document()
    silent["paths"]["/workspaces/{anything}/things"]["get"].pop("responses")
    assert differences(silent) == []


def test_a_response_that_is_not_a_list() -> None:
    data = document()
    operation = data["paths"]["/workspaces/{anything}/things"]["get"]
    operation["responses"]["200"]["content"]["application/json"]["schema"] = {"$ref": "#/components/schemas/Thing"}
    (found,) = differences(data)
    assert found.serious
    assert "not described as a list" in found.words


@pytest.mark.parametrize("data", [{}, {"paths": None}, {"paths": {"/x": None}}, {"paths": {"/x": {"get": None}}}])
def test_a_broken_document_breaks_nothing(data: dict[str, Any]) -> None:
    assert all(isinstance(difference, Difference) for difference in differences(data))


def test_references_in_a_circle() -> None:
    data = {
        "components": {"schemas": {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}}
    }
    assert OpenApiDocument(data).properties({"$ref": "#/components/schemas/A"}) == {}


def test_the_sandbox_is_the_expected_server(sandbox: SandboxProcess) -> None:
    found = compare(httpx.get(f"{sandbox.url}/openapi.json", timeout=60).json())
    assert found == []


def test_differences_in_the_sandboxs_document_are_reported(sandbox: SandboxProcess) -> None:
    data = httpx.get(f"{sandbox.url}/openapi.json", timeout=60).json()
    del data["paths"]["/teams/{team_id}"]["patch"]
    data["paths"]["/audit_logs"] = {"get": {"responses": {}}}
    data["components"]["schemas"]["Team"]["properties"]["colour"] = {"type": "string"}
    differences = {(item.where, item.serious) for item in compare(data)}
    assert ("PATCH /teams/{team_id}", True) in differences
    assert ("GET /audit_logs", False) in differences
    assert ("GET /organizations/{organization_id}/teams", False) in differences
