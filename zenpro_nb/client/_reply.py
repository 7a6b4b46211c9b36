"""A server's response, and the refusal in its body.

Refusals have these shapes (fact sheet section 5): `{"detail": "text"}`, `{"detail": ["Class", "text"]}`,
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
    "The URL is probably the dashboard's or a proxy's page: give the API's URL, "
    "which ends in /api/v1 where the control plane is self-hosted."
)


class Reply:
    """A server's answer, whatever its status.

    Attributes:
        status: the HTTP status.
        content: the body as it was sent, decompressed.
        headers: as they came, so that they may repeat a secret.
        request_id: the id under which the server logged the request.
        resent: the answer to a write that was sent before and put off by the server.
    """

    __slots__ = ("content", "headers", "request_id", "resent", "status")

    def __init__(self, status: int, content: bytes, headers: Mapping[str, str], request_id: str | None) -> None:
        self.status = status
        self.content = content
        self.headers = headers
        self.request_id = request_id
        self.resent = False

    def json(self) -> object:
        """Return the body as Python data; None when it is empty.

        Raises:
            UnexpectedAnswerError: it is not JSON, or nested far deeper than any answer of this API.
        """
        if not self.content:
            return None
        try:
            data = untrusted_json.loads(self.content)
        except ValueError:
            unreadable = True
        else:
            unreadable = False
        if unreadable:  # raised here, where no traceback of the parser holds the body
            raise not_json(self.content)
        return data

    def decoded(self, opening: bytes, decode: Callable[[bytes], D]) -> D:
        """Return what `decode` makes of the body, which begins with `opening` where it is of the kind that it reads.

        Raises:
            UnexpectedAnswerError: it is of another kind, or cannot be read.
        """
        if self.content[: limits.SNIFFED].lstrip()[:1] != opening:
            raise not_json(self.content)
        try:
            return decode(self.content)
        except ValueError as error:  # the JSON libraries' errors are ValueErrors
            words = scrub(str(error))
        raise UnexpectedAnswerError(
            f"The server's answer cannot be read: {words}", hint="Check that the URL is the API's."
        )

    def __repr__(self) -> str:
        return f"<Reply {self.status}, {counted(len(self.content), 'byte')}>"


def is_web_page(content: bytes) -> bool:
    """Return whether a body is HTML, which no API of ZenML sends."""
    return content[: limits.SNIFFED].lstrip().startswith(b"<")


def not_json(content: bytes) -> UnexpectedAnswerError:
    """Return the error for a body that this API never sends."""
    if is_web_page(content):
        return UnexpectedAnswerError("The server answered with a web page instead of data.", hint=WEB_PAGE_HINT)
    return UnexpectedAnswerError(
        "The server answered with something that is not the data asked for.", hint="Check that the URL is the API's."
    )


def shown(text: str) -> str:
    """Return somebody else's words as they may be shown: one line of our length, whole characters, no secret."""
    line = " ".join(str(untrusted_json.whole(scrub(text))).split())
    return line if len(line) <= limits.DETAIL_LENGTH else line[: limits.DETAIL_LENGTH - 1] + "…"


_CLASS_NAME = re.compile(r"[A-Z]\w+")
# One entry of pydantic's list inside the bare list of a workspace: where, and what is wrong, without the value.
_PYDANTIC = re.compile(r"'loc':\s*\(([^)]*)\)(?:(?!'loc':).)*?'msg':\s*(?:'([^']*)'|\"([^\"]*)\")", re.DOTALL)
# "Input should be less than or equal to 50" of pydantic 2, "ensure this value is less than or equal to 50" of 1, and
# the shorter ways to say it.
_AT_MOST = re.compile(r"(?:less than or equal to|at most|no more than|<=|maximum(?: is| of|:)?)\s*(\d{1,9})\b", re.I)
_LESS_THAN = re.compile(r"(?:less than|<)\s*(\d{1,9})\b", re.I)
_OAUTH_ROUTES = ("/login", "/device_authorization")
_PROBLEM = frozenset({"title", "instance"})  # of RFC 9457, whose `detail` is a gateway's


class Refusal(Struct):
    """What a refusal's body says.

    Attributes:
        text: its words.
        code: the name of an exception class or an OAuth error.
        fields: the words by the parameter that they are about.
        greatest: the greatest value that is allowed, by parameter.
        from_api: the API itself said it; a gateway's page, a load balancer's JSON or an empty body is not its own.
        no_route: FastAPI's own answer for a path that no route matches.
    """

    text: str = ""
    code: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    greatest: dict[str, int] = field(default_factory=dict)
    from_api: bool = False
    no_route: bool = False


