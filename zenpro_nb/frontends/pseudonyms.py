"""Pseudonyms in the DataFrames, cards, forms and messages of a shell, for screens that others see.

Values do not change.

`%config ZenProMagics.pseudonyms = True` turns it on.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Protocol

from zenpro_nb import frames, sharing

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.errors import ZenProError
    from zenpro_nb.sharing.people.known_people import KnownPeople
    from zenpro_nb.sharing.people.pseudonyms import Pseudonyms

# Lists of people, in which a name belongs to a person even without an address next to it.
_OF_PEOPLE = frozenset({"users", "members", "team-members", "me"})
_NAMES = ("name", "full_name", "username", "display_name")
_PERSON_KINDS = ("user", "invitation")  # in lists that contain teams and service accounts too


class PseudonymSettings(Protocol):
    """The trait of the magics that switches pseudonyms on."""

    pseudonyms: bool


class Pseudonymizer:
    """The pseudonyms of one shell. A person keeps the same pseudonym while the extension is loaded.

    Args:
        settings: read each time something is shown.
        create: returns the pseudonyms if they are switched on; by default those of this process.
    """

    def __init__(self, settings: PseudonymSettings, create: Callable[[], Pseudonyms] | None = None) -> None:
        self.settings = settings
        self._create = create
        self._lock = threading.RLock()  # forms are drawn in separate threads

    @property
    def is_on(self) -> bool:
        """Return whether pseudonyms are switched on."""
        return self.settings.pseudonyms

    def switch(self, *, on: bool) -> None:
        """Switch pseudonyms on or off."""
        self.settings.pseudonyms = on

    @cached_property
    def _pseudonyms(self) -> Pseudonyms:
        return sharing.Pseudonyms() if self._create is None else self._create()  # only if switched on

    @cached_property
    def _known_people(self) -> KnownPeople:
        return sharing.KnownPeople(self._pseudonyms)

    @property
    def badge(self) -> str:
        """Return the words that mark pseudonyms; empty if names are real."""
        return frames.PSEUDONYMS if self.is_on else ""

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
            self._known_people.learn_mentioned(text)
            people = sharing.people_in([sharing.NotebookText(None, sharing.OUTPUT, text)], [])
            pairs = [(person.address, name) for person in people for name in person.names if " " in name]
            for address, name in pairs:
                # A single word before an address is rarely a name: "Done: ada@example.com as Organization Viewer".
                if not self._pseudonyms.has_full_name(address):
                    self._pseudonyms.add(sharing.NamedPerson(address, {name}))
            return sharing.align(text, partial(self._pseudonyms.replace_in, owners=_owners(pairs)))

    def learn_from(self, value: Any) -> None:
        """Learn which names belong to which addresses from the columns of a DataFrame, shown or not."""
        if self.is_on and hasattr(value, "columns") and hasattr(value, "attrs"):
            value = frames.as_frame(value)
            with self._lock:
                for addresses, names in sharing.column_pairs([str(name) for name in value.columns]):
                    self._known_people.add(zip(value[addresses], value[names], strict=True))

    def learn_response(self, content: bytes) -> None:
        """Learn which names belong to which addresses from the JSON of a server, whatever a command shows of it."""
        if not self.is_on or b"@" not in content:
            return
        import msgspec  # keeps the imports of `%load_ext` few

        try:
            data = msgspec.json.decode(content)
        except (ValueError, RecursionError):
            return  # the reader of the response reports it
        pairs = [pair for record in sharing.records_of(data) for pair in sharing.paired_fields(_texts(record))]
        with self._lock:
            self._known_people.add(pairs)

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
            self._known_people.learn_mentioned(str(value))
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

    def card(self, value: Any) -> Any:
        """Return a card with the badge for pseudonyms; any other value unchanged."""
        if not self.is_on or not hasattr(value, "badge"):
            return value
        from msgspec.structs import replace  # keeps the imports of `%load_ext` few

        return replace(value, badge=" · ".join(filter(None, (value.badge, self.badge))))

    def original(self, typed: str) -> str:
        """Return the address that a pseudonym replaces; any other text unchanged."""
        return self._pseudonyms.real(typed) if self.is_on else typed

    def originals(self, words: Sequence[str]) -> list[str]:
        """Return the words of a typed line with the addresses that pseudonyms in them replace.

        A pseudonym is a whole word, the value of an option or a condition, or an item in a list of these.
        """
        return [self._original_word(word) for word in words]

    def _original_word(self, word: str) -> str:
        before, sign, value = word.rpartition("=")
        # A condition on a name needs the name of the person.
        is_name = before.rstrip("!~<>").endswith("name")
        original = self._pseudonyms.real_name if is_name else self.original
        return f"{before}{sign}{','.join(map(original, value.split(',')))}"

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
            seen = _visible_rows(frame)
            self._learn_rows(frame, seen)
            return self._with_pseudonyms(frame, seen)

    def series(self, series: pd.Series[Any]) -> pd.Series[Any]:
        """Return a copy of a Series for display, as `frame` does."""
        shown = self.frame(series.to_frame("values")).iloc[:, 0]
        return shown.rename(self._label(series.name))

    def _with_pseudonyms(self, frame: pd.DataFrame, seen: list[int]) -> pd.DataFrame:
        import pandas as pd

        copy = frame.copy(deep=False)
        owners = self._owners_of_rows(frame, seen)
        for at in range(len(copy.columns)):
            if pd.api.types.is_bool_dtype(copy.dtypes.iloc[at]) or pd.api.types.is_numeric_dtype(copy.dtypes.iloc[at]):
                continue
            if pd.api.types.is_datetime64_any_dtype(copy.dtypes.iloc[at]):
                continue
            values = frame.iloc[:, at].astype(object).to_numpy(copy=True)
            known: dict[str, Any] = {}  # the same few texts occur in many rows
            for row in seen:
                value = values[row]
                if row in owners or not isinstance(value, str):
                    values[row] = self._value(value, owners.get(row))
                else:
                    if value not in known:
                        known[value] = self._value(value)
                    values[row] = known[value]
            copy.isetitem(at, values)
        copy.columns = copy.columns.map(self._label)
        copy.index = _map_index(copy.index, seen, self._value)
        owner = self._owners_of_shared_names([_principal(frame)]) if len(frame) else {}
        copy.attrs = {name: self._value(value, owner) for name, value in frame.attrs.items()}
        if isinstance(copy.attrs.get("zenpro"), dict):
            copy.attrs["zenpro"] |= {"noun": frame.attrs["zenpro"].get("noun", ""), "badge": frames.PSEUDONYMS}
        return copy

    def _learn_rows(self, frame: pd.DataFrame, rows: list[int]) -> None:
        """Learn the names of the people in these rows from the cells next to their addresses."""
        facts = frame.attrs.get("zenpro") or {}
        alone = [name for name in _NAMES if facts.get("noun") in _OF_PEOPLE and name in frame.columns]
        records = frame.iloc[rows].to_dict("records")
        # Names that other DataFrames have shown next to an address belong to it here too.
        self._known_people.learn_mentioned(
            "\n".join({value for row in records for value in row.values() if isinstance(value, str)})
        )
        for row in records:
            fields = _texts(row)
            self._add_pairs(sharing.paired_fields(fields))
            for value in row.values():
                self._learn_records(value)
            is_person = fields.get("kind", "user") in _PERSON_KINDS and row.get("is_service_account") is not True
            for name in alone:
                if is_person and name in fields and "@" not in fields[name]:
                    self._pseudonyms.add_name(fields[name])
        if len(frame):
            self._add_pairs([_principal(frame)])

    def _owners_of_rows(self, frame: pd.DataFrame, rows: list[int]) -> dict[int, dict[str, str]]:
        """Return the addresses to which names of several people belong, by row and name."""
        records = zip(rows, frame.iloc[rows].to_dict("records"), strict=True)
        pairs = {at: list(sharing.paired_fields(_texts(row))) for at, row in records}
        owners = {at: self._owners_of_shared_names(found) for at, found in pairs.items()}
        return {at: owner for at, owner in owners.items() if owner}

    def _owners_of_shared_names(self, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Return the owners of those names that belong to several people."""
        return _owners(pair for pair in pairs if self._pseudonyms.is_shared(pair[1]))

    def _learn_records(self, data: Any) -> None:
        """Learn the names of the people in nested objects."""
        for record in sharing.records_of(data):
            self._add_pairs(sharing.paired_fields(_texts(record)))

    def _add_pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        for address, name in pairs:
            self._pseudonyms.add(sharing.NamedPerson(address, {name} if "@" not in name else set()))

    def _value(self, value: Any, owners: Mapping[str, str] | None = None) -> Any:
        if isinstance(value, str):
            return self._pseudonyms.replace_in(value, owners=owners)
        if isinstance(value, dict):
            return {self._label(name): self._value(item, owners) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self._value(item, owners) for item in value)
        return value

    def _label(self, value: Any) -> Any:
        """Return a heading, or the name of a field."""
        if isinstance(value, tuple):
            return tuple(self._label(item) for item in value)
        return self._pseudonyms.replace_label(value) if isinstance(value, str) else value


