"""The sandbox against its own OpenAPI document: no request breaks it, and every reply is as described."""

from __future__ import annotations

from collections.abc import Iterator

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

# Enough to meet each parameter's limits; more only repeats them.
EXAMPLES = 8
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[SandboxProcess]:
    """One of its own: what is written into it is nonsense."""
    with SandboxProcess(users=40) as running:
        yield running


@pytest.fixture(scope="module")
def known(fuzzed: SandboxProcess) -> dict[str, str]:
    """Parameters that lead somewhere: with invented ids alone, every reply would be a 404."""
    with httpx.Client(base_url=fuzzed.url, headers=fuzzed.headers) as client:
        acme = client.get("/organizations/acme").json()["id"]
        below = f"/organizations/{acme}"
        ids = {
            name: client.get(path).json()[-1]["id"]
            for name, path in {
                "user_id": "/users",
                "workspace_id": f"{below}/workspaces",
                "role_id": f"{below}/roles",
                "team_id": f"{below}/teams",
                "invitation_id": f"{below}/invitations",
                "device_id": "/devices",
            }.items()
        }
    return {
        **ids,
        "organization_id": acme,
        "organization_id_or_name": "acme",
        "user_id_or_email": "grace@example.com",
        "workspace_id_or_name": "ml-prod",
        "workspace_name": "ml-prod",
        "device_id_or_user_code": ids["device_id"],
        "id_or_username": "etl-bot",
        "api_key_id_or_name": "airflow",
        "release_service": "zenml",
        "feature": "pipeline",
        "server_id": ids["workspace_id"],
    }


def test_replies_are_as_described(fuzzed: SandboxProcess, known: dict[str, str]) -> None:
    schema = schemathesis.openapi.from_url(f"{fuzzed.url}/openapi.json")
    operations = [one.ok() for one in schema.get_all_operations()]
    assert len(operations) > 100
    broken = {
        f"{one.label} ({mode.value})": problem
        for one in operations
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        if (problem := _problem(one, mode, fuzzed, known)) is not None
    }
    assert not broken, "\n\n".join(f"{label}: {problem}" for label, problem in broken.items())


def _problem(
    operation: APIOperation, mode: GenerationMode, fuzzed: SandboxProcess, known: dict[str, str]
) -> str | None:
    """What is wrong with this operation for fitting or unfitting requests."""

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
            case.path_parameters.update({name: known[name] for name in case.path_parameters if name in known})
            case.query.update({name: known[name] for name in case.query if name in known})
        case.validate_response(case.call(headers=fuzzed.headers), checks=CHECKS)

    try:
        every_reply_conforms()
    except BaseExceptionGroup as problems:
        return "\n".join(str(one) for one in problems.exceptions)
    except AssertionError as problem:
        return str(problem)
    except Unsatisfiable:
        # An operation without parameters has no unfitting request.
        return None
    return None
