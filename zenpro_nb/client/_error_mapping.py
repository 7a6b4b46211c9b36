"""A refusal, whatever its shape, becomes one typed error with a next step and no secret.

Shapes (fact sheet section 5): `{"detail": "words"}`, `{"detail": ["Class", "words"]}`, `{"detail": [{"loc", "msg"}]}`
for a 422, the bare list `["ValueError", "…"]` of workspaces, whose words hold the server's own paths and the request's
values and are therefore never shown, `{"error", "error_description"}` of OAuth, and text or HTML of whatever stands in
between.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from http import HTTPStatus

from zenpro_nb import limits
from zenpro_nb.client._call import Call
from zenpro_nb.client._reply import WEB_PAGE_HINT, Reply, is_web_page
from zenpro_nb.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    DeviceTokenError,
    NotFoundError,
    PermissionDeniedError,
    PlanLimitError,
    RateLimitedError,
    RouteNotFoundError,
    ServerError,
    SwitchedOffError,
)
from zenpro_nb.security.secret import scrub

HOW_TO_RENEW = (
    "Make a new one in the UI (organization settings → API Tokens) and set ZENML_PRO_API_TOKEN, "
    "or use an API key (ZENML_PRO_API_KEY), which is renewed by itself."
)

_CLASSES: dict[int, type[ApiError]] = {
    401: AuthenticationError,
    402: PlanLimitError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitedError,
    # Fact sheet, section 11.16.
    501: SwitchedOffError,
}

_HINTS: dict[type[ApiError], str] = {
    BadRequestError: "Check the values that were given.",
    AuthenticationError: "Check the key or token: it may be wrong, expired, deactivated or of another server.",
    DeviceTokenError: "This route refuses tokens of a browser login: use an API key or an API token. " + HOW_TO_RENEW,
    PlanLimitError: "The organization's plan does not allow more; see its billing page.",
    PermissionDeniedError: "Ask an administrator of the organization for a role that allows it.",
    NotFoundError: "Check the name or id; what you may not see is answered in the same way.",
    RouteNotFoundError: "The server may be older, or its URL incomplete: self-hosted control planes end in /api/v1.",
    ConflictError: "Use what exists, or choose another name.",
    RateLimitedError: "Wait a minute, and read with fewer workers.",
    SwitchedOffError: "This server has that off: whoever runs it can switch it on.",
    ServerError: "Try again in a while; the server's operators find the request under its id.",
}

_DEVICE = re.compile(r"token type.*device_code.*not allowed", re.IGNORECASE | re.DOTALL)
_CLASS_NAME = re.compile(r"[A-Z]\w+")
# One entry of pydantic's list inside the bare list of a workspace: where, and what is wrong, without the value.
_PYDANTIC = re.compile(r"'loc':\s*\(([^)]*)\).*?'msg':\s*(?:'([^']*)'|\"([^\"]*)\")", re.DOTALL)


@dataclass(slots=True)
class Words:
    """What a refusal's body says."""

    text: str = ""
    code: str = ""
    fields: dict[str, str] = field(default_factory=dict)


def error(call: Call, reply: Reply) -> ApiError:
    """The typed error for a reply whose status is 400 or more.

    Example:
        404 with {"detail": "Not Found"} gives RouteNotFoundError, any other 404 gives NotFoundError.
    """
    words = read(reply.content)
    kind = _kind(reply, words)
    detail = _one_line(scrub(words.text))
    fields = {name: _one_line(scrub(text)) for name, text in words.fields.items()}
    said = "; ".join(f"{name}: {text}" for name, text in fields.items()) or detail or _phrase(reply.status)
    return kind(
        f"{said.rstrip('.')} ({call}, HTTP {reply.status})",
        hint=_hint(kind, reply),
        status=reply.status,
        detail=detail,
        request_id=reply.request_id,
        fields=fields,
        code=words.code,
    )


def _kind(reply: Reply, words: Words) -> type[ApiError]:
    if reply.status == 404 and _is_route(reply.content):
        return RouteNotFoundError
    if reply.status == 401 and _DEVICE.search(words.text):
        return DeviceTokenError
    return _CLASSES.get(reply.status, ServerError if reply.status >= 500 else BadRequestError)


def _is_route(content: bytes) -> bool:
    """FastAPI's own answer for a path that no route matches; an object that is missing is told in other words."""
    try:
        return bool(json.loads(content) == {"detail": "Not Found"})
    except ValueError:
        return False


def read(content: bytes) -> Words:
    """What the body says, in any of its shapes; nothing where it is a web page."""
    try:
        body = json.loads(content)
    except ValueError:
        text = content[: 4 * limits.DETAIL_LENGTH].decode("utf-8", "replace").strip()
        return Words() if is_web_page(content) else Words(text)
    if isinstance(body, list):
        return _bare(body)
    if not isinstance(body, dict):
        return Words(body) if isinstance(body, str) else Words()
    if "error" in body and "detail" not in body:
        return Words(str(body.get("error_description") or body["error"]), code=str(body["error"]))
    return _detail(body.get("detail"))


def _detail(detail: object) -> Words:
    if isinstance(detail, str):
        return Words(detail)
    if not isinstance(detail, list) or not detail:
        return Words()
    if all(isinstance(item, dict) for item in detail):
        fields = {_name(item.get("loc")): str(item.get("msg", "")) for item in detail}
        return Words("; ".join(fields.values()), fields=fields)
    return _named([str(item) for item in detail])


def _bare(body: list[object]) -> Words:
    text = " ".join(str(item) for item in body)
    fields = {
        _name([part.strip().strip("'\"") for part in place.split(",")]): single or double
        for place, single, double in _PYDANTIC.findall(text)
    }
    code = str(body[0]) if body and _CLASS_NAME.fullmatch(str(body[0])) else ""
    return Words("; ".join(fields.values()) or "The server found the request invalid", code=code, fields=fields)


def _named(items: list[str]) -> Words:
    """ZenML's `[class, words, …]`; a KeyError's words come in quotes of their own."""
    code = items[0] if _CLASS_NAME.fullmatch(items[0]) else ""
    text = ": ".join(items[1:] if code else items).strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    return Words(text, code=code)


def _name(place: object) -> str:
    """`["query", "limit"]` is the parameter `limit`; a place inside a body keeps its path."""
    parts = [str(part) for part in place if str(part)] if isinstance(place, list | tuple) else []
    if parts and parts[0] in ("query", "path", "body", "header", "cookie"):
        parts = parts[1:]
    return ".".join(parts) or "request"


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limits.DETAIL_LENGTH else line[: limits.DETAIL_LENGTH - 1] + "…"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "The server refused"


def _hint(kind: type[ApiError], reply: Reply) -> str:
    if reply.status < 500 and is_web_page(reply.content):
        return WEB_PAGE_HINT
    if kind is ServerError and reply.request_id:
        return f"{_HINTS[kind].rstrip('.')} {reply.request_id}."
    return _HINTS[kind]