def read_refusal(call: Call, reply: Reply) -> Refusal:
    """Return what the body says, in any of its shapes; nothing where it is a web page, or far too long.

    That the control plane's refusals are objects with a `detail` is confirmed for one reply only; the rest is taken
    from the workspaces' server (fact sheet section 5).
    """
    if len(reply.content) > limits.REFUSAL_BYTES or is_web_page(reply.content):
        return Refusal()
    try:
        body = untrusted_json.loads(reply.content)
    except ValueError:
        return Refusal(reply.content.decode("utf-8", "replace").strip())
    if isinstance(body, list):
        return _bare(body)
    if isinstance(body, str):
        return Refusal(body)
    if not isinstance(body, dict):
        return Refusal()
    if "detail" in body:
        return _detail(body)
    return _oauth(call, body) if isinstance(body.get("error"), str) else _foreign(body)


def _detail(body: Mapping[str, object]) -> Refusal:
    detail = body["detail"]
    if isinstance(detail, str):
        refusal = Refusal(detail, greatest=_greatest_in_words(detail))
    elif not isinstance(detail, list) or not detail:
        refusal = Refusal()
    elif all(isinstance(item, dict) for item in detail):
        refusal = _validation(detail)
    else:
        refusal = _named([str(item) for item in detail])
    refusal.from_api = not _PROBLEM & body.keys()
    refusal.no_route = body == {"detail": "Not Found"}
    return refusal


def _validation(detail: list[dict[str, object]]) -> Refusal:
    fields: dict[str, str] = {}
    greatest: dict[str, int] = {}
    for item in detail:
        name, words = _name(item.get("loc")), str(item.get("msg", ""))
        fields[name] = words
        most = _greatest(item.get("ctx"), words)
        if most is not None:
            greatest[name] = most
    return Refusal("; ".join(fields.values()), fields=fields, greatest=greatest)


def _oauth(call: Call, body: Mapping[str, object]) -> Refusal:
    """Read OAuth's shape, which gateways use as well: it is the API's where a login was asked for."""
    code = str(body["error"])
    return Refusal(str(body.get("error_description") or code), code, from_api=call.path.endswith(_OAUTH_ROUTES))


def _foreign(body: Mapping[str, object]) -> Refusal:
    """Read what is none of the API's shapes: gateways call their words `message`."""
    words = body.get("message")
    return Refusal(words if isinstance(words, str) else "")


def _bare(body: list[object]) -> Refusal:
    text = " ".join(str(item) for item in body)
    fields = {
        _name([part.strip().strip("'\"") for part in place.split(",")]): single or double
        for place, single, double in _PYDANTIC.findall(text)
    }
    greatest = {name: most for name, words in fields.items() if (most := _greatest(None, words)) is not None}
    code = str(body[0]) if body and _CLASS_NAME.fullmatch(str(body[0])) else ""
    words = "; ".join(fields.values()) or "The server found the request invalid"
    return Refusal(words, code, fields, greatest, from_api=bool(code) and len(body) > 1)


def _named(items: list[str]) -> Refusal:
    """Read ZenML's `[class, words, …]`; a KeyError's words come in quotes of their own."""
    code = items[0] if _CLASS_NAME.fullmatch(items[0]) else ""
    text = ": ".join(items[1:] if code else items).strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    return Refusal(text, code=code, greatest=_greatest_in_words(text))


def _name(place: object) -> str:
    """Return the parameter `limit` for `["query", "limit"]`; a place inside a body keeps its path."""
    parts = [str(part) for part in place if str(part)] if isinstance(place, list | tuple) else []
    if parts and parts[0] in ("query", "path", "body", "header", "cookie"):
        parts = parts[1:]
    return ".".join(parts) or "request"


def _greatest(context: object, words: str) -> int | None:
    """Return the greatest value that a validation error allows: told in its context, or in its words alone."""
    bounds = context if isinstance(context, dict) else {}
    for name, less in (("le", 0), ("lt", 1), ("limit_value", 0)):
        bound = bounds.get(name)
        if isinstance(bound, int) and not isinstance(bound, bool):
            return bound - less
    if found := _AT_MOST.search(words):
        return int(found[1])
    found = _LESS_THAN.search(words)
    return int(found[1]) - 1 if found else None


def _greatest_in_words(text: str) -> dict[str, int]:
    """Return the greatest page where plain words are about the size of a page: "limit must be at most 50"."""
    return {
        name: most
        for name in ("limit", "size")
        if re.search(rf"\b{name}\b", text, re.I) and (most := _greatest(None, text)) is not None
    }
