"""The server's own description (API facts 3.20). The bodies are inferred (API facts 4.12)."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from zenpro_nb.sandbox.clock import stamp
from zenpro_nb.sandbox.errors import MissingError
from zenpro_nb.sandbox.http import pages
from zenpro_nb.sandbox.http.dependencies import AuthenticatedCall, ContextDep, PersonCall
from zenpro_nb.sandbox.http.routing import router
from zenpro_nb.sandbox.permissions import queries
from zenpro_nb.sandbox.responses.serializers import reply
from zenpro_nb.sandbox.schemas import control_plane as schemas
from zenpro_nb.sandbox.workspaces import releases

routes = router("server")


@routes.get("/", include_in_schema=False)
async def index(request: Request) -> Response:
    """Show every route. The real server shows its OpenAPI document here, with external scripts (API facts 1.1)."""
    return pages.index(pages.operations_of(request.app.openapi()), "openapi.json")


@routes.get("/health")
async def health() -> JSONResponse:
    """Report that the server is running."""
    return JSONResponse({"status": "ok"})


@routes.get("/server/info", response_model=schemas.ServerInfo)
async def server_info(request: Request, context: ContextDep) -> Response:
    """Describe the server. This is the only route that shows clients that this is not a real control plane."""
    return reply(
        {
            "id": "00000000-0000-4000-8000-5a4d00b0c000",
            "name": "zenpro_nb sandbox",
            "version": version("zenpro-nb"),
            "url": str(request.base_url).rstrip("/"),
            "status": "ok",
            "metadata": {"sandbox": True, "legacy": context.options.legacy},
        }
    )


@routes.get("/releases", response_model=list[schemas.Release])
def list_releases(call: PersonCall) -> Response:
    """List the versions of every service."""
    return reply([release for service in releases.VERSIONS for release in _releases(call, service)])


@routes.get("/releases/{release_service}", response_model=list[schemas.Release])
def list_releases_of(call: PersonCall, release_service: str) -> Response:
    """List the versions of one service."""
    if release_service not in releases.VERSIONS:
        raise MissingError(f"Unable to find releases of {release_service}.")
    return reply(_releases(call, release_service))


def _releases(call: AuthenticatedCall, service: str) -> list[dict[str, object]]:
    with call.reading() as (serializer, _):
        seeded = queries.seeded_at(serializer.session)
    return [
        {
            "service": service,
            "version": version_name,
            "created": stamp(releases.release_time(service, version_name, seeded)),
            "is_latest": version_name == releases.latest(service),
        }
        for version_name in releases.VERSIONS[service]
    ]
