"""The server's own description of its API, against ours."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from zenpro_nb.client import Client, Credential
from zenpro_nb.doctor.model import OK, WARNING, Check
from zenpro_nb.errors import AuthenticationError, UnexpectedAnswerError
from zenpro_nb.resources import drift

NAME = "API"
ROUTE = "/openapi.json"  # fact sheet, sections 1 and 10: public, no credential was needed
_TELL = "Tell us: `doctor --save report.json` writes what may be shared."


def look(url: str, credential: Credential | None) -> Iterator[Check]:
    """One check for the whole, and one for each way in which the server and we disagree."""
    document = _document(url, credential)
    found = drift.compare(document, prefix=urlsplit(url).path.rstrip("/"))
    serious = sum(one.serious for one in found)
    words = f"{len(found)} differences from what we take it for, {serious} of them serious"
    yield Check(NAME, WARNING if serious else OK, words, _TELL if found else "", words)
    for one in found:
        step = _TELL if one.serious else "`api GET PATH` and `--raw` reach it meanwhile."
        # The names of routes, fields and parameters are the same at every customer's.
        yield Check(f"drift: {one.where}", WARNING, one.words, step, one.words)


def _document(url: str, credential: Credential | None) -> dict[str, object]:
    try:
        with Client(url, None) as client:
            data = client.get(ROUTE)
    except AuthenticationError:
        if credential is None:
            raise
        with Client(url, credential) as client:
            data = client.get(ROUTE)
    if not isinstance(data, dict) or not isinstance(data.get("paths"), dict):
        raise UnexpectedAnswerError("The server's /openapi.json is no OpenAPI document.", hint="Check the URL.")
    return data
