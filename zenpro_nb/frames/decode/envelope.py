"""Any response as plain Python data, and the items in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

import msgspec

from zenpro_nb.errors import UnexpectedAnswerError
from zenpro_nb.frames.decode import field_paths
from zenpro_nb.limits import CENSUS_ROWS, FIELD_NAMES
from zenpro_nb.resources.model import Paging, Resource
from zenpro_nb.security import untrusted_json
from zenpro_nb.security.masking import hides

HINT = "Check the server's address, and whether a proxy responds in place of the server."


class Items(NamedTuple):
    """The items of a response, and the totals of a page of the workspace API."""

    items: list[Any]
    total: int | None = None
    total_pages: int | None = None
    single: bool = False  # the response was a single object, not a list


def parse(content: bytes) -> Any:
    """Return the response as Python data.

    Raises:
        UnexpectedAnswerError: it is not JSON, or nested deeper than `limits.JSON_DEPTH`.
    """
    if untrusted_json.too_deep(content):
        raise too_deep()
    try:
        return msgspec.json.decode(content)
    except (msgspec.MsgspecError, ValueError):
        # The standard library also reads what is strictly not JSON: NaN, half a surrogate pair, a byte order mark.
        try:
            return untrusted_json.loads(content)
        except ValueError:
            raise UnexpectedAnswerError("The server's response is not JSON", hint=HINT) from None


def too_deep() -> UnexpectedAnswerError:
    """Return the error for a response that exceeds the maximum depth."""
    return UnexpectedAnswerError("The server's response is nested too deeply", hint=HINT)


def items_of(answer: Any, paging: Paging) -> Items:
    """Return the items of a list or of a page with `items`, or the single object of a route.

    Raises:
        UnexpectedAnswerError: the response contains none.
    """
    if isinstance(answer, list):
        return Items(answer)
    if isinstance(answer, dict):
        inner = answer.get("items")
        if isinstance(inner, list) and (paging is not Paging.NONE or "total" in answer):
            return Items(inner, _whole(answer.get("total")), _whole(answer.get("total_pages")))
        if paging is Paging.NONE:
            return Items([answer], single=True)
    raise UnexpectedAnswerError("The server's response is not a list", hint=HINT)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


Place = tuple[str, ...]  # the names of the fields that lead to an unknown one


class Census:
    """Counts the fields that a resource does not declare; only their names, never values."""

    def __init__(self, resource: Resource) -> None:
        self._secrets = field_paths.secrets(resource)
        self._values: dict[str, Any] = {}
        # Every page has the same few unknown paths.
        self._hides = lru_cache(maxsize=FIELD_NAMES)(partial(hides, secrets=self._secrets))
        record = field_paths.parse(resource.record)
        for column in resource.columns:
            for steps in field_paths.all_paths(resource, column) or [field_paths.parse(column.path or column.name)]:
                self._learn(record + steps)
        for key in resource.key:
            self._learn(record + field_paths.parse(key))
        # Declared as well, although no column shows them. They are fields of the whole item.
        for field in resource.ignored_fields:
            self._learn(field_paths.parse(field))

    def _learn(self, steps: Sequence[field_paths.PathStep]) -> None:
        level = self._values
        for step in steps:
            level = level.setdefault(step.name, {})

    def count(self, items: Sequence[Any]) -> dict[str, int]:
        """Return how often each unknown field occurred in the first rows, by its dotted path."""
        counts: Counter[Place] = Counter()
        for item in items[:CENSUS_ROWS]:
            self._visit(item, self._values, (), counts)
        return {".".join(path): times for path, times in counts.items() if not self._hides(path)}

    def _visit(self, value: Any, values: dict[str, Any], above: Place, counts: Counter[Place]) -> None:
        if isinstance(value, list):
            for item in value:
                self._visit(item, values, above, counts)
        if not isinstance(value, dict):
            return
        for name, inner in value.items():
            path = (*above, str(name))
            below = values.get(name)
            if below:
                self._visit(inner, below, path, counts)
            elif below is None:
                counts[path] += 1
