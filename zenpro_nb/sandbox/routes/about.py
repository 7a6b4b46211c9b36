"""What the server says of itself (API facts 3.20). The bodies are inferred, as API facts 4.12 says."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from zenpro_nb.sandbox import pages, queries, releases
from zenpro_nb.sandbox.clock import stamp
from zenpro_nb.sandbox.dependencies import AuthenticatedCall, ContextDep, PersonCall
from zenpro_nb.sandbox.errors import MissingError
from zenpro_nb.sandbox.routing import router
from zenpro_nb.sandbox.schemas import control_plane as schemas
from zenpro_nb.sandbox.serializers import reply

routes = router("server")


@routes.get("/", include_in_schema=False)
async def index(request: Request) -> Response:
    """Show every route. The real one shows its OpenAPI document here (API facts 1.1), with scripts from elsewhere."""
    return pages.index(pages.operations_of(request.app.openapi()), "openapi.json")


@routes.get("/health")
async def health() -> JSONResponse:
    """Say that the server lives."""
    return JSONResponse({"status": "ok"})


@routes.get("/server/info", response_model=schemas.ServerInfo)
async def server_info(request: Request, context: ContextDep) -> Response:
    """Tell of the server. Here and nowhere else a client learns that this is not a real control plane."""
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
        made = queries.made(serializer.session)
    return [
        {
            "service": service,
            "version": text,
            "created": stamp(releases.released(service, text, made)),
            "is_latest": text == releases.latest(service),
        }
        for text in releases.VERSIONS[service]
    ]
