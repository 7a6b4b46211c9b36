"""One check and its verdict, and the rule that no check breaks another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from zenpro_nb.errors import ApiError, ZenProError
from zenpro_nb.security.secret import scrub

OK, WARNING, FAILED, SKIPPED = "ok", "warning", "failed", "skipped"


class Check(Struct, frozen=True):
    """What was looked at, and what came out.

    `shared` is the detail for strangers: whoever writes a check says what of it may leave the house. It is written
    into the report that is saved, in place of `detail` and `next_step`, which may hold names, addresses and paths.
    """

    name: str
    verdict: str
    detail: str
    next_step: str = ""
    shared: str = ""


def guarded(name: str, look: Callable[[], Iterable[Check]]) -> Iterator[Check]:
    """Yield the checks that `look` makes; what goes wrong in it is one of them."""
    try:
        yield from look()
    except ZenProError as error:
        status = f", HTTP {error.status}" if isinstance(error, ApiError) and error.status else ""
        yield Check(name, FAILED, error.message, error.hint, f"{type(error).__name__}{status}")
    except Exception as error:  # a mistake in one check must not hide the others
        kind = type(error).__name__
        yield Check(name, FAILED, f"the check itself failed with {kind}: {scrub(str(error))}", "Report it.", kind)
