"""A server's answer, and what it is where it is none of this API's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from zenpro_nb import limits
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
