"""The sandbox's workspaces against the real server: the same reads of both, and its own OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import pytest

from tests.support.sandbox import SandboxProcess
from tests.zenml.conftest import World
from zenpro_nb.resources import WORKSPACE_LISTS, Resource
from zenpro_nb.sandbox.workspace_api.listings import API_KEYS, LISTINGS, Listing

# Together, these projects contain at least one of every object in the sample data.
PLACES = (("recommender", "newsletter"), ("ml-staging", "churn"), ("forecasting", "capacity"))
PRO_ONLY = "resource-requests"  # an open-source server has them switched off
NONE_HERE = {"workspace-devices", PRO_ONLY}  # lists that are empty on one of the two

# Objects whose keys are names chosen by users: their values are compared, but not the keys.
MAPS = {"outputs", "inputs", "components", "step_configurations", "images"}
# Objects that can contain anything.
FREE = {
    "run_metadata", "labels", "config_schema", "settings", "environment", "client_environment", "parameters",
    "orchestrator_environment", "substitutions", "caching_parameters", "configuration", "values", "extra",
    "config_template", "project_metadata", "user_metadata", "oidc_claims", "input_schema", "output_schema",
    "parameter_spec", "status",
}  # fmt: skip
# Objects that can contain anything in these lists only.
FREE_HERE = {("services", "config"), ("code-repositories", "config")}


class Reader:
    """Reads one server's lists."""

    def __init__(self, url: str, token: str, project: str) -> None:
        self._client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60)
        self._project = project

    def send(self, path: str, **params: Any) -> httpx.Response:
        return self._client.get(f"/api/v1{path}", params=params)

    def get(self, path: str, **params: Any) -> Any:
        reply = self.send(path, **params)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def page(self, resource: Resource, *, hydrate: bool, size: int = 60) -> Any:
        params: dict[str, Any] = {"hydrate": hydrate, "size": size, "sort_by": "desc:created"}
        if resource.scoped:
            params["project"] = self._project
        return self.get(self._path(resource), **params)

    def _path(self, resource: Resource) -> str:
        path = resource.path.removeprefix("/api/v1")
        if "{" not in path:
            return path
        accounts = self.get("/service_accounts", size=1000, hydrate=True)["items"]
        own = next(account for account in accounts if account["metadata"]["external_user_id"] is None)
        return path.format(service_account_id=own["id"])

    def runs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get("/runs", project=self._project, hydrate=True, size=50)["items"]
        return found

    def close(self) -> None:
        self._client.close()


@pytest.fixture(scope="module")
def made_up() -> Iterator[SandboxProcess]:
    with SandboxProcess(users=60) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def ours(made_up: SandboxProcess) -> Iterator[list[Reader]]:
    readers = []
    for workspace, project in PLACES:
        url = f"{made_up.url}/workspace/{workspace}"
        token = httpx.post(f"{url}/api/v1/login", data={"password": made_up.key}, timeout=60).json()["access_token"]
        readers.append(Reader(url, token, project))
    yield readers
    for reader in readers:
        reader.close()


@pytest.fixture(scope="module")
def real(world: World) -> Iterator[Reader]:
    reader = Reader(world.prod.url, world.prod.token(), "default")
    yield reader
    reader.close()


@pytest.fixture(scope="module")
def document(world: World) -> dict[str, Any]:
    return dict(httpx.get(f"{world.prod.url}/openapi.json", timeout=60).json())


def having(readers: list[Reader], resource: Resource) -> list[Reader]:
    """The workspaces that have the list: pools are switched on in some only, and old accounts exist in some only."""
    if resource.noun == PRO_ONLY:
        return [
            reader for reader in readers if reader.send("/resource_requests", project="newsletter").status_code == 200
        ]
    return readers[1:] if resource.noun == "workspace-api-keys" else readers


