"""A server's response, and the refusal in its body.

Refusals have these shapes (API facts 5.1 and 5.2): `{"detail": "text"}`, `{"detail": ["Class", "text"]}`,
`{"detail": [{"loc", "msg"}]}` for a 422, `{"error", "error_description"}` from OAuth, and text or HTML from a gateway.
Workspaces also send a bare list, `["ValueError", "…"]`. Its text contains server paths and values of the request and is
never shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from msgspec import Struct, field

from zenpro_nb import limits
from zenpro_nb.client._request import Call
from zenpro_nb.errors import UnexpectedAnswerError
from zenpro_nb.security import untrusted_json
from zenpro_nb.security.secret import scrub
from zenpro_nb.syntax.counts import counted

D = TypeVar("D")

WEB_PAGE_HINT = (
    "The URL is probably that of the dashboard or of a proxy. Use the URL of the API, "
    "which ends in /api/v1 for a self-hosted control plane."
)


class Reply:
    """A server's response with any status.

    Attributes:
        status: the HTTP status.
        content: the decompressed body.
        headers: the headers as sent; they can repeat a secret.
        request_id: the id of the request in the server's log.
        resent: the response belongs to a write that was sent again after the server deferred it.
    """

    __slots__ = ("content", "headers", "request_id", "resent", "status")

    def __init__(self, status: int, content: bytes, headers: Mapping[str, str], request_id: str | None) -> None:
        self.status = status
        self.content = content
        self.headers = headers
        self.request_id = request_id
        self.resent = False

    def json(self) -> object:
        """Return the body as Python data; None if it is empty.

        Raises:
            UnexpectedAnswerError: the body is not JSON, or is nested far deeper than any response of this API.
        """
        if not self.content:
            return None
        try:
            data = untrusted_json.loads(self.content)
        except ValueError:
            unreadable = True
        else:
            unreadable = False
        if unreadable:  # raised here, because a traceback of the parser would contain the body
            raise not_json_error(self.content)
        return data

    def decode_body(self, opening: bytes, decode: Callable[[bytes], D]) -> D:
        """Return the decoded body. A body of the expected kind begins with `opening`.

        Raises:
            UnexpectedAnswerError: the body is of another kind, or cannot be decoded.
        """
        if self.content[: limits.SNIFFED].lstrip()[:1] != opening:
            raise not_json_error(self.content)
        try:
            return decode(self.content)
        except ValueError as error:  # all JSON libraries raise a ValueError
            message = scrub(str(error))
        raise UnexpectedAnswerError(
            f"The server's response cannot be read: {message}", hint="Check that the URL points to the API."
        )

    def __repr__(self) -> str:
        return f"<Reply {self.status}, {counted(len(self.content), 'byte')}>"


def is_web_page(content: bytes) -> bool:
    """Return whether a body is HTML. No ZenML API sends HTML."""
    return content[: limits.SNIFFED].lstrip().startswith(b"<")


def not_json_error(content: bytes) -> UnexpectedAnswerError:
    """Return the error for a body that does not come from this API."""
    if is_web_page(content):
        return UnexpectedAnswerError("The server sent a web page instead of data.", hint=WEB_PAGE_HINT)
    return UnexpectedAnswerError(
        "The server sent something other than the requested data.", hint="Check that the URL points to the API."
    )


def displayable(text: str) -> str:
    """Return the text of a server in displayable form: one line, limited in length, whole characters, no secrets."""
    line = " ".join(str(untrusted_json.without_surrogates(scrub(text))).split())
    return line if len(line) <= limits.DETAIL_LENGTH else line[: limits.DETAIL_LENGTH - 1] + "…"


_CLASS_NAME = re.compile(r"[A-Z]\w+")
# One entry of pydantic's list inside the bare list of a workspace: the location and the problem, without the value.
_PYDANTIC = re.compile(r"'loc':\s*\(([^)]*)\)(?:(?!'loc':).)*?'msg':\s*(?:'([^']*)'|\"([^\"]*)\")", re.DOTALL)
# "Input should be less than or equal to 50" (pydantic 2), "ensure this value is less than or equal to 50" (pydantic 1),
# and shorter forms.
_AT_MOST = re.compile(r"(?:less than or equal to|at most|no more than|<=|maximum(?: is| of|:)?)\s*(\d{1,9})\b", re.I)
_LESS_THAN = re.compile(r"(?:less than|<)\s*(\d{1,9})\b", re.I)
_OAUTH_ROUTES = ("/login", "/device_authorization")
_PROBLEM_DETAILS = frozenset({"title", "instance"})  # fields of RFC 9457, which gateways use


class Refusal(Struct):
    """The content of a refusal.

    Attributes:
        text: the message.
        code: the name of an exception class, or an OAuth error code.
        fields: the messages by parameter.
        greatest: the largest allowed values by parameter.
        from_api: the API itself refused; false for the page of a gateway, the JSON of a load balancer, or an empty
            body.
        no_route: FastAPI's own response for an unknown path.
    """

    text: str = ""
    code: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    greatest: dict[str, int] = field(default_factory=dict)
    from_api: bool = False
    no_route: bool = False


def read_refusal(call: Call, reply: Reply) -> Refusal:
    """Return the content of a refusal in any of its shapes. It is empty for a web page or a body that is far too long.

    For the control plane, an object with `detail` is confirmed for one response only. The other shapes come from the
    workspace server (API facts 5.2).
    """
    if len(reply.content) > limits.REFUSAL_BYTES or is_web_page(reply.content):
        return Refusal()
    try:
        body = untrusted_json.loads(reply.content)
    except ValueError:
        return Refusal(reply.content.decode("utf-8", "replace").strip())
    if isinstance(body, list):
        return _read_bare_list(body)
    if isinstance(body, str):
        return Refusal(body)
    if not isinstance(body, dict):
        return Refusal()
    if "detail" in body:
        return _read_detail(body)
    return _read_oauth(call, body) if isinstance(body.get("error"), str) else _read_gateway(body)


def _read_detail(body: Mapping[str, object]) -> Refusal:
    detail = body["detail"]
    if isinstance(detail, str):
        refusal = Refusal(detail, greatest=_page_size_in_text(detail))
    elif not isinstance(detail, list) or not detail:
        refusal = Refusal()
    elif all(isinstance(item, dict) for item in detail):
        refusal = _read_validation(detail)
    else:
        refusal = _read_class_and_text([str(item) for item in detail])
    refusal.from_api = not _PROBLEM_DETAILS & body.keys()
    refusal.no_route = body == {"detail": "Not Found"}
    return refusal


def _read_validation(detail: list[dict[str, object]]) -> Refusal:
    fields: dict[str, str] = {}
    greatest: dict[str, int] = {}
    for item in detail:
        name, message = _parameter_name(item.get("loc")), str(item.get("msg", ""))
        fields[name] = message
        maximum = _maximum_in(item.get("ctx"), message)
        if maximum is not None:
            greatest[name] = maximum
    return Refusal("; ".join(fields.values()), fields=fields, greatest=greatest)


def _read_oauth(call: Call, body: Mapping[str, object]) -> Refusal:
    """Read the OAuth shape. Gateways use it too, so it counts as the API's own only for a login."""
    code = str(body["error"])
    return Refusal(str(body.get("error_description") or code), code, from_api=call.path.endswith(_OAUTH_ROUTES))


