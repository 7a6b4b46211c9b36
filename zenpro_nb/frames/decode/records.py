"""Records for inspection: objects in which every declared field has its declared type."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from msgspec import Struct, field

from zenpro_nb import limits
from zenpro_nb.errors import UnexpectedAnswerError
from zenpro_nb.frames import coerce
from zenpro_nb.frames.decode import field_paths
from zenpro_nb.frames.decode.envelope import HINT
from zenpro_nb.resources.model import DataType, Resource

_TYPES = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object"}


class Part(Struct):
    """The declaration of one position in a record: a value of some type, nested parts, or either."""

    kind: DataType | None = None
    many: bool = False  # a list of such parts
    below: dict[str, Part] = field(default_factory=dict)


def as_record(answer: object, resource: Resource | None = None) -> dict[str, Any]:
    """Return one object from a server, checked for inspection.

    A declared text field contains a text or nothing, as in a frame of an unexpected page; a declared nested field
    contains that structure or nothing. Undeclared fields stay as they arrived. The response itself is modified.

    Raises:
        UnexpectedAnswerError: it is not an object.

    Example:
        >>> from zenpro_nb.resources import RESOURCES
        >>> as_record({"id": 7, "name": ["a"], "organization": 1, "x": 1}, RESOURCES["workspaces"])
        {'id': '7', 'name': '["a"]', 'organization': None, 'x': 1}
        >>> as_record({"roles": [{"role_id": "7"}]}, RESOURCES["members"])
        {'roles': [{'role_id': '7'}]}
    """
    if not isinstance(answer, dict):
        expected = f"a record of `{resource.noun}`" if resource is not None else "an object"
        actual = _TYPES.get(type(answer), "null")
        raise UnexpectedAnswerError(f"The server sent {actual} where {expected} was expected", hint=HINT)
    if resource is not None:
        _fit(answer, _parts(resource))
    return answer


@lru_cache(maxsize=limits.COLUMN_CHOICES)
def _parts(resource: Resource) -> Part:
    """Return the parts that the columns of a resource declare; a computed column declares none."""
    root = Part()
    for column in resource.columns:
        for path in () if column.computed else (column.path or column.name, *column.fallback_paths):
            part, steps = root, field_paths.parse(path)
            for step in steps:
                part = part.below.setdefault(step.name, Part())
                part.many = part.many or step.many
            # A list column collects one text from each item: `roles[].role_id`.
            collected = column.kind is DataType.LIST and any(step.many for step in steps[:-1])
            part.kind = DataType.TEXT if collected else column.kind
    return root


def _fit(holder: dict[str, Any], part: Part) -> None:
    for name, inner in part.below.items():
        if holder.get(name) is not None:
            holder[name] = _with_fields(holder[name], inner)


def _with_fields(value: Any, part: Part) -> Any:
    if part.below and isinstance(value, dict):
        _fit(value, part)
        return value
    if part.many and isinstance(value, list):
        if not part.below:
            return coerce.texts(value)
        items = [record for record in value if isinstance(record, dict)]
        for item in items:
            _fit(item, part)
        return items
    return None if part.kind is None or part.many else coerce.COERCE[part.kind](value)