@pytest.mark.parametrize("hydrate", [False, True], ids=["plain", "hydrated"])
@pytest.mark.parametrize("resource", WORKSPACE_LISTS, ids=lambda item: item.noun)
def test_every_list_matches_the_document_of_the_server(
    ours: list[Reader], document: dict[str, Any], resource: Resource, hydrate: bool
) -> None:
    answer = document["paths"][resource.path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    check = jsonschema.Draft202012Validator({**answer, "components": document["components"]})
    seen = 0
    for reader in having(ours, resource):
        page = reader.page(resource, hydrate=hydrate)
        seen += len(page["items"])
        problems = [f"{error.json_path}: {error.message}" for error in check.iter_errors(page)]
        assert problems == []
    assert (seen > 0) == (resource.noun != "workspace-devices")


# Parameters that are not filters, and `config`, which the real server matches against raw configuration.
NO_FILTERS = {
    "page", "size", "sort_by", "hydrate", "logical_operator", "project", "project_name_or_id", "scope_user",
    "scope_type", "include_full_metadata", "expand_secrets", "service_account", "service_account_id", "config",
}  # fmt: skip


@pytest.mark.parametrize("listing", [*LISTINGS, API_KEYS], ids=lambda item: item.route)
def test_no_filter_of_the_server_is_ignored(document: dict[str, Any], listing: Listing) -> None:
    route = listing.route.replace("{account_id}", "{service_account_id}")
    theirs = {
        parameter["name"] for parameter in document["paths"][f"/api/v1/{route}"]["get"]["parameters"]
    } - NO_FILTERS
    assert {name for name in theirs if listing.field(name) is None} == set()
    assert set(listing.fields) - theirs == set(), "the real server has no such filter"


def types_of(noun: str, value: object, path: str = "", found: dict[str, set[str]] | None = None) -> dict[str, set[str]]:
    """The JSON types at each path, over all objects of a list."""
    found = {} if found is None else found
    found.setdefault(path, set()).add("number" if isinstance(value, int | float) else type(value).__name__)
    name = path.rpartition(".")[2]
    if isinstance(value, list):
        for item in value:
            types_of(noun, item, f"{path}[]", found)
    elif isinstance(value, dict) and name not in FREE and (noun, name) not in FREE_HERE:
        for key, item in value.items():
            types_of(noun, item, f"{path}.{'*' if name in MAPS else key}", found)
    return found


def parent_of(path: str) -> str:
    return path[:-2] if path.endswith("[]") else path.rpartition(".")[0]


def missing_from(theirs: dict[str, set[str]], others: dict[str, set[str]]) -> list[str]:
    """Paths that one has and the other lacks, although it has the parent with some content."""
    filled = {parent_of(path) for path in others}
    return sorted(path for path in theirs if path not in others and parent_of(path) in filled)


@pytest.mark.parametrize("hydrate", [False, True], ids=["plain", "hydrated"])
@pytest.mark.parametrize(
    "resource", [listing for listing in WORKSPACE_LISTS if listing.noun not in NONE_HERE], ids=lambda item: item.noun
)
def test_the_same_read_has_the_same_fields(ours: list[Reader], real: Reader, resource: Resource, hydrate: bool) -> None:
    made: dict[str, set[str]] = {}
    for reader in having(ours, resource):
        types_of(resource.noun, reader.page(resource, hydrate=hydrate), found=made)
    theirs = types_of(resource.noun, real.page(resource, hydrate=hydrate))
    assert missing_from(theirs, made) == []
    assert missing_from(made, theirs) == []
    nothing = {"NoneType"}
    differing = {
        path: (sorted(theirs[path]), sorted(made[path]))
        for path in theirs.keys() & made.keys()
        if theirs[path] - nothing and made[path] - nothing and not (theirs[path] & made[path]) - nothing
    }
    assert differing == {}


@pytest.mark.parametrize("what", ["dag", "pipeline-configuration", "status", "steps", "logs"])
def test_the_parts_of_a_run(ours: list[Reader], real: Reader, what: str) -> None:
    def read(reader: Reader) -> Any:
        # The oldest runs ended long ago; a cached step has no log.
        failed = [run for run in reader.runs() if run["body"]["status"] == "failed"]
        run = failed[-1]
        params = {"logs_id": run["resources"]["log_collection"][0]["id"]} if what == "logs" else {}
        return reader.get(f"/runs/{run['id']}/{what}", **params)

    made, theirs = types_of(what, read(ours[0])), types_of(what, read(real))
    assert missing_from(theirs, made) == []
    # A failed step of the real server contains the names of its planned outputs, without their data.
    assert [path for path in missing_from(made, theirs) if "metadata" not in path] == []


@pytest.mark.parametrize("path", ["/info", "/statistics", "/current-user", "/version"])
def test_server_information(ours: list[Reader], real: Reader, path: str) -> None:
    made, theirs = types_of(path, ours[0].get(path)), types_of(path, real.get(path))
    assert made.keys() == theirs.keys()


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/runs", {"project": "nothing"}),
        ("/runs", {"page": 99}),
        ("/runs", {"page": 0}),
        ("/runs", {"size": 99_999}),
        ("/runs", {"size": "many"}),
        ("/runs", {"sort_by": "bogus"}),
        ("/runs", {"index": "contains:3"}),
        ("/runs", {"created": "gte:yesterday"}),
        ("/runs", {"created": "in:2026-01-01 00:00:00"}),
        ("/runs", {"status": "oneof:failed"}),
        ("/runs", {"end_time": "isnull:x"}),
        ("/runs", {"in_progress": "maybe"}),
        ("/runs", {"logical_operator": "xor"}),
        ("/runs", {"hydrate": "maybe"}),
        ("/runs", {"pipeline_id": "abc"}),
        ("/runs", {"unheard_of": "abc", "size": 1}),
        ("/runs/00000000-0000-4000-8000-000000000000", {}),
        ("/runs/abc", {}),
        ("/projects/nothing", {}),
        ("/nothing", {}),
    ],
    ids=lambda value: " ".join(f"{name}={item}" for name, item in value.items()) if isinstance(value, dict) else value,
)
def test_refusals_are_the_same(ours: list[Reader], real: Reader, path: str, params: dict[str, Any]) -> None:
    def answer_of(reader: Reader) -> tuple[int, str, object]:
        scoped = {"project": reader._project, **params} if path == "/runs" else params
        reply = reader.send(path, **scoped)
        body = reply.json()
        said = body["detail"] if isinstance(body, dict) and "detail" in body else body
        return reply.status_code, type(body).__name__, said[0] if isinstance(said, list) else type(said).__name__

    assert answer_of(ours[1]) == answer_of(real)
