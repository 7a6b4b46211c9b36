"""The fast path: structs with only the requested fields, read directly into columns.

Every struct is created with `gc=False`, which alone brings a factor of 1.5 (performance facts, "Decode and build").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from types import GenericAlias
from typing import Any, NamedTuple

import msgspec

from zenpro_nb import limits
from zenpro_nb.frames import coerce
from zenpro_nb.frames.decode import field_paths
from zenpro_nb.resources.model import DataType, Paging
from zenpro_nb.security import untrusted_json
from zenpro_nb.security.masking import drop

# The types that the server must send for the fast path; anything else sends the page to the lenient path.
TYPES: dict[DataType, Any] = {
    DataType.TEXT: str,
    DataType.ID: str,
    DataType.CATEGORY: str,
    DataType.TIME: str,
    DataType.BOOL: bool,
    DataType.COUNT: int,
    DataType.FLOAT: float,
    DataType.LIST: list[str],
    DataType.JSON: Any,
}


class Want(NamedTuple):
    """One value requested from every item: its path and its type."""

    steps: tuple[field_paths.PathStep, ...]
    kind: DataType


class PageTotals(msgspec.Struct, gc=False):
    """The totals of a page of the workspace API (API facts 9.3)."""

    total: int | None = None
    total_pages: int | None = None


class StructNode(msgspec.Struct):
    """One field of an object: the values requested from it and below it."""

    kinds: set[Any] = msgspec.field(default_factory=set)
    below: dict[str, StructNode] = msgspec.field(default_factory=dict)
    many: set[bool] = msgspec.field(default_factory=set)
    index: int = 0  # of its field in the struct of the object

    @property
    def generic(self) -> bool:
        """Return whether any type is accepted, or two at once; the field is then decoded without a type."""
        kinds = len(set(map(str, self.kinds)))
        return Any in self.kinds or kinds > 1 or len(self.many) > 1 or (kinds > 0 and bool(self.below))


Read = Callable[["_Columns"], Sequence[Any]]


class Reader:
    """Reads the requested values of every item on a page.

    `decode` returns the items of a page and its totals, or raises a msgspec error if a value has another type; `values`
    returns one sequence per want. `plain` tells for each want whether its value is exactly what was decoded, in which
    case reading it cannot fail.
    """

    def __init__(
        self, wants: Sequence[Want], record: tuple[field_paths.PathStep, ...], paging: Paging, secrets: Sequence[str]
    ) -> None:
        self._page_decoder = paging is Paging.PAGE
        root = StructNode()
        for want in wants:
            _plant(root, want)
        if record:
            _plant_record(root, record)
        item = _struct(root)
        page: Any = GenericAlias(list, (item,))
        if self._page_decoder:
            page = msgspec.defstruct("Page", [("items", page)], bases=(PageTotals,), kw_only=True, gc=False)
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(page)
        found = [_column(root, want, secrets) for want in wants]
        self._columns = [column for column, _ in found]
        self.plain = [plain for _, plain in found]
        self._record = _place(root, record)

    def decode(self, content: bytes) -> tuple[list[Any], int | None, int | None]:
        """Return the items of the page, and its totals if it has them."""
        page = self._decoder.decode(content)
        if self._page_decoder:
            return page.items, page.total, page.total_pages
        return page, None, None

    def values(self, items: Sequence[Any], wants: Sequence[int]) -> list[Sequence[Any]]:
        """Return one sequence of values for each of the wants with these numbers."""
        columns = _Columns(items, alone=len(wants) == 1)
        return [self._columns[want](columns) for want in wants]

    def absent(self, items: Sequence[Any]) -> tuple[int, ...]:
        """Return the positions of the items without a record, if records are nested in the items."""
        return tuple(at for at, value in enumerate(_Columns(items).at(self._record)) if value is None)


class _Columns:
    """The values of a page's items by path; each object is unpacked once, however many columns it contains."""

    def __init__(self, items: Sequence[Any], *, alone: bool = False) -> None:
        self._items = items
        self._alone = alone  # exactly one value of each item is requested
        self._fields: dict[tuple[int, ...], list[Sequence[Any]]] = {}

    def at(self, place: tuple[int, ...]) -> Sequence[Any]:
        """Return one value per item, None if the path to it ends early."""
        if not place:
            return self._items
        if self._alone and len(place) == 1:
            return list(map(attrgetter(f"f{place[0]}"), self._items))
        fields = self._fields.get(place[:-1])
        if fields is None:
            fields = self._fields[place[:-1]] = _fields(self.at(place[:-1]))
        return fields[place[-1]] if fields else [None] * len(self._items)


