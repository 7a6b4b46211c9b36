"""The sandbox against its own OpenAPI document: no request breaks it, and every response matches the document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings, strategies
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.sandbox import SandboxProcess

# Enough to reach each parameter's limits; more only repeats them.
EXAMPLES = 8
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


# Reads first, while everything exists; deletions come last, the organizations at the very end.
ORDER = ("get", "post", "put", "patch", "delete")
# Called by a workspace's own server, with its own credential.
MACHINES = ("/workspace_status", "/tenant_status", "/usage-", "/rbac/")
# Ends the session that it is called with, so it gets a separate one.
LOGOUT = "/auth/logout"
# A fuzzer without access finds no errors.
SHARE_THAT_SUCCEEDS = 0.7


@pytest.fixture(scope="module")
def fuzzed_sandbox() -> Iterator[SandboxProcess]:
    """A separate sandbox, because the fuzzer writes nonsense into it."""
    with SandboxProcess(users=40, lifecycle_seconds=0) as running:
        yield running


@pytest.fixture(scope="module")
def machine(fuzzed_sandbox: SandboxProcess) -> dict[str, str]:
    """The header of an enrolled workspace's own server."""
    made = httpx.post(
        f"{fuzzed_sandbox.url}/workspaces?name=machine&enroll=true",
        headers=fuzzed_sandbox.headers,
        timeout=60,
    ).json()
    form = {"client_id": made["id"], "client_secret": made["enrollment_key"]}
    return _bearer(httpx.post(f"{fuzzed_sandbox.url}/auth/login", data=form, timeout=60).json()["access_token"])


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="module")
def known_parameters(fuzzed_sandbox: SandboxProcess) -> dict[str, str]:
    """Parameters that refer to existing objects: with invented ids alone, every response would be a 404."""
    with httpx.Client(base_url=fuzzed_sandbox.url, headers=fuzzed_sandbox.headers, timeout=60) as client:
        acme = client.get("/organizations/acme").json()["id"]
        below = f"/organizations/{acme}"
        ids = {
            name: client.get(path).json()[-1]["id"]
            for name, path in {
                "user_id": "/users",
                "workspace_id": f"{below}/workspaces",
                "role_id": f"{below}/roles?name=Organization%20Member",
                "team_id": f"{below}/teams",
                "invitation_id": f"{below}/invitations",
                "device_id": "/devices",
            }.items()
        }
    return {
        **ids,
        "organization_id": acme,
        "organization_id_or_name": acme,
        "user_id_or_email": "grace@example.com",
        "workspace_id_or_name": ids["workspace_id"],
        "workspace_name": "ml-prod",
        "device_id_or_user_code": ids["device_id"],
        "id_or_username": "etl-bot",
        "api_key_id_or_name": "airflow",
        "release_service": "zenml",
        "feature": "pipeline",
        "server_id": ids["workspace_id"],
    }


@dataclass
class Fuzzer:
    """Calls operations of one sandbox, and records which of them have succeeded once."""

    known: dict[str, str]
    person: dict[str, str]
    machine: dict[str, str]
    succeeded: set[str] = field(default_factory=set)

    def problem(self, operation: APIOperation, mode: GenerationMode) -> str | None:
        """The problems of this operation with valid or invalid requests."""

        @given(case=operation.as_strategy(generation_mode=mode), real=strategies.booleans())
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        def every_reply_conforms(case: schemathesis.Case, real: bool) -> None:
            if real:
                self._aim(case)
            self._call(case)

        try:
            every_reply_conforms()
        except BaseExceptionGroup as problems:
            return "\n".join(str(exception) for exception in problems.exceptions)
        except AssertionError as problem:
            return str(problem)
        except Unsatisfiable:
            # An operation without parameters has no invalid request.
            return None
        return None

    def _aim(self, case: schemathesis.Case) -> None:
        """Fill in parameters that refer to existing objects."""
        body = case.body if isinstance(case.body, dict) else {}
        for given_ones in (case.path_parameters, case.query, body):
            given_ones.update({name: self.known[name] for name in given_ones if name in self.known})

    def _call(self, case: schemathesis.Case) -> None:
        headers = self.machine if case.operation.path.startswith(MACHINES) else self.person
        reply = case.call(headers=headers)
        if reply.status_code == 200:
            self.succeeded.add(case.operation.label)
        case.validate_response(reply, checks=CHECKS)


def _rank(operation: APIOperation) -> tuple[int, int]:
    return ORDER.index(operation.method), -operation.path.count("/")


def test_responses_match_the_document(
    fuzzed_sandbox: SandboxProcess, known_parameters: dict[str, str], machine: dict[str, str]
) -> None:
    schema = schemathesis.openapi.from_url(f"{fuzzed_sandbox.url}/openapi.json").exclude(path=LOGOUT)
    operations = sorted((operation.ok() for operation in schema.get_all_operations()), key=_rank)
    assert {operation.method for operation in operations} == set(ORDER)
    fuzzer = Fuzzer(known_parameters, fuzzed_sandbox.headers, machine)
    broken = {
        f"{operation.label} ({mode.value})": problem
        for operation in operations
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        if (problem := fuzzer.problem(operation, mode)) is not None
    }
    assert not broken, "\n\n".join(f"{label}: {problem}" for label, problem in broken.items())
    assert len(fuzzer.succeeded) > SHARE_THAT_SUCCEEDS * len(operations)


def test_a_logout_matches_the_document(fuzzed_sandbox: SandboxProcess) -> None:
    token = httpx.post(f"{fuzzed_sandbox.url}/auth/login", data={"password": fuzzed_sandbox.key}, timeout=60).json()[
        "access_token"
    ]
    schema = schemathesis.openapi.from_url(f"{fuzzed_sandbox.url}/openapi.json")
    for status in (200, 401):
        case = schema[LOGOUT]["POST"].Case()
        reply = case.call(headers=_bearer(token))
        case.validate_response(reply, checks=CHECKS)
        assert reply.status_code == status