def _read_gateway(body: Mapping[str, object]) -> Refusal:
    """Read a shape that the API does not use; gateways put their text in `message`."""
    message = body.get("message")
    return Refusal(message if isinstance(message, str) else "")


def _read_bare_list(body: list[object]) -> Refusal:
    text = " ".join(str(item) for item in body)
    fields = {
        _parameter_name([part.strip().strip("'\"") for part in location.split(",")]): single or double
        for location, single, double in _PYDANTIC.findall(text)
    }
    greatest = {
        name: maximum for name, message in fields.items() if (maximum := _maximum_in(None, message)) is not None
    }
    code = str(body[0]) if body and _CLASS_NAME.fullmatch(str(body[0])) else ""
    message = "; ".join(fields.values()) or "The server found the request invalid"
    return Refusal(message, code, fields, greatest, from_api=bool(code) and len(body) > 1)


def _read_class_and_text(items: list[str]) -> Refusal:
    """Read ZenML's `[class, message, …]`. The message of a KeyError has its own quotes, which are removed."""
    code = items[0] if _CLASS_NAME.fullmatch(items[0]) else ""
    text = ": ".join(items[1:] if code else items).strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    return Refusal(text, code=code, greatest=_page_size_in_text(text))


def _parameter_name(location: object) -> str:
    """Return the parameter name: `limit` for `["query", "limit"]`. A location inside a body keeps its path."""
    parts = [str(part) for part in location if str(part)] if isinstance(location, list | tuple) else []
    if parts and parts[0] in ("query", "path", "body", "header", "cookie"):
        parts = parts[1:]
    return ".".join(parts) or "request"


def _maximum_in(context: object, message: str) -> int | None:
    """Return the largest value that a validation error allows, from its context or its message."""
    bounds = context if isinstance(context, dict) else {}
    for name, excess in (("le", 0), ("lt", 1), ("limit_value", 0)):
        bound = bounds.get(name)
        if isinstance(bound, int) and not isinstance(bound, bool):
            return bound - excess
    if match := _AT_MOST.search(message):
        return int(match[1])
    match = _LESS_THAN.search(message)
    return int(match[1]) - 1 if match else None


def _page_size_in_text(text: str) -> dict[str, int]:
    """Return the largest page size in a plain message, such as "limit must be at most 50"."""
    return {
        name: maximum
        for name in ("limit", "size")
        if re.search(rf"\b{name}\b", text, re.I) and (maximum := _maximum_in(None, text)) is not None
    }