def _fields(objects: Sequence[Any]) -> list[Sequence[Any]]:
    """Return one sequence of values per field of the objects' struct; empty if all objects are missing.

    Transposing whole structs is three times as fast as getting one attribute after the other, as long as the chunk fits
    in the processor's cache.
    """
    size = limits.ROWS_TURNED
    blocks = [_turn(objects[start : start + size], objects) for start in range(0, len(objects), size)]
    return blocks[0] if len(blocks) == 1 else [[*chain.from_iterable(pieces)] for pieces in zip(*blocks, strict=True)]


def _turn(some: Sequence[Any], objects: Sequence[Any]) -> list[Sequence[Any]]:
    """Return the fields of some objects, any of which may be missing; empty if all are."""
    apart = msgspec.structs.astuple
    try:
        return list(zip(*map(apart, some), strict=True))
    except TypeError:  # one is missing; checking every object of a page would cost more
        example = next((value for value in objects if value is not None), None)
    if example is None:
        return []
    blank = (None,) * len(example.__struct_fields__)
    return list(zip(*[blank if value is None else apart(value) for value in some], strict=True))


def _plant(root: StructNode, want: Want) -> None:
    node = root
    for step in want.steps:
        node = node.below.setdefault(step.name, StructNode())
        node.many.add(step.many)
        if step.many and want.kind is not DataType.LIST:
            node.kinds.add(Any)
            return
    collected = any(step.many for step in want.steps)
    node.kinds.add(str if collected else TYPES[want.kind])


def _plant_record(root: StructNode, record: tuple[field_paths.PathStep, ...]) -> None:
    node = root
    for step in record:
        node = node.below.setdefault(step.name, StructNode())
        node.many.add(step.many)


def _struct(node: StructNode) -> Any:
    """Return the struct of an object with the requested fields; the JSON names can differ from Python's."""
    fields: list[tuple[str, Any, Any]] = []
    rename: dict[str, str] = {}
    for at, (name, child) in enumerate(node.below.items()):
        child.index = at
        rename[f"f{at}"] = name
        fields.append((f"f{at}", _type(child), None))
    return msgspec.defstruct("Item", fields, rename=rename, gc=False)


def _type(node: StructNode) -> Any:
    if node.generic:
        return Any
    inner: Any = _struct(node) if node.below or not node.kinds else next(iter(node.kinds))
    nullable: Any = inner | None
    return GenericAlias(list, (nullable,)) | None if True in node.many else nullable


def _place(root: StructNode, steps: Sequence[field_paths.PathStep]) -> tuple[int, ...]:
    indexes = []
    node = root
    for step in steps:
        node = node.below[step.name]
        indexes.append(node.index)
    return tuple(indexes)


def _column(root: StructNode, want: Want, secrets: Sequence[str]) -> tuple[Read, bool]:
    """Return the function that reads one want, and whether it reads plainly.

    It reads plainly, collects from a list, or reads from a field that is decoded without a type.
    """
    node = root
    for at, step in enumerate(want.steps):
        node = node.below[step.name]
        if node.generic:
            return _loose(root, want, at, secrets), False
        if step.many:
            return _collect(root, want, at), False
    place = _place(root, want.steps)
    if want.kind is DataType.LIST:
        return (lambda columns: [value or [] for value in columns.at(place)]), True
    return (lambda columns: columns.at(place)), True


def _loose(root: StructNode, want: Want, at: int, secrets: Sequence[str]) -> Read:
    """Return the function that reads a want from a field that was decoded whole.

    Such a field may contain secrets: they are removed before anything is read.
    """
    place = _place(root, want.steps[: at + 1])
    above = [step.name for step in want.steps[: at + 1]]
    fit = coerce.COERCE[want.kind]

    def read(value: Any) -> Any:
        if untrusted_json.holds_too_deep(value):
            raise ValueError("nested too deeply")
        for name in reversed(above):
            value = {name: value}
        return fit(field_paths.walk(drop(value, secrets), want.steps))

    return lambda columns: [read(value) for value in columns.at(place)]


def _collect(root: StructNode, want: Want, at: int) -> Read:
    place = _place(root, want.steps[: at + 1])
    indexes = _place(root, want.steps)[at + 1 :]
    below = tuple((f"f{index}", step.many) for index, step in zip(indexes, want.steps[at + 1 :], strict=True))
    fit = coerce.COERCE[want.kind]
    return lambda columns: [fit(list(_leaves(value, below))) for value in columns.at(place)]


def _leaves(items: list[Any] | None, below: tuple[tuple[str, bool], ...]) -> Iterator[Any]:
    for value in items or ():
        for at, (name, many) in enumerate(below):
            value = None if value is None else getattr(value, name)
            if many:
                yield from _leaves(value, below[at + 1 :])
                break
        else:
            if value is not None:
                yield value
