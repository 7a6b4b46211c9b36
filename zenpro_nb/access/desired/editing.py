"""Change single entries in the text of a file; everything else in it stays as it is, comments included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

import yaml
from msgspec import Struct

from zenpro_nb.access.desired.exporting import scalar
from zenpro_nb.access.desired.parsing import desired_state
from zenpro_nb.access.desired.state import VERSION, DesiredState
from zenpro_nb.access.plans.lookup import ID_MARK
from zenpro_nb.access.plans.model import DesiredRow
from zenpro_nb.errors import UsageError
from zenpro_nb.syntax.timespec import written_instant

PERMANENT: Literal["permanent"] = "permanent"
# An entry: with a deadline, without one, or not in the file.
EntryState = datetime | Literal["permanent"] | None

_INDENT = "  "
_HEAD = """\
# Roles with a deadline. `roles assign --until` adds them; `apply`, run on a schedule, revokes them after the deadline.
zenpro: {version}
organization: {organization}
protect: {{max_removals: 100%}}  # many deadlines of a team or workspace can pass on the same day
"""


class Name(NamedTuple):
    """A name as it is written into the file, and the id that can be in its place."""

    text: str
    id: str = ""

    def fits(self, written: str) -> bool:
        """Return whether a text in the file refers to this object."""
        return written.casefold() == self.text.casefold() or (
            self.id != "" and written.removeprefix(ID_MARK) == self.id
        )


class EntryPlace(Struct, frozen=True):
    """The place of an entry in a file: a principal that has a role."""

    principal: Name
    role: Name
    workspace: Name | None = None
    project: Name | None = None

    @property
    def keys(self) -> tuple[Name, ...]:
        """Return the keys from the top of the file to the list of principals."""
        if self.workspace is None:
            return (Name("organization_roles"), self.role)
        if self.project is None:
            return (Name("workspace_roles"), self.workspace, self.role)
        return (Name("workspace_roles"), self.workspace, Name("projects"), self.project, self.role)

    def is_of(self, row: DesiredRow) -> bool:
        """Return whether a row of the file is this entry."""
        places = ((self.workspace, row.workspace), (self.project, row.project_id))
        return (
            row.kind.endswith("-role")
            and self.principal.fits(row.principal)
            and self.role.fits(row.role)
            and all(name.fits(text) if name is not None else not text for name, text in places)
        )


def new_file(organization: str) -> str:
    """Return the text of a file without entries."""
    return _HEAD.format(version=VERSION, organization=scalar(organization))


def entry_of(state: DesiredState, place: EntryPlace) -> tuple[EntryState, str]:
    """Return the state of an entry, and its position for messages."""
    for row in state.rows():
        if place.is_of(row):
            return row.until or PERMANENT, row.source
    return None, state.file


def edit(text: str, file: str, changes: Mapping[EntryPlace, EntryState]) -> str:
    """Return the text with these entries changed, added or removed.

    Args:
        text: the text of a valid file.
        file: its name, for messages.
        changes: the wanted states.

    Raises:
        UsageError: an entry would make its scope exact, or the text has a form that cannot be edited safely.
    """
    for place, state in changes.items():
        before = desired_state(text, file)
        changed = _Editor(text).with_entry(place, state)
        _verify(before, changed, place, state)
        text = changed
    return text


def _verify(before: DesiredState, changed: str, place: EntryPlace, state: EntryState) -> None:
    """Check that only this entry differs."""
    expected = Counter(_facts(row) for row in _principals(before) if not place.is_of(row))
    other = False
    try:
        after = desired_state(changed, before.file)
        other = expected != Counter(_facts(row) for row in _principals(after) if not place.is_of(row))
        other = other or entry_of(after, place)[0] != state
    except UsageError:
        other = True
    if other:
        raise UsageError(
            f"{before.file} cannot be edited without changing other entries: it uses anchors or an unusual layout",
            hint="Edit it by hand, or name another file, such as --file expiring.yaml.",
        )
    if scopes := {_scope(scope) for scope in after.exact()} - {_scope(scope) for scope in before.exact()}:
        section, name = next(iter(sorted(scopes)))
        raise UsageError(
            f"{before.file} declares {section.replace('-', '_')}s exact and does not contain {name or 'this scope'}: "
            "with this entry, applying it would revoke all other roles there",
            hint="Name another file, such as --file expiring.yaml.",
        )


def _scope(scope: Any) -> tuple[str, str]:
    return scope.kind, f"the project {scope.project_id}" if scope.project_id else scope.workspace or scope.team


def _principals(state: DesiredState) -> Iterator[DesiredRow]:
    return (row for row in state.rows() if row.principal or row.kind == "team")


def _facts(row: DesiredRow) -> tuple[Any, ...]:
    own = (row.kind, row.principal, row.role, row.team, row.workspace, row.project_id, row.until, row.previously)
    return (*own, *sorted(row.fields.items()))


class _Editor:
    """Edits a text at the positions of its YAML nodes."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def with_entry(self, place: EntryPlace, state: EntryState) -> str:
        """Return the text with the entry in the wanted state."""
        node: Any = yaml.compose(self._text, Loader=yaml.SafeLoader)
        parent, keys = node, list(place.keys)
        while keys:
            found = next((pair for pair in node.value if keys[0].fits(pair[0].value)), None)
            if found is None:
                return self._text if state is None else self._with_keys(node, keys, _entry(place, state))
            parent, node = found
            keys.pop(0)
        entry = next((item for item in node.value if place.principal.fits(_principal(item))), None)
        if entry is None:
            return self._text if state is None else self._with_item(node, _entry(place, state))
        if state is None:
            return self._without(parent, node, entry)
        return self._changed_text(entry, state)

    def _changed_text(self, entry: Any, expiry: datetime | Literal["permanent"]) -> str:
        """Return the text with an existing entry in another state; its principal stays as it was written."""
        if not isinstance(entry, yaml.MappingNode):
            written = self._text[entry.start_mark.index : entry.end_mark.index]
            new = written if expiry == PERMANENT else _temporary(written, expiry)
            return self._splice(entry.start_mark.index, entry.end_mark.index, new)
        values = {key.value: value for key, value in entry.value}
        if expiry == PERMANENT:
            name = values["principal"]
            written = self._text[name.start_mark.index : name.end_mark.index]
            return self._splice(entry.start_mark.index, _end(entry), written)
        until = values["until"]
        return self._splice(until.start_mark.index, until.end_mark.index, written_instant(expiry))

    def _without(self, key: Any, items: Any, entry: Any) -> str:
        """Return the text without an entry of a list."""
        start, end = entry.start_mark.index, _end(entry)
        at = items.value.index(entry)
        if len(items.value) == 1:
            if items.flow_style:
                return self._splice(start, end, "")
            inner = _INDENT if items.start_mark.column <= key.start_mark.column else ""
            return self._splice(items.start_mark.index, end, f"{inner}[]")
        if not items.flow_style:
            return self._splice(self._text.rfind("\n", 0, start) + 1, self._line_end(end), "")
        if at + 1 < len(items.value):
            return self._splice(start, items.value[at + 1].start_mark.index, "")
        return self._splice(_end(items.value[at - 1]), end, "")

    def _with_item(self, items: Any, entry: str) -> str:
        if items.flow_style:
            return self._in_flow(items, entry)
        return self._after_line(_end(items), [f"{' ' * items.start_mark.column}- {entry}"])

    def _with_keys(self, mapping: Any, keys: Sequence[Name], entry: str) -> str:
        """Return the text with new keys in a mapping, and an entry in the innermost."""
        names = [scalar(key.text) for key in keys]
        if mapping.flow_style:
            inner = f"[{entry}]"
            for name in reversed(names[1:]):
                inner = f"{{{name}: {inner}}}"
            return self._in_flow(mapping, f"{names[0]}: {inner}")
        indents = [" " * mapping.start_mark.column + _INDENT * depth for depth in range(len(names) + 1)]
        lines = [f"{indent}{name}:" for indent, name in zip(indents, names, strict=False)]
        # A comment at the end of the file belongs to what is above it.
        end = len(self._text) if mapping.start_mark.column == 0 else _end(mapping)
        return self._after_line(end, [*lines, f"{indents[-1]}- {entry}"])

    def _in_flow(self, node: Any, words: str) -> str:
        if not node.value:
            return self._splice(node.start_mark.index + 1, node.end_mark.index - 1, words)
        last = node.value[-1]
        end = _end(last[1] if isinstance(last, tuple) else last)
        return self._splice(end, end, f", {words}")

    def _after_line(self, index: int, lines: Sequence[str]) -> str:
        """Return the text with new lines after the line that contains an index."""
        end = self._line_end(index)
        before = "" if end == 0 or self._text[end - 1] == "\n" else self._newline
        return self._splice(end, end, before + "".join(f"{line}{self._newline}" for line in lines))

    def _line_end(self, index: int) -> int:
        end = self._text.find("\n", index)
        return len(self._text) if end < 0 else end + 1

    def _splice(self, start: int, end: int, words: str) -> str:
        return self._text[:start] + words + self._text[end:]


def _end(node: Any) -> int:
    """Return the index after a node. The end mark of a block is after the comments that follow it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)


def _principal(item: Any) -> str:
    if isinstance(item, yaml.MappingNode):
        return next(str(value.value) for key, value in item.value if key.value == "principal")
    return str(item.value)


def _entry(place: EntryPlace, expiry: datetime | Literal["permanent"]) -> str:
    written = scalar(place.principal.text, flow=True)
    return written if expiry == PERMANENT else _temporary(written, expiry)


def _temporary(principal: str, until: datetime) -> str:
    return f"{{principal: {principal}, until: {written_instant(until)}}}"
