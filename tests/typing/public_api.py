"""A user's program that is type-checked and never run; it states the expected types of the package."""

from __future__ import annotations

from typing import Any, Literal, assert_type

import zenpro_nb
from zenpro_nb import ApiError, OutcomeUnknownError, UsageError, ZenProError, connect
from zenpro_nb.client import Client
from zenpro_nb.frontends.connection import Connection

assert_type(zenpro_nb.__version__, str)
assert_type(connect(api_key="key", organization="acme", workers=4), Connection)

with connect(profile="work") as zen:
    assert_type(zen, Connection)
    assert_type(zen.client, Client)
    assert_type(zen.run("users", "--limit", 10), Any)
    assert_type(zen.close(), None)

try:
    zen.run("users")
except UsageError as error:
    assert_type(error.hint, str)
except ApiError as error:
    assert_type(error.status, int)
    assert_type(error.detail, str)
    assert_type(error.request_id, str | None)
except OutcomeUnknownError as error:
    assert_type(error.timed_out, bool)
except ZenProError as error:
    assert_type(error.outcome, Literal["not sent", "refused", "done", "partly done", "unknown"])

# Errors that a checker must report: if it does not, it reports the comment as unused.
connect("https://example.com")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
connect(workers="many")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
zen.client = None  # type: ignore[assignment,misc]  # pyright: ignore[reportAttributeAccessIssue]
zenpro_nb.no_such_name()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
