"""Define a check and its status, and make sure that no check breaks another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from zenpro_nb.errors import ApiError, ZenProError
from zenpro_nb.security.secret import scrub

OK, WARNING, FAILED, SKIPPED = "ok", "warning", "failed", "skipped"


class Check(Struct, frozen=True):
    """The subject and the result of a check.

    `shared` is the detail that is safe to share outside the organization, chosen by the author of the check. The saved
    report contains it instead of `detail` and `fix`, which may contain names, addresses and paths.
    """

    name: str
    status: str
    detail: str
    fix: str = ""
    shared: str = ""


def guard(name: str, run_checks: Callable[[], Iterable[Check]]) -> Iterator[Check]:
    """Yield the checks; an error in them becomes a check."""
    try:
        yield from run_checks()
    except ZenProError as error:
        status = f", HTTP {error.status}" if isinstance(error, ApiError) and error.status else ""
        yield Check(name, FAILED, error.message, error.hint, f"{type(error).__name__}{status}")
    except Exception as error:  # a bug in one check must not hide the others
        kind = type(error).__name__
        yield Check(name, FAILED, f"the check itself failed with {kind}: {scrub(str(error))}", "Report it.", kind)