def _principal(frame: pd.DataFrame) -> tuple[str, str]:
    """Return the address and the name of the only person that a DataFrame is about; empty texts if there is none."""
    facts = frame.attrs.get("zenpro") or {}
    principal = str(frame["principal"].iloc[0]) if "principal" in frame.columns else ""
    # A service account or a team is not a person.
    return (principal, str(facts["principal_name"])) if facts.get("principal_name") and "@" in principal else ("", "")


def _texts(record: Mapping[Any, Any]) -> dict[str, str]:
    return {str(name): value for name, value in record.items() if isinstance(value, str)}


def _owners(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the address by name, for names that belong to one address only."""
    owners = {(name, address.casefold()): address for address, name in pairs}
    claims = Counter(name for name, _ in owners)
    return {name: address for (name, _), address in owners.items() if claims[name] == 1}


def _visible_rows(frame: pd.DataFrame) -> list[int]:
    """Return the indices of the visible rows: the first and the last ones."""
    import pandas as pd

    most = pd.get_option("display.max_rows") or len(frame)
    return sorted({*range(min(most, len(frame))), *range(max(len(frame) - most, 0), len(frame))})


def _map_index(index: pd.Index, rows: list[int], change: Callable[[Any], Any]) -> pd.Index:
    import pandas as pd

    several = isinstance(index, pd.MultiIndex)
    if several or pd.api.types.is_object_dtype(index.dtype) or pd.api.types.is_string_dtype(index.dtype):
        values = list(index)
        for row in rows:
            values[row] = change(values[row])
        mapped = pd.MultiIndex.from_tuples(values) if several else pd.Index(values, dtype=object)
        return mapped.set_names(index.names)
    return index
