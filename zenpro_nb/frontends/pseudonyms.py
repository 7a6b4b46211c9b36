"""Pseudonyms in everything that a shell shows, for screens that others see. Values do not change.

`%config ZenProMagics.pseudonyms = True` turns it on.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from zenpro_nb import sharing

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.errors import ZenProError
    from zenpro_nb.sharing.pseudonyms import Pseudonyms

BADGE = "pseudonyms"  # the marker in the attrs of a DataFrame, shown in its foot line
# Lists of people, in which a name belongs to a person even without an address next to it.
_OF_PEOPLE = frozenset({"users", "members", "team-members", "me"})
_NAMES = ("name", "full_name", "username", "display_name")
# The classes shown as HTML besides DataFrames: module and name.
_DISPLAY_COLUMNS = (
    ("zenpro_nb.ui.cards", "Card"),
    ("zenpro_nb.pictures.dag", "Dag"),
    ("zenpro_nb.pictures.timeline", "Timeline"),
    ("zenpro_nb.pictures.bars", "Bars"),
)
_HTML, _TEXT = "text/html", "text/plain"


class PseudonymSettings(Protocol):
    """The trait of the magics that switches pseudonyms on."""

    pseudonyms: bool


class Pseudonymizer:
    """The pseudonyms of one shell. A person keeps the same pseudonym while the extension is loaded.

    Args:
        settings: read each time something is shown.
    """

    def __init__(self, settings: PseudonymSettings) -> None:
        self._settings = settings
        self._lock = threading.RLock()  # forms are drawn in separate threads

    @property
    def is_on(self) -> bool:
        """Return whether pseudonyms are switched on."""
        return self._settings.pseudonyms

    def switch(self, *, on: bool) -> None:
        """Switch pseudonyms on or off."""
        self._settings.pseudonyms = on

    @cached_property
    def _pseudonyms(self) -> Pseudonyms:
        return sharing.Pseudonyms()  # only if switched on

    @property
    def badge(self) -> str:
        """Return the words that mark pseudonyms; empty if names are real."""
        return BADGE if self.is_on else ""

    def text(self, text: str, *, addresses_only: bool = False) -> str:
        """Return a text or HTML for display.

        Args:
            text: the original.
            addresses_only: replace only sharing.addresses, not names or ids.
        """
        if not self.is_on or not text:
            return text
        if addresses_only:
            return self._addresses(text)
        with self._lock:
            for person in sharing.people_in([sharing.NotebookText(None, sharing.OUTPUT, text)], []):
                # A single word before an address is rarely a name: "Done: ada@example.com as Organization Viewer".
                self._pseudonyms.add(
                    sharing.NamedPerson(person.address, {name for name in person.names if " " in name})
                )
            return self._pseudonyms.replace_in(text)

    def _addresses(self, text: str) -> str:
        with self._lock:
            for address in sorted(set(sharing.addresses(text)), key=len, reverse=True):
                text = text.replace(address, self._pseudonyms.replace_in(address))
            return text

    def data(self, value: Any) -> Any:
        """Return JSON-like data with pseudonyms."""
        if not self.is_on:
            return value
        with self._lock:
            self._learn_records(value)
            return self._value(value)

    def tables(self, frames: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
        """Return copies of DataFrames with pseudonyms in every row. They contain no real people."""
        if not self.is_on:
            return list(frames)
        with self._lock:
            for frame in frames:  # learn from all first: a name and its address can be in different ones
                self._learn_rows(frame, list(range(len(frame))))
            return [self._with_pseudonyms(frame, list(range(len(frame)))) for frame in frames]

    def original(self, text: str) -> str:
        """Return the address that a pseudonym replaces; any other text unchanged."""
        return self._pseudonyms.real(text) if self.is_on else text

    def learn(self, address: str, name: str) -> None:
        """Record that this address and this name belong to the same person."""
        with self._lock:
            self._pseudonyms.add(sharing.NamedPerson(address, {name} if name and "@" not in name else set()))

    def error(self, error: ZenProError) -> None:
        """Replace the names in an error with pseudonyms."""
        if self.is_on:
            error.message, error.hint = self.text(error.message), self.text(error.hint)
            error.excerpt = tuple(self.text(line) for line in error.excerpt)
            error.args = (error.message, *error.args[1:])

    def frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a copy of a DataFrame for display, with pseudonyms in its visible first and last rows.

        The original does not change.
        """
        if not self.is_on:
            return frame
        with self._lock:
            column_numbers = _displayed_columns(frame)
            self._learn_rows(frame, column_numbers)
            return self._with_pseudonyms(frame, column_numbers)

    def _with_pseudonyms(self, frame: pd.DataFrame, column_numbers: list[int]) -> pd.DataFrame:
        import pandas as pd

        copy = frame.copy(deep=False)
        for at in range(len(copy.columns)):
            if pd.api.types.is_bool_dtype(copy.dtypes.iloc[at]) or pd.api.types.is_numeric_dtype(copy.dtypes.iloc[at]):
                continue
            if pd.api.types.is_datetime64_any_dtype(copy.dtypes.iloc[at]):
                continue
            values = frame.iloc[:, at].astype(object).to_numpy(copy=True)
            replacements: dict[str, Any] = {}  # the same few texts occur in many rows
            for row in column_numbers:
                value = values[row]
                if isinstance(value, str):
                    if value not in replacements:
                        replacements[value] = self._value(value)
                    values[row] = replacements[value]
                else:
                    values[row] = self._value(value)
            copy.isetitem(at, values)
        copy.columns = copy.columns.map(self._value)
        copy.index = _mapped(copy.index, column_numbers, self._value)
        copy.attrs = {name: self._value(value) for name, value in frame.attrs.items()}
        if isinstance(copy.attrs.get("zenpro"), dict):
            copy.attrs["zenpro"] |= {"noun": frame.attrs["zenpro"].get("noun", ""), "badge": BADGE}
        return copy

    def _learn_rows(self, frame: pd.DataFrame, rows: list[int]) -> None:
        """Learn the names of the people in these rows from the cells next to their addresses."""
        facts = frame.attrs.get("zenpro") or {}
        alone = [name for name in _NAMES if facts.get("noun") in _OF_PEOPLE and name in frame.columns]
        for row in frame.iloc[rows].to_dict("records"):
            fields = {str(name): value for name, value in row.items() if isinstance(value, str)}
            for address, name in sharing.paired_fields(fields):
                self._pseudonyms.add(sharing.NamedPerson(address, {name} if "@" not in name else set()))
            for value in row.values():
                self._learn_records(value)
            for name in alone:
                if name in fields and "@" not in fields[name]:
                    self._pseudonyms.add_name(fields[name])
        if facts.get("principal_name") and len(frame):
            principal = str(frame["principal"].iloc[0]) if "principal" in frame.columns else ""
            self._pseudonyms.add(sharing.NamedPerson(principal, {str(facts["principal_name"])}))

    def _learn_records(self, data: Any) -> None:
        """Learn the names of the people in nested objects."""
        for record in sharing.records_of(data):
            fields = {str(name): value for name, value in record.items() if isinstance(value, str)}
            for address, name in sharing.paired_fields(fields):
                self._pseudonyms.add(sharing.NamedPerson(address, {name} if "@" not in name else set()))

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._pseudonyms.replace_in(value)
        if isinstance(value, dict):
            return {self._value(name): self._value(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self._value(item) for item in value)
        return value


class ShownValues:
    """The formatters of cards and pictures in one shell, while the extension is loaded."""

    def __init__(self, formatter: Any, pseudonymizer: Pseudonymizer) -> None:
        self._formatters = formatter.formatters
        self._pseudonymizer = pseudonymizer
        for module, name in _DISPLAY_COLUMNS:
            self._formatters[_HTML].for_type_by_name(module, name, self._html)
            self._formatters[_TEXT].for_type_by_name(module, name, self._text)

    def close(self) -> None:
        """Remove the formatters."""
        for kind, (module, name) in itertools.product((_HTML, _TEXT), _DISPLAY_COLUMNS):
            self._formatters[kind].pop(f"{module}.{name}", None)

    def _html(self, value: Any) -> Any:
        return self._pseudonymizer.text(self._badge(value)._repr_html_())

    def _text(self, value: Any, printer: Any, cycle: bool) -> None:
        printer.text(self._pseudonymizer.text(repr(self._badge(value))))

    def _badge(self, value: Any) -> Any:
        """Return a card with the badge for pseudonyms."""
        if not self._pseudonymizer.is_on or not hasattr(value, "badge"):
            return value
        from msgspec.structs import replace  # keeps the imports of `%load_ext` few

        return replace(value, badge=" · ".join(filter(None, (value.badge, BADGE))))


def _displayed_columns(frame: pd.DataFrame) -> list[int]:
    """Return the indices of the visible rows: the first and the last ones."""
    import pandas as pd

    most = pd.get_option("display.max_rows") or len(frame)
    return sorted({*range(min(most, len(frame))), *range(max(len(frame) - most, 0), len(frame))})


def _mapped(index: pd.Index, rows: list[int], change: Callable[[Any], Any]) -> pd.Index:
    import pandas as pd

    several = isinstance(index, pd.MultiIndex)
    if several or pd.api.types.is_object_dtype(index.dtype) or pd.api.types.is_string_dtype(index.dtype):
        values = list(index)
        for row in rows:
            values[row] = change(values[row])
        mapped = pd.MultiIndex.from_tuples(values) if several else pd.Index(values, dtype=object)
        return mapped.set_names(index.names)
    return index
