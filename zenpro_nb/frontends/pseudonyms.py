"""Made-up people in all that a shell shows, for screens that others see; values stay as they are.

`%config ZenProMagics.pseudonyms = True` turns it on.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.errors import ZenProError
    from zenpro_nb.sharing.pseudonyms import Pseudonyms

BADGE = "made-up names"  # the fact of a frame's attrs of which its foot tells
# Lists of people, in which a name is somebody's also where no address stands beside it.
_OF_PEOPLE = frozenset({"users", "members", "team-members", "me"})
_NAMES = ("name", "full_name", "username", "display_name")
# What is shown as HTML beside frames: where it is declared, and its name.
_SHOWN = (
    ("zenpro_nb.ui.cards", "Card"),
    ("zenpro_nb.pictures.dag", "Dag"),
    ("zenpro_nb.pictures.timeline", "Timeline"),
)
_HTML, _TEXT = "text/html", "text/plain"


class Settings(Protocol):
    """What people can choose: traits of the magics."""

    pseudonyms: bool


class Pseudonymizer:
    """The made-up people of one shell: somebody is the same one as long as the extension is loaded.

    Args:
        settings: looked at each time that something is shown.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.RLock()  # forms draw themselves in threads of their own

    @property
    def is_on(self) -> bool:
        """Return whether what is shown carries made-up people."""
        return self._settings.pseudonyms

    @cached_property
    def _them(self) -> Pseudonyms:
        from zenpro_nb.sharing.pseudonyms import Pseudonyms  # only where somebody wants it

        return Pseudonyms()

    @property
    def badge(self) -> str:
        """Return the word that says so, empty where nobody is made up."""
        return BADGE if self.is_on else ""

    def text(self, said: str, *, addresses_only: bool = False) -> str:
        """Return words, or HTML, as they are shown.

        Args:
            said: the words.
            addresses_only: change addresses, and neither names nor ids.
        """
        if not self.is_on or not said:
            return said
        if addresses_only:
            return self._addresses(said)
        from zenpro_nb.sharing.notebook_file import OUTPUT, NotebookText
        from zenpro_nb.sharing.people import NamedPerson, people_in

        with self._lock:
            for person in people_in([NotebookText(None, OUTPUT, said)], []):
                # A single word before an address is rarely a name: "Done: ada@example.com as Organization Viewer".
                self._them.add(NamedPerson(person.address, {name for name in person.names if " " in name}))
            return self._them.replace_in(said)

    def _addresses(self, said: str) -> str:
        from zenpro_nb.sharing.people import addresses

        with self._lock:
            for address in sorted(set(addresses(said)), key=len, reverse=True):
                said = said.replace(address, self._them.replace_in(address))
            return said

    def data(self, value: Any) -> Any:
        """Return JSON-like data with made-up people."""
        if not self.is_on:
            return value
        with self._lock:
            self._meet_records(value)
            return self._value(value)

    def tables(self, frames: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
        """Return copies of DataFrames with made-up people in every row, so that nobody real is in them."""
        if not self.is_on:
            return list(frames)
        with self._lock:
            for frame in frames:  # all of them before any: the name of a person can be in another one than the address
                self._meet(frame, list(range(len(frame))))
            return [self._made(frame, list(range(len(frame)))) for frame in frames]

    def original(self, typed: str) -> str:
        """Return the address that is meant by a made-up one, and anything else as it was typed."""
        return self._them.real(typed) if self.is_on else typed

    def learn(self, address: str, name: str) -> None:
        """Learn that this address and this name are one person's."""
        from zenpro_nb.sharing.people import NamedPerson

        with self._lock:
            self._them.add(NamedPerson(address, {name} if name and "@" not in name else set()))

    def error(self, error: ZenProError) -> None:
        """Let an error say what it says of made-up people."""
        if self.is_on:
            error.message, error.hint = self.text(error.message), self.text(error.hint)
            error.excerpt = tuple(self.text(line) for line in error.excerpt)
            error.args = (error.message, *error.args[1:])

    def frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a frame as it is shown: a copy whose first and last rows, those that can be seen, have made-up people.

        The frame itself stays as it is.
        """
        if not self.is_on:
            return frame
        with self._lock:
            seen = _displayed(frame)
            self._meet(frame, seen)
            return self._made(frame, seen)

    def _made(self, frame: pd.DataFrame, seen: list[int]) -> pd.DataFrame:
        import pandas as pd

        made = frame.copy(deep=False)
        for at in range(len(made.columns)):
            if pd.api.types.is_bool_dtype(made.dtypes.iloc[at]) or pd.api.types.is_numeric_dtype(made.dtypes.iloc[at]):
                continue
            if pd.api.types.is_datetime64_any_dtype(made.dtypes.iloc[at]):
                continue
            values = frame.iloc[:, at].astype(object).to_numpy(copy=True)
            known: dict[str, Any] = {}  # the same few texts are in many rows
            for row in seen:
                value = values[row]
                if isinstance(value, str):
                    if value not in known:
                        known[value] = self._value(value)
                    values[row] = known[value]
                else:
                    values[row] = self._value(value)
            made.isetitem(at, values)
        made.columns = made.columns.map(self._value)
        made.index = _mapped(made.index, seen, self._value)
        made.attrs = {name: self._value(value) for name, value in frame.attrs.items()}
        if isinstance(made.attrs.get("zenpro"), dict):
            made.attrs["zenpro"] |= {"noun": frame.attrs["zenpro"].get("noun", ""), "badge": BADGE}
        return made

    def _meet(self, frame: pd.DataFrame, rows: list[int]) -> None:
        """Learn who the people in these rows are, by what stands beside their addresses."""
        from zenpro_nb.sharing.people import NamedPerson, paired_fields

        said = frame.attrs.get("zenpro") or {}
        alone = [name for name in _NAMES if said.get("noun") in _OF_PEOPLE and name in frame.columns]
        for row in frame.iloc[rows].to_dict("records"):
            fields = {str(name): value for name, value in row.items() if isinstance(value, str)}
            for address, name in paired_fields(fields):
                self._them.add(NamedPerson(address, {name} if "@" not in name else set()))
            for value in row.values():
                self._meet_records(value)
            for name in alone:
                if name in fields and "@" not in fields[name]:
                    self._them.add_name(fields[name])
        if said.get("principal_name") and len(frame):
            principal = str(frame["principal"].iloc[0]) if "principal" in frame.columns else ""
            self._them.add(NamedPerson(principal, {str(said["principal_name"])}))

    def _meet_records(self, data: Any) -> None:
        """Learn who the people in nested objects are."""
        from zenpro_nb.sharing.notebook_file import records_of
        from zenpro_nb.sharing.people import NamedPerson, paired_fields

        for record in records_of(data):
            fields = {str(name): value for name, value in record.items() if isinstance(value, str)}
            for address, name in paired_fields(fields):
                self._them.add(NamedPerson(address, {name} if "@" not in name else set()))

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._them.replace_in(value)
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
        for module, name in _SHOWN:
            self._formatters[_HTML].for_type_by_name(module, name, self._html)
            self._formatters[_TEXT].for_type_by_name(module, name, self._text)

    def close(self) -> None:
        """Take the formatters away again."""
        for kind, (module, name) in itertools.product((_HTML, _TEXT), _SHOWN):
            self._formatters[kind].pop(f"{module}.{name}", None)

    def _html(self, value: Any) -> Any:
        return self._pseudonymizer.text(self._badged(value)._repr_html_())

    def _text(self, value: Any, printer: Any, cycle: bool) -> None:
        printer.text(self._pseudonymizer.text(repr(self._badged(value))))

    def _badged(self, value: Any) -> Any:
        """Return a card that says that its people are made up."""
        if not self._pseudonymizer.is_on or not hasattr(value, "badge"):
            return value
        from msgspec.structs import replace  # what `%load_ext` imports is little

        return replace(value, badge=" · ".join(filter(None, (value.badge, BADGE))))


def _displayed(frame: pd.DataFrame) -> list[int]:
    """Return the rows of a frame that can be seen: its first and its last ones."""
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
        made = pd.MultiIndex.from_tuples(values) if several else pd.Index(values, dtype=object)
        return made.set_names(index.names)
    return index
